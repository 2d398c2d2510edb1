"""Opening proposals: what they bind and what is refused."""

from dataclasses import replace

import pytest
from eth_abi.abi import encode

from tests.builders import a_task, an_entry, an_opening
from tests.chain.moves import allocated, enact, pass_plan, passed, post, propose, refused, start, task, vote
from tests.chain.plants import ARM, FINISHER, POLICY, SCANNER, SPRAYER, account, signer
from workmoot.chain.abi import abi_of
from workmoot.chain.sender import Sender
from workmoot.domain.errors import Refused
from workmoot.domain.events import (
    PlanEnacted,
    ProposalCreated,
    ProposalExecuted,
    ProposalReviewed,
    ProposalSettled,
    RosterSealed,
)
from workmoot.domain.ids import NOBODY, ProposalId, TaskId
from workmoot.domain.plan import PackedPlan, pack_plan
from workmoot.domain.proposals import State, pack_detail
from workmoot.domain.work import Status
from workmoot.domain.workers import Kind


def test_propose__many_tasks__one_proposal_frozen_at_its_opening(plant):
    tasks = post(plant, a_task(), a_task())
    opened = propose(plant, *(an_entry(number, SPRAYER) for number in tasks), words="quickest")
    state = plant.by("stranger").dao.proposal(opened.id)
    assert (opened.id, state.proposer, state.members, state.roster) == (1, SCANNER, 3, 3)
    assert state.deadline == opened.deadline == opened.created.at.timestamp + POLICY.voting_seconds
    assert (state.state, state.yes, state.no, state.content_id) == (State.OPEN, 0, 0, opened.content_id)


def test_propose__told_as_governors_do__with_the_content_for_calls(plant):
    opening = _opening(plant)
    created = plant.by("scanner").dao.propose(opening).the(ProposalCreated)
    assert (created.proposer, created.description) == (account("scanner"), opening.words)
    assert (created.targets, created.values, created.signatures) == ((), (), ())
    opened_at = created.at.timestamp
    assert created.calldatas == (opening.plan.assignments, pack_detail(opening))
    assert created.opening == opening
    assert (created.vote_start, created.vote_end) == (opened_at, opened_at + POLICY.voting_seconds)


def test_propose__the_first_since_the_roster_changed__seals_it(plant):
    opening = _opening(plant)
    assert plant.by("scanner").dao.propose(opening).the(RosterSealed).roster == 3
    assert not plant.by("sprayer").dao.propose(opening).all(RosterSealed)


def test_seal__by_anyone__once_for_each_roster(plant):
    dao = plant.by("stranger").dao
    assert dao.seal().the(RosterSealed).roster == 3
    plant.by("supervisor").members.suspend(FINISHER)
    assert dao.seal().the(RosterSealed).roster == 4
    assert not dao.seal().events


def test_is_content__assignments_and_rest__bound_together(plant):
    opened = _opened(plant)
    dao, assignments = plant.by("stranger").dao, opened.assignments
    assert dao.is_content(opened.id, assignments, opened.rest)
    assert not dao.is_content(opened.id, assignments + b"\0", opened.rest)
    assert not dao.is_content(opened.id, assignments, b"\1" * 32)


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
        _propose_bytes(plant, b"")


def test_propose__cut_short__refused_where_the_word_begins(plant):
    first, second = post(plant, a_task()) + post(plant, a_task())
    plan = pack_plan([an_entry(first, SPRAYER), an_entry(second, SPRAYER)])
    with refused("MalformedPlan", 10):
        _propose_bytes(plant, plan.assignments[:-1])


def test_propose__words_not_ascending__refused(plant):
    first, second = post(plant, a_task()) + post(plant, a_task())
    words = [pack_plan([an_entry(number, SPRAYER)]).assignments for number in (second, first)]
    with refused("MalformedPlan", 10):
        _propose_bytes(plant, b"".join(words))


