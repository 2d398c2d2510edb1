"""A human's signatures on the command line: by a key file or a keystore, under nothing but what was asked for."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from workmoot.chain.signer import Signer

PASSWORD = "WORKMOOT_KEYSTORE_PASSWORD"  # noqa: S105 (the variable's name)
Key = Annotated[Path | None, typer.Option(help="The human's key file, mode 0600.")]
Keystore = Annotated[Path | None, typer.Option(help=f"The human's keystore; its password from {PASSWORD}, or asked.")]


def signer_of(key: Path | None, keystore: Path | None) -> "Signer | None":
    """The account of the one that is named; None: neither is."""
    from workmoot.chain.signer import load_keystore, load_signer

    if key is not None and keystore is not None:
        raise typer.BadParameter("name the account by --key or by --keystore, not by both")
    if key is not None:
        return load_signer(key)
    if keystore is None:
        return None
    return load_keystore(keystore, os.environ.get(PASSWORD) or typer.prompt("Password", hide_input=True, err=True))


def sign_text(text: str, signer: "Signer", url: str) -> str:
    """Signs what is this account's sign-in at this API."""
    from urllib.parse import urlsplit

    from api.access.message import digest_of, read_message

    message = read_message(text)
    if (message.account, message.domain) != (signer.address, urlsplit(url).netloc):
        raise typer.BadParameter(f"the API asked to sign in {message.account} at {message.domain}")
    return "0x" + signer.sign(digest_of(text)).hex()


def sign_order(asked: dict[str, Any], drafted: dict[str, Any], about: dict[str, Any], signer: "Signer") -> str:
    """Signs the order that the API drafted for what was asked; the digest is computed here, from the order itself."""
    from api.order_json import order_from
    from workmoot.domain.overrides import order_digest

    order = order_from(drafted)
    same = (order.kind.name.lower(), order.subject_type.name.lower(), order.reason, order.human)
    if same != (asked["kind"], asked["subject"]["type"], asked["reason"]["text"], signer.address) or not _is_about(
        order.subject, asked["subject"].get("id")
    ):
        raise typer.BadParameter(f"the API drafted another order than was asked for: {drafted}")
    digest = order_digest(order, chain_id=about["head"]["chain_id"], overrides=about["contracts"]["Overrides"])
    return "0x" + signer.sign(digest).hex()


def _is_about(subject: int, named: object) -> bool:
    """Whether it is the one that was named by number; names are the API's to look up."""
    return not str(named).isdecimal() or subject == int(str(named))
