"""Whether a proposal was right when it was opened: all that it claims, computed again from the chain's events alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from workmoot.domain.errors import Malformed
from workmoot.domain.events import Event, ProposalCreated
from workmoot.domain.evidence import round_seed
from workmoot.domain.ids import ProposalId
from workmoot.domain.ledger import Ledger, Proposal
from workmoot.planning.validity import faults, latest_posting, recomputed

FIGURES = ("makespan", "tardiness", "energy", "cost")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One thing a proposal claims, beside what it has to be; figures in ticks, Wh and micro-units."""

    name: str
    claimed: int | str
    recomputed: int | str

    @property
    def agrees(self) -> bool:
        """Whether it is right."""
        return self.claimed == self.recomputed


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What came of it. Without claims the plan takes what nobody offered, or it is a motion, which claims nothing."""

    proposal: Proposal
    claims: tuple[Claim, ...]
    faults: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether a member that looked then had no fault to find."""
        return not self.faults and all(claim.agrees for claim in self.claims)

    def as_object(self) -> dict[str, Any]:
        """For JSON."""
        listed = [
            {"name": it.name, "claimed": it.claimed, "recomputed": it.recomputed, "agrees": it.agrees}
            for it in self.claims
        ]
        return {"proposal": self.proposal.id, "holds": self.holds, "claims": listed, "faults": list(self.faults)}


def verify(events: Iterable[Event], id_: ProposalId, *, chain_id: int, dao: str) -> Verification:
    """As of the moment it was opened. `events` are the chain's, from the deployment on; refuses an unknown proposal.

    That it read a block of this chain, the contract has seen to.
    """
    ledger = Ledger()
    for event in events:
        ledger.apply(event)
        if isinstance(event, ProposalCreated) and event.id == id_:
            return _verified(ledger, ledger.proposals[id_], chain_id, dao)
    raise Malformed(f"no proposal {id_} was ever opened")


def _verified(ledger: Ledger, proposal: Proposal, chain_id: int, dao: str) -> Verification:
    if proposal.motion is not None:
        return Verification(proposal=proposal, claims=(), faults=())
    posted = latest_posting(ledger, [entry.task for entry in proposal.entries])
    seed = round_seed(posted.block_hash, chain_id=chain_id, dao=dao) if posted else b""
    wrong = tuple(faults(ledger, proposal, seed))
    return Verification(proposal=proposal, claims=_claims(ledger, proposal, seed), faults=wrong)


def _claims(ledger: Ledger, proposal: Proposal, seed: bytes) -> tuple[Claim, ...]:
    opening, entries = proposal.opening, proposal.entries
    taken = [ledger.offer_of(entry, opening.read_at) for entry in entries]
    offers = [record.offer for record in taken if record is not None]
    if not entries or len(offers) < len(entries) or any(entry.task not in ledger.tasks for entry in entries):
        return ()
    found = recomputed(ledger, opening, entries, offers, seed)
    figures = (
        Claim(name=name, claimed=getattr(opening.figures, name), recomputed=getattr(found.figures, name))
        for name in FIGURES
    )
    return (
        *figures,
        Claim(name="offers", claimed=opening.offers.hex(), recomputed=found.offers.hex()),
        Claim(name="evidence", claimed=opening.evidence.hex(), recomputed=found.evidence.hex()),
    )
