"""The same plant with fewer or more digital workers."""

from workmoot.plant.findings import BadDocument, Finding
from workmoot.plant.order import Order, TaskStep
from workmoot.plant.order_checks import Crew
from workmoot.plant.plant import DigitalWorker, Plant, Skill

# A newcomer's pace over its model's, by its turn: newcomers differ, or there would be nothing to decide.
PACES = (1.05, 0.95, 1.1, 0.9)


def staffed(plant: Plant, count: int) -> Plant:
    """The plant with `count` digital workers: newcomers take after the first, the last that can be spared go."""
    workers = plant.workers + tuple(_newcomer(plant, turn) for turn in range(count - len(plant.workers)))
    while len(workers) > count:
        workers = _without_one(workers, count)
    left = {worker.id for worker in plant.workers} - {worker.id for worker in workers}
    settled = tuple(_settled(plant, worker, left) for worker in workers)
    return plant.model_copy(update={"workers": tuple(_teamed(worker, settled) for worker in settled)})


def _newcomer(plant: Plant, turn: int) -> DigitalWorker:
    model = plant.workers[turn % len(plant.workers)]
    number = turn // len(plant.workers) + 2
    pace = PACES[turn % len(PACES)]
    skills = {name: _paced(skill, pace) for name, skill in model.skills.items()}
    named = {"id": f"{model.id}-{number}", "name": f"{model.name} {number}"}
    return model.model_copy(update={**named, "skills": skills, "experience": ()})


def _paced(skill: Skill, pace: float) -> Skill:
    times = {task: time * pace for task, time in skill.times.items()}
    return skill.model_copy(update={"pace": skill.pace * pace, "times": times})


def _without_one(workers: tuple[DigitalWorker, ...], count: int) -> tuple[DigitalWorker, ...]:
    for place in reversed(range(len(workers))):
        others = workers[:place] + workers[place + 1 :]
        if all(any(skill in other.skills for other in others) for skill in workers[place].skills):
            return others
    raise BadDocument(
        f"{count} workers",
        [
            Finding(
                path="workers", wrong=f"the plant needs {len(workers)} digital workers", right="Each has a skill alone"
            )
        ],
    )


def _settled(plant: Plant, worker: DigitalWorker, left: set[str]) -> DigitalWorker:
    """Those who stay take over the robots that would have nobody, and forget who left."""
    orphans = [
        robot.id
        for robot in plant.robots
        if set(plant.commanders(robot.id)) <= left and not worker.skills.keys().isdisjoint(robot.capabilities)
    ]
    known = tuple(item for item in worker.experience if item.worker not in left)
    return worker.model_copy(update={"commands": (*worker.commands, *orphans), "experience": known})


def _teamed(worker: DigitalWorker, workers: tuple[DigitalWorker, ...]) -> DigitalWorker:
    """The worker with the teamwork for which there are helpers left."""
    others = [other for other in workers if other.id != worker.id]
    possible = {
        capability: team
        for capability, team in worker.team.items()
        if team.helpers <= sum(capability in other.skills for other in others)
    }
    return worker.model_copy(update={"team": possible})


def fitted(order: Order, crew: Crew) -> Order:
    """The order with no team larger than the crew has workers for it."""
    routes = {name: tuple(_fitted(step, crew) for step in route) for name, route in order.routes.items()}
    return order.model_copy(update={"routes": routes, "tasks": tuple(_fitted(step, crew) for step in order.tasks)})


def _fitted(step: TaskStep, crew: Crew) -> TaskStep:
    return step.model_copy(update={"team": min(step.team, max(1, crew.skilled.get(step.capability, 1)))})
