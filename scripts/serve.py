"""workmoot serve: the override API and its page, on loopback."""

import logging
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scripts.api_state import DATABASE_HELP, collect_rarely, connect_or_recall, open_database

if TYPE_CHECKING:
    from api.dependencies import Dependencies
    from api.desk import KeyRing
    from api.projection import Projection
    from workmoot.chain.connection import Connection
    from workmoot.chain.signer import Signer

HOST = "127.0.0.1"
DEVELOPMENT_CHAINS = (1337, 31337)
RELAY = "relay"
CLOSING_S = 2
log = logging.getLogger("api")


def serve(
    rpc: Annotated[str, typer.Option(help="The node's URL.")],
    keys: Annotated[
        Path | None,
        typer.Option(help="Development keys: relay.key pays, <human's id>.key signs. Development chains only."),
    ] = None,
    relay: Annotated[Path | None, typer.Option(help="Key file of the account that sends; else KEYS/relay.key.")] = None,
    port: Annotated[int, typer.Option(help="On 127.0.0.1; 0 takes a free one.")] = 8600,
    deployment: Annotated[Path | None, typer.Option(help="Default: deployments/<chain id>.json.")] = None,
    database: Annotated[str | None, typer.Option(envvar="WORKMOOT_DATABASE", help=DATABASE_HELP)] = None,
) -> None:
    """Serve the API and the page until SIGTERM. Killed, it goes on from what it has read of the chain."""
    logging.basicConfig(format="%(asctime)s %(name)s %(levelname)s %(message)s", level=logging.INFO, stream=sys.stderr)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    listening = _listen(port)
    dependencies = _dependencies(rpc, keys, relay, deployment, database)
    if banner := dependencies.desk.keys.banner:
        log.warning("%s", banner)
    print(f"http://{HOST}:{listening.getsockname()[1]}", flush=True)
    _run(dependencies, listening)


def _listen(port: int) -> socket.socket:
    """The port is taken before anything else is done: who starts us may tell it on."""
    # Named as TCP, or asyncio leaves Nagle's delay on, which holds every answer of a kept connection for 40 ms.
    listening = socket.socket(proto=socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
    except OSError as taken:
        typer.secho(f"workmoot serve: port {port}: {taken.strerror}; choose another with --port", err=True, fg="red")
        raise typer.Exit(1) from None
    return listening


def _dependencies(
    rpc: str, keys: Path | None, relay: Path | None, deployment: Path | None, database: str | None
) -> "Dependencies":
    from api.archive import DatabaseArchive
    from api.ballots import CHECKS_A_SECOND, CHECKS_AT_ONCE, DRAFTS_A_SECOND, DRAFTS_AT_ONCE, BallotDesk, Rate
    from api.dependencies import Dependencies
    from api.desk import Desk
    from api.gateway import Gateway
    from api.projection import Projection
    from workmoot.ballots.kept import KeptBallots
    from workmoot.ballots.poll import Notary
    from workmoot.chain.signatures import Signatures

    collect_rarely()
    connection = connect_or_recall(rpc, deployment)
    opened = open_database(database, connection.deployment, file=deployment)
    follower = connection.follower(DatabaseArchive(opened, connection.deployment))
    gateway: Gateway = Gateway(lambda: projection.gateway_url())
    chain_id = connection.deployment.chain_id
    projection = Projection(follower, chain_id=chain_id, gateway=gateway.words, database=opened.dialect)
    projection.begin()
    sender = _relay(keys, relay)
    contracts = connection.contracts(sender) if sender else None
    ring = _key_ring(projection, connection, keys)
    desk = Desk(
        projection,
        overrides=connection.deployment.overrides,
        relay=contracts.overrides if contracts else None,
        floor=gateway,
        keys=ring,
    )
    deployed, verify = connection.deployment, Signatures(connection.node).is_signed_by
    notary = Notary(chain_id=deployed.chain_id, dao=deployed.allocation_dao, verify=verify)
    rate = Rate(CHECKS_A_SECOND, at_once=CHECKS_AT_ONCE)
    draft_rate = Rate(DRAFTS_A_SECOND, at_once=DRAFTS_AT_ONCE)
    return Dependencies(
        projection=projection,
        desk=desk,
        ballots=BallotDesk(projection, notary, kept=KeptBallots(), rate=rate, draft_rate=draft_rate),
        posting=contracts.work_orders if contracts else None,
        contracts=dict(connection.deployment.addresses),
        watched=(projection, gateway),
    )


def _relay(keys: Path | None, relay: Path | None) -> "Signer | None":
    from workmoot.chain.signer import load_signer

    file = relay or (keys / f"{RELAY}.key" if keys else None)
    return load_signer(file) if file else None


def _key_ring(projection: "Projection", connection: "Connection", keys: Path | None) -> "KeyRing":
    """The keys of the plant's humans, and no others; on development chains alone."""
    from api.desk import KeyRing
    from workmoot.chain.signer import load_signer
    from workmoot.domain.workers import Kind

    if keys is None:
        return KeyRing()
    if connection.deployment.chain_id not in DEVELOPMENT_CHAINS:
        known = " and ".join(map(str, DEVELOPMENT_CHAINS))
        raise typer.BadParameter(
            f"development keys sign on chains {known} only, this is chain {connection.deployment.chain_id}; "
            "leave --keys out and name the sending account with --relay"
        )
    with projection.read() as snap:
        humans = [member for member in snap.ledger.members.values() if member.kind is Kind.HUMAN]
    files = {human.account: keys / f"{human.id}.key" for human in humans}
    found = {account: load_signer(file) for account, file in files.items() if file.exists()}
    return KeyRing(signers={account: signer for account, signer in found.items() if signer.address == account})


def _run(dependencies: "Dependencies", listening: socket.socket) -> None:
    import uvicorn

    from api.app import create_app

    app = create_app(dependencies)

    class Server(uvicorn.Server):
        """Ends open streams at once when it is told to stop."""

        def handle_exit(self, sig: int, frame: Any) -> None:
            app.state.stopping.set()
            super().handle_exit(sig, frame)

    config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=CLOSING_S)
    Server(config).run(sockets=[listening])
