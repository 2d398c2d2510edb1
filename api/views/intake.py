"""What an order asks of the plant, before it is posted."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from api.models.common import seconds
from api.models.work import Need, OrderPreview
from api.views.snapshot import Snapshot
from workmoot.domain.ids import OrderId
from workmoot.domain.overrides import POST, post_values, work_orders_domain
from workmoot.domain.typed import message_of
from workmoot.domain.work import TaskSpec, predecessors_of
from workmoot.domain.workers import parse_object
from workmoot.plant.packing import PackedOrder


def preview_of(snap: Snapshot, packed: PackedOrder, **to_sign: Any) -> OrderPreview:
    """What would be posted, beside what is signed for it."""
    detail: Mapping[str, Any] = parse_object(packed.detail)
    dues = [spec.due for spec in packed.specs if spec.due]
    same = _same_as(snap, packed, detail)
    return OrderPreview(
        head=snap.head,
        name=detail["name"],
        tasks=len(packed.specs),
        products=tuple(product["name"] for product in detail["products"]),
        needs=tuple(_needs(snap, packed.specs)),
        least_s=seconds(max(_earliest_ends(packed.specs))),
        due_s=seconds(min(dues)) if dues else None,
        capabilities=snap.capabilities,
        same_as=same,
        warnings=tuple(_warnings(snap, packed, detail, same)),
        **to_sign,
    )


def asked_of(snap: Snapshot, packed: PackedOrder) -> dict[str, Any]:
    """What the order asks of the plant as it is now."""
    return {"needs": [need.model_dump() for need in _needs(snap, packed.specs)]}


def shown_to_sign(post: Mapping[str, Any], chain_id: int, work_orders: str) -> dict[str, Any]:
    """What is signed, as people and wallets are given it; the nonce is more than a browser could hold."""
    values = post_values(**post)
    shown = {**values, "specHash": "0x" + post["spec_hash"].hex(), "nonce": str(post["nonce"])}
    message = message_of(work_orders_domain(chain_id=chain_id, work_orders=work_orders), POST, values)
    return {"post": shown, "typed_data": {**message, "message": shown}}


def _needs(snap: Snapshot, specs: Sequence[TaskSpec]) -> Iterator[Need]:
    by_capability: dict[int, list[TaskSpec]] = defaultdict(list)
    for spec in specs:
        by_capability[spec.capability].append(spec)
    workers = snap.ledger.voting_members()
    for number, found in sorted(by_capability.items()):
        yield Need(
            number=number,
            capability=snap.capability(number),
            tasks=len(found),
            work_s=seconds(sum(spec.work for spec in found)),
            workers=sum(worker.is_capable(number) for worker in workers),
        )


def _earliest_ends(specs: Sequence[TaskSpec]) -> list[int]:
    """In ticks from the posting, by the nominal work alone; predecessors stand before their successors."""
    ends: list[int] = []
    for spec in specs:
        ends.append(spec.work + max((ends[before] for before in predecessors_of(spec.predecessors)), default=0))
    return ends


def _same_as(snap: Snapshot, packed: PackedOrder, detail: Mapping[str, Any]) -> OrderId | None:
    same = (
        order.id
        for order in snap.ledger.orders.values()
        if order.detail == detail and [snap.ledger.tasks[task].spec for task in order.tasks] == list(packed.specs)
    )
    return max(same, default=None)


def _warnings(snap: Snapshot, packed: PackedOrder, detail: Mapping[str, Any], same: OrderId | None) -> Iterator[str]:
    ends = _earliest_ends(packed.specs)
    if late := [index for index, spec in enumerate(packed.specs) if spec.due and ends[index] > spec.due]:
        first = late[0]
        yield (
            f"{len(late)} of its tasks cannot be done by when they are due: {detail['tasks'][first]['name']} is due "
            f"after {seconds(packed.specs[first].due):g} s, and the work up to it takes {seconds(ends[first]):g} s."
        )
    if snap.ledger.plant_held:
        yield "The plant is held: it is posted, and nothing of it is decided or begun before a human resumes the plant."
    if same is not None:
        yield f"Order {same} is the same, task for task: this would be made once more."
