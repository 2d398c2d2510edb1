"""workmoot serve: the override API and its page, on loopback."""

import logging
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scripts.api_state import DATABASE_HELP, collect_rarely, connect_or_recall, open_database
from scripts.identity import identity_of

if TYPE_CHECKING:
    from api.access.access import Terms
    from api.database import Database
    from api.dependencies import Dependencies
    from api.desk import KeyRing
    from api.home import Home
    from api.projection import Projection
    from api.webhooks.reach import Reach
    from workmoot.chain.connection import Connection
    from workmoot.chain.signer import Signer
    from workmoot.domain.ids import Address

HOST = "127.0.0.1"
DEVELOPMENT_CHAINS = (1337, 31337)
RELAY = "relay"
CLOSING_S = 2
log = logging.getLogger("api")


def serve(  # noqa: PLR0913 (a command's options)
    rpc: Annotated[str, typer.Option(help="The node's URL.")],
    dev: Annotated[bool, typer.Option("--dev", help="Development chains only: nobody signs in to read.")] = False,
    keys: Annotated[
        Path | None,
        typer.Option(help="With --dev: relay.key pays, <human's id>.key signs for whoever asks."),
    ] = None,
    relay: Annotated[Path | None, typer.Option(help="Key file of the account that sends; else KEYS/relay.key.")] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="On 127.0.0.1; 0 takes a free one.")] = 8600,
    deployment: Annotated[Path | None, typer.Option(help="Default: deployments/<chain id>.json.")] = None,
    database: Annotated[str | None, typer.Option(envvar="WORKMOOT_DATABASE", help=DATABASE_HELP)] = None,
    origin: Annotated[
        str | None, typer.Option(help="https://HOST that a proxy on this machine answers for; else loopback alone.")
    ] = None,
    rate: Annotated[float, typer.Option(min=1, help="Requests a second of one account, key or address.")] = 100,
    session_hours: Annotated[float, typer.Option(min=0.01, max=168, help="How long who signed in stays so.")] = 8,
    key_days: Annotated[int, typer.Option(min=1, max=366, help="How long an API key may last.")] = 90,
    private_webhooks: Annotated[
        bool, typer.Option("--private-webhooks", help="Webhooks may lead into the plant's own network, too.")
    ] = False,
    oidc_issuer: Annotated[
        str | None, typer.Option(help="The identity provider whose people may read; https, or http on this machine.")
    ] = None,
    oidc_client_id: Annotated[str | None, typer.Option(help="What this API is called there.")] = None,
    oidc_allow: Annotated[
        list[str] | None,
        typer.Option(metavar="CLAIM=VALUE", help="Lets in whose ID token says so, itself or in a list. Any will do."),
    ] = None,
    oidc_scope: Annotated[
        list[str] | None, typer.Option(help="Asked for besides openid, where the provider gives a claim for it alone.")
    ] = None,
) -> None:
    """Serve the API and the page until SIGTERM. Killed at any moment, it goes on where it was."""
    from api.access.access import Terms
    from api.home import Home
    from api.webhooks.reach import Reach

    if not dev and keys:
        raise typer.BadParameter("development keys sign with --dev alone; name the sending account with --relay")
    if dev and origin:
        raise typer.BadParameter("--dev is for loopback alone: leave --origin out, or have people sign in")
    identity = identity_of(oidc_issuer, oidc_client_id, oidc_allow or [], oidc_scope or [])
    _log_lines()
    with _listen(port) as listening:
        url = f"http://{HOST}:{listening.getsockname()[1]}"
        connection = connect_or_recall(rpc, deployment)
        chain_id = connection.deployment.chain_id
        if dev and chain_id not in DEVELOPMENT_CHAINS:
            known = " and ".join(map(str, DEVELOPMENT_CHAINS))
            raise typer.BadParameter(f"--dev is for chains {known} only, this is chain {chain_id}")
        try:
            home = Home(url=origin or url, chain_id=chain_id)
        except ValueError as wrong:
            raise typer.BadParameter(str(wrong), param_hint="--origin") from None
        tables = open_database(database, connection.deployment, file=deployment)
        terms = Terms(development=dev, rate=rate, session_hours=session_hours, key_days=key_days, identity=identity)
        reach = Reach(loopback=dev, private=private_webhooks)
        collect_rarely()
        dependencies = dependencies_of(connection, keys, relay, tables, home, terms, reach)
        if banner := dependencies.desk.keys.banner:
            log.warning("%s", banner)
        listening.listen()  # who is told the address may connect at once
        print(url, flush=True)
        _run(dependencies, listening)


