"""`workmoot motion`: puts to the vote who belongs to the plant, and by which policy its workers decide."""

import json
import re
import sys
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scripts.api_client import newest_run, node_of

if TYPE_CHECKING:
    from workmoot.chain.connection import Connection
    from workmoot.domain.ids import Number
    from workmoot.domain.ledger import Ledger
    from workmoot.domain.motions import Motion

app = typer.Typer(no_args_is_help=True, help="Put motions to the vote: members and the policy.")

ACCOUNT = re.compile("0x[0-9a-fA-F]{40}")
By = Annotated[Path, typer.Option("--by", help="The key file of the digital worker that puts it to the vote.")]
Reason = Annotated[str, typer.Option(help="Why, in your words.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the proposal's number and the motion's bytes.")]
Who = Annotated[str, typer.Argument(metavar="ID", help="The worker's id or badge number.")]
Changes = Annotated[
    list[str],
    typer.Option(
        "--set",
        metavar="NAME=NUMBER",
        help="voting_seconds, open_limit, absent_after, or a weight: makespan, tardiness, cost, energy, risk.",
    ),
]


class WorkerKind(StrEnum):
    """Whom a vote may admit."""

    DIGITAL = "digital"
    ROBOTIC = "robotic"


@app.callback()
def group(
    context: typer.Context,
    rpc: Annotated[str | None, typer.Option(help="The node's address; else the newest run's.")] = None,
    deployment: Annotated[Path | None, typer.Option(help="The deployment's file; else the newest run's.")] = None,
) -> None:
    """Put motions to the vote: members and the policy."""
    context.obj = (rpc, deployment)


@app.command()
def suspend(context: typer.Context, id_: Who, by: By, reason: Reason, as_json: AsJson = False) -> None:
    """Suspend a digital or robotic worker: it may not act or vote."""
    _move_standing(context, "SUSPEND", id_, by, reason, as_json=as_json)


@app.command()
def reinstate(context: typer.Context, id_: Who, by: By, reason: Reason, as_json: AsJson = False) -> None:
    """Let a worker act again that a vote suspended."""
    _move_standing(context, "REINSTATE", id_, by, reason, as_json=as_json)


@app.command()
def retire(context: typer.Context, id_: Who, by: By, reason: Reason, as_json: AsJson = False) -> None:
    """Retire a worker for good."""
    _move_standing(context, "RETIRE", id_, by, reason, as_json=as_json)


@app.command()
def admit(
    context: typer.Context,
    account: Annotated[str, typer.Argument(help="The worker's account: 0x and 40 hexadecimal digits.")],
    id_: Annotated[str, typer.Option("--id", help="Its short name.")],
    capability: Annotated[list[str], typer.Option(help="What it can do; once for each.")],
    by: By,
    reason: Reason,
    kind: Annotated[WorkerKind, typer.Option(help="What it is.")] = WorkerKind.DIGITAL,
    as_json: AsJson = False,
) -> None:
    """Admit a digital or robotic worker. A human binds robots to it afterwards."""
    from workmoot.domain.hashing import checksum_address
    from workmoot.domain.ids import Address
    from workmoot.domain.motions import Admission
    from workmoot.domain.workers import Kind, capability_mask

    connection, ledger = _look(context)
    known = (ledger.description or {}).get("capabilities", [])
    listed = [str(name) for name in known] if isinstance(known, list) else []
    unknown = [name for name in capability if name not in listed]
    if unknown:
        raise typer.BadParameter(f"the plant knows no capability {unknown[0]!r}; it knows {', '.join(listed)}")
    if not ACCOUNT.fullmatch(account):
        raise typer.BadParameter(f"{account!r} is no account: 0x and 40 hexadecimal digits")
    motion = Admission(
        member_kind=Kind[kind.name],
        account=Address(checksum_address(account)),
        capabilities=capability_mask(listed.index(name) + 1 for name in capability),
        profile=json.dumps({"id": id_, "name": id_, "capabilities": capability, "robots": []}),
    )
    _put(connection, ledger, by, motion, reason, as_json=as_json)


@app.command()
def policy(context: typer.Context, changes: Changes, by: By, reason: Reason, as_json: AsJson = False) -> None:
    """Decide by another policy; what is not named stays.

    voting_seconds is at least 10, open_limit and absent_after at least 1, and some weight is not zero.
    """
    from workmoot.domain.motions import PolicyChange

    connection, ledger = _look(context)
    if ledger.policy is None:
        raise typer.BadParameter("nothing is deployed there")
    told = dict(_change(change) for change in changes)
    weights = {name: told.pop(name) for name in list(told) if hasattr(ledger.policy.weights, name)}
    unknown = [name for name in told if not hasattr(ledger.policy, name) or name == "weights"]
    if unknown:
        raise typer.BadParameter(f"a policy has no {unknown[0]!r}")
    wanted = replace(ledger.policy, weights=replace(ledger.policy.weights, **weights), **told)
    if wanted == ledger.policy:
        raise typer.BadParameter("the policy says so already")
    _put(connection, ledger, by, PolicyChange(policy=wanted), reason, as_json=as_json)


def _change(told: str) -> tuple[str, int]:
    name, _, number = told.partition("=")
    if not number.isdigit():
        raise typer.BadParameter(f"{told!r} is not NAME=NUMBER")
    return name, int(number)


def _move_standing(context: typer.Context, kind: str, id_: str, by: Path, reason: str, *, as_json: bool) -> None:
    from workmoot.domain.motions import MotionKind, StandingChange

    connection, ledger = _look(context)
    motion = StandingChange(kind=MotionKind[kind], member=_member(ledger, id_))
    _put(connection, ledger, by, motion, reason, as_json=as_json)


def _member(ledger: "Ledger", named: str) -> "Number":
    found = [number for number, member in ledger.members.items() if named in (member.id, str(number))]
    if not found:
        raise typer.BadParameter(f"no member {named!r}; `workmoot member list` names them")
    return found[0]


def _look(context: typer.Context) -> "tuple[Connection, Ledger]":
    from workmoot.chain.connection import connect

    rpc, deployment = context.obj
    url, file = node_of(newest_run(), rpc, deployment)
    connection = connect(url, deployment=file)
    follower = connection.follower()
    follower.catch_up()
    return connection, follower.ledger


def _put(connection: "Connection", ledger: "Ledger", by: Path, motion: "Motion", reason: str, *, as_json: bool) -> None:
    from agents.policy.moving import obstacle_to
    from workmoot.chain.signer import load_signer
    from workmoot.domain.events import ProposalCreated
    from workmoot.domain.motions import motion_opening, pack_motion

    if obstacle := obstacle_to(ledger, motion):
        raise typer.BadParameter(f"this could not be carried out: {obstacle}")
    head = connection.node.block()
    if head is None:
        sys.exit("The node has no block.")
    opening = motion_opening(motion, reason, read_at=head.number, read_hash=head.hash)
    opened = connection.contracts(load_signer(by)).dao.propose(opening).the(ProposalCreated)
    if as_json:
        typer.echo(json.dumps({"proposal": opened.id, "motion": "0x" + pack_motion(motion).hex()}))
        return
    typer.echo(f"proposal {opened.id}: see `workmoot proposal show {opened.id}`")
