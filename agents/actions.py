"""What a digital worker can decide to do; each a transaction, a ballot or a command, and safe to decide again."""

from dataclasses import dataclass

from workmoot.domain.ballots import Ballot, SignedBallot
from workmoot.domain.drafts import Draft
from workmoot.domain.ids import Number, ProposalId, TaskId
from workmoot.domain.ledger import Question, Task
from workmoot.domain.offers import Offer, RankedTask
from workmoot.domain.overrides import SubjectType
from workmoot.domain.proposals import Opening


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishOffers:
    """Say what one can do, and how one ranks it."""

    offers: tuple[Offer, ...]
    ranking: tuple[RankedTask, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmHelp:
    """Bind oneself to the joint offers of others: (lead, offer)."""

    offers: tuple[tuple[Number, Offer], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Propose:
    """Put a plan to the vote."""

    opening: Opening


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareDraft:
    """Put a plan, and one's own yes to it, where others find and sign it before it is opened."""

    draft: Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishReview:
    """Say what one expects of a plan, and why."""

    proposal: ProposalId
    support: bool
    makespan: int
    findings: bytes
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CastVote:
    """Vote; with the assignments when this ballot may decide."""

    proposal: ProposalId
    support: bool
    reason: str
    assignments: bytes
    rest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SignBallot:
    """Vote by signature: put the ballot where others find it."""

    ballot: Ballot


@dataclass(frozen=True, slots=True, kw_only=True)
class Decide:
    """Send the ballots that decide, in one transaction."""

    proposal: ProposalId
    assignments: bytes
    rest: bytes
    ballots: tuple[SignedBallot, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideAtOnce:
    """Open one's own draft and send the ballots that decide it, in one transaction."""

    proposal: ProposalId
    deadline: int
    opening: Opening
    ballots: tuple[SignedBallot, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnactPlan:
    """Enact what passed and was not enacted, as many words of a plan, or a motion."""

    proposal: ProposalId
    assignments: bytes
    rest: bytes
    words: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BarVoter:
    """Record that a member can no longer vote."""

    proposal: ProposalId
    member: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseProposal:
    """Close a vote whose time is over."""

    proposal: ProposalId


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveOut:
    """Leave out a member that was silent for long."""

    member: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class ComeBack:
    """End one's own absence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PokeTask:
    """Settle a task that is overdue."""

    task: TaskId


@dataclass(frozen=True, slots=True, kw_only=True)
class PokeSlot:
    """End a human's slot whose time is over."""

    subject_type: SubjectType
    subject: int
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimTask:
    """Take one's own entry of a tree that passed."""

    proposal: ProposalId
    entry: bytes
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgeTask:
    """Say that one will start."""

    task: TaskId
    epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StartTask:
    """Begin."""

    task: TaskId
    epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BeatHeart:
    """Say that one is at work."""

    task: TaskId
    epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StopTask:
    """Pause one's own run, or go on with it."""

    task: TaskId
    stopped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRobot:
    """Command one's robot to do its part."""

    task: Task
    robot: Number
    work_ticks: int
    part: str
    """What is worked on: the product's id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitResult:
    """Hand in a result."""

    task: TaskId
    epoch: int
    grade: int
    busy_ticks: int
    evidence: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFailure:
    """Say that the run failed."""

    task: TaskId
    epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """When to ask humans before judging: a measurement this close to the criterion; and until when they may answer."""

    within_mm: float
    deadline: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectResult:
    """Judge another's result; `product` is what the inspector computed itself, empty where sensors must look.

    Without a question that settles it, humans may have to be asked first.
    """

    task: Task
    product: bytes
    asking: Asking | None = None
    settled: Question | None = None


Action = (
    PublishOffers
    | ConfirmHelp
    | Propose
    | ShareDraft
    | PublishReview
    | CastVote
    | SignBallot
    | Decide
    | DecideAtOnce
    | EnactPlan
    | BarVoter
    | CloseProposal
    | LeaveOut
    | ComeBack
    | PokeTask
    | PokeSlot
    | ClaimTask
    | AcknowledgeTask
    | StartTask
    | BeatHeart
    | StopTask
    | RunRobot
    | SubmitResult
    | ReportFailure
    | InspectResult
)