def _log_lines() -> None:
    """Lines of JSON on standard error, uvicorn's among them."""
    from api.log import JsonLines

    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(handlers=[handler], level=logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)


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


def dependencies_of(
    connection: "Connection",
    keys: Path | None,
    relay: Path | None,
    database: "Database",
    home: "Home",
    terms: "Terms",
    reach: "Reach",
) -> "Dependencies":
    """Everything outside that the API needs, on this node."""
    from api.access.access import Access, access_of
    from api.archive import DatabaseArchive
    from api.ballots import CHECKS_A_SECOND, CHECKS_AT_ONCE, DRAFTS_A_SECOND, DRAFTS_AT_ONCE, BallotDesk
    from api.bulk import BulkDesk
    from api.dependencies import Dependencies
    from api.desk import Desk
    from api.errands import Errands
    from api.exports import Exports
    from api.gateway import Gateway
    from api.guidance import GuidanceDesk
    from api.lifecycle import Lifecycle
    from api.previews import Previews
    from api.projection import Projection
    from api.rates import Rate
    from api.steps import KeptSteps
    from api.webhooks.hooks import Hooks
    from api.webhooks.reach import Post
    from api.webhooks.sender import Sender
    from workmoot.ballots.kept import KeptBallots
    from workmoot.ballots.poll import Notary
    from workmoot.chain.evidence import NodeEvidence
    from workmoot.chain.node import Node
    from workmoot.chain.signatures import ANSWER_S, Signatures

    follower = connection.follower(DatabaseArchive(database, connection.deployment))
    gateway: Gateway = Gateway(lambda: projection.gateway_url())
    chain_id = connection.deployment.chain_id
    projection = Projection(
        follower,
        chain_id=chain_id,
        gateway=gateway.words,
        contracts=connection.deployment.humans_contracts,
        database=database.dialect,
    )
    projection.begin()
    sender = _relay(keys, relay)
    contracts = connection.contracts(sender) if sender else None
    deployed, node = connection.deployment, Node(connection.node.url, timeout_s=ANSWER_S)

    def belongs(account: "Address") -> bool:
        return bool(access.door.roles_of(account))

    verify = Signatures(node, may_matter=belongs).is_signed_by
    verify_ballot = Signatures(node, may_matter=belongs).is_signed_by
    desk = Desk(
        projection,
        contracts=deployed.humans_contracts,
        relay=contracts.overrides if contracts else None,
        floor=gateway,
        keys=_key_ring(projection, keys),
        verify=verify,
        previews=Previews(database),
    )
    notary = Notary(chain_id=deployed.chain_id, dao=deployed.allocation_dao, verify=verify_ballot)
    rate = Rate(CHECKS_A_SECOND, at_once=CHECKS_AT_ONCE)
    draft_rate = Rate(DRAFTS_A_SECOND, at_once=DRAFTS_AT_ONCE)
    access: Access = access_of(home, terms, projection, database, verify)
    webhooks = Sender(
        database,
        projection,
        lambda: Post(reach),
        source=f"eip155:{chain_id}:{deployed.allocation_dao}",
        may_read=access.door.belongs,
    )
    lifecycle = Lifecycle(projection, KeptSteps(projection.steps, database))
    return Dependencies(
        projection=projection,
        desk=desk,
        bulk=BulkDesk(projection, desk),
        guidance=GuidanceDesk(projection, desk, gateway),
        ballots=BallotDesk(projection, notary, kept=KeptBallots(), rate=rate, draft_rate=draft_rate),
        errands=Errands(database),
        exports=Exports(NodeEvidence(connection.node, deployed)),
        posting=contracts.work_orders if contracts else None,
        contracts=dict(deployed.addresses),
        access=access,
        hooks=Hooks(database),
        reach=reach,
        lifecycle=lifecycle,
        watched=(projection, gateway, lifecycle, webhooks),
    )


def _relay(keys: Path | None, relay: Path | None) -> "Signer | None":
    from workmoot.chain.signer import load_signer

    file = relay or (keys / f"{RELAY}.key" if keys else None)
    return load_signer(file) if file else None


def _key_ring(projection: "Projection", keys: Path | None) -> "KeyRing":
    """The keys of the plant's humans, and no others."""
    from api.desk import KeyRing
    from workmoot.chain.signer import load_signer
    from workmoot.domain.workers import Kind

    if keys is None:
        return KeyRing()
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

    config = uvicorn.Config(
        app,
        log_config=None,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=CLOSING_S,
        proxy_headers=dependencies.access.home.is_https,
    )
    Server(config).run(sockets=[listening])
