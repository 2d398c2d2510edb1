from collections.abc import Sequence
from typing import Any

import pytest

from tests.api.story import Story
from tests.builders import FIRST_TASK, a_task, an_address, an_entry, an_opening, an_order
from workmoot.audit.judge import hash_faults
from workmoot.audit.recount import Vote, recount
from workmoot.chain.memory import MemoryFollower
from workmoot.domain.events import (
    BallotsCounted,
    Event,
    InForceChanged,
    OrderPosted,
    OverrideGiven,
    Place,
    PlanEnacted,
    ProposalCreated,
    ProposalExecuted,
    ProposalSettled,
    RosterChanged,
    TaskStarted,
    VoteCast,
)
from workmoot.domain.ids import Number, OrderId, OverrideId, ProposalId, TaskId, task_id
from workmoot.domain.instructions import HumansContracts
from workmoot.domain.overrides import OverrideKind, SubjectType
from workmoot.domain.payloads import PlanPart, assign_payload, plan_payload
from workmoot.domain.plan import pack_plan
from workmoot.domain.proposals import State, pack_detail
from workmoot.domain.work import Status, pack_tasks

ELSEWHERE = HumansContracts(chain_id=1, overrides=an_address(5), instructions=an_address(6))
SECOND_TASK = task_id(1, 1)
PROPOSAL = ProposalId(1)
PLAN = pack_plan([an_entry(FIRST_TASK, 1), an_entry(SECOND_TASK, 2)])


def at(tx: str = "0x1") -> Place:
    return Place(block=1, block_hash=b"", log_index=0, tx=tx, timestamp=1_000)


def posted() -> OrderPosted:
    tasks = pack_tasks([a_task(), a_task()])
    return OrderPosted(at=at(), order=OrderId(1), by=an_address(9), tasks=tasks, detail="{}")


def of_three() -> RosterChanged:
    return RosterChanged(at=at(), roster=3, members=3)


def created() -> ProposalCreated:
    opening = an_opening(PLAN)
    values: dict[str, Any] = {"proposal_id": PROPOSAL, "proposer": an_address(1), "description": opening.words}
    values |= {"calldatas": (PLAN.assignments, pack_detail(opening))}
    return ProposalCreated(at=at(), vote_start=1_000, vote_end=2_000, **values)


def cast(support: int) -> VoteCast:
    return VoteCast(at=at(), voter=an_address(1), proposal_id=PROPOSAL, support=support, weight=1, reason="")


def settled(state: State, *, yes: int, no: int = 0) -> ProposalSettled:
    return ProposalSettled(at=at(), id=PROPOSAL, state=state, yes=yes, no=no)


def executed() -> ProposalExecuted:
    return ProposalExecuted(at=at(), proposal_id=PROPOSAL)


def counted(ballots: str) -> BallotsCounted:
    return BallotsCounted(at=at(), id=PROPOSAL, ballots=bytes.fromhex(ballots))


def enacted(skipped: bytes = b"", standing: bytes = b"") -> PlanEnacted:
    return PlanEnacted(at=at(), proposal=PROPOSAL, first=0, last=1, skipped=skipped, standing=standing)


def started(worker: int, task: TaskId = FIRST_TASK) -> TaskStarted:
    return TaskStarted(at=at(), task=task, worker=Number(worker), epoch=2, attempt=1, deadline=2_000)


def told_by(story: Story) -> Sequence[Event]:
    return MemoryFollower(story.chain).catch_up()


def given(kind: OverrideKind, id_: int = 1, **changes) -> OverrideGiven:
    order = an_order(kind, **changes)
    return OverrideGiven(at=at("0x2"), id=OverrideId(id_), human=order.human, subject=order.subject,
                         displaced=Number(0), epoch=2, digest=bytes(32), order=order)  # fmt: skip


def in_force(task: int, worker: int) -> InForceChanged:
    values: dict[str, Any] = {"epoch": 2, "version": 1, "status": Status.ALLOCATED, "inspector": Number(0)}
    values |= {"worker": Number(worker), "overridden": True, "held": False}
    return InForceChanged(at=at("0x2"), task=TaskId(task), **values)


def what(events) -> list[str]:
    return [fault.what for fault in recount(events).faults]


@pytest.mark.parametrize(
    ("yes", "before", "lawful"), [(2, State.PASSED, True), (2, State.OPEN, False), (1, State.OPEN, True)]
)
def test_lawful__motion_expired__open_by_its_ballots_or_passed_and_late(yes, before, lawful):
    vote = Vote(proposal=1, members=3, counters=0, is_motion=True, state=before, yes=yes)
    assert vote.lawful(State.EXPIRED) == lawful


