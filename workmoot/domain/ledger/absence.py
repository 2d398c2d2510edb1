"""Who is absent: silent while so many votes ran out, one after the other, that it may be left out."""

from workmoot.domain.ids import Number
from workmoot.domain.ledger.ledger import Ledger
from workmoot.domain.ledger.records import Proposal
from workmoot.domain.majority import has_passed
from workmoot.domain.proposals import State

PROPOSALS_LOOKED_AT = 512


def absent_since(ledger: Ledger, member: Number, now_s: float) -> float | None:
    """When the last of those votes ran out; None for a member that is there, or the last one that votes.

    As the contract has it, but that a ballot which was signed and counted with others shows a member too.
    """
    if ledger.policy is None or ledger.voters < 2 or not ledger.members[member].is_active_worker:
        return None
    missed: list[Proposal] = []
    for proposal in sorted(ledger.proposals.values(), key=lambda found: -found.id)[:PROPOSALS_LOOKED_AT]:
        if proposal.proposer == member or proposal.vote_of(member) is not None:
            return None
        if proposal.roster < ledger.members[member].joined:
            return None
        if _ran_out(proposal, now_s) and (not missed or proposal.deadline <= missed[-1].at.timestamp):
            missed.append(proposal)
        if len(missed) == ledger.policy.absent_after:
            return float(missed[0].deadline)
    return None


def _ran_out(proposal: Proposal, now_s: float) -> bool:
    if has_passed(yes=proposal.yes, members=proposal.members):
        return False
    return proposal.state is State.EXPIRED or (proposal.state is State.OPEN and now_s > proposal.deadline)
