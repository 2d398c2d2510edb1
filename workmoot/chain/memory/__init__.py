"""The contracts in memory: the same methods, rules, errors and events as on a chain, without a node."""

from workmoot.chain.memory.follower import MemoryFollower
from workmoot.chain.memory.holds import (
    MemoryAllocationDao,
    MemoryBallotAudit,
    MemoryClaims,
    MemoryMembers,
    MemoryMotions,
    MemoryOverrides,
    MemoryWorkOrders,
)
from workmoot.chain.memory.memory_chain import ADDRESSES, MemoryChain

__all__ = [
    "ADDRESSES",
    "MemoryAllocationDao",
    "MemoryBallotAudit",
    "MemoryChain",
    "MemoryClaims",
    "MemoryFollower",
    "MemoryMembers",
    "MemoryMotions",
    "MemoryOverrides",
    "MemoryWorkOrders",
]
