"""Opening proposals: what they bind and what is refused."""

import pytest

from tests.builders import a_task, an_entry, an_opening
from tests.chain.moves import allocated, pass_plan, post, propose, refused, start, task, vote
from tests.chain.plants import FINISHER, POLICY, SCANNER, SPRAYER, account
from workmoot.domain.events import PlanEnacted, ProposalReviewed
from workmoot.domain.ids import NOBODY, ProposalId, TaskId
from workmoot.domain.plan import pack_entry, pack_plan
from workmoot.domain.proposals import State
from workmoot.domain.work import Status
from workmoot.domain.workers import Kind


def test_propose__many_tasks__one_proposal_frozen_at_its_opening(plant):
    tasks = post(plant, a_task(), a_task())
    opened = propose(plant, *(an_entry(number, SPRAYER) for number in tasks), words="quickest")
    assert (opened.id, opened.proposer, opened.members, opened.roster) == (1, SCANNER, 3, 3)
    assert opened.deadline == opened.at.timestamp + POLICY.voting_seconds
    assert opened.opening.words == "quickest"
    state = plant.by("stranger").dao.proposal(opened.id)
    assert (state.state, state.yes, state.no, state.content_hash) == (State.OPEN, 0, 0, opened.content_hash)


def test_is_content__plan_and_particulars__bound_together(plant):
    opened = _opened(plant)
    dao, plan = plant.by("stranger").dao, opened.opening.plan
    assert dao.is_content(opened.id, plan, opened.particulars)
    assert not dao.is_content(opened.id, plan + b"\0", opened.particulars)
    assert not dao.is_content(opened.id, plan, b"\1" * 32)


def test_propose__task_was_decided__refused_with_the_version_it_has(plant):
    number = allocated(plant)
    with refused("TaskMovedOn", number, 2, 1):
        propose(plant, an_entry(number, FINISHER, version=1))


def test_propose__for_the_present_version__an_idle_task_may_be_decided_anew(plant):
    number = allocated(plant)
    pass_plan(plant, an_entry(number, FINISHER, version=2))
    found = task(plant, number)
    assert (found.worker, found.version, found.epoch) == (FINISHER, 3, 3)


def test_propose__task_is_taken__refused(plant):
    number = allocated(plant)
    start(plant, number)
    with refused("TaskMovedOn", number, 2, 2):
        propose(plant, an_entry(number, FINISHER, version=2))


def test_propose__unknown_task__refused(plant):
    with refused("UnknownTask", 999):
        propose(plant, an_entry(TaskId(999), SPRAYER))


def test_propose__no_plan__refused(plant):
    with refused("MalformedPlan", 0):
        propose(plant)


def test_propose__cut_short__refused_where_the_entry_begins(plant):
    (number,) = post(plant, a_task())
    with refused("MalformedPlan", 0):
        _propose_bytes(plant, pack_entry(an_entry(number, SPRAYER))[:-1])


def test_propose__longer_than_a_human_could_veto__refused(plant):
    with refused("MalformedPlan", 4_992):
        _propose_bytes(plant, bytes(4_993))


def test_propose__tasks_not_ascending__refused(plant):
    first, second = post(plant, a_task(), a_task())
    plan = pack_entry(an_entry(second, SPRAYER)) + pack_entry(an_entry(first, SPRAYER))
    with refused("MalformedPlan", 24):
        _propose_bytes(plant, plan)


def test_propose__nobody_leads__refused(plant):
    (number,) = post(plant, a_task())
    with refused("MalformedPlan", 0):
        _propose_bytes(plant, pack_entry(an_entry(number, NOBODY)))


def test_propose__wrong_block_hash__refused(plant):
    (number,) = post(plant, a_task())
    head = plant.head()
    opening = an_opening(pack_plan([an_entry(number, SPRAYER)]), read_at=head.number, read_hash=b"\1" * 32)
    with refused("UnknownBlock", head.number, b"\1" * 32):
        plant.by("scanner").dao.propose(opening)


def test_propose__counters_an_unknown_proposal__refused(plant):
    (number,) = post(plant, a_task())
    with refused("UnknownProposal", 5):
        propose(plant, an_entry(number, SPRAYER), counters=ProposalId(5))


def test_propose__counter__names_what_it_counters(plant):
    (number,) = post(plant, a_task())
    opened = propose(plant, an_entry(number, SPRAYER))
    assert propose(plant, an_entry(number, FINISHER), by="sprayer", counters=opened.id).counters == opened.id


