"""Hashes as the contracts make them: keccak256 over packed bytes or over 32-byte words."""

from functools import lru_cache

from eth_hash.auto import keccak as _keccak

HASH_SIZE = 32
ZERO_HASH = bytes(HASH_SIZE)


def keccak(content: bytes) -> bytes:
    """The keccak256 hash Solidity knows."""
    return _keccak(content)


def word(value: int | bytes | str) -> bytes:
    """One value as Solidity's abi.encode writes a static one: numbers, bytes32, addresses (0x…)."""
    if isinstance(value, bytes):
        return value.ljust(32, b"\0")
    number = int(value, 16) if isinstance(value, str) else int(value)
    return number.to_bytes(32, "big")


def hash_of_words(*values: int | bytes | str) -> bytes:
    """keccak256(abi.encode(…)) of static values."""
    return keccak(b"".join(word(value) for value in values))


@lru_cache(maxsize=4096)
def checksum_address(address: str) -> str:
    """The address in the mixed case of EIP-55, the only form used in Python."""
    digits = address.lower().removeprefix("0x").rjust(40, "0")
    nibbles = keccak(digits.encode()).hex()
    return "0x" + "".join(d.upper() if int(n, 16) > 7 else d for d, n in zip(digits, nibbles, strict=False))
