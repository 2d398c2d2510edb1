"""workmoot gateway run: the process that the robots obey."""

import asyncio
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workmoot.domain.errors import Unreachable, WorkmootError
from workmoot.domain.refusals import explained

if TYPE_CHECKING:
    from gateway.chain_link import ChainLink
    from gateway.running import Parts
    from workmoot.chain.deployment import Deployment

app = typer.Typer(help="The robot gateway.", no_args_is_help=True)
log = logging.getLogger("gateway")


@app.callback()
def gateway() -> None:
    """The robot gateway."""


@app.command()
def run(
    rpc: Annotated[str, typer.Option(help="The node's URL.")],
    key: Annotated[Path, typer.Option(help="The gateway's key file; its account pays for anchoring humans' orders.")],
    truth: Annotated[Path, typer.Option(help="What the simulated floor is really like: gateway/truth.py.")],
    deployment: Annotated[Path | None, typer.Option(help="Default: deployments/<chain id>.json.")] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="On 127.0.0.1; 0 takes a free one.")] = 8765,
    log_file: Annotated[
        Path | None, typer.Option("--log", help="Its write-ahead log; default build/gateway/<chain id>.log.")
    ] = None,
) -> None:
    """Run the gateway until SIGTERM. Killed, it goes on from its log; the chain may be away, holds stay."""
    logging.basicConfig(format="%(asctime)s %(name)s %(levelname)s %(message)s", level=logging.INFO, stream=sys.stderr)
    from gateway.running import run as run_gateway

    try:
        asyncio.run(run_gateway(_parts(rpc, key, truth, deployment, log_file, port)))
    except WorkmootError as refused:
        raise _ended(explained(refused)) from refused
    except ExceptionGroup as group:
        known, unknown = group.split(WorkmootError)
        if unknown or not known:
            raise
        raise _ended("; ".join(map(explained, _leaves(known)))) from group
    except OSError as taken:
        raise _ended(f"port {port}: {taken.strerror}") from taken


def _parts(rpc: str, key: Path, truth: Path, file: Path | None, log_file: Path | None, port: int) -> "Parts":
    from gateway.chain_link import ChainLink
    from gateway.floor import Gateway
    from gateway.running import Parts
    from gateway.truth import read_truth
    from workmoot.chain.signer import load_signer, recover

    signer, known = load_signer(key), read_truth(truth)
    deployment = _deployment(rpc, file)
    link = ChainLink(rpc, deployment, signer)
    _check(link)
    return Parts(
        gateway=Gateway(
            chain_id=deployment.chain_id,
            address=signer.address,
            overrides=deployment.overrides,
            work_orders=deployment.work_orders,
        ),
        chain=link,
        recover=recover,
        truth=known,
        log_file=log_file or Path("build/gateway") / f"{deployment.chain_id}.log",
        port=port,
    )


def _deployment(rpc: str, file: Path | None) -> "Deployment":
    """The file named; else the one of the node's chain, for which the node has to answer."""
    from workmoot.chain.deployment import path_for, read_deployment
    from workmoot.chain.node import Node

    return read_deployment(file or path_for(Node(rpc).chain_id()))


def _check(link: "ChainLink") -> None:
    """A wrong chain is refused now; one that is away may come later."""
    try:
        link.check()
    except Unreachable as away:
        log.warning("%s; going on from the log", away)


def _leaves(group: ExceptionGroup[WorkmootError]) -> list[WorkmootError]:
    return [
        leaf
        for error in group.exceptions
        for leaf in (_leaves(error) if isinstance(error, ExceptionGroup) else [error])
    ]


def _ended(why: str) -> typer.Exit:
    typer.echo(f"gateway: {why}", err=True)
    return typer.Exit(1)


if __name__ == "__main__":
    app()
