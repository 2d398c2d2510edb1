"""`workmoot order`: submits orders and follows them, as a client of the API."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scripts.plain import plain
from scripts.posting import sign_post
from scripts.signing import DeploymentFile, Key, Keystore, deployment_of, signer_of
from scripts.writes import OPTION, IdempotencyKey, find

if TYPE_CHECKING:
    from workmoot.chain.signer import Signer

app = typer.Typer(no_args_is_help=True, help="Submit orders and follow them.")

BAD_INPUT = 2
Api = Annotated[str | None, typer.Option(envvar="WORKMOOT_API", help="The API's address; without it the newest run's.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the API's answer.")]
Human = Annotated[str | None, typer.Option(help="Who signs: id, badge number or account; else who signed in.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask before an order is posted that was posted already.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show what would be posted.")]


@app.command()
def submit(  # noqa: PLR0913 (a command's options)
    file: Annotated[Path, typer.Argument(help="An order.yaml; it may hold several orders.")],
    human: Human = None,
    key: Key = None,
    keystore: Keystore = None,
    deployment: DeploymentFile = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    idempotency_key: IdempotencyKey = None,
    api: Api = None,
    as_json: AsJson = False,
) -> None:
    """Submit every order of a file. What the API refuses is not posted; those before it are.

    With the key of one whose answer was lost it goes on from there.
    """
    from workmoot.plant.documents import read_all
    from workmoot.plant.findings import BadDocument

    try:
        documents = read_all(file)
    except BadDocument as bad:
        typer.secho(str(bad), err=True, fg="red")
        raise typer.Exit(BAD_INPUT) from None
    client, signer = _client(api), signer_of(key, keystore)
    sent, left = (None, documents) if dry_run else _sent(documents, idempotency_key)
    whose = signer.address if signer else human
    if sent is not None:
        _tell(client.again("orders", idempotency_key, {"document": sent, "human": whose}), as_json=as_json)
        idempotency_key = None
    for document in left:
        asked = {"document": document, "human": whose}
        seen = client.preview_order(asked)
        if dry_run:
            typer.echo(_text(seen) if as_json else "\n".join(_told(seen)))
        else:
            _warn(seen, is_sure=yes)
            _tell(_post(client, asked, seen, signer, deployment, idempotency_key), as_json=as_json)


def _sent(documents: list[Any], key: str | None) -> tuple[Any | None, list[Any]]:
    """The order that was sent with this key before, and those after it; or none, and all of them."""
    sent = find(key) if key else None
    if sent is None and key and len(documents) > 1:
        raise typer.BadParameter(f"a key is for one order; the file has {len(documents)}", param_hint=OPTION)
    if sent is None:
        return None, documents
    as_sent = [json.loads(json.dumps(document)) for document in documents]
    if sent.body.get("document") not in as_sent:
        raise typer.BadParameter("something else was sent with this key; name the same file again", param_hint=OPTION)
    if as_sent.count(sent.body["document"]) > 1:
        raise typer.BadParameter("the file has that order more than once; name one that has it once", param_hint=OPTION)
    place = as_sent.index(sent.body["document"])
    return documents[place], documents[place + 1 :]


def _tell(posted: dict[str, Any], *, as_json: bool) -> None:
    typer.echo(_text(posted) if as_json else f"order {posted['id']}: {posted['tasks']} tasks, {posted['tx']}")


def _warn(seen: dict[str, Any], *, is_sure: bool) -> None:
    """Says what is odd, and asks before the same order is posted once more."""
    for words in seen["warnings"]:
        typer.echo(plain(f"  warning: {words}"), err=True)
    if seen["same_as"] and not is_sure and not typer.confirm("Post it once more?", err=True):
        raise typer.Exit(1)


def _post(
    client: Any,
    asked: dict[str, Any],
    seen: dict[str, Any],
    signer: "Signer | None",
    deployment: Path | None,
    key: str | None,
) -> dict[str, Any]:
    if signer is not None:
        where = deployment_of(client.url, deployment)
        asked = asked | {"signed": sign_post(asked["document"], seen, where, signer)}
    posted: dict[str, Any] = client.submit(asked, etag=seen["etag"], key=key)
    return posted


def _told(seen: dict[str, Any]) -> list[str]:
    """What would be posted."""
    due = f", the first due after {seen['due_s']:g} s" if seen["due_s"] else ""
    first = (
        f"dry run, nothing posted: {seen['name']}: {seen['tasks']} tasks, {len(seen['products'])} products, "
        f"{seen['least_s']:g} s of work at least, one after the other{due}"
    )
    needs = [
        f"  {need['capability']}: {need['tasks']} tasks, {need['work_s']:g} s of work, {need['workers']} workers can"
        for need in seen["needs"]
    ]
    return list(map(plain, [first, *needs, *(f"  warning: {words}" for words in seen["warnings"])]))


@app.command(name="list")
def list_(api: Api = None, as_json: AsJson = False) -> None:
    """List the orders."""
    listing = _client(api).listing("orders")
    typer.echo(_text(listing) if as_json else "\n".join(map(_line, listing["items"])) or "no orders yet")


@app.command()
def show(
    id_: Annotated[int, typer.Argument(metavar="ID", help="The order's number.")],
    api: Api = None,
    as_json: AsJson = False,
) -> None:
    """Show one order and its tasks."""
    order = _client(api).get(f"orders/{id_}")
    if as_json:
        typer.echo(_text(order))
        return
    typer.echo(_line(order))
    for task in order["members"]:
        worker = task["worker"]["id"] if task["worker"] else "nobody"
        typer.echo(f"  {task['id']:>6}  {task['status']:<10} {worker:<12} {task['name']}")


@app.command()
def watch(
    api: Api = None, every: Annotated[float, typer.Option(min=0.2, help="Seconds between two looks.")] = 1.0
) -> None:
    """Print each change until every task of every order is done with."""
    import time

    client = _client(api)
    seen: dict[int, str] = {}
    while True:
        orders = client.listing("orders")["items"]
        for order in orders:
            line = _line(order)
            if seen.get(order["id"]) != line:
                typer.echo(line)
            seen[order["id"]] = line
        if orders and all(order["done"] == order["tasks"] for order in orders):
            return
        time.sleep(every)


def _line(order: dict[str, Any]) -> str:
    counts = ", ".join(f"{count['tasks']} {count['status']}" for count in order["counts"])
    pairs = f"{order['products_finished']} of {len(order['products'])} products finished"
    return f"order {order['id']}, {order['name']}: {order['done']} of {order['tasks']} tasks done, {pairs} ({counts})"


def _text(answer: Any) -> str:
    return json.dumps(answer, indent=2, ensure_ascii=False)


def _client(api: str | None) -> Any:
    from scripts.api_client import client_of

    return client_of(api)
