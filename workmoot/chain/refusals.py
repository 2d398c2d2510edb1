"""What a node's error means: a contract's custom error by name, or the node's own trouble."""

from typing import Any

from eth_abi.exceptions import DecodingError

from workmoot.chain.abi import all_errors, values_of
from workmoot.domain.errors import ChainError, NodeFault, Refused


def error_of(method: str, error: dict[str, Any]) -> ChainError:
    """The typed error for a JSON-RPC error."""
    message = str(error.get("message", ""))
    reverted = revert_bytes(error)
    if reverted is not None:
        return refusal_of(reverted)
    if "revert" in message.lower():
        return Refused("Reverted")
    return NodeFault(method, code=int(error.get("code", 0)), message=message)


def revert_bytes(error: dict[str, Any]) -> bytes | None:
    """The bytes a contract reverted with. Anvil sends them bare, Ganache inside an object."""
    found = error.get("data")
    if isinstance(found, dict):
        found = found.get("result")
    if not isinstance(found, str) or not found.startswith("0x"):
        return None
    return bytes.fromhex(found[2:])


def refusal_of(reverted: bytes) -> Refused:
    """The contract's error with its values."""
    form = all_errors().get(reverted[:4])
    if form is None:
        return Refused("Reverted", reverted) if reverted else Refused("Reverted")
    try:
        return Refused(form.name, *values_of(form.types, reverted[4:]))
    except DecodingError:
        return Refused(form.name)
