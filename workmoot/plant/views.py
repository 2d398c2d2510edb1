"""One plant, told differently: for everyone, for each digital worker alone, for the gateway alone."""

from collections.abc import Iterable, Mapping
from typing import Any

from workmoot.domain.workers import capability_mask
from workmoot.plant.plant import DigitalWorker, Human, Plant, Robot, Truth, numbers

Json = dict[str, Any]

# A normal distribution's p90 lies this many standard deviations above its middle.
P90_DEVIATIONS = 1.2816


def description(plant: Plant, *, gateway_url: str, gateway_address: str, accounts: Mapping[str, str]) -> Json:
    """The public description. `accounts` has every member's address by id."""
    badge = numbers(plant)
    return {
        "name": plant.name,
        "about": plant.about,
        "clock": {"speed": plant.clock.speed},
        "capabilities": list(plant.capabilities),
        "stations": [station.model_dump(mode="json") for station in plant.stations],
        "robots": [{"number": badge[robot.id], **robot.model_dump(mode="json")} for robot in plant.robots],
        "sensors": [sensor.model_dump(mode="json") for sensor in plant.sensors],
        "humans": [
            {"number": badge[human.id], **human.model_dump(mode="json"), "address": accounts[human.id]}
            for human in plant.humans
        ],
        "policy": plant.policy.model_dump(mode="json"),
        "limits": plant.limits.model_dump(mode="json"),
        "gateway": {"url": gateway_url, "address": gateway_address},
    }


def profile(plant: Plant, member: Robot | DigitalWorker | Human) -> Json:
    """What `MemberAdmitted` says of a member."""
    public: Json = {"id": member.id, "name": member.name}
    if isinstance(member, Human):
        return {**public, "roles": list(member.roles)}
    if isinstance(member, Robot):
        return {**public, "capabilities": list(member.capabilities), "station": member.station}
    badge = numbers(plant)
    return {**public, "capabilities": list(member.skills), "robots": [badge[robot] for robot in member.commands]}


def mask(plant: Plant, member: Robot | DigitalWorker | Human) -> int:
    """The capabilities of a member, a human's cells, as bits: bit c is capability number c."""
    if isinstance(member, Human):
        held: Iterable[str] = member.cells
    else:
        held = member.capabilities if isinstance(member, Robot) else member.skills
    return capability_mask(plant.capabilities.index(capability) + 1 for capability in held)


def private_profile(worker: DigitalWorker) -> Json:
    """What a digital worker's own daemon is told, and nobody else."""
    return {
        "id": worker.id,
        "skills": {capability: skill.model_dump(mode="json") for capability, skill in worker.skills.items()},
        "team": {name: teamwork.model_dump(mode="json", exclude_none=True) for name, teamwork in worker.team.items()},
        "experience": [experience.model_dump(mode="json") for experience in worker.experience],
        "ask_within_mm": worker.ask_within_mm,
    }


def truth(plant: Plant, *, seed: int) -> Json:
    """What the gateway's simulated robots do."""
    badge = numbers(plant)
    return {
        "seed": seed,
        "robots": {str(badge[robot.id]): _robot_truth(plant.truth, robot.id) for robot in plant.robots},
    }


def _robot_truth(truth: Truth, robot: str) -> Json:
    common = {"pace": truth.pace, "spread": truth.spread, "defect": truth.defect, "failure": truth.failure}
    own = truth.robots[robot].model_dump(exclude_none=True) if robot in truth.robots else {}
    said = {**common, **own}
    return {**said, "spread": _deviation(said["spread"])}


def _deviation(p90_over_p50: float) -> float:
    """A spread as the relative standard deviation that the gateway draws with."""
    return round((p90_over_p50 - 1) / P90_DEVIATIONS, 6)
