"""EIP-712: the digest a key signs, and the same message as a wallet shows it. Flat structs only."""

from collections.abc import Mapping
from dataclasses import dataclass

from workmoot.domain.errors import Malformed
from workmoot.domain.hashing import keccak, word

DOMAIN_FIELDS = (("name", "string"), ("version", "string"), ("chainId", "uint256"), ("verifyingContract", "address"))
Value = int | str | bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedDomain:
    """Where a signature counts."""

    name: str
    version: str = "1"
    chain_id: int
    verifying_contract: str


@dataclass(frozen=True, slots=True)
class TypedStruct:
    """A struct's name and its fields (name, Solidity type) in order."""

    name: str
    fields: tuple[tuple[str, str], ...]

    @property
    def signature(self) -> str:
        """As EIP-712 writes the type."""
        return f"{self.name}({','.join(f'{kind} {name}' for name, kind in self.fields)})"

    def hash(self, values: Mapping[str, Value]) -> bytes:
        """The struct's hash."""
        words = (_field(kind, values[name]) for name, kind in self.fields)
        return keccak(keccak(self.signature.encode()) + b"".join(words))


def digest_of(domain: TypedDomain, struct: TypedStruct, values: Mapping[str, Value]) -> bytes:
    """What is signed."""
    separator = TypedStruct("EIP712Domain", DOMAIN_FIELDS).hash(_domain_values(domain))
    return keccak(b"\x19\x01" + separator + struct.hash(values))


def message_of(domain: TypedDomain, struct: TypedStruct, values: Mapping[str, Value]) -> dict[str, object]:
    """The JSON object that eth_signTypedData_v4 takes."""
    types = {"EIP712Domain": DOMAIN_FIELDS, struct.name: struct.fields}
    return {
        "types": {name: [{"name": field, "type": kind} for field, kind in fields] for name, fields in types.items()},
        "primaryType": struct.name,
        "domain": dict(_domain_values(domain)),
        "message": {name: _shown(values[name]) for name, _ in struct.fields},
    }


def _domain_values(domain: TypedDomain) -> dict[str, Value]:
    return {
        "name": domain.name,
        "version": domain.version,
        "chainId": domain.chain_id,
        "verifyingContract": domain.verifying_contract,
    }


def _field(kind: str, value: Value) -> bytes:
    if kind == "string" and isinstance(value, str):
        return keccak(value.encode())
    if kind == "bytes" and isinstance(value, bytes):
        return keccak(value)
    if kind.startswith("uint") and not 0 <= int(value) < 1 << int(kind[4:]):
        raise Malformed(f"{kind}: {value!r} does not fit")
    return word(value)


def _shown(value: Value) -> int | str:
    return "0x" + value.hex() if isinstance(value, bytes) else value
