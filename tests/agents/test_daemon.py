import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from agents.daemon import Daemon, Self
from agents.execution import Hands
from agents.profile import Profile, Skill
from agents.robots import RobotPart
from agents.view import View
from tests.agents.bodies import ToldBallots, ToldRobots, WorkshopEyes, hands
from tests.builders import a_task, an_address, an_entry, an_offer
from tests.workshop import ARM, FINISHER, NO_BALLOTS, NOZZLE, SCANNER, SEED, START_S, VOTING, Workshop, account
from workmoot.chain.memory import MemoryChain, MemoryFollower
from workmoot.domain.drafts import Draft
from workmoot.domain.errors import Unreachable
from workmoot.domain.events import OffersPublished, ResultSubmitted, TaskStarted
from workmoot.domain.evidence import round_seed
from workmoot.domain.ids import TaskId
from workmoot.domain.ledger import Ledger, Proposal
from workmoot.domain.overrides import OverrideKind
from workmoot.domain.plan import PackedPlan

ABLE = Profile(skills={"spraying": Skill(pace=1.0)})


class Awake:
    """A workshop in which one worker's daemon is awake, at the chain's time."""

    def __init__(self, name: str = "sprayer") -> None:
        self.name, self.workshop, self.robots = name, Workshop(), ToldRobots()
        self.pen = ToldBallots()
        chain_id = self.workshop.chain.chain_id
        self.who = Self(account=account(name), profile=ABLE, seed=1, chain_id=chain_id, dao="0x" + "da" * 20)
        self.wake()

    def wake(self) -> None:
        """A daemon that knows nothing yet."""
        self.eyes, self.hands_made = WorkshopEyes(self.workshop), 0
        self.daemon = Daemon(self.who, self.eyes, self._hands, lambda: float(self.workshop.now_s))

    def _hands(self, _: Ledger) -> Hands:
        self.hands_made += 1
        return hands(self.workshop, self.name, self.robots, self.pen)

    def cycle(self) -> list[type]:
        """What the chain says of one cycle."""
        before = len(self.workshop.chain.events)
        self.daemon.cycle()
        return [type(event) for event in self.workshop.chain.events[before:]]

    def has_task(self, **plan: Any) -> TaskId:
        (task,) = self.workshop.post(a_task())
        self.workshop.allocate(task, "sprayer", **plan)
        return task


@pytest.fixture
def awake() -> Awake:
    return Awake()


def test_cycle__open_work__offers(awake: Awake):
    awake.workshop.post(a_task())
    assert awake.cycle() == [OffersPublished]


def test_cycle__nothing_new__does_nothing(awake: Awake):
    awake.workshop.post(a_task())
    awake.cycle()
    assert awake.cycle() == []


def test_cycle__its_robots_work__from_start_to_result(awake: Awake):
    task = awake.has_task(robots=(ARM,))
    assert awake.cycle() == [TaskStarted]
    assert (awake.cycle(), [ran[:2] for ran in awake.robots.ran]) == ([], [(task, ARM)])
    awake.robots.said[task] = (RobotPart(robot=ARM, state="done"),)
    assert awake.cycle() == [ResultSubmitted]


def test_cycle__killed_and_awake_again__goes_on_where_it_was(awake: Awake):
    task = awake.has_task(robots=(ARM,))
    awake.cycle()
    awake.robots.said[task] = (RobotPart(robot=ARM, state="done"),)
    awake.wake()
    assert awake.cycle() == [ResultSubmitted]


def test_cycle__one_action_is_refused__the_others_are_done(awake: Awake):
    task = awake.has_task()
    awake.workshop.post(a_task())
    look = awake.eyes.look

    def look_too_early() -> Any:
        head = look()
        awake.workshop.order(OverrideKind.HOLD, task)
        return head

    awake.eyes.look = look_too_early  # type: ignore[method-assign]
    assert awake.cycle()[-1] is OffersPublished


