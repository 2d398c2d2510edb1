"""Rows of the audit, and products, from the plant as it is known."""

from collections.abc import Iterator
from urllib.parse import quote

from api.models.audit import AuditRowOut, ProductOut
from api.problems import not_found
from api.projection import Projection
from api.views.snapshot import Snapshot, clean
from api.views.tasks import task_out
from workmoot.audit.product import Product, belongs_to, find_product
from workmoot.audit.rows import AuditRow, row_of, rows_of
from workmoot.audit.sheet import sheet
from workmoot.domain.errors import NoSuchProduct
from workmoot.domain.events import Event
from workmoot.domain.ledger import Ledger
from workmoot.domain.strangers import text


def audit_row(ledger: Ledger, plant: Projection, event: Event) -> AuditRowOut:
    """The row of one event."""
    return row_out(row_of(ledger, event, plant.led_to(event)))


def row_out(row: AuditRow) -> AuditRowOut:
    """A row on the wire."""
    return AuditRowOut.model_validate(row.as_object())


def known_product(snap: Snapshot, id_: str) -> Product:
    """The product; 404 where there is none."""
    try:
        return find_product(snap.ledger, id_)
    except NoSuchProduct as unknown:
        raise not_found("product", text(id_), str(unknown)) from None


def product_out(snap: Snapshot, id_: str) -> ProductOut:
    """One product and its tasks."""
    product, here = known_product(snap, id_), quote(id_, safe="")
    return ProductOut(
        head=snap.head,
        id=id_,
        order=product.order.id,
        name=text(product.document.get("name")) or id_,
        document=clean(product.document),
        tasks=tuple(task_out(snap, snap.ledger.tasks[task]) for task in product.tasks),
        history=f"/api/v1/products/{here}/history",
        file=f"/api/v1/audit/export?product={here}",
    )


def history(plant: Projection, id_: str) -> tuple[Ledger, Iterator[Event]]:
    """A product's events, the newest first and no more than are asked for, and who is who in them."""
    with plant.read() as snap:
        wanted, ledger = belongs_to(snap.ledger, known_product(snap, id_)), snap.ledger
        told = plant.events().events
    return ledger, (event for event in reversed(told) if wanted(event))


def sheet_of(plant: Projection, id_: str | None) -> Iterator[str]:
    """The rows of the plant, or of one product, for a spreadsheet."""
    with plant.read() as snap:
        ledger, told = snap.ledger, plant.events().events
        wanted = (belongs_to(ledger, known_product(snap, id_)),) if id_ is not None else ()
    return sheet(row.as_object() for row in rows_of(ledger, told, *wanted))
