"""Trees of hashes: one root binds any number of leaves, and a short proof shows that a leaf is among them.

As OpenZeppelin's `MerkleProof` checks it: a node is the hash of its two children, the lower first, so that a proof need
not say which is left. Neighbours are paired level by level; the last of an odd level goes up as it is.
"""

from collections.abc import Sequence
from itertools import zip_longest

from workmoot.domain.hashing import keccak


def leaf_of(content: bytes) -> bytes:
    """The leaf that stands for some bytes: hashed twice, so that no inner node passes for one."""
    return keccak(keccak(content))


def root_of(leaves: Sequence[bytes]) -> bytes:
    """What binds all of one or more leaves."""
    return _levels(leaves)[-1][0]


def proof_of(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """The hashes that lead from a leaf up to the root."""
    proof = []
    for level in _levels(leaves)[:-1]:
        beside = index ^ 1
        proof += level[beside : beside + 1]
        index //= 2
    return tuple(proof)


def is_proof(proof: Sequence[bytes], root: bytes, leaf: bytes) -> bool:
    """Whether it leads from the leaf to the root."""
    for beside in proof:
        leaf = _node(leaf, beside)
    return leaf == root


def _levels(leaves: Sequence[bytes]) -> list[list[bytes]]:
    levels = [list(leaves)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append([_node(left, right) if right else left for left, right in zip_longest(below[::2], below[1::2])])
    return levels


def _node(one: bytes, other: bytes) -> bytes:
    return keccak(min(one, other) + max(one, other))
