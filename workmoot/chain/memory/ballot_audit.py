"""The rules of BallotAudit: what members signed beside what was counted."""

from workmoot.chain.memory import membership
from workmoot.chain.memory.ballots import read_ballots, require_content, require_its_own, require_signed
from workmoot.chain.memory.memory_chain import Transaction
from workmoot.domain.ballots import SignedBallot, pack_counted
from workmoot.domain.errors import Refused
from workmoot.domain.events import BallotsRecorded, EquivocationProven
from workmoot.domain.ids import Number, ProposalId
from workmoot.domain.proposals import ProposalState, State


def record(tx: Transaction, proposal: ProposalId, content_hash: bytes, ballots: bytes) -> None:
    found = _require_known(tx, proposal, content_hash)
    if found.state is State.OPEN:
        raise Refused("ProposalNotSettled", proposal, found.state)
    recorded = []
    for ballot in read_ballots(proposal, ballots):
        _require_belonged(tx, proposal, found.roster, ballot.member)
        require_its_own(tx, proposal, content_hash, ballot)
        recorded.append(ballot)
    tx.say(BallotsRecorded, id=proposal, ballots=pack_counted(recorded))


def prove_equivocation(
    tx: Transaction, proposal: ProposalId, content_hash: bytes, member: Number, yes: bytes, no: bytes
) -> None:
    found = _require_known(tx, proposal, content_hash)
    _require_belonged(tx, proposal, found.roster, member)
    for support, signature in ((True, yes), (False, no)):
        ballot = SignedBallot(member=member, support=support, signature=signature)
        require_signed(tx, proposal, content_hash, ballot)
    tx.say(EquivocationProven, id=proposal, member=member)


def _require_known(tx: Transaction, proposal: ProposalId, content_hash: bytes) -> ProposalState:
    if proposal not in tx.state.proposals:
        raise Refused("UnknownProposal", proposal)
    require_content(tx, proposal, content_hash)
    return tx.state.proposals[proposal]


def _require_belonged(tx: Transaction, proposal: ProposalId, roster: int, member: Number) -> None:
    if not membership.belonged(tx, member, roster):
        raise Refused("NotInElectorate", proposal, member)
