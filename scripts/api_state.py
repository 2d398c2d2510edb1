"""What the API stands on: a deployment at its node, and a database of what was read of it."""

import gc
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from api.database import Database
    from workmoot.chain.connection import Connection
    from workmoot.chain.deployment import Deployment

DATABASE_HELP = (
    "sqlite:///FILE or postgresql://USER@HOST/NAME; one with a password belongs in WORKMOOT_DATABASE. "
    "Default: api-<chain id>-<DAO>.db beside the deployment's file."
)


RARELY = (100_000, 50, 100)


def collect_rarely() -> None:
    """What is read of the chain stays: to look through all of it for rubbish takes a third of the time, in vain."""
    gc.set_threshold(*RARELY)


def connect_or_recall(rpc: str, deployment: Path | None) -> "Connection":
    """The deployment at the node; unchecked while the node is away, for what was read before can be served."""
    from workmoot.chain.connection import Connection, connect
    from workmoot.chain.deployment import read_deployment
    from workmoot.chain.node import Node
    from workmoot.domain.errors import Unreachable

    try:
        return connect(rpc, deployment=deployment)
    except Unreachable:
        if deployment is None:
            raise
        return Connection(node=Node(rpc), deployment=read_deployment(deployment))


def open_database(url: str | None, deployment: "Deployment", *, file: Path | None) -> "Database":
    """The database named, or else the deployment's own, beside its file; with every table of the app's modules."""
    import api.app
    import api.archive
    import api.webhooks.sender  # noqa: F401
    from api.database import Database
    from workmoot.chain.deployment import path_for

    try:
        database = Database(url or f"sqlite:///{_beside(file or path_for(deployment.chain_id), deployment)}")
    except (ValueError, OSError) as wrong:
        raise typer.BadParameter(str(wrong), param_hint="--database") from None
    database.create_tables()
    return database


def _beside(file: Path, deployment: "Deployment") -> Path:
    """A file that its owner alone reads."""
    path = file.resolve().parent / f"api-{deployment.chain_id}-{deployment.allocation_dao[2:10].lower()}.db"
    path.touch(mode=0o600)
    return path
