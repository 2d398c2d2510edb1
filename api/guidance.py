"""Where a human's guidance of a robot is drafted, signed by a development key, and sent to the gateway, which alone
judges it."""

import json
import time
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Protocol

from api.desk import Desk
from api.drafts import reason_of
from api.errands import Errand
from api.models.common import Who
from api.models.guidance import CommandIn, GuidanceGiven, GuidanceIn, GuidancePreview, HolderOut, LeaseOut, ReturnIn
from api.order_json import guidance_from
from api.preconditions import require_match
from api.present import note
from api.problems import Problem, unprocessable
from api.projection import Projection
from api.views.guidance import Said, inside, lease_out, who_of
from api.views.snapshot import Snapshot, id_of, items, name_of
from api.views.workers import robot_named
from workmoot.chain.signatures import is_signed_by
from workmoot.domain.errors import GatewayRefused, GatewayUnreachable, Malformed
from workmoot.domain.guidance import (
    LETTING_GO,
    MAX_NUMBER,
    MOVING_ACTS,
    Act,
    Guidance,
    Outcome,
    guidance_digest,
    guidance_message,
    guidance_values,
    read_parameters,
    write_parameters,
)
from workmoot.domain.hashing import checksum_address, keccak
from workmoot.domain.ids import Address, Number
from workmoot.domain.strangers import text
from workmoot.domain.workers import Role

DRAFT_S = 30
"""For which a draft is good; a wallet and its human take their time."""
DIGITS = 32
ROLES = (Role.OPERATOR, Role.SUPERVISOR, Role.MAINTENANCE)
RELEASE_FIRST = (
    "The hold stays, and nothing moves by itself: release the robot as an override (kind release) once it may go on."
)
NEXT_STEPS = {
    Outcome.RESUME: "Its worker then commands the rest of the part.",
    Outcome.REDO: "If the part is still in hand, put it aside first; its worker then begins it anew.",
    Outcome.ABORT: "Assign the task to another, or cancel it, first: else its worker goes on.",
    Outcome.DONE_BY_HUMAN: "Cancel the task first, or accept its result once it is submitted: else its worker goes on.",
    Outcome.SCRAP: "Cancel the task first: else its worker goes on.",
}
HELPS = {
    "NOT_HELD": "Hold the robot first: an override of kind hold.",
    "NOT_HOLDER": "Take its lease first: POST /api/v1/robots/{id}/lease.",
    "NOT_ALLOWED": "It takes the role of operator, supervisor or maintenance, and a robot of one of the human's cells.",
    "NO_CONTACT": "The robot has to take what it was told last, the hold above all: see to it, or to its network.",
    "NO_ENABLING_DEVICE": "Switch the robot to manual mode and hold its enabling device.",
    **dict.fromkeys(("FENCED", "REPLAYED", "EXPIRED"), "Look again, then sign anew."),
}


