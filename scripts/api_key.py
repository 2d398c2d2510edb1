"""`workmoot key`: one's own API keys, for scripts."""

import json
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

app = typer.Typer(no_args_is_help=True, help="Make, list and revoke API keys for your scripts; sign in first.")

Api = Annotated[str | None, typer.Option(envvar="WORKMOOT_API", help="The API's address; without it the newest run's.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the API's answer.")]


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What it is for.")],
    scope: Annotated[list[str], typer.Option(help="read, draft or relay; may be given several times.")],
    days: Annotated[float, typer.Option(min=0.001, help="How long it lasts.")] = 30,
    api: Api = None,
    as_json: AsJson = False,
) -> None:
    """Make a key. It is printed this once: keep it in WORKMOOT_API_KEY of the script that uses it."""
    until = (datetime.now(UTC) + timedelta(days=days)).isoformat()
    made = _client(api).post("keys", {"name": name, "scopes": scope, "expires_at": until})
    typer.echo(_text(made) if as_json else made["key"])


@app.command(name="list")
def list_(api: Api = None, as_json: AsJson = False) -> None:
    """List your keys; what makes them keys is kept nowhere."""
    listing = _client(api).get("keys")
    typer.echo(_text(listing) if as_json else "\n".join(map(_line, listing["items"])) or "no keys")


@app.command()
def revoke(id_: Annotated[int, typer.Argument(metavar="ID", help="The key's number.")], api: Api = None) -> None:
    """End a key at once."""
    _client(api).ask("DELETE", f"keys/{id_}")
    typer.echo(f"key {id_} revoked")


def _line(key: dict[str, Any]) -> str:
    used = key["used_at"] or "never"
    return f"key {key['id']}: {key['name']}, {' '.join(key['scopes'])}, until {key['expires_at']}, last used {used}"


def _text(answer: Any) -> str:
    return json.dumps(answer, indent=2, ensure_ascii=False)


def _client(api: str | None) -> Any:
    from scripts.api_client import client_of

    return client_of(api)
