"""`workmoot member`: who belongs to the plant; admits a worker that a user starts by hand, and suspends one."""

import json
import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scripts.api_client import client_of, newest_run, no_run, node_of
from scripts.writes import IdempotencyKey

if TYPE_CHECKING:
    from workmoot.chain.connection import Connection
    from workmoot.chain.signer import Signer
    from workmoot.domain.ids import Number
    from workmoot.domain.ledger import Ledger

app = typer.Typer(no_args_is_help=True, help="List members, admit and suspend them.")

WEI = 10**18
TRANSFER_GAS = 21_000
TIP_WEI = 1_000_000_000
AN_HOUR = timedelta(hours=1)
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
Api = Annotated[str | None, typer.Option(envvar="WORKMOOT_API", help="The API's address; without it the newest run's.")]
Who = Annotated[str, typer.Argument(metavar="ID", help="The worker's id or badge number.")]
Reason = Annotated[str, typer.Option(help="Why, in your words.")]


class MemberKind(StrEnum):
    """What a member can be."""

    DIGITAL = "digital"
    ROBOTIC = "robotic"
    HUMAN = "human"


@app.command(name="list")
def list_(
    api: Api = None,
    kind: Annotated[MemberKind | None, typer.Option(help="Those of one kind.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the API's answer.")] = False,
) -> None:
    """List the members with their badge numbers."""
    listing = client_of(api).listing("workers" + (f"?kind={kind.value}" if kind else ""))
    if as_json:
        typer.echo(json.dumps(listing, indent=2, ensure_ascii=False))
        return
    for item in listing["items"]:
        able = ", ".join(item["capabilities"])
        typer.echo(f"{item['number']:>4}  {item['kind']:<8} {item['standing']:<9} {item['id']:<14} {able}")


@app.command()
def suspend(id_: Who, reason: Reason, idempotency_key: IdempotencyKey = None, api: Api = None) -> None:
    """Suspend a digital worker by an override: it may not act or vote."""
    _order("suspend", id_, reason, idempotency_key, api)


@app.command()
def reinstate(id_: Who, reason: Reason, idempotency_key: IdempotencyKey = None, api: Api = None) -> None:
    """Let a suspended worker act again, by an override."""
    _order("reinstate", id_, reason, idempotency_key, api)


@app.command()
def admit(
    key: Annotated[Path, typer.Argument(help="The worker's key file; made where there is none.")],
    id_: Annotated[str, typer.Option("--id", help="Its short name.")],
    capability: Annotated[list[str], typer.Option(help="What it can do; once for each.")],
    robot: Annotated[list[str] | None, typer.Option(help="A robot it may command; once for each.")] = None,
    rpc: Annotated[str | None, typer.Option(help="The node's address; else the newest run's.")] = None,
    deployment: Annotated[Path | None, typer.Option(help="The deployment's file; else the newest run's.")] = None,
    registrar: Annotated[
        Path | None, typer.Option("--by", help="A supervisor's or the administrator's key file; else the newest run's.")
    ] = None,
    ether: Annotated[float, typer.Option(min=0, help="What the registrar gives it for transactions.")] = 10.0,
) -> None:
    """Admit a digital worker to the running plant. Start it then with `workmoot worker run`: it votes and works."""
    from workmoot.chain.connection import connect
    from workmoot.chain.signer import load_signer, new_key, write_key

    run = newest_run()
    rpc, file = node_of(run, rpc, deployment)
    by = registrar or (Path(run["folder"]) / "keys" / "administrator.key" if "folder" in run else None)
    connection = connect(rpc, deployment=file)
    if by is None:
        raise no_run("--by")
    signer = load_signer(by)
    if not key.exists():
        write_key(key, new_key())
    worker = load_signer(key)
    number = _admitted(connection, signer, worker, id_, capability, robot or [])
    _fund(connection, signer, worker, int(ether * WEI))
    named = f" --deployment {file}" if file else ""
    typer.echo(f"{id_} is member {number}; start it with: workmoot worker run --key {key} --rpc {rpc}{named}")


def _admitted(
    connection: "Connection", by: "Signer", worker: "Signer", id_: str, capabilities: list[str], robots: list[str]
) -> "Number":
    from workmoot.domain.events import MemberAdmitted
    from workmoot.domain.workers import Kind, capability_mask

    follower = connection.follower()
    follower.catch_up()
    known = (follower.ledger.description or {}).get("capabilities", [])
    _require_free(follower.ledger, id_, worker.address)
    numbers = [_place(name, known) for name in capabilities]
    badges = [_robot(follower.ledger, name) for name in robots]
    for name, number in zip(capabilities, numbers, strict=True):
        _require_hands(follower.ledger, name, number, badges)
    shares = [_share(follower.ledger, badge) for badge in badges]
    profile = {"id": id_, "name": id_, "capabilities": capabilities, "robots": badges}
    members = connection.contracts(by).members
    receipt = members.admit(worker.address, Kind.DIGITAL, capability_mask(numbers), json.dumps(profile))
    number = receipt.the(MemberAdmitted).number
    for badge, (resource, scope) in zip(badges, shares, strict=True):
        members.bind(badge, number, resource, scope)
    return number


