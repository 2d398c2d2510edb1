"""The box this API offers: at its door ballots and drafts are checked as the contract would, and what is genuine is
kept."""

from api.models.ballots import BallotIn, BallotOut, BallotsOut, DraftIn, DraftOut, DraftsOut
from api.problems import Problem, not_found, unprocessable
from api.projection import Projection
from api.rates import Rate, too_many
from api.refusals import checking
from api.views.snapshot import Snapshot
from workmoot.ballots.box import BoxedBallot, BoxedDraft
from workmoot.ballots.kept import Kept, KeptBallots, KeptDraft
from workmoot.ballots.poll import Notary, Poll, next_vote, poll_of
from workmoot.ballots.wire import as_json, draft_as_json, draft_from_json, from_json
from workmoot.domain.drafts import Draft
from workmoot.domain.errors import Malformed
from workmoot.domain.ids import Address, ProposalId
from workmoot.domain.ledger import Proposal
from workmoot.domain.plan import unpack_plan
from workmoot.domain.proposals import State
from workmoot.planning.horizon import decides_at_once

CHECKS_A_SECOND = 200
CHECKS_AT_ONCE = 2_000
"""Signatures: every member's ballot at the largest membership, twice over."""
DRAFTS_A_SECOND = 4
DRAFTS_AT_ONCE = 64


class BallotDesk:
    """The door and what is behind it. Nothing is decided here: who reads the box checks everything again."""

    def __init__(
        self, projection: Projection, notary: Notary, *, kept: KeptBallots, rate: Rate, draft_rate: Rate
    ) -> None:
        self._projection = projection
        self._notary = notary
        self._kept = kept
        self._rate = rate
        self._draft_rate = draft_rate

    def take(self, told: BallotIn) -> tuple[BallotOut, bool]:
        """The ballot as it lies in the box, and whether it is new there."""
        boxed = from_json(told.model_dump())
        found = self._kept.find(boxed) or self._let_in(boxed)
        out = BallotOut(**told.model_dump(), place=found.place, equivocates=found.equivocates)
        return out, found.is_new

    def show(self, proposal: int, *, after: int) -> BallotsOut:
        """A page of a proposal's ballots."""
        with self._projection.read() as snap:
            found = ProposalId(proposal)
            if found != snap.ledger.next_proposal:
                _proposal(snap, found)
            page, both = self._kept.read(found, after=after), self._kept.equivocators(found)
            first = page.last - len(page.items) + 1
            return BallotsOut(
                head=snap.head,
                items=tuple(
                    BallotOut(**as_json(boxed), place=place, equivocates=boxed.member in both)
                    for place, boxed in enumerate(page.items, first)
                ),
                box=page.box,
                last=page.last,
                more=page.more,
                equivocators=snap.team(both),
            )

    def take_draft(self, told: DraftIn) -> tuple[DraftOut, bool]:
        """The draft as it lies in the box, and whether it is new there."""
        boxed = _draft_of(told)
        found = self._kept.find_draft(boxed.draft.content) or self._let_draft_in(boxed)
        return _draft_out(found.boxed, found.place), found.is_new

    def show_drafts(self, proposal: int, *, after: int) -> DraftsOut:
        """A page of the drafts for a number."""
        with self._projection.read() as snap:
            page = self._kept.read_drafts(ProposalId(proposal), after=after)
            first = page.last - len(page.items) + 1
            items = tuple(_draft_out(boxed, place) for place, boxed in enumerate(page.items, first))
            return DraftsOut(head=snap.head, items=items, box=page.box, last=page.last, more=page.more)

    def _let_in(self, boxed: BoxedBallot) -> Kept:
        self._require_genuine(boxed, self._require_of_poll(boxed))
        found = self._kept.keep(boxed)
        if found is None:
            raise too_many("too-many-ballots", "This box holds as many ballots on this proposal as it takes.")
        return found

    def _let_draft_in(self, boxed: BoxedDraft) -> KeptDraft:
        """Whose it is before what it says: only members can use up what their drafts may cost here."""
        draft = boxed.draft
        with self._projection.read() as snap:
            account = _require_next(snap, draft)
        if not draft.is_plan:
            raise unprocessable("/assignments", "Motions and trees are not drafted: open it on chain.")
        self._require_genuine(boxed.yes, account)
        self._require_room(draft)
        _require_layout(draft)
        with self._projection.read() as snap:
            _require_next(snap, draft)
            found = self._kept.keep_draft(boxed)
        if found is None:
            raise _full(draft)
        return found

    def _require_room(self, draft: Draft) -> None:
        if not self._kept.has_room(draft):
            raise _full(draft)
        if not self._draft_rate.take():
            raise too_many(
                "too-many-drafts",
                f"This box checks {DRAFTS_A_SECOND} drafts a second.",
                after_s=self._draft_rate.wait_s,
            )

    def _require_genuine(self, boxed: BoxedBallot, account: Address) -> None:
        if not self._rate.take():
            raise too_many(
                "too-many-ballots", f"This box checks {CHECKS_A_SECOND} signatures a second.", after_s=self._rate.wait_s
            )
        with checking():
            genuine = self._notary.is_genuine(boxed, account)
        if not genuine:
            raise unprocessable("/signature", f"The signature is not that of member {boxed.member} under this ballot.")

    def _require_of_poll(self, boxed: BoxedBallot) -> Address:
        """The account whose signature it takes."""
        with self._projection.read() as snap:
            poll = self._draft_poll(snap, boxed) or _open_poll(snap, boxed)
        _require_bound(poll, boxed)
        account = poll.voters.get(boxed.member)
        if account is None:
            raise _no_vote(boxed.member, poll.proposal)
        return account

    def _draft_poll(self, snap: Snapshot, boxed: BoxedBallot) -> Poll | None:
        """The vote on a draft that lies here."""
        found, upcoming = self._kept.find_draft(boxed.ballot.content), next_vote(snap.ledger)
        if found is None or not upcoming.is_for(found.boxed.draft):
            return None
        draft = found.boxed.draft
        if snap.now > draft.deadline:
            raise _not_open(draft.proposal)
        return upcoming.poll(draft)


