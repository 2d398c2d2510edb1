"""`workmoot order`: submits orders and follows them, as a client of the API."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(no_args_is_help=True, help="Submit orders and follow them.")

BAD_INPUT = 2
Api = Annotated[str | None, typer.Option(envvar="WORKMOOT_API", help="The API's address; without it the newest run's.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the API's answer.")]


@app.command()
def submit(
    file: Annotated[Path, typer.Argument(help="An order.yaml; it may hold several orders.")],
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
    client = _client(api)
    for document in documents:
        posted = client.submit(document)
        typer.echo(_text(posted) if as_json else f"order {posted['id']}: {posted['tasks']} tasks, {posted['tx']}")


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
