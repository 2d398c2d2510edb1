"""Guidance: what a human signs for the gateway to take a held robot over, move it slowly by hand, and give it back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from workmoot.domain.commands import gateway_domain
from workmoot.domain.errors import Malformed
from workmoot.domain.ids import Address, Number
from workmoot.domain.overrides import reason_word
from workmoot.domain.typed import TypedStruct, Value, digest_of, message_of

GUIDANCE = TypedStruct(
    "Guidance",
    (
        ("robot", "uint16"),
        ("resource", "string"),
        ("human", "address"),
        ("term", "uint64"),
        ("seq", "uint64"),
        ("notAfter", "uint48"),
        ("action", "string"),
        ("parameters", "string"),
        ("reasonCode", "uint16"),
        ("reason", "string"),
    ),
)
MAX_NUMBER = (1 << 64) - 1
"""The largest that `seq` can be."""
VALID_S = 60
"""Wall seconds for which guidance is good at most: nobody keeps a signed motion for later."""
GUIDED_SPEED_MM_S = 250
"""The most at which a human moves a robot: ISO 10218-1's manual reduced speed."""
DEAD_MAN_MS = 500
"""A command moves the robot for so long at most; another one that follows moves it on."""
REACH_MM = 1_000
"""The most from its home along each axis."""
AXES = ("x", "y", "z")
UM_PER_MM = 1_000
Point = tuple[int, int, int]
"""Micrometres from the robot's home."""
HOME: Point = (0, 0, 0)


class Act(StrEnum):
    """What a human may have a held robot do; `take`, `retain` and `return` are about the lease."""

    TAKE = "take"
    RETAIN = "retain"
    RETURN = "return"
    JOG = "jog"
    WAYPOINT = "waypoint"
    ASIDE = "aside"
    STOP = "stop"


LEASE_ACTS = frozenset((Act.TAKE, Act.RETAIN, Act.RETURN))
MOVING_ACTS = frozenset((Act.JOG, Act.WAYPOINT, Act.ASIDE))
"""What takes a person's eyes and enabling device beside the robot."""

LETTING_GO = frozenset((Act.STOP, Act.RETURN))
"""What ends a motion stands whatever else has changed."""

REASONED = frozenset((Act.TAKE, Act.RETURN))
"""What says why; what is done between them is done under the reason of the taking."""


class Outcome(StrEnum):
    """How a human left it, as the human says."""

    RESUME = "resume"
    REDO = "redo"
    ABORT = "abort"
    DONE_BY_HUMAN = "done-by-human"
    SCRAP = "scrap"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guidance:
    """One act of one human on one robot's resource. `parameters` is JSON."""

    robot: Number
    resource: str
    human: Address
    term: int
    seq: int
    not_after: int
    """Unix seconds."""
    action: Act
    parameters: str = "{}"
    reason_code: int = 0
    reason: str = ""

    @property
    def why(self) -> str:
        """Its reason in words, where it says one."""
        return f"{reason_word(self.reason_code)}: {self.reason}" if self.reason else ""


def guidance_values(guidance: Guidance) -> dict[str, Value]:
    """The guidance under the names of its EIP-712 type."""
    return {
        "robot": guidance.robot,
        "resource": guidance.resource,
        "human": guidance.human,
        "term": guidance.term,
        "seq": guidance.seq,
        "notAfter": guidance.not_after,
        "action": guidance.action.value,
        "parameters": guidance.parameters,
        "reasonCode": guidance.reason_code,
        "reason": guidance.reason,
    }


def guidance_digest(guidance: Guidance, *, chain_id: int, gateway: str) -> bytes:
    """What the human signs."""
    return digest_of(gateway_domain(chain_id=chain_id, gateway=gateway), GUIDANCE, guidance_values(guidance))


def guidance_message(guidance: Guidance, *, chain_id: int, gateway: str) -> dict[str, object]:
    """The same as a wallet takes it."""
    return message_of(gateway_domain(chain_id=chain_id, gateway=gateway), GUIDANCE, guidance_values(guidance))


@dataclass(frozen=True, slots=True, kw_only=True)
class Jog:
    """Along one axis, so far from where the robot is."""

    axis: str
    distance_mm: int
    speed_mm_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Waypoint:
    """Straight to a point."""

    point: Point
    speed_mm_s: int


def require_reason(guidance: Guidance) -> None:
    """Raises `Malformed` where an act that says why does not."""
    if guidance.action in REASONED and not (guidance.reason_code and guidance.reason.strip()):
        raise Malformed(f"{guidance.action} says why: a reasonCode that is not 0, and a reason in words")


def read_parameters(action: Act, text: str) -> Jog | Waypoint | Outcome | None:
    """What an act carries; raises `Malformed` with what would be right."""
    given = _object(text)
    expected = _FIELDS.get(action, ())
    if set(given) != set(expected):
        raise Malformed(f"parameters of {action} are {', '.join(expected) or 'none'}")
    if text != (written := write_parameters(action, given)):
        raise Malformed(f"parameters have one writing, which is signed: {written}")
    if action is Act.JOG:
        return _jog(given)
    if action is Act.WAYPOINT:
        x, y, z = (_whole(given, axis, -REACH_MM, REACH_MM) * UM_PER_MM for axis in AXES)
        return Waypoint(point=(x, y, z), speed_mm_s=_speed(given))
    return _outcome(given["outcome"]) if action is Act.RETURN else None


def write_parameters(action: Act, values: Mapping[str, object]) -> str:
    """The one writing of what an act carries: each field once, in their order, without spaces."""
    expected = [name for name in _FIELDS.get(action, ()) if name in values]
    ordered = {name: values[name] for name in (*expected, *values)}
    return json.dumps(ordered, separators=(",", ":"))


def _jog(given: Mapping[str, object]) -> Jog:
    axis, distance = given["axis"], _whole(given, "distance_mm", -2 * REACH_MM, 2 * REACH_MM)
    if axis not in AXES:
        raise Malformed(f"parameters: axis is one of {', '.join(AXES)}")
    if not distance:
        raise Malformed("parameters: distance_mm is not 0")
    return Jog(axis=str(axis), distance_mm=distance, speed_mm_s=_speed(given))


def _speed(given: Mapping[str, object]) -> int:
    return _whole(given, "speed_mm_s", 1, GUIDED_SPEED_MM_S)


def _outcome(given: object) -> Outcome:
    try:
        return Outcome(str(given))
    except ValueError:
        raise Malformed(f"parameters: outcome is one of {', '.join(Outcome)}") from None


def _whole(given: Mapping[str, object], name: str, least: int, most: int) -> int:
    value = given[name]
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise Malformed(f"parameters: {name} is a whole number from {least} to {most}")
    return value


def _object(text: str) -> Mapping[str, object]:
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise Malformed("parameters are no JSON object")
    return given


_FIELDS: Mapping[Act, tuple[str, ...]] = {
    Act.RETURN: ("outcome",),
    Act.JOG: ("axis", "distance_mm", "speed_mm_s"),
    Act.WAYPOINT: (*AXES, "speed_mm_s"),
}