def test_cycle__gateway_is_silent__goes_on_with_the_rest(awake: Awake):
    task = awake.has_task(robots=(ARM,))
    awake.workshop.start(task)
    awake.workshop.post(a_task())
    awake.robots.silent = True
    assert awake.cycle() == [OffersPublished]


def test_look__runs_on_the_floor__asks_for_its_own_alone(awake: Awake):
    mine, others = awake.workshop.post(a_task(), a_task())
    for task, name, robot in ((mine, "sprayer", ARM), (others, "finisher", NOZZLE)):
        awake.workshop.allocate(task, name, robots=(robot,))
        awake.workshop.start(task)
    view = awake.daemon.look()
    assert view is not None
    assert view.parts == {mine: ()}


def test_look__not_a_member_yet__sees_nothing_and_waits():
    awake = Awake("latecomer")
    assert (awake.daemon.look(), awake.cycle()) == (None, [])
    awake.workshop.admit("latecomer")
    assert awake.daemon.look() is not None


def test_look__plant_is_not_described_yet__sees_nothing(awake: Awake):
    chain: MemoryChain = awake.workshop.chain
    bare = MemoryChain(an_address(90), limits=chain.limits, policy=chain.state.policy, now=START_S)
    awake.eyes._follower = MemoryFollower(bare)
    assert awake.daemon.look() is None


def test_look__an_order__knows_its_rounds_seed(awake: Awake):
    awake.workshop.post(a_task())
    block = awake.workshop.chain.head
    view = awake.daemon.look()
    assert view is not None
    seed = round_seed(block.hash, chain_id=awake.who.chain_id, dao=awake.who.dao)
    assert view.round_seeds == {block.number: seed}


def test_look__later__remembers_when_it_saw_things_first(awake: Awake):
    task = awake.has_task()
    awake.workshop.start(task)
    awake.daemon.look()
    awake.workshop.chain.advance(5)
    view = awake.daemon.look()
    assert view is not None
    assert (view.running_since, view.seen[task, 2]) == ({(task, 1): START_S}, START_S)


def test_look__chain_was_reorganised__forgets_and_takes_new_hands(awake: Awake):
    task = awake.has_task()
    awake.workshop.start(task)
    awake.daemon.look()
    awake.workshop.chain.advance(5)
    awake.eyes.reorganised()
    view = awake.daemon.look()
    assert view is not None
    assert (view.running_since, awake.hands_made) == ({(task, 1): START_S + 5}, 2)


def test_look__same_chain__keeps_its_hands(awake: Awake):
    awake.daemon.look()
    awake.daemon.look()
    assert awake.hands_made == 1


def drafted(awake: Awake, task: TaskId, **changes: Any) -> Proposal:
    """The finisher's draft of the task, as the boxes have it."""
    entry = an_entry(task, FINISHER, sequence=1, inspector=SCANNER, robots=(NOZZLE,))
    opening = replace(awake.workshop.opening(entry), **changes)
    ledger = awake.workshop.ledger
    draft = Draft(
        proposal=ledger.next_proposal,
        proposer=FINISHER,
        roster=ledger.roster,
        members=ledger.voters,
        deadline=awake.workshop.now_s + VOTING.voting_seconds,
        opening=opening,
    )
    awake.pen.known = replace(NO_BALLOTS, drafts=(*awake.pen.known.drafts, ledger.as_proposal(draft)))
    return awake.pen.known.drafts[-1]


def when_drafted(awake: Awake) -> Mapping[tuple[TaskId, int], float]:
    view = awake.daemon.look()
    assert view is not None
    return view.drafted


@pytest.fixture
def offered(awake: Awake) -> TaskId:
    """A task that the finisher offers to do, in the round that everyone sees."""
    (task,) = awake.workshop.post(a_task())
    awake.workshop.offer("finisher", an_offer(task, robots=(NOZZLE,)))
    return task


@pytest.fixture
def seeded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agents.daemon.round_seed", lambda *_, **__: SEED)


