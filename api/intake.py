"""A customer's order on its way to the chain: checked, packed, signed by a planner, posted by the API's account."""

import secrets
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from api.dependencies import Dependencies
from api.errands import Errand
from api.models.work import OrderPosted
from api.present import note
from api.problems import Problem
from api.refusals import as_problem
from api.views.snapshot import Snapshot
from workmoot.domain.errors import ChainError, Refused
from workmoot.domain.events import OrderPosted as Posted
from workmoot.domain.hashing import hash_of_words, keccak
from workmoot.domain.ids import Address, OrderId
from workmoot.domain.ledger import Ledger, WorkOrder
from workmoot.domain.overrides import post_digest, unordered_nonce
from workmoot.domain.work import unpack_tasks
from workmoot.domain.workers import Role, parse_object
from workmoot.plant.findings import BadDocument
from workmoot.plant.order_checks import Crew
from workmoot.plant.packing import PackedOrder, pack_order
from workmoot.plant.scenario import order_of

VALID_S = 300
SEEN_WITHIN_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signed:
    """An order on its way, as it is kept until it is answered; `known` is the last order before it."""

    tasks: str
    detail: str
    human: Address
    nonce: int
    deadline: int
    signature: str
    known: int


def post_order(given: Dependencies, document: Mapping[str, Any], errand: Errand) -> OrderPosted:
    """Posts the order or says everything that is wrong with it; nothing is half done, nothing done twice."""
    again = errand.signed is not None
    (kept,) = errand.once(lambda: [asdict(_sign(given, document))])
    signed = _Signed(**kept)
    order, tx = _posted(given, signed, again=again)
    note(tx=tx)
    return OrderPosted(
        id=order,
        tasks=len(unpack_tasks(bytes.fromhex(signed.tasks))),
        tx=tx,
        signed_by=signed.human,
        banner=given.desk.keys.banner,
    )


def _sign(given: Dependencies, document: Mapping[str, Any]) -> _Signed:
    with given.projection.read() as snap:
        packed = _packed(snap, document)
        human = given.desk.human_for(snap, None, Role.PLANNER, Role.SUPERVISOR)
        known = max(snap.ledger.orders, default=0)
    nonce, deadline = unordered_nonce(secrets.randbits(192)), int(time.time()) + VALID_S
    digest = post_digest(
        spec_hash=hash_of_words(keccak(packed.tasks), keccak(packed.detail.encode())),
        human=human,
        nonce=nonce,
        deadline=deadline,
        chain_id=given.projection.chain_id,
        work_orders=given.contracts["WorkOrders"],
    )
    return _Signed(
        tasks=packed.tasks.hex(),
        detail=packed.detail,
        human=human,
        nonce=nonce,
        deadline=deadline,
        signature=given.desk.sign_for(human, digest).hex(),
        known=known,
    )


def _posted(given: Dependencies, signed: _Signed, *, again: bool) -> tuple[OrderId, str]:
    """The order's number and transaction; those of an earlier attempt, if it reached the chain."""
    if given.posting is None:
        raise Problem(503, "no-account", "This API has no account to post with; start it with one.")
    tasks, signature = bytes.fromhex(signed.tasks), bytes.fromhex(signed.signature)
    try:
        receipt = given.posting.post_by_sig(
            tasks, signed.detail, signed.human, signed.nonce, signed.deadline, signature
        )
    except ChainError as error:
        if again and isinstance(error, Refused) and error.name in ("InvalidAccountNonce", "PostExpired"):
            return _posted_before(given, signed, error)
        raise as_problem(error) from error
    order = receipt.the(Posted).order
    given.projection.wait_for(lambda ledger: order in ledger.orders, timeout_s=SEEN_WITHIN_S)
    return order, receipt.tx


def _posted_before(given: Dependencies, signed: _Signed, refused: Refused) -> tuple[OrderId, str]:
    specs, detail = unpack_tasks(bytes.fromhex(signed.tasks)), parse_object(signed.detail)

    def is_it(ledger: Ledger, order: WorkOrder) -> bool:
        same = (order.by, order.detail) == (signed.human, detail)
        return order.id > signed.known and same and [ledger.tasks[task].spec for task in order.tasks] == list(specs)

    def found(ledger: Ledger) -> WorkOrder | None:
        return next((order for order in ledger.orders.values() if is_it(ledger, order)), None)

    given.projection.wait_for(lambda ledger: found(ledger) is not None, timeout_s=SEEN_WITHIN_S)
    with given.projection.read() as snap:
        order = found(snap.ledger)
    if order is None:
        raise as_problem(refused)
    return order.id, order.at.tx


def _packed(snap: Snapshot, document: Mapping[str, Any]) -> PackedOrder:
    if not snap.capabilities:
        raise Problem(409, "no-plant", "The plant is not described on chain yet; `workmoot up` describes it.")
    try:
        return pack_order(order_of(dict(document), _crew(snap), "order"), snap.capabilities)
    except BadDocument as bad:
        errors = [
            {"pointer": _pointer(finding.path), "detail": f"{finding.wrong}. {finding.right}."}
            for finding in bad.findings
        ]
        raise Problem(422, "invalid-order", "; ".join(map(str, bad.findings)), errors=errors) from bad


def _crew(snap: Snapshot) -> Crew:
    """Who is there to carry an order out."""
    workers = snap.ledger.voting_members()
    return Crew(
        capabilities=snap.capabilities,
        skilled={
            name: sum(worker.is_capable(number) for worker in workers)
            for number, name in enumerate(snap.capabilities, start=1)
        },
        workers=len(workers),
        humans=sum(bool(snap.ledger.roles[role]) for role in (Role.SUPERVISOR, Role.PLANNER)),
    )


def _pointer(path: str) -> str:
    """`products[0].route` as a JSON pointer."""
    return "".join(f"/{step}" for step in path.replace("[", ".").replace("]", "").split(".") if step)
