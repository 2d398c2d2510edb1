"""Why a worker has a task, on the wire."""

from datetime import datetime

from pydantic import Field

from api.models.common import Head, Who, Wire
from api.models.decisions import EntryOut, FiguresOut, ProposalOut, ReviewOut, VoteOut
from api.models.people import RankedNumbers
from api.models.work import Filled


class OfferOut(Wire):
    """What a worker promised for the task, alone or with helpers."""

    worker: Who
    helpers: tuple[Who, ...]
    robots: tuple[Who, ...]
    sequence: int
    earliest_s: float
    p50_s: float
    p90_s: float
    energy_wh: int
    cost_micro: int
    success: float = Field(ge=0)
    confidence: float = Field(ge=0)
    valid_until: datetime | None
    block: int
    taken: bool = Field(description="The plan takes this one.")
    hindrance: str | None = Field(description="Why no plan could take it, where none could.")


class RefusalOut(Wire):
    """Who has the capability, and why it is not among the offers."""

    worker: Who
    reason: str


class MemberRank(RankedNumbers):
    """Where one member ranks the task, in its own numbers."""

    worker: Who
    of: int = Field(description="How many tasks it ranks.")
    block: int


class CommunityRank(Wire):
    """Where the members' rankings, taken together, have the task: the lower, the earlier it is planned."""

    score: int = Field(ge=0, description="The mean place in the members' lists, in parts of 10,000.")
    place: int
    of: int


class AlternativeOut(Wire):
    """The whole plan with this offer for the task, all else alike; the lower the objective, the better."""

    place: int
    worker: Who
    helpers: tuple[Who, ...]
    sequence: int
    taken: bool
    objective: int = Field(description="The plan's figures, weighed as the policy says.")
    figures: FiguresOut


class Naming(ProposalOut):
    """A proposal that names the task at this decision version."""

    entry: EntryOut
    reviews: tuple[ReviewOut, ...]
    votes: tuple[VoteOut, ...]


class WhyOut(Wire):
    """Why this worker: all that members promised, ranked, proposed, said and voted, and what would have won otherwise.

    Offers, rankings and alternatives are as they stood at the end of block `as_of`.
    """

    head: Head
    says: str = Field(description="The same in a sentence.")
    task: int
    name: str
    capability: str
    status: str
    worker: Who | None
    version: int = Field(description="The decision version that the plan was made for.")
    proposal: int | None = Field(description="What decided it, or else the newest that names it.")
    decided: bool
    as_of: int
    in_control: int = Field(description="The level in force.")
    slots: tuple[Filled, ...]
    offers: tuple[OfferOut, ...]
    refusals: tuple[RefusalOut, ...]
    community: CommunityRank | None
    members: tuple[MemberRank, ...]
    proposals: tuple[Naming, ...]
    alternatives: tuple[AlternativeOut, ...] = Field(
        description="The best for the plan first; none where the plan took what nobody offered."
    )
