"""`workmoot sign-in` and `workmoot sign-out`: a session at the API for a human's account."""

from typing import Annotated

import typer

from scripts.signing import Key, Keystore

Api = Annotated[str | None, typer.Option(envvar="WORKMOOT_API", help="The API's address; without it the newest run's.")]


def sign_in(key: Key = None, keystore: Keystore = None, api: Api = None) -> None:
    """Sign in: the account signs a text of the API (EIP-4361), and later commands act in its name."""
    from scripts import sessions
    from scripts.api_client import client_of
    from scripts.signing import sign_text, signer_of

    signer, client = signer_of(key, keystore), client_of(api)
    if signer is None:
        raise typer.BadParameter("name the account by --key or by --keystore")
    message = str(client.post("auth/nonce", {"account": signer.address})["message"])
    answer = client.ask(
        "POST", "auth/sign-in", {"message": message, "signature": sign_text(message, signer, client.url)}
    )
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
