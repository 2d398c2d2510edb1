"""Orders and tasks on the wire."""

from datetime import datetime
from typing import Any

from pydantic import Field

from api.models.common import Head, Span, Who, Wire, names_of
from workmoot.domain.work import Status

TaskStatus = names_of(Status)


class Filled(Wire):
    """One filled level of a subject's slots; the lowest number is in force."""

    level: int
    kind: str
    override: int | None = Field(description="The human's order that fills it, where one does.")
    held: bool
    worker: Who | None
    until: datetime | None
    reason: str | None


class Run(Wire):
    """One attempt at a task."""

    attempt: int
    worker: Who | None
    began: Span
    outcome: str


class TaskOut(Wire):
    """One task: what is asked, who has it, how far it is, and who is in control."""

    id: int
    order: int
    index: int
    name: str
    key: str = Field(description="Its name in the order document.")
    product: str | None
    capability: str
    stage: int = Field(ge=1, le=5)
    stage_name: str
    status: str
    ready: bool
    final: bool
    worker: Who | None
    helpers: tuple[Who, ...]
    robots: tuple[Who, ...]
    inspector: Who | None
    standing_worker: Who | None = Field(description="Whom the DAO's decision names; it returns on release.")
    epoch: int
    version: int
    overridden: bool
    held: bool
    attempt: int
    on_failure: str
    retries: int
    priority: int = Field(description="A human's word while it stands, else as it was posted; larger is more urgent.")
    team: int
    work_s: float
    due_s: float | None
    budget: int | None
    predecessors: tuple[int, ...]
    deadline: datetime | None
    grade: int | None
    evidence: str | None
    planned: Span | None
    runs: tuple[Run, ...]
    excluded: tuple[Who, ...] = Field(description="Those that failed it: they get it again only after a requeue.")
    stuck: str | None = Field(description="Why no vote can move it on; a human requeues, assigns or cancels it.")
    offers: int
    slots: tuple[Filled, ...]
    station: str | None


class Count(Wire):
    """How many tasks have a status."""

    status: str
    tasks: int


class OrderOut(Wire):
    """One customer order and how far it is."""

    id: int
    name: str
    customer: str | None
    by: str
    posted_at: datetime | None
    tasks: int
    done: int
    counts: tuple[Count, ...]
    products: tuple[str, ...]
    products_finished: int


class OrderDetail(OrderOut):
    """One order with its tasks and the document that was posted."""

    detail: dict[str, Any]
    members: tuple[TaskOut, ...] = Field(description="The order's tasks, in their order.")


class PostSigned(Wire):
    """What a human signed over the document as the preview packed it."""

    human: str = Field(pattern="^0x[0-9a-fA-F]{40}$", description="The account that signed.")
    nonce: str = Field(pattern="^[0-9]{1,78}$", description="Of the preview, decimal text.")
    deadline: int = Field(ge=0, lt=1 << 48, description="Of the preview, Unix seconds.")
    signature: str = Field(pattern="^0x(?:[0-9a-fA-F]{2})+$")


class OrderIn(Wire):
    """A customer's order: signed here by a development key, or with `signed` by the human."""

    document: dict[str, Any] = Field(description="A whole order document, as scenarios/schema/order.schema.json says.")
    human: str | None = Field(default=None, description="Who signs: account, badge number or id; without it who asks.")
    signed: PostSigned | None = None


class Need(Wire):
    """What an order asks of one capability."""

    number: int = Field(description="As the contracts name the capability.")
    capability: str
    tasks: int
    work_s: float = Field(description="Nominal work, simulated seconds.")
    workers: int = Field(description="How many digital workers can do it.")


class OrderPreview(Wire):
    """What would be posted, and the exact bytes a human would sign."""

    head: Head
    name: str
    tasks: int
    products: tuple[str, ...]
    needs: tuple[Need, ...]
    least_s: float = Field(
        description="Nominal work along the longest path, simulated seconds: it takes no less. What it will take is "
        "known once workers have made offers."
    )
    due_s: float | None = Field(description="When the first of its tasks is due, simulated seconds from the posting.")
    capabilities: tuple[str, ...] = Field(description="The plant's, in the order of their numbers from 1.")
    etag: str = Field(
        description="The document and who is there to carry it out; the order is posted with it as If-Match."
    )
    same_as: int | None = Field(description="The latest order that is the same, task for task; it would be made twice.")
    warnings: tuple[str, ...]
    post: dict[str, Any] = Field(description="What is signed: `specHash`, `human`, `nonce` and `deadline`.")
    typed_data: dict[str, Any]
    digest: str
    banner: str | None


class OrderPosted(Wire):
    """A posted order."""

    id: int
    tasks: int
    tx: str
    signed_by: str
    banner: str | None
