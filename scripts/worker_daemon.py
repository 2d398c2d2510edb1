"""A digital worker, put together: its key, its node, its gateway, its mind."""

import logging
import signal
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from agents.daemon import Daemon, Self
from agents.execution import Hands
from agents.gateway import Gateway
from agents.pen import Pen
from agents.profile import Profile
from workmoot.ballots.boxes import Boxes
from workmoot.ballots.http_box import HttpBallotBox
from workmoot.ballots.poll import Notary
from workmoot.chain.connection import Connection, connect
from workmoot.chain.signatures import Signatures
from workmoot.chain.signer import Signer, load_signer
from workmoot.domain.errors import Unreachable
from workmoot.domain.ledger import Block, Ledger
from workmoot.planning.kernel import kernel
from workmoot.skills.estimate import Estimator, estimate

log = logging.getLogger(__name__)
RETRY_S = 1.0


class ChainEyes:
    """The chain, followed."""

    def __init__(self, connection: Connection) -> None:
        self._node = connection.node
        self._follower = connection.follower()

    @property
    def ledger(self) -> Ledger:
        """The ledger as of the last look; another object after a reorganisation."""
        return self._follower.ledger

    def look(self) -> Block:
        """Up to the head."""
        self._follower.catch_up()
        return self._follower.ledger.head

    def block_hash(self, number: int) -> bytes:
        """The hash of a block that is there."""
        found = self._node.block(number)
        if found is None:
            raise Unreachable(f"{self._node.url} has no block {number}")
        return found.hash


def run_worker(
    *,
    key: Path,
    rpc: str,
    profile: Profile,
    deployment: Path | None,
    seed: int,
    pause_s: float,
    offers_for: Estimator = estimate,
) -> None:
    """Runs until SIGTERM or SIGINT."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    signer = load_signer(key)
    kernel()  # compiled now, or refused now: not in the midst of a vote
    connection = _await_connection(rpc, deployment, stop)
    if connection is None:
        return
    found = connection.deployment
    who = Self(
        account=signer.address,
        profile=profile,
        seed=seed,
        chain_id=found.chain_id,
        dao=found.allocation_dao,
        offers_for=offers_for,
    )
    daemon = Daemon(who, ChainEyes(connection), _hands_for(connection, signer), time.time)
    with suppress(Unreachable):
        daemon.look()  # all that was before, so that who is awake is ready
    log.info("awake as %s on chain %s", signer.address, found.chain_id)
    daemon.run(stop, pause_s=pause_s)
    log.info("asleep")


def _await_connection(rpc: str, deployment: Path | None, stop: threading.Event) -> Connection | None:
    """The deployment, once the node answers; a wrong one is refused at once."""
    while not stop.is_set():
        try:
            return connect(rpc, deployment=deployment)
        except Unreachable as silent:
            log.warning("waiting for the node: %s", silent)
            stop.wait(RETRY_S)
    return None


def _hands_for(connection: Connection, signer: Signer) -> Callable[[Ledger], Hands]:
    """A worker's hands, for whichever ledger it sees by."""
    contracts, chain_id = connection.contracts(signer), connection.deployment.chain_id
    pen = _pen(connection, signer)

    def hands(ledger: Ledger) -> Hands:
        robots = Gateway(ledger, signer.sign, chain_id=chain_id, now_s=time.time)
        return Hands(
            dao=contracts.dao,
            work=contracts.work_orders,
            overrides=contracts.overrides,
            members=contracts.members,
            motions=contracts.motions,
            claims=contracts.claims,
            robots=robots,
            ballots=pen,
        )

    return hands


def _pen(connection: Connection, signer: Signer) -> Pen:
    """What it signs ballots with, and the boxes that the plant's description names."""
    deployed = connection.deployment
    # Of ballots in boxes, members' alone come this far.
    verify = Signatures(connection.node, may_matter=lambda _: True).is_signed_by
    notary = Notary(chain_id=deployed.chain_id, dao=deployed.allocation_dao, verify=verify)

    def boxes_at(urls: Sequence[str]) -> Boxes:
        return Boxes([HttpBallotBox(url) for url in urls], notary, now_s=time.time)

    return Pen(signer.address, signer.sign, notary, boxes_at, now_s=time.time)
