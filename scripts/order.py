"""`workmoot order`: submits orders and follows them, as a client of the API."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scripts.plain import plain
from scripts.posting import sign_post
from scripts.signing import DeploymentFile, Key, Keystore, deployment_of, signer_of

if TYPE_CHECKING:
    from workmoot.chain.signer import Signer

app = typer.Typer(no_args_is_help=True, help="Submit orders and follow them.")

BAD_INPUT = 2
Api = Annotated[str | None, typer.Option(envvar="WORKMOOT_API", help="The API's address; without it the newest run's.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the API's answer.")]
Human = Annotated[str | None, typer.Option(help="Who signs: id, badge number or account; else who signed in.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show what would be posted.")]


@app.command()
def submit(
    file: Annotated[Path, typer.Argument(help="An order.yaml; it may hold several orders.")],
    human: Human = None,
    key: Key = None,
    keystore: Keystore = None,
    deployment: DeploymentFile = None,
    dry_run: DryRun = False,
    api: Api = None,
    as_json: AsJson = False,
) -> None:
    """Submit every order of a file. What the API refuses is not posted; those before it are."""
    from workmoot.plant.documents import read_all
    from workmoot.plant.findings import BadDocument

    try:
        documents = read_all(file)
    except BadDocument as bad:
        typer.secho(str(bad), err=True, fg="red")
        raise typer.Exit(BAD_INPUT) from None
    client, signer = _client(api), signer_of(key, keystore)
    for document in documents:
        asked = {"document": document, "human": signer.address if signer else human}
        seen = client.preview_order(asked)
        if not dry_run:
            posted = _post(client, asked, seen, signer, deployment)
            typer.echo(_text(posted) if as_json else f"order {posted['id']}: {posted['tasks']} tasks, {posted['tx']}")
        else:
            typer.echo(_text(seen) if as_json else "\n".join(_told(seen)))


def _post(
    client: Any, asked: dict[str, Any], seen: dict[str, Any], signer: "Signer | None", deployment: Path | None
) -> dict[str, Any]:
    if signer is not None:
        where = deployment_of(client.url, deployment)
        asked = asked | {"signed": sign_post(asked["document"], seen, where, signer)}
    for words in seen["warnings"]:
        typer.echo(plain(f"  warning: {words}"), err=True)
    posted: dict[str, Any] = client.submit(asked, etag=seen["etag"])
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
