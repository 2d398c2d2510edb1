"""`workmoot sign-in` and `workmoot sign-out`: a session at the API for a human's account."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from workmoot.chain.signer import Signer

PASSWORD = "WORKMOOT_KEYSTORE_PASSWORD"  # noqa: S105 (the variable's name)
Api = Annotated[str | None, typer.Option(envvar="WORKMOOT_API", help="The API's address; without it the newest run's.")]


def sign_in(
    key: Annotated[Path | None, typer.Option(help="The account's key file, mode 0600.")] = None,
    keystore: Annotated[Path | None, typer.Option(help=f"Its keystore; the password from {PASSWORD} or asked.")] = None,
    api: Api = None,
) -> None:
    """Sign in: the account signs a text of the API (EIP-4361), and later commands act in its name."""
    from scripts import sessions
    from scripts.api_client import client_of

    signer, client = _signer(key, keystore), client_of(api)
    message = str(client.post("auth/nonce", {"account": signer.address})["message"])
    answer = client.ask("POST", "auth/sign-in", {"message": message, "signature": _signed(message, signer, client.url)})
    sessions.keep(client.url, answer.headers["set-cookie"].partition(";")[0])
    told = answer.json()
    typer.echo(f"signed in as {told['account']} ({', '.join(told['roles'])}) until {told['expires_at']}")


def sign_out(api: Api = None) -> None:
    """End the session."""
    from scripts import sessions
    from scripts.api_client import client_of

    client = client_of(api)
    client.ask("POST", "auth/sign-out")
    sessions.keep(client.url, None)
    typer.echo("signed out")


def _signer(key: Path | None, keystore: Path | None) -> "Signer":
    from workmoot.chain.signer import load_keystore, load_signer

    if key is not None and keystore is None:
        return load_signer(key)
    if keystore is not None and key is None:
        password = os.environ.get(PASSWORD) or typer.prompt("Password", hide_input=True, err=True)
        return load_keystore(keystore, password)
    raise typer.BadParameter("name the account by --key or by --keystore")


def _signed(text: str, signer: "Signer", url: str) -> str:
    """Signs what is this account's sign-in at this API, and nothing else."""
    from urllib.parse import urlsplit

    from api.access.message import digest_of, read_message

    message: Any = read_message(text)
    if (message.account, message.domain) != (signer.address, urlsplit(url).netloc):
        raise typer.BadParameter(f"the API asked to sign in {message.account} at {message.domain}")
    return "0x" + signer.sign(digest_of(text)).hex()
