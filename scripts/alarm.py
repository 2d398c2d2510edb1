"""`workmoot alarm`: what humans are to see to."""

import json
from typing import Annotated, Any

import typer

from scripts.plain import plain

app = typer.Typer(
    no_args_is_help=True, help="Look at alarms; `workmoot override acknowledge` and `shelve` see to them."
)

Api = Annotated[str | None, typer.Option(envvar="WORKMOOT_API", help="The API's address; without it the newest run's.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the API's answer.")]
State = Annotated[str | None, typer.Option(help="unacknowledged, acknowledged or shelved.")]


@app.callback()
def group() -> None:
    """Look at alarms."""


@app.command(name="list")
def list_(state: State = None, api: Api = None, as_json: AsJson = False) -> None:
    """List the alarms, the latest first."""
    from scripts.api_client import client_of

    listing = client_of(api).listing("alarms" + (f"?state={state}" if state else ""))
    shown = "\n".join(map(_line, listing["items"])) or "no alarms"
    typer.echo(json.dumps(listing, indent=2, ensure_ascii=False) if as_json else shown)


def _line(item: dict[str, Any]) -> str:
    until = f" until {item['shelved_until']}" if item["shelved_until"] else ""
    return plain(f"{item['id']}: {item['state']}{until}; {item['says']}")