def _require_free(ledger: "Ledger", id_: str, account: str) -> None:
    """An id names one member, and so does a key."""
    if not ID.fullmatch(id_):
        raise typer.BadParameter(f"{id_!r} is no id: 1 to 32 letters, digits, -, _ or ., the first a letter or digit")
    taken = next((member for member in ledger.members.values() if member.id == id_), None)
    if taken is not None:
        raise typer.BadParameter(f"member {taken.number} is called {id_} already; give another --id")
    holder = ledger.member_of(account)
    if holder is not None:
        raise typer.BadParameter(f"this key is that of member {holder.number}, {holder.id}; name another key file")


def _require_hands(ledger: "Ledger", name: str, number: int, badges: "list[Number]") -> None:
    """What some robot does, nobody does without one that can."""
    from workmoot.domain.workers import Kind

    able = [m for m in ledger.members.values() if m.kind is Kind.ROBOTIC and m.capabilities >> number & 1]
    if not able or any(robot.number in badges for robot in able):
        return
    shared = [robot.id for robot in able if _owner(ledger, robot.number) is None]
    hint = f"name one with --robot: {', '.join(shared)}" if shared else "each that can is one worker's alone"
    raise typer.BadParameter(f"{name} takes a robot; {hint}")


def _owner(ledger: "Ledger", robot: "Number") -> str | None:
    """Who alone commands it."""
    from workmoot.domain.workers import Scope

    owners = (b.worker for b in ledger.bindings_of(robot) if b.scope is Scope.COMMAND)
    return next((ledger.members[worker].id for worker in owners), None)


def _place(name: str, known: Any) -> int:
    if name not in known:
        raise typer.BadParameter(f"the plant knows no capability {name!r}; it knows {', '.join(known)}")
    return list(known).index(name) + 1


def _robot(ledger: "Ledger", named: str) -> "Number":
    from workmoot.domain.workers import Kind

    robots = {m.id: m.number for m in ledger.members.values() if m.kind is Kind.ROBOTIC}
    if named not in robots:
        raise typer.BadParameter(f"the plant has no robot {named!r}; it has {', '.join(robots)}")
    return robots[named]


def _share(ledger: "Ledger", robot: "Number") -> tuple[bytes, Any]:
    """A robot that several may command is shared by all; one that nobody commands becomes the worker's own."""
    from workmoot.domain.workers import Scope, resource_bytes

    bound, owner = ledger.bindings_of(robot), _owner(ledger, robot)
    if owner is not None:
        robot_id = ledger.members[robot].id
        raise typer.BadParameter(f"{robot_id} is {owner}'s alone; name a robot that several share, or none")
    shared = any(binding.scope is Scope.COMPUTE for binding in bound)
    resource = bound[0].resource if bound else resource_bytes("arm")
    return resource, Scope.COMPUTE if shared else Scope.COMMAND


def _fund(connection: "Connection", by: "Signer", worker: "Signer", wei: int) -> None:
    """A plain transfer; what the worker has already is left to it."""
    if wei == 0:
        return
    node = connection.node
    nonce, head = node.ask_all([("eth_getTransactionCount", [by.address, "pending"]), _LATEST_BLOCK])
    raw, _ = by.sign_transaction(
        {
            "type": 2,
            "chainId": connection.deployment.chain_id,
            "nonce": int(nonce, 16),
            "to": worker.address,
            "value": wei,
            "data": b"",
            "gas": TRANSFER_GAS,
            "maxFeePerGas": 2 * int(head.get("baseFeePerGas", "0x0"), 16) + TIP_WEI,
            "maxPriorityFeePerGas": TIP_WEI,
        }
    )
    node.ask("eth_sendRawTransaction", "0x" + raw.hex())


def _order(kind: str, id_: str, reason: str, key: str | None, api: str | None) -> None:
    body = {
        "kind": kind,
        "subject": {"type": "worker", "id": id_},
        "reason": {"code": "OTHER", "text": reason},
        "expires_at": (datetime.now(UTC) + AN_HOUR).isoformat(),
    }
    client = client_of(api)
    given = client.again("overrides", key, body)
    if given is None:
        given = client.give(body, etag=client.preview(body)["etag"], key=key)
    typer.echo(f"override {given['id']}: {kind} {given['subject']['name']}, {given['state']}")


_LATEST_BLOCK: tuple[str, list[Any]] = ("eth_getBlockByNumber", ["latest", False])
