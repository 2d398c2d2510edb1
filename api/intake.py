"""A customer's order on its way to the chain: checked, packed, signed by a planner, posted by the API's account."""

import secrets
import time
from collections.abc import Mapping
from typing import Any

from api.dependencies import Dependencies
from api.models.work import OrderPosted
from api.problems import Problem
from api.refusals import as_problem
from api.views.snapshot import Snapshot
from workmoot.domain.errors import ChainError
from workmoot.domain.events import OrderPosted as Posted
from workmoot.domain.hashing import hash_of_words, keccak
from workmoot.domain.overrides import post_digest, unordered_nonce
from workmoot.domain.workers import Role
from workmoot.plant.findings import BadDocument
from workmoot.plant.order_checks import Crew
from workmoot.plant.packing import PackedOrder, pack_order
from workmoot.plant.scenario import order_of

VALID_S = 300
SEEN_WITHIN_S = 5.0


def post_order(given: Dependencies, document: Mapping[str, Any]) -> OrderPosted:
    """Posts the order or says everything that is wrong with it; nothing is half done."""
    with given.projection.read() as snap:
        packed = _packed(snap, document)
        human = given.desk.human_for(snap, None, Role.PLANNER, Role.SUPERVISOR)
    if given.posting is None:
        raise Problem(503, "no-account", "This API has no account to post with; start it with one.")
    nonce, deadline = unordered_nonce(secrets.randbits(192)), int(time.time()) + VALID_S
    digest = post_digest(
        spec_hash=hash_of_words(keccak(packed.tasks), keccak(packed.detail.encode())),
        human=human,
        nonce=nonce,
        deadline=deadline,
        chain_id=given.projection.chain_id,
        work_orders=given.contracts["WorkOrders"],
    )
    signature = given.desk.sign_for(human, digest)
    try:
        receipt = given.posting.post_by_sig(packed.tasks, packed.detail, human, nonce, deadline, signature)
    except ChainError as error:
        raise as_problem(error) from error
    order = receipt.the(Posted).order
    given.projection.wait_for(lambda ledger: order in ledger.orders, timeout_s=SEEN_WITHIN_S)
    return OrderPosted(id=order, tasks=len(packed.specs), tx=receipt.tx, signed_by=human, banner=given.desk.keys.banner)


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
