"""What must hold between the parts of a plant."""

from collections.abc import Callable, Iterable, Iterator

from workmoot.plant.findings import Finding, nearest
from workmoot.plant.plant import MAX_MEMBERS, DigitalWorker, Plant

# Who else holds a key in a run.
RESERVED = frozenset(("administrator", "deployer", "gateway", "relay"))


def check_plant(plant: Plant) -> tuple[Finding, ...]:
    """Everything that does not fit together."""
    return tuple(finding for check in CHECKS for finding in check(plant))


def _unknown(path: str, what: str, word: str, known: Iterable[str]) -> Iterator[Finding]:
    names = list(known)
    if word not in names:
        yield Finding(path=path, wrong=f"there is no {what} `{word}`", right=nearest(word, names))


def _twice(places: Iterable[tuple[str, str]]) -> Iterator[Finding]:
    """`places` are pairs of path and id."""
    first: dict[str, str] = {}
    for path, id_ in places:
        if id_ in first:
            wrong = f"the id `{id_}` is used already by {first[id_]}"
            yield Finding(path=path, wrong=wrong, right="Give each its own id")
        first.setdefault(id_, path)


def _ids(plant: Plant) -> Iterator[Finding]:
    yield from _twice((f"capabilities[{index}]", id_) for index, id_ in enumerate(plant.capabilities))
    yield from _twice((f"stations[{index}]", station.id) for index, station in enumerate(plant.stations))
    yield from _twice((f"sensors[{index}]", sensor.id) for index, sensor in enumerate(plant.sensors))
    members = (
        *((f"robots[{index}]", robot.id) for index, robot in enumerate(plant.robots)),
        *((f"workers[{index}]", worker.id) for index, worker in enumerate(plant.workers)),
        *((f"humans[{index}]", human.id) for index, human in enumerate(plant.humans)),
    )
    yield from _twice(members)


def _reserved(plant: Plant) -> Iterator[Finding]:
    """A run keeps a key file per member, and some of its own beside them."""
    named = (
        *((f"workers[{index}].id", worker.id) for index, worker in enumerate(plant.workers)),
        *((f"humans[{index}].id", human.id) for index, human in enumerate(plant.humans)),
    )
    for path, id_ in named:
        if id_ in RESERVED:
            yield Finding(path=path, wrong=f"`{id_}` is a name of the run's own", right="Choose another")


def _size(plant: Plant) -> Iterator[Finding]:
    members = len(plant.robots) + len(plant.workers) + len(plant.humans)
    if members > MAX_MEMBERS:
        yield Finding(path="workers", wrong=f"the plant has {members} members", right=f"Badges end at {MAX_MEMBERS}")


def _stations(plant: Plant) -> Iterator[Finding]:
    known = [station.id for station in plant.stations]
    places = [
        *((f"robots[{index}]", robot.station) for index, robot in enumerate(plant.robots)),
        *((f"sensors[{index}]", sensor.station) for index, sensor in enumerate(plant.sensors)),
        *((f"humans[{index}]", human.station) for index, human in enumerate(plant.humans) if human.station),
    ]
    for path, station in places:
        yield from _unknown(f"{path}.station", "station", station, known)


def _capabilities(plant: Plant) -> Iterator[Finding]:
    for path, word in _named_capabilities(plant):
        yield from _unknown(path, "capability", word, plant.capabilities)
    for index, capability in enumerate(plant.capabilities):
        if not plant.skilled(capability):
            yield Finding(
                path=f"capabilities[{index}]",
                wrong=f"no digital worker has the capability `{capability}`",
                right="Give it to a worker under `skills`, or take it out",
            )


def _named_capabilities(plant: Plant) -> Iterator[tuple[str, str]]:
    held = (
        *((f"stations[{index}]", station.capabilities) for index, station in enumerate(plant.stations)),
        *((f"robots[{index}]", robot.capabilities) for index, robot in enumerate(plant.robots)),
    )
    for path, words in held:
        yield from ((f"{path}.capabilities[{place}]", word) for place, word in enumerate(words))
    for index, human in enumerate(plant.humans):
        yield from ((f"humans[{index}].cells[{place}]", word) for place, word in enumerate(human.cells))
    for index, worker in enumerate(plant.workers):
        for word in worker.skills:
            yield f"workers[{index}].skills.{word}", word
        for place, experience in enumerate(worker.experience):
            yield f"workers[{index}].experience[{place}].capability", experience.capability


