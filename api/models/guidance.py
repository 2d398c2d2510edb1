"""Robots that a human guides, on the wire: the lease, what is asked, what is to be signed, what became of it."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from api.models.common import Head, Who, Wire
from api.models.orders import ReasonIn
from workmoot.domain.guidance import AXES, DEAD_MAN_MS, GUIDED_SPEED_MM_S, Outcome

NAME = Annotated[str, Field(max_length=100)]


class PointOut(Wire):
    """Millimetres from the robot's home."""

    x: float
    y: float
    z: float


class StanceOut(Wire):
    """How a robot's resource stands, as it reports it itself."""

    pose_mm: PointOut | None
    moves_to_mm: PointOut | None = Field(description="Where a human's command has it move; none: it stands.")
    manual: bool = Field(description="Manual mode with reduced speed.")
    enabling_device: bool = Field(description="Somebody beside the robot holds its enabling device.")
    simulated: bool = Field(description="It reports all this of a robot that is none.")


class ReasonOut(Wire):
    """Why a human did it: a code's word and the human's own."""

    code: str
    text: str


class GuidedOut(Wire):
    """What a human had a robot do. The signed bytes are in the gateway's log."""

    action: str
    parameters: str = Field(description="JSON, as it was signed.")
    reason: ReasonOut | None = Field(
        description="Taking and returning have one; what is between is done for the first."
    )
    human: Who | None
    account: str
    at: datetime | None
    digest: str


class HolderOut(Wire):
    """Who commands a robot's resource, or did: a worker, or a human."""

    who: Who | None
    human: bool
    account: str | None = Field(description="A human's.")


class LeaseOut(Wire):
    """Who commands a robot's resource, as the gateway says."""

    resource: str
    term: int
    seq: int = Field(description="The last number that was used in this term.")
    holder: HolderOut | None
    taken_from: HolderOut | None = Field(description="Whom a human took it from, by a hold or by taking.")
    until: datetime | None = Field(description="When it ends, unless it is used before.")
    alive: bool = Field(description="Whether it keeps others out now.")
    told: bool = Field(description="Whether the robot took the last motion that a human signed for it.")
    stance: StanceOut | None = Field(description="None: the robot does not answer.")
    last_take: GuidedOut | None = Field(description="A human's last taking of it, however much was done since.")
    last_return: GuidedOut | None = Field(description="Likewise, with how that human left it.")
    guided: tuple[GuidedOut, ...] = Field(description="What humans did with it last, the latest first.")


class GuidanceIn(Wire):
    """What every act of a human on a robot's lease carries."""

    resource: NAME | None = Field(default=None, description="None: the robot's first; most have one.")
    human: NAME | None = Field(default=None, description="Who signs: id, badge number or account; else who asks.")
    reason: ReasonIn | None = Field(default=None, description="Why; without one, for the reason it was taken.")
    order: dict[str, Any] | None = Field(default=None, description="The exact values that are signed, of the dry run.")
    signature: Annotated[str, Field(max_length=200)] | None = Field(
        default=None, description="The human's, 0x…, of 65 bytes; without one a development key signs."
    )


class TakeIn(GuidanceIn):
    """The lease is taken."""

    reason: ReasonIn = Field(description="Why; the acts that follow are done for it.")


class ReturnIn(GuidanceIn):
    """The lease is given back."""

    reason: ReasonIn = Field(description="Why it is left so.")
    outcome: Outcome = Field(description="How the human leaves it; it is logged, and does nothing by itself.")


class CommandIn(GuidanceIn):
    """What the robot is to do."""

    command: Literal["jog", "waypoint", "aside", "stop"]
    parameters: dict[str, Any] = Field(
        default={},
        description=f"Of jog: axis ({', '.join(AXES)}), distance_mm, speed_mm_s; of waypoint: {', '.join(AXES)} (mm "
        f"from its home), speed_mm_s. Whole numbers, 1 to {GUIDED_SPEED_MM_S} mm/s. One moves it for {DEAD_MAN_MS} ms "
        "at most.",
    )


class GuidancePreview(Wire):
    """What is to be signed, and how the robot is now. Nothing was sent."""

    head: Head
    robot: Who
    action: str
    says: str = Field(description="What is signed, in words.")
    held: bool
    held_why: tuple[str, ...]
    answered: bool = Field(description="Whether it has taken all that it was told, the hold above all.")
    lease: LeaseOut = Field(description="Who has it now, by the gateway itself.")
    in_hand: dict[str, Any] | None = Field(description="The part it has in hand, the gateway's own words.")
    warnings: tuple[str, ...] = Field(description="Why the gateway would refuse it as things are.")
    etag: str = Field(description="Of this lease and part: If-Match, which taking it needs.")
    order: dict[str, Any]
    typed_data: dict[str, Any]
    digest: str
    banner: str | None


class GuidanceGiven(Wire):
    """What the robot's lease is after an act that the gateway took."""

    robot: Who
    action: str
    human: Who | None
    account: str
    held: bool
    lease: LeaseOut
    in_hand: dict[str, Any] | None
    outcome: Outcome | None
    next_step: str | None = Field(description="What a human has to do next.")
    digest: str
    banner: str | None
