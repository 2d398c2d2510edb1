"""The plant as the chain's events tell it; applying one is pure bookkeeping."""

from workmoot.domain.ledger.ledger import Ledger
from workmoot.domain.ledger.records import (
    Block,
    Leaf,
    Message,
    OfferRecord,
    OverrideRecord,
    Proposal,
    Question,
    Ranking,
    Review,
    RobotControl,
    Task,
    TaskRun,
    Vote,
    WorkOrder,
)

__all__ = [
    "Block",
    "Leaf",
    "Ledger",
    "Message",
    "OfferRecord",
    "OverrideRecord",
    "Proposal",
    "Question",
    "Ranking",
    "Review",
    "RobotControl",
    "Task",
    "TaskRun",
    "Vote",
    "WorkOrder",
]
