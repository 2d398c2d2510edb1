"""`workmoot robot`: a human's hand on a robot that is held, as a client of the API."""

import json
import math
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

import typer

from scripts.override import Code, Reason
from scripts.plain import plain
from scripts.signing import DeploymentFile, Key, Keystore, deployment_of, sign_guidance, signer_of
from workmoot.domain.guidance import Act, Outcome

if TYPE_CHECKING:
    from scripts.api_client import ApiClient
    from workmoot.chain.signer import Signer

app = typer.Typer(no_args_is_help=True, help="Take a robot that is held, move it slowly by hand, give it back.")

Api = Annotated[str | None, typer.Option(envvar="WORKMOOT_API", help="The API's address; without it the newest run's.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the API's answer.")]
Robot = Annotated[str, typer.Argument(metavar="ROBOT", help="The robot's id or badge number.")]
Human = Annotated[str | None, typer.Option(help="Who signs: id, badge number or account; else who signed in.")]
Resource = Annotated[str | None, typer.Option(help="Of the robot; else its first, mostly the only one.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask before it is given.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show who has it, and what would be signed.")]
Speed = Annotated[int, typer.Option(min=1, max=250, help="mm/s.")]
Millimetres = Annotated[int, typer.Argument(help="mm from its home.")]

KEEPS_EVERY_S = 10.0
NEAR_MM = 1.0
"""A point is reached within so much."""
AGAIN_AFTER_S = 0.3
"""Within the half second for which a command moves a robot."""
MAY_BE_NEGATIVE = {"ignore_unknown_options": True}
UNASKED = frozenset((Act.RETAIN, Act.STOP))
"""Nobody is asked twice before a robot stands still."""
PATHS = {Act.TAKE: "lease", Act.RETAIN: "lease/retain", Act.RETURN: "lease/return"}


