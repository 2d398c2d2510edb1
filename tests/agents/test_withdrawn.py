"""Daemons of which a human drains or quarantines one: others take its work, and it comes back by itself."""

from collections.abc import Callable

import pytest

from agents.daemon import Daemon, Self
from agents.profile import Profile, Skill
from tests.agents.bodies import ToldRobots, WorkshopEyes, hands
from tests.builders import a_task
from tests.workshop import ARM, FINISHER, NOZZLE, SPRAYER, WORKERS, Workshop, account
from workmoot.domain.ids import TaskId
from workmoot.domain.ledger import Task
from workmoot.domain.overrides import OverrideKind
from workmoot.domain.work import Status

STEP_S = 1
PATIENCE_S = 60
QUICK, SLOW = (Profile(skills={"spraying": Skill(pace=pace)}) for pace in (1.0, 1.5))
PROFILES = {"scanner": Profile(), "sprayer": QUICK, "finisher": SLOW}


class Community:
    """A workshop in which everyone is awake; a second passes between their looks."""

    def __init__(self) -> None:
        self.workshop = Workshop(talk_s=2.0)
        self.daemons = [self._wake(name) for name in WORKERS]

    def _wake(self, name: str) -> Daemon:
        who = Self(account=account(name), profile=PROFILES[name], seed=1, chain_id=1, dao="0x" + "da" * 20)
        eyes, robots = WorkshopEyes(self.workshop), ToldRobots()
        return Daemon(who, eyes, lambda _: hands(self.workshop, name, robots), lambda: float(self.workshop.now_s))

    def goes_on(self) -> None:
        for daemon in self.daemons:
            daemon.cycle()
        self.workshop.chain.advance(STEP_S)

    def until(self, fact: Callable[[], bool]) -> None:
        """Until it is so; fails where it does not become so in time."""
        end = self.workshop.now_s + PATIENCE_S
        while not fact():
            assert self.workshop.now_s < end, "it did not happen in time"
            self.goes_on()


@pytest.fixture
def community() -> Community:
    return Community()


def two_tasks(community: Community) -> tuple[TaskId, TaskId]:
    """The quick sprayer is given both, and has begun the first; its one robot cannot do both at once."""
    first, second = community.workshop.post(a_task(work=3_000_000), a_task(work=3_000_000))
    for task in (first, second):
        community.workshop.allocate(task, "sprayer", robots=(ARM,), duration=3_000_000)
    community.until(lambda: community.workshop.task(first).status is Status.STARTED)
    return first, second


def has(task: Task, worker: int) -> bool:
    return task.worker == worker and task.status in (Status.ALLOCATED, Status.STARTED)


def test_drained__what_it_has_not_begun__goes_to_another_and_it_keeps_its_run(community: Community):
    first, second = two_tasks(community)
    assert has(community.workshop.task(second), SPRAYER)
    community.workshop.withdraw(OverrideKind.DRAIN, "sprayer")
    community.until(lambda: has(community.workshop.task(second), FINISHER))
    community.until(lambda: community.workshop.task(second).status is Status.STARTED)
    found = community.workshop.task(first)
    assert (found.worker, found.status, found.held) == (SPRAYER, Status.STARTED, False)
    assert community.workshop.task(second).robots == (NOZZLE,)
    assert community.workshop.ledger.record(SPRAYER, 2).failed == 0


def test_quarantined__its_run_stands_still__until_it_is_lifted(community: Community):
    first, second = two_tasks(community)
    community.workshop.withdraw(OverrideKind.QUARANTINE, "sprayer")
    community.until(lambda: community.workshop.task(first).held)
    community.until(lambda: has(community.workshop.task(second), FINISHER))
    assert community.workshop.task(first).worker == SPRAYER
    community.workshop.lift(OverrideKind.QUARANTINE, "sprayer")
    community.until(lambda: not community.workshop.task(first).held)
    assert community.workshop.task(first).status is Status.STARTED


def test_drained__all_who_could__the_work_waits_until_it_is_over(community: Community):
    for name in ("sprayer", "finisher"):
        community.workshop.withdraw(OverrideKind.DRAIN, name, for_s=30)
    (task,) = community.workshop.post(a_task())
    begin = community.workshop.now_s
    community.until(lambda: community.workshop.task(task).status is not Status.POSTED)
    assert community.workshop.now_s > begin + 30
