"""OpenZeppelin's keyed nonces: 192 bits of key, 64 of count; each key counts alone."""

from workmoot.chain.memory.memory_chain import Transaction
from workmoot.domain.errors import Refused
from workmoot.domain.ids import Address

COUNT_BITS = 64


def use_nonce(tx: Transaction, contract: str, owner: Address, nonce: int) -> None:
    """Uses up the next nonce of the key in `nonce`; refuses any other."""
    key = nonce >> COUNT_BITS
    count = tx.state.nonces.get((contract, owner, key), 0)
    current = key << COUNT_BITS | count
    if nonce != current:
        raise Refused("InvalidAccountNonce", owner, current)
    tx.state.nonces[(contract, owner, key)] = count + 1
