"""`workmoot question`: what digital workers ask humans."""

import json
from typing import Annotated, Any

import typer

from scripts import override
from scripts.forms import question_path
from scripts.plain import plain

app = typer.Typer(no_args_is_help=True, help="Look at what digital workers ask humans, and answer.")

Api = Annotated[str | None, typer.Option(envvar="WORKMOOT_API", help="The API's address; without it the newest run's.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the API's answer.")]
State = Annotated[str | None, typer.Option(help="open, answered, defaulted or closed.")]


@app.callback()
def group() -> None:
    """Look at what digital workers ask humans, and answer."""


@app.command(name="list")
def list_(state: State = None, api: Api = None, as_json: AsJson = False) -> None:
    """List the questions, the latest first."""
    from scripts.api_client import client_of

    listing = client_of(api).listing("questions" + (f"?state={state}" if state else ""))
    shown = "\n".join(map(_line, listing["items"])) or "no questions"
    typer.echo(json.dumps(listing, indent=2, ensure_ascii=False) if as_json else shown)


@app.command()
def show(
    id_: Annotated[str, typer.Argument(metavar="QUESTION", help="Its id.")], api: Api = None, as_json: AsJson = False
) -> None:
    """Show one question with its form, its default and what became of it."""
    from scripts.api_client import client_of

    found = client_of(api).get(question_path(id_))
    typer.echo(json.dumps(found, indent=2, ensure_ascii=False) if as_json else "\n".join(_told(found)))


app.command(name="answer")(override.answer)


def _line(item: dict[str, Any]) -> str:
    asker = item["asker"]["name"] if item["asker"] else "nobody"
    return plain(f"{item['id']}: {item['state']}, {_end(item)}; {asker} about {item['about']['name']}: {item['words']}")


def _end(item: dict[str, Any]) -> str:
    if item["state"] == "closed":
        return "nobody has to answer any more"
    if item["outcome"] is None:
        return f"until {item['deadline']}, else {_values(item['default'])}"
    by = f" by {item['answered_by']['name']}" if item["answered_by"] else ""
    return f"{_values(item['outcome'])}{by}"


def _values(values: dict[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in values.items())


def _told(item: dict[str, Any]) -> list[str]:
    fields = [f"  {field['name']}: {field['right']}" for field in item["fields"]]
    return [_line(item), *map(plain, fields)]