def test_propose__too_many_open__refused_until_one_is_closed(plant):
    (number,) = post(plant, a_task())
    first = propose(plant, an_entry(number, SPRAYER))
    propose(plant, an_entry(number, FINISHER))
    with refused("TooManyOpen", SCANNER, POLICY.open_limit):
        propose(plant, an_entry(number, SPRAYER))
    for name in ("sprayer", "finisher"):
        vote(plant, first, name, support=False)
    assert propose(plant, an_entry(number, SPRAYER)).id == 3


@pytest.mark.parametrize(("name", "error"), [("stranger", "NotAMember"), ("arm", "WrongKind")])
def test_propose__not_a_digital_worker__refused(plant, name, error):
    (number,) = post(plant, a_task())
    arguments = (account(name),) if name == "stranger" else (4, Kind.ROBOTIC)
    with refused(error, *arguments):
        propose(plant, an_entry(number, SPRAYER), by=name)


def test_review__before_the_vote__says_what_the_member_found(plant):
    opened = _opened(plant)
    dao = plant.by("finisher").dao
    review = dao.review(opened.id, support=False, makespan=9_000, findings=b"\1", words="too slow")
    told = review.the(ProposalReviewed)
    assert (told.member, told.support, told.makespan, told.findings, told.words) == (
        FINISHER,
        False,
        9_000,
        b"\1",
        "too slow",
    )


def test_review__of_a_closed_proposal__refused(plant):
    opened = _opened(plant)
    for name in ("scanner", "sprayer"):
        vote(plant, opened, name)
    with refused("ProposalNotOpen", opened.id, State.ENACTED):
        plant.by("finisher").dao.review(opened.id, support=True, makespan=1, findings=b"", words="")


def test_enact__some_entries_are_stale__they_are_skipped_and_named(plant):
    first, second, third = post(plant, a_task(), a_task(), a_task())
    broad = propose(plant, *(an_entry(number, SPRAYER) for number in (first, second, third)))
    pass_plan(plant, an_entry(second, FINISHER))
    vote(plant, broad, "scanner")
    enacted = vote(plant, broad, "sprayer").the(PlanEnacted)
    assert (enacted.proposal, enacted.skipped, enacted.standing) == (broad.id, b"\2", b"\0")
    assert [task(plant, number).worker for number in (first, second, third)] == [SPRAYER, FINISHER, SPRAYER]


@pytest.mark.parametrize("changes", [{"lead": SCANNER}, {"inspector": SPRAYER}, {"inspector": 9}])
def test_enact__people_who_may_not__the_entry_is_skipped(plant, changes):
    (number,) = post(plant, a_task())
    enacted = pass_plan(plant, an_entry(number, **{"lead": SPRAYER} | changes)).the(PlanEnacted)
    assert enacted.skipped == b"\1"
    assert task(plant, number).status is Status.POSTED


def test_enact__by_anyone_once_passed__with_the_plan_of_the_vote(plant):
    (number,) = post(plant, a_task())
    opened = propose(plant, an_entry(number, SPRAYER))
    for name in ("scanner", "sprayer"):
        plant.by(name).dao.vote(opened.id, support=True, reason="")
    with refused("OtherPlan", opened.id, opened.content_hash):
        plant.by("stranger").dao.enact(opened.id, opened.opening.plan, b"\0" * 32)
    plant.by("stranger").dao.enact(opened.id, opened.opening.plan, opened.particulars)
    assert task(plant, number).worker == SPRAYER
    with refused("ProposalNotOpen", opened.id, State.ENACTED):
        plant.by("stranger").dao.enact(opened.id, opened.opening.plan, opened.particulars)


def test_enact__idle_task_of_another__epoch_and_version_rise_by_one(plant):
    number = allocated(plant)
    found = task(plant, number)
    assert (found.status, found.worker, found.inspector) == (Status.ALLOCATED, SPRAYER, FINISHER)
    assert (found.epoch, found.version) == (2, 2)


def _opened(plant):
    (number,) = post(plant, a_task())
    return propose(plant, an_entry(number, SPRAYER))


def _propose_bytes(plant, plan):
    head = plant.head()
    return plant.by("scanner").dao.propose(an_opening(plan, read_at=head.number, read_hash=head.hash))
