"""Evidence: what a proposal's figures were computed from, so that every voter computes them again."""

from dataclasses import dataclass

from workmoot.domain.errors import Malformed
from workmoot.domain.hashing import hash_of_words, keccak
from workmoot.domain.layout import Layout
from workmoot.domain.proposals import FIGURES, Figures

VERSION = 1
_HEAD = Layout("evidence", (("version", 1), ("read_at", 8)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The inputs of one evaluation of one plan, and what came out."""

    read_at: int
    read_hash: bytes
    seed: bytes
    offers: bytes
    plan_hash: bytes
    figures: Figures

    @property
    def version(self) -> int:
        """Of the layout."""
        return VERSION


def pack_evidence(evidence: Evidence) -> bytes:
    """version u8 = 1 | readAt u64 | readHash 32 | seed 32 | offers 32 |
    keccak256(assignments ‖ teams ‖ timetable) 32 | makespan u64 |
    tardiness u64 | energy u64 | cost u64: 169 bytes."""
    hashes = (evidence.read_hash, evidence.seed, evidence.offers, evidence.plan_hash)
    if any(len(digest) != 32 for digest in hashes):
        raise Malformed("evidence: hashes are 32 bytes")
    return _HEAD.pack(evidence) + b"".join(hashes) + FIGURES.pack(evidence.figures)


def evidence_hash(evidence: Evidence) -> bytes:
    """What a proposal carries."""
    return keccak(pack_evidence(evidence))


def round_seed(posting_block_hash: bytes, *, chain_id: int, dao: str) -> bytes:
    """The seed of a planning round: from the block of the last posting it covers."""
    return hash_of_words(posting_block_hash, chain_id, dao)
