"""What Motions says."""

from dataclasses import dataclass

from workmoot.domain.events.place import Event
from workmoot.domain.ids import ProposalId
from workmoot.domain.motions import MotionKind
from workmoot.domain.proposals import Weights


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySet(Event):
    """The policy from now on."""

    voting_seconds: int
    open_limit: int
    absent_after: int
    weights: Weights


@dataclass(frozen=True, slots=True, kw_only=True)
class MotionCarriedOut(Event):
    """What the majority wanted is done."""

    id: ProposalId
    kind: MotionKind
