"""A human's order as JSON: the fields that are signed by their names, bytes as 0x… text, the nonce as decimal text."""

from collections.abc import Mapping
from typing import Any

from api.problems import unprocessable
from workmoot.domain.errors import Malformed
from workmoot.domain.guidance import GUIDANCE, Act, Guidance
from workmoot.domain.hashing import checksum_address
from workmoot.domain.ids import Address
from workmoot.domain.instructions import INSTRUCTIONS, HumansContracts, form_of, signed_values
from workmoot.domain.overrides import HumanOrder, Level, OverrideKind, SubjectType
from workmoot.domain.typed import TypedStruct, Value

LARGEST_EXACT = 1 << 53


def order_json(order: HumanOrder) -> dict[str, Any]:
    """The order as everybody reads it."""
    return {name: _shown(value) for name, value in signed_values(order).items()} | {"nonce": str(order.nonce)}


def typed_data(order: HumanOrder, contracts: HumansContracts) -> dict[str, Any]:
    """What a wallet is given to sign; numbers that a browser could not hold are decimal text."""
    return {**contracts.message(order), "message": order_json(order)}


def order_from(values: Mapping[str, Any]) -> HumanOrder:
    """The order in these fields; what is missing, unknown or out of range is named."""
    read = _fields(form_of(_kind(values)), values)
    try:
        subject_type = SubjectType(int(read["subjectType"]))
    except ValueError as error:
        raise unprocessable("/order/subjectType", f"{error}.") from error
    return _order(read, _kind(values), subject_type)


def guidance_from(values: Mapping[str, Any]) -> Guidance:
    """What a human signed for a robot, in these fields; likewise."""
    read = _fields(GUIDANCE, values)
    if read["action"] not in set(Act):
        raise unprocessable("/order/action", f"There is no action {read['action']!r:.40}; there are: {', '.join(Act)}.")
    return Guidance(
        robot=read["robot"],
        resource=read["resource"],
        human=Address(read["human"]),
        term=read["term"],
        seq=read["seq"],
        not_after=read["notAfter"],
        action=Act(read["action"]),
        parameters=read["parameters"],
        reason_code=read["reasonCode"],
        reason=read["reason"],
    )


def _fields(form: TypedStruct, values: Mapping[str, Any]) -> dict[str, Any]:
    names = [name for name, _ in form.fields]
    if missing := [name for name in names if name not in values]:
        raise unprocessable(f"/order/{missing[0]}", f"The order lacks {', '.join(missing)}.")
    if unknown := sorted(set(values) - set(names)):
        raise unprocessable(f"/order/{unknown[0]}", f"An order has no field {unknown[0]!r}; it has {', '.join(names)}.")
    return {name: _read(name, kind, values[name]) for name, kind in form.fields}


def _kind(values: Mapping[str, Any]) -> OverrideKind:
    """It says which fields an order has."""
    if "kind" not in values:
        raise unprocessable("/order/kind", "The order lacks kind.")
    try:
        return OverrideKind(_read("kind", "uint8", values["kind"]))
    except ValueError as error:
        raise unprocessable("/order/kind", f"{error}.") from error


def _order(read: Mapping[str, Any], kind: OverrideKind, subject_type: SubjectType) -> HumanOrder:
    return HumanOrder(
        kind=kind,
        subject_type=subject_type,
        subject=read["subject"],
        payload=read["payload"],
        level=read.get("level", Level.OWN),
        reason_code=read["reasonCode"],
        reason=read["reason"],
        expires_at=read["expiresAt"],
        valid_until=read["validUntil"],
        expected_epoch=read["expectedVersion" if kind in INSTRUCTIONS else "expectedEpoch"],
        preview=read["preview"],
        human=Address(read["human"]),
        nonce=read["nonce"],
    )


def _shown(value: Value) -> int | str:
    if isinstance(value, bytes):
        return "0x" + value.hex()
    return value if isinstance(value, str) else int(value) if value < LARGEST_EXACT else str(value)


def _read(name: str, kind: str, value: object) -> Any:
    try:
        return _READERS[kind.rstrip("0123456789")](kind, value)
    except (ValueError, TypeError, Malformed) as error:
        raise unprocessable(f"/order/{name}", f"{name} is no {kind}: {value!r}.") from error


def _number(kind: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise TypeError(kind)
    number = int(value)
    if not 0 <= number < 1 << int(kind.removeprefix("uint")):
        raise ValueError(kind)
    return number


def _content(kind: str, value: object) -> bytes:
    content = bytes.fromhex(_text(kind, value).removeprefix("0x"))
    if kind == "bytes32" and len(content) != 32:
        raise ValueError(kind)
    return content


def _address(kind: str, value: object) -> str:
    account = _text(kind, value)
    if len(bytes.fromhex(account.removeprefix("0x"))) != 20:
        raise ValueError(kind)
    return checksum_address(account)


def _text(kind: str, value: object) -> str:
    """What can be written as UTF-8: half a character cannot."""
    if not isinstance(value, str):
        raise TypeError(kind)
    value.encode()
    return value


_READERS = {"uint": _number, "bytes": _content, "address": _address, "string": _text}