@pytest.mark.parametrize(
    ("yes", "no", "barred", "state", "lawful"),
    [
        (2, 0, 0, State.PASSED, True),
        (2, 0, 0, State.ENACTED, True),
        (1, 0, 0, State.PASSED, False),
        (2, 2, 0, State.DEFEATED, True),
        (1, 1, 1, State.DEFEATED, True),
        (1, 1, 0, State.DEFEATED, False),
        (1, 1, 0, State.EXPIRED, True),
        (3, 0, 0, State.EXPIRED, False),
        (3, 0, 0, State.VETOED, True),
    ],
)
def test_lawful__four_members__by_heads_alone(yes, no, barred, state, lawful):
    members = 3 if state in (State.PASSED, State.ENACTED) else 4
    assert Vote(proposal=1, members=members, counters=0, yes=yes, no=no, barred=barred).lawful(state) is lawful


def test_recount__settled_with_a_majority__no_fault():
    assert what([of_three(), created(), cast(1), cast(1), settled(State.PASSED, yes=2)]) == []


def test_recount__ballots_counted_together__with_those_cast_before():
    told = [of_three(), created(), cast(0), counted("80010002"), settled(State.DEFEATED, yes=1, no=2)]
    assert what(told) == []
    assert recount(told).counts()["votes"] == 3


def test_recount__passed_without_a_majority__is_a_fault():
    assert what([of_three(), created(), cast(1), settled(State.PASSED, yes=1)]) == ["state by its ballots"]


def test_recount__enacted__by_a_majority_or_it_is_a_fault():
    told = [of_three(), created(), cast(1), cast(1), executed()]
    assert (what(told), recount(told).votes[PROPOSAL].state) == ([], State.ENACTED)
    assert what([of_three(), created(), cast(1), executed()]) == ["state by its ballots"]


def test_recount__members_joined_since__the_electorate_is_that_of_the_opening():
    joined = RosterChanged(at=at(), roster=4, members=4)
    assert what([of_three(), created(), joined, cast(1), cast(1), settled(State.PASSED, yes=2)]) == []


def test_recount__tally_is_not_the_ballots__is_a_fault():
    told = [of_three(), created(), cast(1), cast(1), settled(State.PASSED, yes=3)]
    assert what(told) == ["yes, no when it settled"]


def test_recount__started_by_whom_nobody_named__is_a_fault():
    assert what([posted(), created(), enacted(), started(5)]) == ["who decided"]


def test_recount__entry_skipped__does_not_count():
    assert what([posted(), created(), enacted(skipped=b"\1"), started(1)]) == ["who decided"]


def test_recount__started_after_enactment__the_proposal_decided():
    account = recount([posted(), created(), enacted(), started(1)]).tasks[FIRST_TASK]
    assert (account.worker, account.proposal, account.order) == (1, 1, 0)


def test_recount__assigned_by_a_human__the_order_decided():
    order = given(OverrideKind.ASSIGN, payload=assign_payload(an_entry(lead=4)))
    account = recount([posted(), created(), enacted(), order, started(4)]).tasks[FIRST_TASK]
    assert (account.worker, account.proposal, account.order, account.orders) == (4, 0, 1, [1])


def test_recount__plan_approved__decides_only_what_changed():
    approval: dict[str, Any] = {
        "subject_type": SubjectType.PROPOSAL,
        "subject": PROPOSAL,
        "payload": plan_payload(PlanPart(rest=bytes(32), first=0, last=2, assignments=PLAN.assignments)),
    }
    events = [posted(), created(), in_force(FIRST_TASK, 1), given(OverrideKind.APPROVE, **approval)]
    assert recount([*events, started(1)]).tasks[FIRST_TASK].order == 1
    assert what([*events, started(2, SECOND_TASK)]) == ["who decided"]


def test_recount__veto_of_an_open_proposal_with_any_payload__about_no_task():
    story = Story()
    story.post()
    proposal = story.propose("analyst", story.plan(), words="quickest")
    story.order(OverrideKind.VETO, SubjectType.PROPOSAL, proposal, why="no", payload=b"junk" * 20)
    found = recount(told_by(story))
    assert found.votes[proposal].state is State.VETOED
    assert [account.orders for account in found.tasks.values() if account.orders] == []


def test_hash_faults__digest_that_does_not_follow__is_named():
    found = hash_faults([given(OverrideKind.REQUEUE)], ELSEWHERE)
    assert [fault.what for fault in found] == ["digest recomputed"]


def test_hash_faults__reason_whose_bytes_were_replaced__cannot_be_told():
    order = given(OverrideKind.REQUEUE, reason="stop \ufffd")
    assert list(hash_faults([order], ELSEWHERE)) == []
