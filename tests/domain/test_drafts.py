from dataclasses import replace

from tests.builders import an_address, an_opening
from workmoot.domain.drafts import Draft
from workmoot.domain.events import MemberAdmitted, Place, ProposalCreated, RosterChanged
from workmoot.domain.ids import Number, ProposalId
from workmoot.domain.ledger import Ledger
from workmoot.domain.plan import PackedPlan
from workmoot.domain.proposals import Policy, State, pack_detail
from workmoot.domain.workers import Kind

AT = Place(block=7, block_hash=b"", log_index=3, tx="0x1", timestamp=1_050)
OPENING = an_opening(PackedPlan(assignments=b"\7" * 7, teams=b"\2", timetable=b"\3\4"), read_at=5, words="größer")
DRAFT = Draft(proposal=ProposalId(1), proposer=Number(1), roster=1, members=1, deadline=1_060, opening=OPENING)


def a_ledger() -> Ledger:
    """One member, which votes; proposals are open for a minute."""
    ledger = Ledger()
    first = AT._replace(block=1, timestamp=100)
    account, profile = an_address(1), '{"id": "analyst"}'
    admitted = {"number": 1, "account": account, "kind": Kind.DIGITAL, "capabilities": 2, "profile": profile}
    ledger.apply(MemberAdmitted(at=first, **admitted))  # type: ignore[arg-type]
    ledger.apply(RosterChanged(at=first, roster=1, members=1))
    return ledger


def test_as_proposal__a_draft__is_what_it_becomes_once_it_is_opened():
    ledger = a_ledger()
    ledger.policy = Policy(voting_seconds=60, open_limit=2)
    drafted = ledger.as_proposal(DRAFT)
    ledger.apply(
        ProposalCreated(
            at=AT,
            proposal_id=DRAFT.proposal,
            proposer=an_address(1),
            calldatas=(OPENING.plan.assignments, pack_detail(OPENING)),
            vote_start=AT.timestamp,
            vote_end=DRAFT.deadline,
            description=OPENING.words,
        )
    )
    opened = ledger.proposals[DRAFT.proposal]
    assert replace(drafted, at=AT) == opened
    assert (opened.draft, opened.content_hash, opened.rest) == (DRAFT, DRAFT.content_hash, DRAFT.rest)


def test_as_proposal__its_place__is_the_block_it_was_made_from_and_the_second_it_was_shared():
    ledger = a_ledger()
    ledger.policy = Policy(voting_seconds=60, open_limit=2)
    found = ledger.as_proposal(DRAFT)
    assert (found.at.block, found.at.timestamp, found.state) == (OPENING.read_at, 1_000, State.OPEN)


def test_as_proposal__bytes_that_follow_no_layout__says_so():
    assert a_ledger().as_proposal(DRAFT).malformed


def test_next_proposal__counts_on():
    ledger = a_ledger()
    assert ledger.next_proposal == 1
    ledger.proposals[ProposalId(1)] = ledger.as_proposal(DRAFT)
    assert ledger.next_proposal == 2


def test_size__all_its_bytes():
    assert DRAFT.size == 7 + len(pack_detail(OPENING)) + len("größer".encode())


def test_ballot__binds_number_content_electorate_and_deadline():
    ballot = DRAFT.ballot(support=False)
    assert (ballot.content, ballot.support) == (DRAFT.content, False)
    assert (ballot.roster, ballot.deadline) == (DRAFT.roster, DRAFT.deadline)
    other = replace(DRAFT, deadline=DRAFT.deadline + 1)
    assert other.content_hash != DRAFT.content_hash