def _robots(plant: Plant) -> Iterator[Finding]:
    known = [robot.id for robot in plant.robots]
    for index, worker in enumerate(plant.workers):
        for verb, named in (("commands", worker.commands), ("observes", worker.observes)):
            for place, robot in enumerate(named):
                yield from _unknown(f"workers[{index}].{verb}[{place}]", "robot", robot, known)
            yield from _twice((f"workers[{index}].{verb}[{place}]", robot) for place, robot in enumerate(named))
        for robot in set(worker.commands) & set(worker.observes):
            wrong = f"it commands `{robot}` and need not observe it too"
            yield Finding(path=f"workers[{index}].observes", wrong=wrong, right=f"Take `{robot}` out here")
    for robot_id in plant.truth.robots:
        yield from _unknown(f"truth.robots.{robot_id}", "robot", robot_id, known)


def _floor_work(plant: Plant) -> Iterator[Finding]:
    """A floor capability needs a robot to command, and a robot someone who commands it."""
    reach = {robot.id: robot.capabilities for robot in plant.robots}
    for index, worker in enumerate(plant.workers):
        commanded = {capability for robot in worker.commands for capability in reach.get(robot, ())}
        for capability in worker.skills:
            if capability in plant.floor_work() and capability not in commanded:
                able = [robot.id for robot in plant.robots if capability in robot.capabilities]
                yield Finding(
                    path=f"workers[{index}].skills.{capability}",
                    wrong=f"`{worker.id}` commands no robot that can do `{capability}`",
                    right=f"Add one of these to its `commands`: {', '.join(able)}",
                )
    for index, robot in enumerate(plant.robots):
        if not plant.commanders(robot.id):
            yield Finding(
                path=f"robots[{index}]",
                wrong=f"nobody commands `{robot.id}`",
                right="Name it under `commands` of a digital worker, or take it out",
            )


def _teams(plant: Plant) -> Iterator[Finding]:
    for index, worker in enumerate(plant.workers):
        for capability, teamwork in worker.team.items():
            path = f"workers[{index}].team.{capability}"
            others = len(plant.skilled(capability)) - 1
            if capability not in worker.skills:
                wrong = f"`{worker.id}` lacks the skill"
                yield Finding(path=path, wrong=wrong, right=nearest(capability, worker.skills))
            elif teamwork.helpers > others:
                wrong = f"{teamwork.helpers} helpers, while {others} other workers can do `{capability}`"
                yield Finding(path=f"{path}.helpers", wrong=wrong, right=f"At most {others}")


def _experience(plant: Plant) -> Iterator[Finding]:
    workers = {worker.id: worker for worker in plant.workers}
    for index, worker in enumerate(plant.workers):
        for place, experience in enumerate(worker.experience):
            path = f"workers[{index}].experience[{place}]"
            yield from _unknown(f"{path}.worker", "digital worker", experience.worker, workers)
            yield from _unlearnt(path, worker, workers.get(experience.worker), experience.capability)


def _unlearnt(path: str, worker: DigitalWorker, other: DigitalWorker | None, capability: str) -> Iterator[Finding]:
    if other is worker:
        yield Finding(path=path, wrong="experience is of others", right="Put its own pace under `skills`")
    elif other is not None and capability not in other.skills:
        yield Finding(
            path=path, wrong=f"`{other.id}` cannot do `{capability}`", right=nearest(capability, other.skills)
        )


CHECKS: tuple[Callable[[Plant], Iterator[Finding]], ...] = (
    _ids,
    _reserved,
    _size,
    _stations,
    _capabilities,
    _robots,
    _floor_work,
    _teams,
    _experience,
)