@pytest.mark.parametrize(
    "assignments",
    [
        "00000100000001",  # nobody
        "00000119100001008000",  # the seventh of an order's last six
        "0000011a004001008000",  # beyond an order's last
        "00000100004001008001",  # bits that are nobody's
    ],
)
def test_propose__a_word_that_follows_no_layout__refused(plant, assignments):
    with refused("MalformedPlan", 0):
        _propose_bytes(plant, bytes.fromhex(assignments))


def test_propose__tasks_of_one_ten_not_ascending__refused_where_they_fall(plant):
    first, second = post(plant, a_task(), a_task())
    words = [pack_plan([an_entry(number, SPRAYER)]).assignments for number in (second, first)]
    with refused("MalformedPlan", 10):
        _propose_bytes(plant, b"".join(words))


def test_propose__teams_cut_short__refused_where_the_team_begins(plant):
    opening = _opening(plant)
    first = pack_plan([an_entry(TaskId(256), SPRAYER, helpers=(FINISHER,))]).teams
    plant.by("finisher").dao.confirm([TaskId(256)], [1], [SPRAYER], [0])
    for teams in (first + first[:12], first + first[:-1]):
        with refused("MalformedTeams", len(first)):
            plant.by("scanner").dao.propose(replace(opening, plan=replace(opening.plan, teams=teams)))


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
    counter = propose(plant, an_entry(number, FINISHER), by="sprayer", counters=opened.id)
    assert counter.created.opening.counters == opened.id


def test_propose__too_many_open__refused_until_one_is_closed(plant):
    (number,) = post(plant, a_task())
    first = propose(plant, an_entry(number, SPRAYER))
    propose(plant, an_entry(number, FINISHER))
    with refused("TooManyOpen", SCANNER, POLICY.open_limit):
        propose(plant, an_entry(number, SPRAYER))
    for name in ("sprayer", "finisher"):
        vote(plant, first, name, support=False)
    assert propose(plant, an_entry(number, SPRAYER)).id == 3


def test_propose__an_open_ones_time_is_over__its_place_is_free_though_nobody_poked(plant):
    (number,) = post(plant, a_task())
    propose(plant, an_entry(number, SPRAYER))
    propose(plant, an_entry(number, FINISHER))
    plant.advance(POLICY.voting_seconds + 1)
    assert propose(plant, an_entry(number, SPRAYER)).id == 3


def test_propose__the_newest_was_settled__only_its_place_is_free(plant):
    (number,) = post(plant, a_task())
    propose(plant, an_entry(number, SPRAYER))
    newest = propose(plant, an_entry(number, FINISHER))
    for name in ("sprayer", "finisher"):
        vote(plant, newest, name, support=False)
    propose(plant, an_entry(number, FINISHER))
    with refused("TooManyOpen", SCANNER, POLICY.open_limit):
        propose(plant, an_entry(number, SPRAYER))


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
    assert (enacted.proposal, enacted.skipped, enacted.standing) == (broad.id, b"\2", b"")
    assert [task(plant, number).worker for number in (first, second, third)] == [SPRAYER, FINISHER, SPRAYER]


def test_enact__tasks_of_one_ten_at_different_versions__each_at_its_own(plant):
    numbers = post(plant, *([a_task()] * 3))
    pass_plan(plant, an_entry(numbers[1], FINISHER))
    plan = [an_entry(number, SPRAYER, version=1 + (number == numbers[1])) for number in numbers]
    assert pass_plan(plant, *plan).the(PlanEnacted).skipped == b""
    found = [task(plant, number) for number in numbers]
    assert [(state.worker, state.version) for state in found] == [(SPRAYER, 2), (SPRAYER, 3), (SPRAYER, 2)]


@pytest.mark.parametrize("changes", [{"lead": NOBODY}, {"lead": ARM}, {"inspector": SPRAYER}, {"inspector": 9}])
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
    with refused("OtherPlan", opened.id, opened.content_id):
        plant.by("stranger").dao.enact(opened.id, opened.assignments, b"\0" * 32, words=1)
    plant.by("stranger").dao.enact(opened.id, opened.assignments, opened.rest, words=1)
    assert task(plant, number).worker == SPRAYER
    with refused("ProposalNotOpen", opened.id, State.ENACTED):
        plant.by("stranger").dao.enact(opened.id, opened.assignments, opened.rest, words=1)


