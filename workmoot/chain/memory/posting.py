"""The rules of WorkOrders about the plant and the posting of orders."""

from workmoot.chain.memory import membership
from workmoot.chain.memory.memory_chain import ADDRESSES, Transaction
from workmoot.chain.memory.nonces import use_nonce
from workmoot.chain.memory.state import Cell, Posted
from workmoot.chain.signer import recover
from workmoot.domain.errors import Refused
from workmoot.domain.events import ClockStarted, OrderPosted, PlantDescribed
from workmoot.domain.hashing import hash_of_words, keccak
from workmoot.domain.ids import TASKS_PER_ORDER, Address, OrderId, task_id
from workmoot.domain.overrides import post_digest
from workmoot.domain.work import TASK, OnFailure
from workmoot.domain.workers import Role

LAST_STAGE = 5
MOST_RETRIES = 63


def describe(tx: Transaction, description: str, capabilities: int, origin_milliseconds: int, speed_milli: int) -> None:
    if not tx.has_role(Role.ADMIN, tx.sender):
        raise Refused("NotThePlanner", tx.sender)
    if tx.state.capabilities:
        raise Refused("AlreadySet")
    if not capabilities:
        raise Refused("UnknownCapability", 0, 0)
    tx.state.capabilities = capabilities
    tx.say(PlantDescribed, description=description)
    tx.say(ClockStarted, origin_milliseconds=origin_milliseconds, speed_milli=speed_milli)


def post_by_sig(
    tx: Transaction, tasks: bytes, detail: str, human: Address, nonce: int, deadline: int, signature: bytes
) -> None:
    if tx.now > deadline:
        raise Refused("PostExpired", deadline)
    digest = post_digest(
        spec_hash=spec_hash(tasks, detail),
        human=human,
        nonce=nonce,
        deadline=deadline,
        chain_id=tx.chain.chain_id,
        work_orders=ADDRESSES["WorkOrders"],
    )
    if recover(digest, signature) != human:
        raise Refused("BadSignature", human)
    use_nonce(tx, "WorkOrders", human, nonce)
    post(tx, human, tasks, detail)


def post(tx: Transaction, human: Address, tasks: bytes, detail: str) -> None:
    plans = tx.has_role(Role.PLANNER, human) or tx.has_role(Role.SUPERVISOR, human)
    if not plans or membership.is_suspended(tx.state, human):
        raise Refused("NotThePlanner", human)
    count, rest = divmod(len(tasks), TASK.size)
    if rest or not 1 <= count <= TASKS_PER_ORDER:
        raise Refused("MalformedOrder", len(tasks))
    order = OrderId(len(tx.state.orders) + 1)
    tx.state.orders[order] = Posted(task_count=count, posted_at=tx.now, spec_hash=spec_hash(tasks, detail))
    for index in range(count):
        tx.state.cells[task_id(order, index)] = _task(tx, index, TASK.unpack(tasks, index * TASK.size))
    tx.say(OrderPosted, order=order, by=human, tasks=tasks, detail=detail)


def spec_hash(tasks: bytes, detail: str) -> bytes:
    """What an order is known by, and what a human signs."""
    return hash_of_words(keccak(tasks), keccak(detail.encode()))


def _task(tx: Transaction, index: int, values: dict[str, int]) -> Cell:
    predecessors, capability = values["predecessors"], values["capability"]
    if predecessors >> index:
        raise Refused("PredecessorNotBefore", index, predecessors)
    if not 1 <= capability <= tx.state.capabilities:
        raise Refused("UnknownCapability", index, capability)
    sound = 1 <= values["stage"] <= LAST_STAGE and values["on_failure"] in list(OnFailure)
    if not sound or values["retries"] > MOST_RETRIES or not values["team"] or not values["work"]:
        raise Refused("MalformedTask", index)
    return Cell(
        capability=capability,
        on_failure=OnFailure(values["on_failure"]),
        retries=values["retries"],
        predecessors=predecessors,
    )
