"""What comes in over HTTP, read strictly: unknown fields, wrong types and numbers out of range are refused by name."""

from collections.abc import Mapping
from dataclasses import dataclass

from workmoot.domain.commands import ACTIONS, COMMAND, Command
from workmoot.domain.errors import Malformed
from workmoot.domain.guidance import GUIDANCE, Act, Guidance, guidance_values
from workmoot.domain.hashing import checksum_address
from workmoot.domain.ids import Address, Number, TaskId
from workmoot.domain.overrides import ORDER, HumanOrder, OverrideKind, SubjectType, order_values
from workmoot.domain.typed import TypedStruct

SIGNATURE_BYTES = 65
TEXT_LIMIT = 4096


def read_command(body: object) -> tuple[Command, bytes]:
    """The command and its signature in a body of POST /commands: the struct's fields and `signature`, flat."""
    values = _object(body, "command", {name for name, _ in COMMAND.fields} | {"signature"})
    fields = Fields(COMMAND, values)
    if (action := fields.text("action")) not in ACTIONS:
        raise Malformed(f"command: action {action!r:.40} is none of {', '.join(ACTIONS)}")
    command = Command(
        robot=Number(fields.number("robot")),
        resource=fields.text("resource"),
        task=TaskId(fields.number("task")),
        task_epoch=fields.number("taskEpoch"),
        robot_epoch=fields.number("robotEpoch"),
        mandate=fields.content("mandate", 32),
        term=fields.number("term"),
        seq=fields.number("seq"),
        not_after=fields.number("notAfter"),
        action=action,
        parameters=fields.text("parameters"),
    )
    return command, fields.content("signature", SIGNATURE_BYTES)


def read_guidance(body: object) -> tuple[Guidance, bytes]:
    """The guidance and its signature in a body of POST /guidance: the struct's fields and `signature`, flat."""
    values = _object(body, "guidance", {name for name, _ in GUIDANCE.fields} | {"signature"})
    fields = Fields(GUIDANCE, values)
    if (action := fields.text("action")) not in set(Act):
        raise Malformed(f"guidance: action {action!r:.40} is none of {', '.join(Act)}")
    guidance = Guidance(
        robot=Number(fields.number("robot")),
        resource=fields.text("resource"),
        human=fields.account("human"),
        term=fields.number("term"),
        seq=fields.number("seq"),
        not_after=fields.number("notAfter"),
        action=Act(action),
        parameters=fields.text("parameters"),
        reason_code=fields.number("reasonCode"),
        reason=fields.text("reason"),
    )
    return guidance, fields.content("signature", SIGNATURE_BYTES)


def guidance_body(guidance: Guidance) -> dict[str, object]:
    """The guidance as `read_guidance` reads it, less the signature."""
    return dict(guidance_values(guidance))


def read_order(body: object) -> tuple[HumanOrder, bytes]:
    """The order and its signature in a body of POST /orders: `{"order": {…}, "signature": "0x…"}`."""
    outer = _object(body, "body", {"order", "signature"})
    return order_from(outer["order"]), Fields(ORDER, outer).content("signature", SIGNATURE_BYTES)


def order_from(body: object) -> HumanOrder:
    """The order with these fields of IOverrides.Order, by their names there; bytes as 0x… text."""
    fields = Fields(ORDER, _object(body, "order", {name for name, _ in ORDER.fields}))
    return HumanOrder(
        kind=OverrideKind(fields.below("kind", len(OverrideKind))),
        subject_type=SubjectType(fields.below("subjectType", len(SubjectType))),
        subject=fields.number("subject"),
        payload=fields.content("payload"),
        level=fields.number("level"),
        reason_code=fields.number("reasonCode"),
        reason=fields.text("reason"),
        expires_at=fields.number("expiresAt"),
        valid_until=fields.number("validUntil"),
        expected_epoch=fields.number("expectedEpoch"),
        preview=fields.content("preview", 32),
        human=fields.account("human"),
        nonce=fields.number("nonce"),
    )


def order_body(order: HumanOrder) -> dict[str, object]:
    """The order as `order_from` reads it; the nonce, which may be long, as decimal text."""
    values = order_values(order) | {"nonce": str(order.nonce)}
    return {
        name: "0x" + value.hex() if isinstance(value, bytes) else value if isinstance(value, str) else int(value)
        for name, value in values.items()
    }


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of one struct in a JSON object."""

    struct: TypedStruct
    values: Mapping[str, object]

    def number(self, name: str) -> int:
        """A whole number that fits its Solidity type, as such or as decimal text."""
        value, kind = self.values[name], dict(self.struct.fields)[name]
        if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 80:
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << int(kind[4:]):
            raise self._malformed(name, f"no {kind}")
        return value

    def below(self, name: str, limit: int) -> int:
        """A number under a limit."""
        if (value := self.number(name)) >= limit:
            raise self._malformed(name, f"{value}, not under {limit}")
        return value

    def text(self, name: str) -> str:
        """UTF-8 text of a bearable length."""
        value = self.values[name]
        try:
            if isinstance(value, str) and len(value.encode()) <= TEXT_LIMIT:
                return value
        except UnicodeEncodeError:
            pass
        raise self._malformed(name, f"no text of at most {TEXT_LIMIT} bytes")

    def content(self, name: str, size: int | None = None) -> bytes:
        """Bytes written as hex."""
        try:
            content = bytes.fromhex(str(self.values[name]).removeprefix("0x"))
        except ValueError:
            raise self._malformed(name, "no hex") from None
        if size is not None and len(content) != size:
            raise self._malformed(name, f"{len(content)} bytes, not {size}")
        return content

    def account(self, name: str) -> Address:
        """An account."""
        return Address(checksum_address("0x" + self.content(name, 20).hex()))

    def _malformed(self, name: str, fault: str) -> Malformed:
        return Malformed(f"{self.struct.name.lower()}: {name} is {fault}")


def _object(body: object, name: str, expected: set[str]) -> Mapping[str, object]:
    if not isinstance(body, dict):
        raise Malformed(f"{name} is no JSON object")
    if missing := expected - set(body):
        raise Malformed(f"{name}: {', '.join(sorted(missing))} missing")
    if unknown := set(body) - expected:
        raise Malformed(f"{name}: {', '.join(sorted(map(str, unknown)))} unknown")
    return body