class GuidedFloor(Protocol):
    """The gateway, which has the leases."""

    def robot(self, number: int) -> Said:
        """What it says of a robot now."""

    def guide(self, guidance: Said, signature: str) -> Said:
        """Hands signed guidance over; the robot as it is then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a human asks of a robot."""

    robot: str
    act: Act
    body: GuidanceIn

    @property
    def parameters(self) -> str:
        """As they are signed; what does not fit is refused by its name."""
        if isinstance(self.body, ReturnIn):
            return write_parameters(self.act, {"outcome": self.body.outcome.value})
        given = write_parameters(self.act, self.body.parameters if isinstance(self.body, CommandIn) else {})
        try:
            read_parameters(self.act, given)
        except Malformed as wrong:
            raise unprocessable("/parameters", f"{wrong}.") from wrong
        return given

    @property
    def reason(self) -> tuple[int, str]:
        """The code and the words that are signed; none for what is done for the reason of the taking."""
        return reason_of(self.body.reason) if self.body.reason else (0, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A robot's resource, as the gateway says."""

    robot: Who
    lease: LeaseOut
    held: bool
    held_why: tuple[str, ...]
    answered: bool
    in_hand: dict[str, Any] | None

    @property
    def etag(self) -> str:
        """Changes with who has the lease, what is in hand, and whether it is held."""
        job = self.in_hand or {}
        part = [job.get(name) for name in ("task", "run", "state")]
        state = [self.lease.resource, self.lease.term, self.held, part]
        return f'"lease-{self.robot.number}-{keccak(_as_json(state).encode()).hex()[:DIGITS]}"'


class GuidanceDesk:
    """Drafts, signs or checks, and sends."""

    def __init__(self, projection: Projection, desk: Desk, floor: GuidedFloor | None) -> None:
        self._projection = projection
        self._desk = desk
        self._floor = floor

    def preview(self, asked: Asked) -> GuidancePreview:
        """What is to be signed, who has the robot now, and what it has in hand. Nothing is sent."""
        drafted, seen = self._draft(asked)
        with self._projection.read() as snap:
            return GuidancePreview(
                head=snap.head,
                robot=seen.robot,
                action=asked.act.value,
                says=in_words(drafted, seen),
                held=seen.held,
                held_why=seen.held_why,
                answered=seen.answered,
                lease=seen.lease,
                in_hand=seen.in_hand,
                warnings=tuple(_warnings(drafted, seen, snap.ledger.roles)),
                etag=seen.etag,
                order=dict(guidance_values(drafted)),
                typed_data=guidance_message(drafted, **_domain(snap)),
                digest="0x" + guidance_digest(drafted, **_domain(snap)).hex(),
                banner=self._desk.keys.banner,
            )

    def give(self, asked: Asked, errand: Errand, if_match: str | None, *, may_read: bool) -> GuidanceGiven:
        """Sends it to the gateway, signed by the human or by the human's development key."""
        (kept,) = errand.once(lambda: [self._sign(asked, if_match, may_read=may_read)])
        guidance, signature = guidance_from(kept["order"]), kept["signature"]
        said = self._ask(lambda floor: floor.guide(guidance_values(guidance), signature))
        outcome = read_parameters(guidance.action, guidance.parameters)
        with self._projection.read() as snap:
            seen = _seen(snap, guidance.robot, guidance.resource, inside(said, "robot"))
            note(guidance=text(said.get("digest")))
            return GuidanceGiven(
                robot=seen.robot,
                action=guidance.action.value,
                human=who_of(snap, guidance.human),
                account=guidance.human,
                held=seen.held,
                lease=seen.lease,
                in_hand=seen.in_hand,
                outcome=outcome if isinstance(outcome, Outcome) else None,
                next_step=_next_step(outcome, seen),
                digest="0x" + guidance_digest(guidance, **_domain(snap)).hex(),
                banner=self._desk.keys.banner,
            )

    def _sign(self, asked: Asked, if_match: str | None, *, may_read: bool) -> dict[str, Any]:
        """The guidance as it is to be sent; who takes a robot saw who has it now, any other who says what was seen."""
        is_seen = asked.act is Act.TAKE or if_match is not None
        exact = self._exact(asked) if asked.body.order is not None or asked.body.signature is not None else None
        if exact is not None and not is_seen:
            return exact
        drafted, seen = self._draft(asked)
        if is_seen:
            current = {"lease": seen.lease.model_dump(mode="json")} if may_read else None
            require_match("The robot's lease", seen.etag, if_match, current, any_will_do=False)
        return exact or self._kept(drafted, self._desk.sign_for(drafted.human, self._digest_of(drafted)))

    def _exact(self, asked: Asked) -> dict[str, Any]:
        """What the human signed, if it is what is asked for; the gateway says whether it still stands."""
        if asked.body.order is None or asked.body.signature is None:
            raise unprocessable("/signature", "The exact order and the human's signature come together.")
        guidance = guidance_from(asked.body.order)
        with self._projection.read() as snap:
            _require_same(asked, guidance, robot_named(snap, asked.robot).number)
        signature = _bytes_of(asked.body.signature)
        if not is_signed_by(guidance.human, self._digest_of(guidance), signature):
            raise unprocessable("/signature", f"The signature is not that of {guidance.human} under this guidance.")
        return self._kept(guidance, signature)

    @staticmethod
    def _kept(guidance: Guidance, signature: bytes) -> dict[str, Any]:
        return {"order": dict(guidance_values(guidance)), "signature": "0x" + signature.hex()}

    def _digest_of(self, guidance: Guidance) -> bytes:
        with self._projection.read() as snap:
            return guidance_digest(guidance, **_domain(snap))

    def _draft(self, asked: Asked) -> tuple[Guidance, Seen]:
        """The guidance that is asked for, for the lease as the gateway says it is now."""
        parameters, (code, reason) = asked.parameters, asked.reason
        named = asked.body.human or (asked.body.order or {}).get("human")
        with self._projection.read() as snap:
            robot = robot_named(snap, asked.robot).number
            human = self._desk.human_for(snap, named, *ROLES)
        said = self._ask(lambda floor: floor.robot(robot))
        resource = asked.body.resource or next(iter(inside(said, "resources")), "")
        with self._projection.read() as snap:
            seen = _seen(snap, robot, text(resource), said)
        guidance = Guidance(
            robot=robot,
            resource=seen.lease.resource,
            human=human,
            term=seen.lease.term,
            seq=1 if asked.act is Act.TAKE else min(seen.lease.seq + 1, MAX_NUMBER),
            not_after=int(time.time()) + DRAFT_S,
            action=asked.act,
            parameters=parameters,
            reason_code=code,
            reason=reason,
        )
        return guidance, seen

    def _ask(self, what: Callable[[GuidedFloor], Said]) -> Said:
        if self._floor is None:
            raise _away("this API has no gateway")
        try:
            return what(self._floor)
        except GatewayRefused as refused:
            helps = HELPS.get(refused.code, "")
            detail = f"The gateway refused it: {refused}. {helps}".rstrip()
            raise Problem(409, "gateway-refused", detail, code=refused.code) from refused
        except GatewayUnreachable as away:
            raise _away(str(away)) from away


def in_words(guidance: Guidance, seen: Seen) -> str:
    """What is signed."""
    robot = f"{seen.robot.id} ({guidance.resource})"
    why = f"; {guidance.why}" if guidance.why else ""
    if guidance.action is Act.TAKE:
        return f"take {robot} by force{_from_whom(seen.lease)}{why}"
    carries = ", ".join(f"{name} {value}" for name, value in json.loads(guidance.parameters).items())
    return f"{guidance.action} {robot}{': ' if carries else ''}{carries}{why}"


def _from_whom(lease: LeaseOut) -> str:
    if lease.holder:
        return f" from {_name(lease.holder)}, who has it"
    return f" from {_name(lease.taken_from)}, who had it until it was held" if lease.taken_from else ", from nobody"


def _name(holder: HolderOut) -> str:
    return holder.who.name if holder.who else str(holder.account)


def _warnings(guidance: Guidance, seen: Seen, roles: Mapping[Role, AbstractSet[Address]]) -> list[str]:
    found, stance = [], seen.lease.stance
    holder = seen.lease.holder
    if not any(guidance.human in roles[role] for role in ROLES):
        found.append(f"NOT_ALLOWED: {HELPS['NOT_ALLOWED']}")
    if not seen.held and guidance.action not in LETTING_GO:
        found.append(f"NOT_HELD: {HELPS['NOT_HELD']}")
    if guidance.action is not Act.TAKE and (holder is None or holder.account != guidance.human):
        found.append(f"NOT_HOLDER: {HELPS['NOT_HOLDER']}")
    elif guidance.action is not Act.TAKE and guidance.action not in LETTING_GO and not seen.lease.alive:
        found.append("NOT_HOLDER: The lease is over; take it again.")
    if guidance.action in MOVING_ACTS and not (stance and seen.answered):
        found.append(f"NO_CONTACT: {HELPS['NO_CONTACT']}")
    elif guidance.action in MOVING_ACTS and not (stance and stance.manual and stance.enabling_device):
        found.append(f"NO_ENABLING_DEVICE: {HELPS['NO_ENABLING_DEVICE']}")
    return found


def _next_step(outcome: object, seen: Seen) -> str | None:
    if not isinstance(outcome, Outcome):
        return None
    return f"{NEXT_STEPS[outcome]} {RELEASE_FIRST}" if seen.held else NEXT_STEPS[outcome]


def _require_same(asked: Asked, signed: Guidance, robot: Number) -> None:
    """The signed guidance does what the request says."""
    code, reason = asked.reason
    same = {
        "robot": signed.robot == robot,
        "resource": asked.body.resource in (None, signed.resource),
        "action": signed.action is asked.act,
        "parameters": signed.parameters == asked.parameters,
        "reasonCode": signed.reason_code == code,
        "reason": signed.reason == reason,
    }
    if wrong := [name for name, is_same in same.items() if not is_same]:
        raise unprocessable(f"/order/{wrong[0]}", f"The signed {wrong[0]} is another than the request's.")


def _bytes_of(hexadecimal: str) -> bytes:
    try:
        return bytes.fromhex(hexadecimal.removeprefix("0x"))
    except ValueError:
        return b""


def _seen(snap: Snapshot, number: int, resource: str, said: Said) -> Seen:
    member, job = snap.ledger.members[Number(number)], said.get("job")
    return Seen(
        robot=Who(number=number, id=id_of(member), name=name_of(member)),
        lease=lease_out(snap, resource, inside(said, "resources").get(resource)),
        held=said.get("held") is True,
        held_why=tuple(items(said, "held_why", str)),
        answered=said.get("answered") is True,
        in_hand=dict(job) if isinstance(job, Mapping) else None,
    )


def _domain(snap: Snapshot) -> dict[str, Any]:
    """Where guidance counts: the gateway that the plant describes."""
    described = snap.description.get("gateway")
    address = described.get("address") if isinstance(described, Mapping) else None
    try:
        return {"chain_id": snap.head.chain_id, "gateway": checksum_address(str(address))}
    except (ValueError, Malformed):
        raise _away("the plant's description names no gateway's account") from None


def _away(why: str) -> Problem:
    return Problem(503, "gateway-unavailable", f"The robots' gateway cannot be asked: {why}.", retryable=True)


def _as_json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
