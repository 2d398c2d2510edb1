"""What the contracts are told when a plant is founded: its members, the humans' roles, the robots' bindings."""

from dataclasses import dataclass

from workmoot.domain.ids import Number
from workmoot.domain.overrides import OverrideKind, kinds_mask
from workmoot.domain.workers import Binding, Kind, Role, Scope, resource_bytes
from workmoot.plant.packing import compact
from workmoot.plant.plant import Plant, numbers
from workmoot.plant.views import mask, profile


def with_ballot_boxes(plant: Plant, api_url: str) -> Plant:
    """A plant that votes by signature has a box to put ballots in: the API's, where it names none."""
    policy = plant.policy
    if policy.ballots == "direct" or policy.ballot_boxes:
        return plant
    return plant.model_copy(update={"policy": policy.model_copy(update={"ballot_boxes": (api_url,)})})


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """One `Members.admit`; the badge follows from the order of admission."""

    id: str
    kind: Kind
    capabilities: int
    profile: str


def admissions(plant: Plant) -> tuple[Admission, ...]:
    """Everyone, in the order of their badge numbers."""
    groups = ((Kind.ROBOTIC, plant.robots), (Kind.DIGITAL, plant.workers), (Kind.HUMAN, plant.humans))
    return tuple(
        Admission(id=member.id, kind=kind, capabilities=mask(plant, member), profile=compact(profile(plant, member)))
        for kind, group in groups
        for member in group
    )


def grants(plant: Plant) -> tuple[tuple[Role, str], ...]:
    """Pairs of a role and the human that has it."""
    return tuple((Role[role.upper()], human.id) for human in plant.humans for role in human.roles)


def cosigned(plant: Plant) -> int:
    """One bit for each kind of order that takes two."""
    return kinds_mask(*(OverrideKind[kind.upper()] for kind in plant.policy.cosigned))


def bindings(plant: Plant) -> tuple[Binding, ...]:
    """A robot that one worker commands is bound to it. One that several may command has no commander: each is bound
    to compute for it, and the assignment in force says whose turn it is."""
    badge = {id_: Number(number) for id_, number in numbers(plant).items()}
    bound: list[Binding] = []
    for robot in plant.robots:
        commanders = plant.commanders(robot.id)
        scope = Scope.COMMAND if len(commanders) == 1 else Scope.COMPUTE
        holders = [(worker, scope) for worker in commanders]
        watchers = [(worker.id, Scope.OBSERVE) for worker in plant.workers if robot.id in worker.observes]
        resource = resource_bytes(robot.resource)
        bound.extend(
            Binding(robot=badge[robot.id], worker=badge[worker], resource=resource, scope=scope)
            for worker, scope in (*holders, *watchers)
        )
    return tuple(bound)
