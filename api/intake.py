"""A customer's order on its way to the chain: checked, packed, signed by a planner, posted by the API's account."""

import json
import math
import secrets
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from api.access.visitor import roles_of
from api.dependencies import Dependencies
from api.errands import Errand
from api.models.work import OrderIn, OrderPosted, OrderPreview, PostSigned
from api.preconditions import DIGITS, require_match
from api.present import note
from api.problems import Problem, unprocessable
from api.refusals import as_problem
from api.views.intake import asked_of, preview_of, shown_to_sign
from api.views.snapshot import Snapshot
from workmoot.domain.errors import ChainError, Refused
from workmoot.domain.events import OrderPosted as Posted
from workmoot.domain.hashing import checksum_address, hash_of_words, keccak
from workmoot.domain.ids import Address, OrderId
from workmoot.domain.ledger import Ledger, WorkOrder
from workmoot.domain.overrides import post_digest, unordered_nonce
from workmoot.domain.work import unpack_tasks
from workmoot.domain.workers import Role, parse_object
from workmoot.plant.findings import BadDocument
from workmoot.plant.order_checks import Crew
from workmoot.plant.packing import PackedOrder, pack_order
from workmoot.plant.scenario import order_of

VALID_S, CLOCKS_DIFFER_S = 300, 60
SEEN_WITHIN_S = 5.0
SPENT, OVER = "InvalidAccountNonce", "PostExpired"
"""What the contract says, too, of an order that it has already."""
LAST_NONCE = (1 << 256) - 1
MAY_POST = (Role.PLANNER, Role.SUPERVISOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Post:
    """What is signed: which order, in whose name, until when."""

    spec_hash: bytes
    human: Address
    nonce: int
    deadline: int

    def digest(self, given: Dependencies) -> bytes:
        """For this chain and its contract."""
        return post_digest(
            **asdict(self), chain_id=given.projection.chain_id, work_orders=given.contracts["WorkOrders"]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signed:
    """An order on its way, as it is kept until it is answered; `known` is the last order from before it was signed."""

    tasks: str
    detail: str
    human: Address
    nonce: int
    deadline: int
    signature: str
    known: int


def preview_order(given: Dependencies, asked: OrderIn) -> OrderPreview:
    """What the order would be, and the exact bytes to sign; or everything that is wrong with it. Nothing is sent."""
    with given.projection.read() as snap:
        packed = _packed(snap, asked.document)
        post = _post(given, snap, asked, packed)
        return preview_of(
            snap,
            packed,
            etag=_etag(snap, packed),
            **shown_to_sign(asdict(post), given.projection.chain_id, given.contracts["WorkOrders"]),
            digest="0x" + post.digest(given).hex(),
            banner=given.desk.keys.banner,
        )


def post_order(
    given: Dependencies, asked: OrderIn, errand: Errand, if_match: str | None, *, may_read: bool
) -> OrderPosted:
    """Posts the order or says everything that is wrong with it; nothing is half done, nothing done twice."""
    if_posted = (SPENT, OVER) if errand.signed is not None else (SPENT,) if asked.signed is not None else ()
    (kept,) = errand.once(lambda: [asdict(_sign(given, asked, if_match, may_read=may_read))])
    signed = _Signed(**kept)
    order, tx = _posted(given, signed, if_posted)
    note(tx=tx)
    return OrderPosted(
        id=order,
        tasks=len(unpack_tasks(bytes.fromhex(signed.tasks))),
        tx=tx,
        signed_by=signed.human,
        banner=given.desk.keys.banner,
    )


def _sign(given: Dependencies, asked: OrderIn, if_match: str | None, *, may_read: bool) -> _Signed:
    """The order as it is to be sent, if its human saw the present state."""
    with given.projection.read() as snap:
        packed = _packed(snap, asked.document)
        post = _post(given, snap, asked, packed)
        seen, known = _etag(snap, packed), _last_before(snap, post if asked.signed else None)
        current = asked_of(snap, packed) if may_read else None
    signature = _signature(given, post, asked.signed)
    require_match("Who is there to carry the order out", seen, if_match, current, any_will_do=False)
    return _Signed(
        tasks=packed.tasks.hex(),
        detail=packed.detail,
        human=post.human,
        nonce=post.nonce,
        deadline=post.deadline,
        signature=signature.hex(),
        known=known,
    )


def _last_before(snap: Snapshot, post: _Post | None) -> int:
    """The last order from before a human signed this one, as far as its deadline tells, or before now."""
    signed_at = post.deadline - VALID_S - CLOCKS_DIFFER_S if post else math.inf
    return max((order.id for order in snap.ledger.orders.values() if order.at.timestamp < signed_at), default=0)


def _signature(given: Dependencies, post: _Post, signed: PostSigned | None) -> bytes:
    """The human's, checked, or the development key's."""
    if signed is None:
        return given.desk.sign_for(post.human, post.digest(given))
    return given.desk.genuine(post.human, post.digest(given), signed.signature, "/signed/signature").written


def _post(given: Dependencies, snap: Snapshot, asked: OrderIn, packed: PackedOrder) -> _Post:
    """What a human is to sign, or has signed."""
    spec_hash, signed = _spec_hash(packed), asked.signed
    if signed is None:
        human = given.desk.human_for(snap, asked.human, *MAY_POST)
        nonce, deadline = unordered_nonce(secrets.randbits(192)), int(snap.now) + VALID_S
    else:
        human, nonce, deadline = Address(checksum_address(signed.human)), int(signed.nonce), signed.deadline
        _require_valid(snap, nonce, deadline)
    _require_role(snap, human)
    return _Post(spec_hash=spec_hash, human=human, nonce=nonce, deadline=deadline)


def _require_valid(snap: Snapshot, nonce: int, deadline: int) -> None:
    if nonce > LAST_NONCE:
        raise unprocessable("/signed/nonce", "A nonce has 256 bits at most.")
    if deadline < snap.now:
        raise unprocessable("/signed/deadline", "What was signed is no longer valid; preview and sign it anew.")


def _require_role(snap: Snapshot, human: Address) -> None:
    roles, wanted = roles_of(snap.ledger, human), sorted(role.name.lower() for role in MAY_POST)
    if not roles.intersection(wanted):
        is_now = ", ".join(sorted(roles)) or "nobody"
        detail = f"An order is posted in the name of a {' or '.join(wanted)}; on chain, {human} is {is_now}."
        raise Problem(403, "not-permitted", detail, missing=wanted)


def _spec_hash(packed: PackedOrder) -> bytes:
    return hash_of_words(keccak(packed.tasks), keccak(packed.detail.encode()))


def _etag(snap: Snapshot, packed: PackedOrder) -> str:
    """Changes with the document, and with whoever is there to carry it out."""
    state = json.dumps([_spec_hash(packed).hex(), asdict(_crew(snap))], sort_keys=True)
    return f'"order-{keccak(state.encode()).hex()[:DIGITS]}"'


def _posted(given: Dependencies, signed: _Signed, if_posted: Collection[str]) -> tuple[OrderId, str]:
    """The order's number and transaction; where the contract's no is one of `if_posted`, those of an earlier attempt
    or of another relayer's, if that reached the chain."""
    if given.posting is None:
        raise Problem(503, "no-account", "This API has no account to post with; start it with one.")
    tasks, signature = bytes.fromhex(signed.tasks), bytes.fromhex(signed.signature)
    try:
        receipt = given.posting.post_by_sig(
            tasks, signed.detail, signed.human, signed.nonce, signed.deadline, signature
        )
    except ChainError as error:
        if isinstance(error, Refused) and error.name in if_posted:
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
            {"pointer": "/document" + _pointer(finding.path), "detail": f"{finding.wrong}. {finding.right}."}
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
