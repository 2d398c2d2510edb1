"""One act on many tasks, on the wire."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, StrictInt

from api.models.common import Head, Who, Wire
from api.models.orders import DisplacedOut, ForecastOut, Kind, ReasonIn
from api.models.work import TaskStatus

MOST_TASKS = 200
"""Of one bulk."""


class TasksWhere(Wire):
    """Which tasks: those of which all that is named here is true. Without a status those that are not over."""

    order: int | None = Field(default=None, ge=1, lt=2**32)
    status: TaskStatus | None = None
    worker: StrictInt | Annotated[str, Field(max_length=100)] | None = Field(
        default=None, description="Badge number or id."
    )
    capability: Annotated[str, Field(max_length=100)] | None = None
    all: bool = Field(default=False, description="Every task that is not over; nothing else is named then.")

    @property
    def is_narrow(self) -> bool:
        """Whether anything is named that a task may lack."""
        return any(named is not None for named in (self.order, self.status, self.worker, self.capability))


class SignedOrder(Wire):
    """One order of the preview, with its human's signature."""

    order: dict[str, Any]
    signature: str = Field(pattern="^0x(?:[0-9a-fA-F]{2})+$")


class BulkIn(Wire):
    """The same act on each task: signed here by a development key, or with `signed` by the human."""

    kind: Kind
    where: TasksWhere
    payload: dict[str, Any] = Field(default_factory=dict)
    reason: ReasonIn | None = None
    expires_at: datetime | None = None
    level: int | None = Field(default=None, description="5 or 8; without it the kind's own.")
    human: str | None = Field(default=None, description="Who signs: account, badge number or id; without it who asks.")
    signed: tuple[SignedOrder, ...] | None = Field(
        default=None, min_length=1, max_length=MOST_TASKS, description="Every order of the preview."
    )


class ChosenTask(Wire):
    """A task that the act would be done on."""

    id: int
    name: str
    status: str
    worker: Who | None


class BulkOrder(Wire):
    """One order that a human would sign, as the typed data that a wallet is given and as its EIP-712 digest."""

    tasks: tuple[int, ...]
    displaces: DisplacedOut
    order: dict[str, Any]
    typed_data: dict[str, Any]
    digest: str
    filled: dict[str, Any]
    warnings: tuple[str, ...]


class BulkPreview(Wire):
    """On which tasks the act would be done, and what all of it would bring."""

    head: Head
    count: int
    tasks: tuple[ChosenTask, ...]
    forecast: ForecastOut | None = Field(description="Of all orders together; none where there is no such task.")
    etag: str = Field(description="These tasks as they are; the orders are given with it as If-Match.")
    orders: tuple[BulkOrder, ...]
    banner: str | None


class BulkOutcome(Wire):
    """What became of one order."""

    tasks: tuple[int, ...]
    id: int | None = Field(description="The order's on chain; none: it was refused, or is not on chain yet.")
    digest: str
    state: str = Field(description="As of an override; `refused`: nothing was done.")
    refusal: str | None = Field(description="Why it was refused.")


class BulkGiven(Wire):
    """What became of all of them."""

    given: int
    refused: int
    items: tuple[BulkOutcome, ...]
    banner: str | None
