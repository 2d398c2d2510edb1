"""`workmoot product`: one product's history, told or as a file that proves itself."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scripts.audit import AsJson, DeploymentFile, Head, Rpc, tell_file
from scripts.plain import plain

if TYPE_CHECKING:
    from workmoot.audit.product import Product
    from workmoot.audit.rows import AuditRow
    from workmoot.domain.ledger import Ledger

app = typer.Typer(no_args_is_help=True, help="Tell one product's history, and prove it.")
Id = Annotated[str, typer.Argument(metavar="ID", help="ORDER.PRODUCT, such as 1.P1.")]


@app.command()
def show(id_: Id, rpc: Rpc = None, deployment: DeploymentFile = None, as_json: AsJson = False) -> None:
    """Tell who offered, decided, made, measured, inspected and corrected one product; --json prints the file that
    proves it, for `workmoot product verify`.
    """
    from scripts.audit_file import connection_of, whole_file
    from workmoot.audit.export import About
    from workmoot.audit.product import belongs_to, find_product
    from workmoot.audit.rows import rows_of

    connection = connection_of(rpc, deployment)
    if as_json:
        with _naming():
            for line in whole_file(connection, About(deployment=connection.deployment, product=id_)):
                typer.echo(line, nl=False)
        return
    follower = connection.follower()
    events = follower.catch_up()
    with _naming():
        product = find_product(follower.ledger, id_)
    for line in _headings(follower.ledger, product):
        typer.echo(plain(line))
    for row in rows_of(follower.ledger, events, belongs_to(follower.ledger, product)):
        who = (row.by.id or row.by.account or str(row.by.number)) if row.by else "-"
        subject = f"{row.subject.type} {row.subject.id or ''}".strip()
        said = f' "{row.reason.words}"' if row.reason and row.reason.words else ""
        effect = "; ".join(_of_product(row, product))
        typer.echo(plain(f"{row.at}  {who:<12} {row.act:<18} {subject:<14} {effect}{said}"))


@app.command()
def verify(
    what: Annotated[str, typer.Argument(metavar="FILE|ID", help="A product's file, or ORDER.PRODUCT of the chain.")],
    rpc: Rpc = None,
    deployment: DeploymentFile = None,
    head: Head = None,
    as_json: AsJson = False,
) -> None:
    """Prove one product's history: of a FILE without a node, of an ID with what the node tells now.

    Exit 0 when every byte follows from the blocks, 1 otherwise, with each fault named.
    """
    from scripts.audit_file import connection_of, file_report, report_on, whole_file
    from workmoot.audit.export import About

    if Path(what).is_file():
        report = file_report(Path(what), rpc=rpc, deployment=deployment, head=head)
        account = report.found.account
        if account and account.about.product is None:
            raise typer.BadParameter("this is an export of the whole plant: `workmoot audit verify` proves it")
        tell_file(report, as_json=as_json)
    connection = connection_of(rpc, deployment)
    about = About(deployment=connection.deployment, product=what)
    with tempfile.TemporaryFile() as kept:
        with _naming():
            kept.writelines(line.encode() for line in whole_file(connection, about))
        kept.seek(0)
        url = connection.node.url
        tell_file(report_on(kept, rpc=url, deployment=deployment, head=head), as_json=as_json)


@contextmanager
def _naming() -> Iterator[None]:
    """An id that no product has is a wrong word of the command's."""
    from workmoot.domain.errors import NoSuchProduct

    try:
        yield
    except NoSuchProduct as unknown:
        raise typer.BadParameter(str(unknown), param_hint="ID") from None


def _of_product(row: "AuditRow", product: "Product") -> Iterator[str]:
    """What the row did; of a worker's offers, those for the product."""
    own = tuple(f"task {task}: " for task in product.tasks)
    return (told for told in row.effect if row.act != "OffersPublished" or told.startswith(own))


def _headings(ledger: "Ledger", product: "Product") -> Iterator[str]:
    order, document = product.order, product.document
    yield f"product {product.id}: {document.get('name', '')}"
    yield f"  order {order.id}, {order.detail.get('name', '')}, for {order.detail.get('customer') or 'nobody named'}"
    if document.get("wishes"):
        yield f"  wishes: {document['wishes']}"
    if document.get("attributes"):
        yield f"  {json.dumps(document['attributes'])}"
    for number in product.tasks:
        task = ledger.tasks[number]
        run = task.run
        team = [run.worker, *(run.entry.helpers + run.entry.robots if run.entry else ())] if run else []
        names = ", ".join(ledger.members[who].id if who in ledger.members else str(who) for who in team) or "nobody"
        key = order.item(order.tasks.index(number)).get("key", "")
        measured = f", grade {run.grade}, evidence 0x{run.evidence.hex()}" if run and run.evidence else ""
        yield f"  task {number} {key}: {task.status.name.lower()}, run {task.attempt} by {names}{measured}"
