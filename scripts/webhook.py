"""`workmoot webhook`: one's own webhooks, which post the chain's events to an address outside."""

import json
from typing import Annotated, Any

import typer

app = typer.Typer(no_args_is_help=True, help="Have the chain's events posted to an address of yours; sign in first.")

Api = Annotated[str | None, typer.Option(envvar="WORKMOOT_API", help="The API's address; without it the newest run's.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the API's answer.")]
Id = Annotated[int, typer.Argument(metavar="ID", help="The webhook's number.")]


@app.command()
def add(
    url: Annotated[str, typer.Argument(help="https://HOST[:PORT]/PATH; with --dev http to this machine, too.")],
    event: Annotated[
        list[str] | None, typer.Option(help="Only this event of the contracts; may be given several times.")
    ] = None,
    task: Annotated[int | None, typer.Option(help="Only what is about this task.")] = None,
    order: Annotated[int | None, typer.Option(help="Only what is about this order or its tasks.")] = None,
    worker: Annotated[int | None, typer.Option(help="Only what is about this member, by badge number.")] = None,
    api: Api = None,
    as_json: AsJson = False,
) -> None:
    """Add a webhook. What its messages are signed with is printed this once: give it to who receives them."""
    asked = {"url": url, "events": event or [], "task": task, "order": order, "worker": worker}
    made = _client(api).post("webhooks", asked)
    if as_json:
        typer.echo(_text(made))
        return
    typer.echo(f"webhook {made['id']} is told what comes from now on; its secret:", err=True)
    typer.echo(made["secret"])


@app.command(name="list")
def list_(api: Api = None, as_json: AsJson = False) -> None:
    """List your webhooks, how far each was told, and what is wrong with it."""
    listing = _client(api).get("webhooks")
    typer.echo(_text(listing) if as_json else "\n".join(map(_line, listing["items"])) or "no webhooks")


@app.command()
def remove(id_: Id, api: Api = None) -> None:
    """End a webhook, with its dead letters."""
    _client(api).ask("DELETE", f"webhooks/{id_}")
    typer.echo(f"webhook {id_} removed")


@app.command()
def dead(id_: Id, api: Api = None, as_json: AsJson = False) -> None:
    """List a webhook's dead letters: what was not taken however often it was tried."""
    listing = _client(api).get(f"webhooks/{id_}/dead-letters")
    typer.echo(_text(listing) if as_json else "\n".join(map(_letter_line, listing["items"])) or "no dead letters")


@app.command()
def retry(
    id_: Id,
    letters: Annotated[
        list[int] | None, typer.Argument(metavar="[LETTER]...", help="The letters' numbers; none named: all.")
    ] = None,
    api: Api = None,
) -> None:
    """Have dead letters sent once more; what is taken is forgotten, what is not stays."""
    client = _client(api)
    known = client.get(f"webhooks/{id_}/dead-letters")["items"] if not letters else []
    chosen = letters or [letter["id"] for letter in known if not letter["redelivering"]]
    for letter in chosen:
        client.ask("POST", f"webhooks/{id_}/dead-letters/{letter}/redeliver")
        typer.echo(f"dead letter {letter} is sent once more")
    if not chosen:
        typer.echo("no dead letters")


def _line(hook: dict[str, Any]) -> str:
    narrowed = [f"{name} {hook[name]}" for name in ("task", "order", "worker") if hook[name] is not None]
    about = ", ".join([" ".join(hook["events"]) or "every event", *narrowed])
    trouble = f"; {hook['trouble']}, tried {hook['attempts']} times" if hook["trouble"] else ""
    return f"webhook {hook['id']}: {about} to {hook['url']}, told to {hook['told_to'] or 'none'}{trouble}"


def _letter_line(letter: dict[str, Any]) -> str:
    again = "; is sent once more" if letter["redelivering"] else ""
    return f"dead letter {letter['id']}: {letter['type']} {letter['message']}, {letter['reason']}{again}"


def _text(answer: Any) -> str:
    return json.dumps(answer, indent=2, ensure_ascii=False)


def _client(api: str | None) -> Any:
    from scripts.api_client import client_of

    return client_of(api)
