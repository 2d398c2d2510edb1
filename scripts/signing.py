"""A human's signatures on the command line: by a key file or a keystore, under nothing but what was asked for."""

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scripts.plain import plain

if TYPE_CHECKING:
    from workmoot.chain.deployment import Deployment
    from workmoot.chain.signer import Signer
    from workmoot.domain.guidance import Act

PASSWORD = "WORKMOOT_KEYSTORE_PASSWORD"  # noqa: S105 (the variable's name)
Key = Annotated[Path | None, typer.Option(help="The human's key file, mode 0600.")]
DeploymentFile = Annotated[
    Path | None,
    typer.Option("--deployment", help="For a key here: the deployment's file; else the run's, or the only one."),
]
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


def sign_order(asked: dict[str, Any], seen: dict[str, Any], deployment: "Deployment", signer: "Signer") -> str:
    """Signs the order of a preview, if it is what was asked for; for the chain and contract known here, whatever the
    API says of them.
    """
    from api.order_json import order_from
    from scripts.order_check import differences, in_words
    from workmoot.domain.overrides import OverrideKind

    order = order_from(seen["order"])
    others = [*differences(asked, order, now=time.time()), *(["human"] if order.human != signer.address else [])]
    if others:
        raise typer.BadParameter(f"the API drafted another order than was asked for ({', '.join(others)}): {seen}")
    digest = deployment.humans_contracts.digest(order)
    if seen["digest"] != "0x" + digest.hex():
        told = f"chain {deployment.chain_id} with Overrides {deployment.overrides}"
        raise typer.BadParameter(f"the API drafts for another deployment than {told}")
    shown = f"; the API shows: {seen['displaces']['what']}" if order.kind is OverrideKind.ANSWER else ""
    typer.echo(plain(f"signing as {order.human}: {in_words(order)}{shown}"), err=True)
    return "0x" + signer.sign(digest).hex()


def sign_guidance(
    robot: str, act: "Act", asked: dict[str, Any], seen: dict[str, Any], deployment: "Deployment", signer: "Signer"
) -> str:
    """Signs the guidance of a preview, if it is what was asked for; for the chain known here, whatever the API says."""
    from api.order_json import guidance_from
    from scripts.guidance_check import differences
    from workmoot.domain.guidance import guidance_digest

    guidance = guidance_from(seen["order"])
    others = [*differences(robot, act, asked, guidance, now=time.time())]
    others += ["human"] if guidance.human != signer.address else []
    if others:
        raise typer.BadParameter(f"the API drafted other guidance than was asked for ({', '.join(others)}): {seen}")
    gateway = str(seen["typed_data"]["domain"]["verifyingContract"])
    digest = guidance_digest(guidance, chain_id=deployment.chain_id, gateway=gateway)
    if seen["digest"] != "0x" + digest.hex():
        raise typer.BadParameter(f"the API drafts for another chain than {deployment.chain_id}")
    what = f"{guidance.action} robot {guidance.robot} ({guidance.resource}) {guidance.parameters}"
    why = f"; {guidance.why}" if guidance.why else ""
    typer.echo(plain(f"signing as {guidance.human}: {what}, gateway {gateway}{why}"), err=True)
    return "0x" + signer.sign(digest).hex()


def deployment_of(url: str, file: Path | None) -> "Deployment":
    """Where the orders of an API count: by the file named, the run's that it belongs to, or the only one there is."""
    from scripts.api_client import newest_run
    from workmoot.chain.deployment import FOLDER, read_deployment

    run = newest_run()
    if file is None and run.get("api") == url:
        file = Path(run["deployment"])
    known = list(FOLDER.glob("*.json")) if file is None else [file]
    if len(known) != 1:
        raise typer.BadParameter("name the file of the deployment that the order is for: --deployment FILE")
    return read_deployment(known[0])
