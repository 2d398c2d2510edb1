"""A human's order on the wire: what is asked, what it would displace, what became of it."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, StrictInt

from api.models.common import Head, Who, Wire


class Kind(StrEnum):
    """What a human may order."""

    VETO = "veto"
    APPROVE = "approve"
    ASSIGN = "assign"
    CANCEL = "cancel"
    REWORK = "rework"
    ACCEPT = "accept"
    HOLD = "hold"
    RELEASE = "release"
    SUSPEND = "suspend"
    REINSTATE = "reinstate"
    REQUEUE = "requeue"
    DRAIN = "drain"
    QUARANTINE = "quarantine"
    MAINTAIN = "maintain"
    REPRIORITISE = "reprioritise"
    ACKNOWLEDGE = "acknowledge"
    SHELVE = "shelve"
    ANSWER = "answer"
    LIFT = "lift"


class SubjectType(StrEnum):
    """What an order is about."""

    TASK = "task"
    PROPOSAL = "proposal"
    WORKER = "worker"
    ROBOT = "robot"
    PLANT = "plant"
    ALARM = "alarm"
    QUESTION = "question"


class SubjectIn(Wire):
    """What the order is about: a task's or proposal's number, a member's number or id, an alarm's or
    question's id; none for the plant."""

    type: SubjectType
    id: StrictInt | Annotated[str, Field(max_length=100)] | None = None


class ReasonIn(Wire):
    """Why: a code of the list and words of one's own."""

    code: Annotated[str, Field(max_length=40)] | StrictInt = Field(examples=["QUALITY"])
    text: str = Field(min_length=1, max_length=1000, examples=["glue nozzle on R-3 clogged"])


PAYLOAD = (
    "What the kind needs besides its subject. assign: `worker` (badge number or id) and, where they are not left open, "
    "`helpers`, `robots`, `inspector`, `start_s`, `duration_s`, `second_reason`. reprioritise: `priority`, 0 to 255. "
    "cancel of a task: `tasks`, others of its order. release: `hold_only`. approve and veto of a large plan: `part`, "
    "from 1. answer: `answer`, an object that fills the question's form. lift: `kind`, where two stand. Else nothing."
)


class OverrideIn(Wire):
    """An override: signed here by a development key, or with `order` and `signature` by the human."""

    kind: Kind
    subject: SubjectIn
    payload: dict[str, Any] = Field(default_factory=dict, description=PAYLOAD)
    reason: ReasonIn | None = None
    expires_at: datetime | None = None
    level: int | None = Field(
        default=None, description="1, 5, 7 or 8; without it the kind's own. Instructions have none."
    )
    human: str | None = Field(default=None, description="Who signs: account, badge number or id; without it who asks.")
    order: dict[str, Any] | None = Field(default=None, description="The exact order that was signed.")
    signature: str | None = Field(default=None, pattern="^0x(?:[0-9a-fA-F]{2})+$")


class DisplacedOut(Wire):
    """What is in force now and would step back (or did)."""

    what: str = Field(description="One sentence for people.")
    worker: Who | None = None
    level: int | None = None
    override: int | None = None
    proposal: int | None = None
    status: str | None = None
    tasks: tuple[int, ...] = ()
    returns: str = Field(description="What happens on release or expiry.")


class MovedOut(Wire):
    """A task that ends at another time; no time: it is not done, as things stand. Simulated seconds of the clock."""

    task: int
    name: str
    before_s: float | None
    after_s: float | None
    due_s: float | None
    late_before_s: float = Field(description="How much later than due it would end without the order.")
    late_after_s: float = Field(description="And with it.")


class ForecastOut(Wire):
    """What an order would bring, compared with the same moment without it."""

    method: str = Field(description="How it was computed.")
    says: str = Field(description="One sentence for people.")
    assumes: tuple[str, ...]
    ends_before_s: float | None = Field(description="When all is done that will be, on the simulated clock.")
    ends_after_s: float | None
    moved: tuple[MovedOut, ...] = Field(
        description="Tasks that end at another time, the most delayed first; 50 at most."
    )
    moved_count: int
    late_count: int = Field(description="How many of them get late, or later than they were.")
    lost: tuple[int, ...] = Field(description="Tasks that will not be done, as things stand, and would have been.")
    cost_micro: int = Field(description="What it costs more, in micro-units; less where negative.")
    energy_wh: int


class PreviewOut(Wire):
    """What an order would do, and the exact bytes a human would sign."""

    head: Head
    displaces: DisplacedOut
    forecast: ForecastOut
    epoch: int | None = Field(description="The subject's epoch as the API sees it; of an instruction, the version.")
    etag: str = Field(description="The state this was made for; the order is given with it as If-Match.")
    warnings: tuple[str, ...]
    parts: int = Field(
        description="In how many orders all of it is given: of a large plan each acts on a `part` (`payload`); this is "
        "the one asked for, or the first."
    )
    filled: dict[str, Any] = Field(description="What the API filled in where the request left it open, and from where.")
    order: dict[str, Any]
    typed_data: dict[str, Any]
    digest: str
    banner: str | None


class ShownOut(Wire):
    """What the human of an order was shown before it was signed; the order carries the hash of it."""

    preview: str = Field(description="Keccak-256 of `displaces` and `forecast` as canonical JSON: what was signed.")
    made_at: datetime
    displaces: DisplacedOut
    forecast: ForecastOut


class SlotTimes(Wire):
    """When each step of the order was first seen; a hold may act on the floor before it is in a block."""

    submitted: datetime | None = Field(description="When it came to this API, if it did.")
    mined: datetime | None = Field(description="Its block's time.")
    acknowledged: datetime | None = Field(description="When whoever must obey it had seen it.")
    effective: datetime | None = Field(description="When it was in force and confirmed.")
    ended: datetime | None = None


class OverrideOut(Wire):
    """A human's order on record, with what it displaced."""

    id: int | None = Field(description="None until it is on chain.")
    kind: str
    level: int | None = Field(description="None: an instruction, which fills no slot.")
    subject: dict[str, Any]
    payload: dict[str, Any]
    reason: dict[str, Any]
    human: Who | None
    account: str
    state: str = Field(
        description="submitted, mined, acknowledged, effective, asked (it waits for a second order), expiring, "
        "released, expired, superseded, done, failed or void (it does not count)"
    )
    active: bool = Field(description="Whether it fills a slot, stands as an instruction, or holds at the gateway.")
    confirmed_by: str = Field(description="Who acknowledges it: `floor`, the robots' gateway, or `chain`.")
    floor: str | None = Field(description="Why the floor has not confirmed it; none: it has, or need not.")
    void: str | None = Field(description="Why it does not count, though it is on chain; none: it does.")
    times: SlotTimes
    expires_at: datetime | None
    displaced: DisplacedOut
    epoch: int | None
    tx: str | None
    block: int | None
    digest: str
    ended_by: str | None


class OverrideStep(Wire):
    """How far an order is, as the stream tells it."""

    id: int | None = Field(description="None until it is on chain.")
    digest: str
    state: str
    times: SlotTimes


class OverrideGiven(OverrideOut):
    """An order that was just accepted: its record, and how it came to be."""

    filled: dict[str, Any]
    warnings: tuple[str, ...]
    next_step: str | None = Field(description="What a human has to do next for the order to take full effect.")
    banner: str | None