@pytest.mark.usefixtures("seeded")
def test_look__drafts_take_a_task__remembers_when_it_heard_of_the_first(awake: Awake, offered: TaskId):
    assert when_drafted(awake) == {}
    drafted(awake, offered)
    assert when_drafted(awake) == {(offered, 1): START_S}
    awake.workshop.chain.advance(5)
    drafted(awake, offered)
    assert when_drafted(awake) == {(offered, 1): START_S}


@pytest.mark.usefixtures("seeded")
@pytest.mark.parametrize("changes", [{"evidence": bytes(32)}, {"plan": PackedPlan(assignments=b"junk")}])
def test_look__a_draft_does_not_hold__takes_nothing(awake: Awake, offered: TaskId, changes: dict[str, Any]):
    drafted(awake, offered, **changes)
    assert when_drafted(awake) == {}


@pytest.mark.usefixtures("seeded")
def test_look__a_draft_again_and_again__is_looked_at_once(
    awake: Awake, offered: TaskId, monkeypatch: pytest.MonkeyPatch
):
    looked_at: list[Proposal] = []

    def look_at(_: View, draft: Proposal) -> list[str]:
        looked_at.append(draft)
        return ["wrong"]

    monkeypatch.setattr("agents.policy.drafting.faults_in", look_at)
    draft = drafted(awake, offered)
    for _ in range(2):
        awake.daemon.look()
    assert looked_at == [draft]


class StopAfter(threading.Event):
    """Says stop after so many cycles."""

    def __init__(self, cycles: int) -> None:
        super().__init__()
        self._left = cycles

    def wait(self, timeout: float | None = None) -> bool:
        self._left -= 1
        if self._left == 0:
            self.set()
        return self.is_set()


def test_look__ballots__are_asked_of_the_pen_at_the_ledger_it_sees(awake: Awake):
    view = awake.daemon.look()
    assert view is not None
    assert (view.ballots, awake.pen.looked_at) == (NO_BALLOTS, [view.ledger])


def test_run__node_is_away__waits_and_goes_on(awake: Awake):
    awake.workshop.post(a_task())
    awake.eyes.away_for = 2
    awake.daemon.run(StopAfter(3), pause_s=0.0)
    assert (awake.eyes.looks, type(awake.workshop.chain.events[-1])) == (3, OffersPublished)


def test_run__told_to_stop_before__never_looks(awake: Awake):
    stop = threading.Event()
    stop.set()
    awake.daemon.run(stop, pause_s=0.0)
    assert awake.eyes.looks == 0


def test_cycle__node_is_away__raises_what_the_loop_waits_out(awake: Awake):
    awake.eyes.away_for = 1
    with pytest.raises(Unreachable):
        awake.daemon.cycle()


def test_look__the_node_was_away__sees_since_it_is_back(awake: Awake):
    first = awake.daemon.look()
    assert first is not None
    awake.workshop.chain.advance(10)
    again = awake.daemon.look()
    assert again is not None
    assert again.seeing_since == first.seeing_since
    awake.eyes.away_for = awake.eyes.looks + 1
    with pytest.raises(Unreachable):
        awake.daemon.look()
    awake.workshop.chain.advance(60)
    back = awake.daemon.look()
    assert back is not None
    assert back.seeing_since == back.now_s > first.seeing_since


def test_look__the_node_took_long_to_answer__sees_since_it_did(awake: Awake):
    awake.daemon.look()
    look = awake.eyes.look

    def slow() -> Any:
        awake.workshop.chain.advance(20)
        return look()

    awake.eyes.look = slow  # type: ignore[method-assign]
    view = awake.daemon.look()
    assert view is not None
    assert view.seeing_since == view.now_s


def test_cycle__the_same_trouble_again__is_told_once_in_a_while(caplog: pytest.LogCaptureFixture):
    awake = Awake("latecomer")
    awake.cycle()
    awake.cycle()
    assert [record.message for record in caplog.records] == [f"not a member yet: {account('latecomer')}"]
    awake.workshop.chain.advance(10)
    awake.cycle()
    assert len(caplog.records) == 2
