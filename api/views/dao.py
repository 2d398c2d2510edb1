"""The DAO in the shapes of ERC-4824, from the projection."""

from collections.abc import Iterator, Mapping

from api.models.dao import (
    DaoActivities,
    DaoActivity,
    DaoContract,
    DaoContracts,
    DaoMember,
    DaoMembers,
    DaoProposal,
    DaoProposalName,
    DaoProposals,
)
from api.views.snapshot import Snapshot, clean
from workmoot.domain.events import Place
from workmoot.domain.ids import Number, ProposalId
from workmoot.domain.ledger import Proposal
from workmoot.domain.strangers import text

NAMELESS = "Workmoot"
PURPOSE = "Workers of a plant propose and vote who does what; a human's word outranks them."
CONTRACTS = {
    "AccessManager": "Which human has which role.",
    "Members": "Who belongs to the plant and votes, as badges.",
    "WorkOrders": "The orders, and how far each task is.",
    "AllocationDAO": "Offers, proposals and votes.",
    "Overrides": "The humans' orders.",
    "Motions": "Who belongs and by which policy, by vote; and who is left out for its silence.",
    "Claims": "The roots of long plans, whose tasks are claimed one by one.",
    "BallotAudit": "Ballots that came too late, and who signed both a yes and a no.",
    "Instructions": "The humans' instructions, which fill no slot.",
}


def dao_name(snap: Snapshot) -> str:
    """The plant's name."""
    return text(snap.description.get("name")) or NAMELESS


def dao_description(snap: Snapshot) -> str:
    """What the plant says it is for."""
    about = clean(snap.description).get("about")
    return about if isinstance(about, str) and about else PURPOSE


def dao_members(snap: Snapshot) -> DaoMembers:
    """The accounts that vote."""
    accounts = (member.account for member in snap.ledger.voting_members())
    return DaoMembers(name=dao_name(snap), members=tuple(DaoMember(id=account) for account in accounts))


def dao_proposals(snap: Snapshot, dao: str, *, contents: str) -> DaoProposals:
    """Every proposal; what it is about is found at `contents`, by its number."""
    latest_first = sorted(snap.ledger.proposals.values(), key=lambda proposal: -proposal.id)
    return DaoProposals(
        name=dao_name(snap), proposals=tuple(_proposal(snap, proposal, dao, contents) for proposal in latest_first)
    )


def _proposal(snap: Snapshot, proposal: Proposal, dao: str, contents: str) -> DaoProposal:
    return DaoProposal(
        id=_id_of(snap, dao, proposal.id),
        name=text(proposal.opening.words) or f"Plan {proposal.id}",
        content_uri=f"{contents}/{proposal.id}",
        status=proposal.state.name.lower(),
    )


def dao_activities(snap: Snapshot, dao: str) -> DaoActivities:
    """What members did about proposals, the earliest first."""
    acts = sorted(act for proposal in snap.ledger.proposals.values() for act in _acts(proposal))
    return DaoActivities(
        name=dao_name(snap),
        activities=tuple(
            DaoActivity(
                id=f"{what}-{block}-{log_index}-{number}",
                proposal=DaoProposalName(id=_id_of(snap, dao, proposal)),
                member=DaoMember(id=snap.ledger.members[number].account),
            )
            for block, log_index, number, what, proposal in acts
        ),
    )


Act = tuple[int, int, Number, str, ProposalId]


def _acts(proposal: Proposal) -> Iterator[Act]:
    def act(what: str, member: Number, at: Place) -> Act:
        return at.block, at.log_index, member, what, proposal.id

    yield act("propose", proposal.proposer, proposal.at)
    for review in proposal.reviews:
        yield act("review", review.member, review.at)
    for vote in proposal.votes:
        yield act("vote", vote.member, vote.at)


def dao_contracts(snap: Snapshot, addresses: Mapping[str, str]) -> DaoContracts:
    """The contracts by name."""
    return DaoContracts(
        name=dao_name(snap),
        contracts=tuple(
            DaoContract(id=address, name=name, description=CONTRACTS[name]) for name, address in addresses.items()
        ),
    )


def governance(snap: Snapshot) -> str:
    """The rules, as Markdown for people; the figures are this plant's own."""
    policy, voters = snap.ledger.policy, len(snap.ledger.voting_members())
    lines = [
        "# How this plant decides",
        "",
        f"- {voters} digital workers vote, each once and for itself; nobody delegates.",
        "- Who votes on a proposal is settled when it is opened.",
        f"- A proposal passes when more than half of them say yes: {voters // 2 + 1} today. Silence counts against it.",
        "- It is defeated as soon as it can no longer pass.",
        "- What has passed is enacted by the contracts, unless a human holds the plant; anyone may send it.",
        "- A human with the role may veto, assign, hold or cancel at any time, and no vote changes what a human said.",
    ]
    if policy:
        lines += [
            f"- A vote is open for {policy.voting_seconds} seconds.",
            f"- A member may have {policy.open_limit} proposals open at once.",
            f"- A member that says nothing in {policy.absent_after} votes in a row that ran out may be left out of the "
            "count, until it says that it is back.",
        ]
    return "\n".join(lines) + "\n"


def _id_of(snap: Snapshot, dao: str, proposal: ProposalId) -> str:
    """CAIP-10: the chain and the contract; then which of its proposals."""
    return f"eip155:{snap.head.chain_id}:{dao}?proposalId={proposal}"
