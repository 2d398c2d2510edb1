"""Whether a signature is an account's: its key made it, or the contract that it is says so (ERC-1271)."""

from collections.abc import Callable
from threading import BoundedSemaphore

from workmoot.chain.node import Node
from workmoot.chain.signer import recover
from workmoot.domain.errors import NodeFault, Refused, Unreachable
from workmoot.domain.hashing import keccak, word
from workmoot.domain.ids import Address

_SELECTOR = keccak(b"isValidSignature(bytes32,bytes)")[:4]
_YES = _SELECTOR.ljust(32, b"\0")
_ARGUMENTS_SIZE = 64
AT_ONCE = 8
"""Questions that a stranger's signature may put to the node, and keep a thread waiting for."""
ANSWER_S = 2.0
"""What the node is given for one."""


def is_signed_by(account: Address, digest: bytes, signature: bytes) -> bool:
    """Whether the account's key made it."""
    return recover(digest, signature) == account


class Signatures:
    """Judges as the contracts do: keys first, then the account itself, at the node. Only where somebody's signature
    may matter the node is asked: strangers' accounts answer for nobody."""

    def __init__(self, node: Node, *, may_matter: Callable[[Address], bool]) -> None:
        self._node = node
        self._may_matter = may_matter
        self._turns = BoundedSemaphore(AT_ONCE)

    def is_signed_by(self, account: Address, digest: bytes, signature: bytes) -> bool:
        """Whether it is the account's; raises Unreachable where only the node could tell, and cannot now."""
        if is_signed_by(account, digest, signature):
            return True
        return self._may_matter(account) and self._answers_for(account, digest, signature)

    def _answers_for(self, account: Address, digest: bytes, signature: bytes) -> bool:
        padded = signature.ljust(-(-len(signature) // 32) * 32, b"\0")
        question = _SELECTOR + digest + word(_ARGUMENTS_SIZE) + word(len(signature)) + padded
        if not self._turns.acquire(blocking=False):
            raise Unreachable(f"{AT_ONCE} signatures are being asked about at the node, which is the most")
        try:
            return self._node.call(account, question)[:32] == _YES
        except (Refused, NodeFault):
            return False
        finally:
            self._turns.release()