class Hand:
    """One human's acts on one robot."""

    def __init__(  # noqa: PLR0913 (a command's options)
        self,
        robot: str,
        *,
        resource: str | None = None,
        human: str | None = None,
        key: Path | None = None,
        keystore: Path | None = None,
        deployment: Path | None = None,
        yes: bool = False,
        dry_run: bool = False,
        api: str | None = None,
        as_json: bool = False,
    ) -> None:
        self._robot = robot
        self._signer: Signer | None = signer_of(key, keystore)
        self._about = {"resource": resource, "human": self._signer.address if self._signer else human}
        self._client = _client(api)
        self._deployment = deployment
        self._is_sure, self._dry_run, self._as_json = yes, dry_run, as_json

    def act(self, act: Act, more: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Previews, asks, signs and gives one act; the API's answer."""
        path = f"robots/{quote(self._robot, safe='')}/{PATHS.get(act, 'commands')}"
        body = {**self._about, **(more or {})}
        seen = self._client.preview_at(path, body)
        if self._dry_run:
            typer.echo(_text(seen) if self._as_json else "\n".join(_previewed(seen)))
            raise typer.Exit
        self._ask(act, seen)
        if self._signer is not None:
            where = deployment_of(self._client.url, self._deployment)
            signature = sign_guidance(self._robot, act, body, seen, where, self._signer)
            body |= {"order": seen["order"], "signature": signature}
        etag = seen["etag"] if act is Act.TAKE else None
        answer: dict[str, Any] = self._client.give_at(path, body, etag=etag)
        return answer

    def command(self, act: Act, **parameters: Any) -> dict[str, Any]:
        """Has the robot do something."""
        return self.act(act, {"command": act.value, "parameters": parameters})

    def tell(self, answer: Mapping[str, Any]) -> None:
        """What came of it."""
        typer.echo(_text(answer) if self._as_json else "\n".join(_told(answer)))

    def be_sure(self) -> None:
        """What follows was agreed to."""
        self._is_sure = True

    def _ask(self, act: Act, seen: Any) -> None:
        if act in UNASKED or self._is_sure:
            return
        typer.echo("\n".join(_previewed(seen)), err=True)
        if not seen["held"] and act is Act.TAKE:
            typer.echo(f'first: workmoot override hold robot:{self._robot} --reason "…"', err=True)
        typer.confirm("Sign and send this?", err=True, abort=True)


@app.command()
def show(robot: Robot, api: Api = None, as_json: AsJson = False) -> None:
    """Show who has a robot, what holds it, how it stands, and what humans did with it last."""
    found = _client(api).get(f"robots/{quote(robot, safe='')}")
    typer.echo(_text(found) if as_json else "\n".join(map(plain, _shown(found))))


@app.command()
def take(  # noqa: PLR0913 (a command's options)
    robot: Robot,
    reason: Reason,
    code: Code = "OTHER",
    keep: Annotated[bool, typer.Option("--keep", help="Keep the lease until Ctrl-C.")] = False,
    resource: Resource = None,
    human: Human = None,
    key: Key = None,
    keystore: Keystore = None,
    deployment: DeploymentFile = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    api: Api = None,
    as_json: AsJson = False,
) -> None:
    """Take a held robot's lease by force, from a worker or another human. It lasts 30 s from each act."""
    hand = Hand(robot, **_options(locals()))
    hand.tell(hand.act(Act.TAKE, _why(code, reason)))
    while keep:
        time.sleep(KEEPS_EVERY_S)
        hand.act(Act.RETAIN)


@app.command(context_settings=MAY_BE_NEGATIVE)
def jog(  # noqa: PLR0913 (a command's options)
    robot: Robot,
    axis: Annotated[str, typer.Argument(metavar="AXIS", help="x, y or z.")],
    distance: Annotated[int, typer.Argument(metavar="MM", help="How far, either way; for half a second at most.")],
    speed: Speed = 50,
    resource: Resource = None,
    human: Human = None,
    key: Key = None,
    keystore: Keystore = None,
    deployment: DeploymentFile = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    api: Api = None,
    as_json: AsJson = False,
) -> None:
    """Move a robot that you took along one axis, for half a second at most."""
    hand = Hand(robot, **_options(locals()))
    hand.tell(hand.command(Act.JOG, axis=axis, distance_mm=distance, speed_mm_s=speed))


@app.command(context_settings=MAY_BE_NEGATIVE)
def waypoint(  # noqa: PLR0913 (a command's options)
    robot: Robot,
    x: Millimetres,
    y: Millimetres,
    z: Millimetres,
    speed: Speed = 50,
    resource: Resource = None,
    human: Human = None,
    key: Key = None,
    keystore: Keystore = None,
    deployment: DeploymentFile = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    api: Api = None,
    as_json: AsJson = False,
) -> None:
    """Move a robot that you took straight to a point; again and again until it is there or no nearer, or Ctrl-C."""
    hand, point = Hand(robot, **_options(locals())), {"x": x, "y": y, "z": z}
    left = math.inf
    while NEAR_MM < (now_left := _left(answer := hand.command(Act.WAYPOINT, **point, speed_mm_s=speed), point)) < left:
        left = now_left
        hand.be_sure()
        time.sleep(AGAIN_AFTER_S)
    hand.tell(answer)
    if now_left > NEAR_MM:
        typer.echo("it does not come nearer: nothing more was sent", err=True)
        raise typer.Exit(1)


@app.command()
def aside(  # noqa: PLR0913 (a command's options)
    robot: Robot,
    resource: Resource = None,
    human: Human = None,
    key: Key = None,
    keystore: Keystore = None,
    deployment: DeploymentFile = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    api: Api = None,
    as_json: AsJson = False,
) -> None:
    """Have a robot that you took put its part aside: the part is stopped."""
    hand = Hand(robot, **_options(locals()))
    hand.tell(hand.command(Act.ASIDE))


@app.command()
def stop(  # noqa: PLR0913 (a command's options)
    robot: Robot,
    resource: Resource = None,
    human: Human = None,
    key: Key = None,
    keystore: Keystore = None,
    deployment: DeploymentFile = None,
    dry_run: DryRun = False,
    api: Api = None,
    as_json: AsJson = False,
) -> None:
    """Have a robot that you took stand still."""
    hand = Hand(robot, **_options(locals()))
    hand.tell(hand.command(Act.STOP))


@app.command(name="return")
def return_(  # noqa: PLR0913 (a command's options)
    robot: Robot,
    outcome: Annotated[Outcome, typer.Option(help="How you leave it; it is logged, and does nothing by itself.")],
    reason: Reason,
    code: Code = "OTHER",
    resource: Resource = None,
    human: Human = None,
    key: Key = None,
    keystore: Keystore = None,
    deployment: DeploymentFile = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    api: Api = None,
    as_json: AsJson = False,
) -> None:
    """Give a robot's lease back. The hold stays: `workmoot override release robot:ID` ends it."""
    hand = Hand(robot, **_options(locals()))
    hand.tell(hand.act(Act.RETURN, {"outcome": outcome.value} | _why(code, reason)))


def _why(code: str, reason: str) -> dict[str, Any]:
    return {"reason": {"code": code, "text": reason}}


OPTIONS = frozenset(("resource", "human", "key", "keystore", "deployment", "yes", "dry_run", "api", "as_json"))


def _options(given: Mapping[str, Any]) -> dict[str, Any]:
    """What every act has, of a command's arguments."""
    return {name: value for name, value in given.items() if name in OPTIONS}


def _left(answer: Mapping[str, Any], point: Mapping[str, int]) -> float:
    """How many mm are left where it is, or will be without another command; infinite where it does not say."""
    stance = answer["lease"]["stance"] or {}
    ends = stance.get("moves_to_mm") or stance.get("pose_mm")
    return math.dist(tuple(ends[axis] for axis in point), tuple(point.values())) if ends else math.inf


def _previewed(seen: Mapping[str, Any]) -> list[str]:
    held = "held: " + "; ".join(seen["held_why"]) if seen["held"] else "not held"
    warnings = [f"  warning: {words}" for words in seen["warnings"]]
    banner = [seen["banner"]] if seen["banner"] else []
    said = [seen["says"], f"  {held}", *(f"  {line}" for line in _lease(seen["lease"])), _in_hand(seen["in_hand"])]
    return list(map(plain, [*said, *warnings, *banner]))


def _told(answer: Mapping[str, Any]) -> list[str]:
    outcome = f": {answer['outcome']}" if answer["outcome"] else ""
    by = answer["human"]["name"] if answer["human"] else answer["account"]
    held = "held" if answer["held"] else "not held"
    first = f"{answer['robot']['id']}: {answer['action']}{outcome} by {by}; {held}"
    last = [words for words in (answer["next_step"], answer["banner"]) if words]
    return list(map(plain, [first, *(f"  {line}" for line in _lease(answer["lease"])), *last]))


def _shown(robot: Mapping[str, Any]) -> list[str]:
    lines = [f"{robot['id']} {robot['name']}: {robot['state']}{', held on chain' if robot['held'] else ''}"]
    for lease in robot["leases"]:
        lines += [*(f"  {line}" for line in _lease(lease)), *(f"    {_done(act)}" for act in lease["guided"])]
    return lines


def _done(act: Mapping[str, Any]) -> str:
    why = f"; {act['reason']['code']}: {act['reason']['text']}" if act["reason"] else ""
    return f"{act['at']} {_named(act)}: {act['action']} {act['parameters']}{why}"


def _lease(lease: Mapping[str, Any]) -> list[str]:
    holder, former, stance = lease["holder"], lease["taken_from"], lease["stance"]
    until = f" until {lease['until']}" if lease["until"] else ""
    has = (_who(holder) + (until if lease["alive"] else ", over")) if holder else "nobody"
    taken = f", taken from {_who(former)}" if former else ""
    told = [] if lease["told"] else ["  the robot did not take the last motion it was told"]
    return [f"{lease['resource']}: {has}{taken}", f"  {_stands(stance)}", *told]


def _stands(stance: Mapping[str, Any] | None) -> str:
    if stance is None or stance["pose_mm"] is None:
        return "does not say how it stands"
    mode = "manual mode" if stance["manual"] else "automatic mode"
    device = "enabling device held" if stance["enabling_device"] else "no enabling device"
    moves = f", moving to {_at(stance['moves_to_mm'])}" if stance["moves_to_mm"] else ""
    return f"at {_at(stance['pose_mm'])}{moves}; {mode}, {device}{' (simulated)' if stance['simulated'] else ''}"


def _at(point: Mapping[str, float]) -> str:
    return " ".join(f"{axis} {place:g}" for axis, place in point.items()) + " mm"


def _who(holder: Mapping[str, Any]) -> str:
    return str(holder["who"]["name"] if holder["who"] else holder["account"])


def _named(act: Mapping[str, Any]) -> str:
    return str(act["human"]["name"] if act["human"] else act["account"])


def _in_hand(part: Mapping[str, Any] | None) -> str:
    return f"  in hand: task {part.get('task')}, {part.get('state')}" if part else "  nothing in hand"


def _text(answer: Any) -> str:
    return json.dumps(answer, indent=2, ensure_ascii=False)


def _client(api: str | None) -> "ApiClient":
    from scripts.api_client import client_of

    return client_of(api)
