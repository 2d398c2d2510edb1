"""`workmoot mcp`: the API for assistants, over standard input and output."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from scripts.api_client import ApiClient

ALLOWED = {"read", "draft"}
Api = Annotated[str | None, typer.Option(envvar="WORKMOOT_API", help="The API's address; without it the newest run's.")]


def mcp(api: Api = None) -> None:
    """Serve assistants (MCP on stdio) with the API key in WORKMOOT_API_KEY, which may read and draft, no more."""
    from scripts.api_client import client_of

    client = client_of(api)
    _check_key(client)
    try:
        from scripts.assistant import server_of
    except ModuleNotFoundError as missing:
        if missing.name not in ("mcp", "mcp_types"):
            raise
        raise typer.BadParameter("this takes the extra mcp: pip install 'workmoot[mcp]'") from None
    server_of(client).run()


def _check_key(client: "ApiClient") -> None:
    """An assistant holds nothing with which more could be done than it is meant to do."""
    make_one = "make one with `workmoot key create assistant --scope read --scope draft`"
    if not os.environ.get("WORKMOOT_API_KEY"):
        raise typer.BadParameter(f"WORKMOOT_API_KEY holds no API key; {make_one}")
    scopes = set(client.get("auth/me")["scopes"])
    if not scopes <= ALLOWED:
        raise typer.BadParameter(f"this API key may {' and '.join(sorted(scopes - ALLOWED))}, too; {make_one}")