def test_enact__in_parts__enacted_with_the_last(plant):
    numbers = post(plant, *([a_task()] * 12))
    opened = passed(plant, *(an_entry(number, SPRAYER) for number in numbers))
    part = enact(plant, opened, words=1).the(PlanEnacted)
    assert (part.first, part.last, part.skipped, part.standing) == (0, 10, b"", b"")
    dao = plant.by("stranger").dao
    assert (dao.progress(opened.id), dao.proposal(opened.id).state) == (10, State.PASSED)
    assert [task(plant, number).worker for number in numbers[9:11]] == [SPRAYER, NOBODY]
    last = enact(plant, opened, words=9)
    assert (last.the(PlanEnacted).first, last.the(PlanEnacted).last) == (10, 12)
    assert last.the(ProposalExecuted).proposal_id == opened.id
    assert not last.all(ProposalSettled)
    assert (dao.progress(opened.id), task(plant, numbers[11]).worker) == (0, SPRAYER)


def test_enact__in_parts__a_ten_at_two_versions__is_as_many_words(plant):
    numbers = post(plant, *([a_task()] * 4))
    pass_plan(plant, an_entry(numbers[1], FINISHER))
    plan = [an_entry(number, SPRAYER, version=1 + (number == numbers[1])) for number in numbers]
    opened = passed(plant, *plan)
    parts = [enact(plant, opened, words=words).the(PlanEnacted) for words in (1, 1, 2)]
    assert [(part.first, part.last, part.skipped) for part in parts] == [(0, 1, b""), (1, 2, b""), (2, 4, b"")]
    assert [task(plant, number).worker for number in numbers] == [SPRAYER] * 4


def test_enact__no_words__refused(plant):
    (number,) = post(plant, a_task())
    opened = passed(plant, an_entry(number, SPRAYER))
    with refused("NothingEnacted", opened.id):
        enact(plant, opened, words=0)


def test_enact__idle_task_of_another__epoch_and_version_rise_by_one(plant):
    number = allocated(plant)
    found = task(plant, number)
    assert (found.status, found.worker, found.inspector) == (Status.ALLOCATED, SPRAYER, FINISHER)
    assert (found.epoch, found.version) == (2, 2)


@pytest.mark.parametrize("plant", ["anvil", "ganache"], indirect=True)
def test_vote__words_that_are_no_utf8__only_what_binds_the_id_alone_counts(plant):
    opening, function = _opening(plant), abi_of("AllocationDAO").functions["propose"]
    parts = (opening.plan.assignments, pack_detail(opening), b"\xff")
    sender = Sender(plant.node, signer("scanner"), chain_id=plant.chain_id)
    sender.send(plant.addresses["AllocationDAO"], function.selector + encode(["bytes"] * 3, parts), tried=False)
    follower = plant.follower()
    follower.catch_up()
    found = follower.ledger.proposals[ProposalId(1)]
    assert not found.is_readable
    dao = plant.by("sprayer").dao
    with pytest.raises(Refused, match="OtherPlan"):
        dao.vote(found.id, support=False, reason="", rest=found.content_hash)
    dao.vote(found.id, support=False, reason="")
    assert dao.proposal(found.id).no == 1


def _opened(plant):
    (number,) = post(plant, a_task())
    return propose(plant, an_entry(number, SPRAYER))


def _opening(plant):
    (number,) = post(plant, a_task())
    head = plant.head()
    return an_opening(pack_plan([an_entry(number, SPRAYER)]), read_at=head.number, read_hash=head.hash)


def _propose_bytes(plant, assignments):
    head, plan = plant.head(), PackedPlan(assignments=assignments)
    return plant.by("scanner").dao.propose(an_opening(plan, read_at=head.number, read_hash=head.hash))