def _open_poll(snap: Snapshot, boxed: BoxedBallot) -> Poll:
    proposal = _proposal(snap, boxed.ballot.proposal)
    if proposal.state is not State.OPEN or snap.now > proposal.deadline:
        raise _not_open(proposal.id)
    return poll_of(snap.ledger, proposal)


def _draft_of(told: DraftIn) -> BoxedDraft:
    try:
        return draft_from_json(told.model_dump())
    except Malformed as wrong:
        raise unprocessable("", f"This is no draft: {wrong}.") from wrong


def _require_layout(draft: Draft) -> None:
    try:
        unpack_plan(draft.opening.plan)
    except Malformed as wrong:
        raise unprocessable("/assignments", f"The plan's bytes follow no layout: {wrong}.") from wrong


def _require_next(snap: Snapshot, draft: Draft) -> Address:
    """The account whose draft it is said to be, where the next vote can be on it now."""
    if not decides_at_once(snap.ledger):
        raise Problem(409, "not-at-once", "This plant opens every proposal on chain: it takes no drafts.")
    upcoming, policy = next_vote(snap.ledger), snap.ledger.policy
    if (draft.proposal, draft.roster, draft.members) != upcoming.made_for:
        number, roster, members = upcoming.made_for
        detail = f"The next proposal is {number}, of roster {roster} with {members} members."
        raise Problem(409, "not-the-next", detail)
    account = upcoming.voters.get(draft.proposer)
    if account is None:
        raise _no_vote(draft.proposer, draft.proposal)
    latest = snap.now + (policy.voting_seconds if policy else 0)
    if not snap.now <= draft.deadline <= latest:
        raise Problem(409, "another-deadline", f"A vote on it can end between now and {latest:.0f}.", retryable=True)
    return account


def _no_vote(member: int, proposal: int) -> Problem:
    return Problem(409, "not-in-electorate", f"Member {member} has no vote on proposal {proposal}.")


def _not_open(proposal: int) -> Problem:
    return Problem(409, "proposal-not-open", f"Proposal {proposal} is not open any more.")


def _full(draft: Draft) -> Problem:
    return too_many("too-many-drafts", f"This box takes no more drafts of member {draft.proposer}.")


def _draft_out(boxed: BoxedDraft, place: int) -> DraftOut:
    content_hash = "0x" + boxed.draft.content_hash.hex()
    return DraftOut(**draft_as_json(boxed), content_hash=content_hash, place=place)


def _require_bound(poll: Poll, boxed: BoxedBallot) -> None:
    if not poll.binds(boxed.ballot):
        detail = (
            f"Proposal {poll.proposal} has another content, roster or deadline: sign what GET /api/v1/proposals says."
        )
        raise Problem(409, "another-content", detail)


def _proposal(snap: Snapshot, proposal: int) -> Proposal:
    found = snap.ledger.proposals.get(ProposalId(proposal))
    if found is None:
        raise not_found("proposal", proposal, "GET /api/v1/proposals lists them.")
    return found
