"""Planning problems for tests: tasks numbered from FIRST_TASK on, ways to do them, no handover unless said."""

from typing import Any

from tests.builders import FIRST_TASK, an_offer
from workmoot.domain.ids import Number, TaskId
from workmoot.planning.problem import Mode, OpenTask, Problem

SPRAYER, FINISHER, SCANNER = Number(1), Number(2), Number(3)
ARM, NOZZLE = Number(11), Number(12)
FIRST, SECOND, THIRD = (TaskId(FIRST_TASK + index) for index in range(3))


def a_mode(lead: Number = SPRAYER, p50: int = 1_000, **offer: Any) -> Mode:
    """The worker's offer to do it alone."""
    return Mode(lead=lead, offer=an_offer(p50=p50, **offer))


def an_open_task(task: TaskId = FIRST, *modes: Mode, after: tuple[TaskId, ...] = (), **changes: Any) -> OpenTask:
    """By default the sprayer does it in a second."""
    values: dict[str, Any] = {"task": task, "version": 1, "capability": 1, "predecessors": after}
    values |= {"release": 0, "due": 0, "priority": 0, "modes": modes or (a_mode(),)}
    return OpenTask(**values | changes)


def a_problem(*tasks: OpenTask, **changes: Any) -> Problem:
    """These tasks, from tick 0 on, with nobody busy."""
    values: dict[str, Any] = {"base": 0, "now": 0, "handover": 0, "busy": {}, "inspectors": {}}
    return Problem(**values | {"tasks": {found.task: found for found in tasks}} | changes)
