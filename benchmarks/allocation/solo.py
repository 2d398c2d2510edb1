"""One process without a chain: what the search finds alone, which is what a decision by many is held against."""

from dataclasses import dataclass
from time import thread_time

from benchmarks.allocation.instances import Instance
from workmoot.domain.errors import Malformed
from workmoot.domain.ids import Number, TaskId, task_id
from workmoot.domain.offers import Offer
from workmoot.planning.problem import Mode, OpenTask, Problem
from workmoot.planning.schedule import as_promised
from workmoot.planning.search import best_in

NEVER = 2**40 - 1
Assignment = tuple[int, int, int, int]
"""An operation, its machine, when it starts and when it ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """A plan."""

    assignments: tuple[Assignment, ...]
    cpu_s: float

    @property
    def makespan(self) -> int:
        """When the last operation ends."""
        return max(end for *_, end in self.assignments)


def solve(instance: Instance, *, seconds: float, seed: int) -> Solution:
    """The best plan found in so many seconds of processor time, all that goes before the search among them."""
    began = thread_time()
    tasks = tasks_of(instance)
    problem = problem_of(instance, tasks)
    left = seconds - (thread_time() - began)
    best = best_in(left, problem, duration=as_promised, rank={}, seed=seed)
    if best is None:
        raise Malformed("there is nothing to do")
    operation = {task: index for index, task in enumerate(tasks)}
    return Solution(
        assignments=tuple(sorted((operation[it.task], it.mode.lead - 1, it.start, it.end) for it in best.slots)),
        cpu_s=thread_time() - began,
    )


def tasks_of(instance: Instance) -> list[TaskId]:
    """The task of each operation: a job is a work order, its operations are the tasks of that."""
    place = {
        operation: task_id(order, index)
        for order, job in enumerate(instance.jobs, start=1)
        for index, operation in enumerate(job)
    }
    return [place[operation] for operation in range(len(instance.before))]


def problem_of(instance: Instance, tasks: list[TaskId]) -> Problem:
    """One worker for each machine, all free, a tick for the file's unit of time, and nothing in between."""
    opened = [
        OpenTask(
            task=task,
            version=1,
            capability=1,
            predecessors=tuple(tasks[other] for other in before),
            release=0,
            due=0,
            priority=0,
            modes=tuple(_mode(task, sequence, *way) for sequence, way in enumerate(ways, start=1)),
        )
        for task, before, ways in zip(tasks, instance.before, instance.ways, strict=True)
    ]
    return Problem(base=0, now=0, handover=0, tasks={it.task: it for it in opened}, busy={}, inspectors={})


def _mode(task: TaskId, sequence: int, machine: int, duration: int) -> Mode:
    offer = Offer(
        task=task, version=1, sequence=sequence, valid_until=NEVER, earliest=0, p50=duration, p90=duration
    )  # fmt: skip
    return Mode(lead=Number(machine + 1), offer=offer)
