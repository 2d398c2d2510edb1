"""A customer's order packed here, from its own file, before a human's key signs it."""

import time
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import typer

from scripts.plain import plain

if TYPE_CHECKING:
    from workmoot.chain.deployment import Deployment
    from workmoot.chain.signer import Signer
    from workmoot.plant.packing import PackedOrder

ANY_CREW = 1_000
"""More workers and humans than a team takes: who is there the API judges, not this check."""


def sign_post(
    document: Mapping[str, Any], seen: Mapping[str, Any], deployment: "Deployment", signer: "Signer"
) -> dict[str, Any]:
    """Signs a previewed order if its bytes are the document's, for the chain and contract known here."""
    from api.intake import VALID_S
    from scripts.order_check import CLOCKS_DIFFER_S
    from workmoot.domain.hashing import hash_of_words, keccak
    from workmoot.domain.overrides import post_digest

    packed = _packed(document, tuple(map(str, seen["capabilities"])))
    nonce, deadline = int(seen["post"]["nonce"]), int(seen["post"]["deadline"])
    if deadline > time.time() + VALID_S + CLOCKS_DIFFER_S:
        raise typer.BadParameter(f"the API asks for a signature that is good for more than {VALID_S} s: too long")
    digest = post_digest(
        spec_hash=hash_of_words(keccak(packed.tasks), keccak(packed.detail.encode())),
        human=signer.address,
        nonce=nonce,
        deadline=deadline,
        chain_id=deployment.chain_id,
        work_orders=deployment.work_orders,
    )
    if seen["digest"] != "0x" + digest.hex():
        told = f"{signer.address}, chain {deployment.chain_id} and WorkOrders {deployment.work_orders}"
        raise typer.BadParameter(f"the API previewed other bytes than this document's for {told}")
    typer.echo(plain(f"signing as {signer.address}: {_in_words(packed, seen, deadline)}"), err=True)
    signature = "0x" + signer.sign(digest).hex()
    return {"human": signer.address, "nonce": str(nonce), "deadline": deadline, "signature": signature}


def _packed(document: Mapping[str, Any], capabilities: tuple[str, ...]) -> "PackedOrder":
    """The document for a plant that numbers its capabilities so."""
    from workmoot.plant.order_checks import Crew
    from workmoot.plant.packing import pack_order
    from workmoot.plant.scenario import order_of

    crew = Crew(
        capabilities=capabilities, skilled=dict.fromkeys(capabilities, ANY_CREW), workers=ANY_CREW, humans=ANY_CREW
    )
    return pack_order(order_of(dict(document), crew, "order"), capabilities)


def _in_words(packed: "PackedOrder", seen: Mapping[str, Any], deadline: int) -> str:
    """What is signed, from the packed bytes; what the numbers of capabilities mean, the API says."""
    from collections import Counter

    from workmoot.domain.workers import parse_object

    detail: Mapping[str, Any] = parse_object(packed.detail)
    counts = Counter(spec.capability for spec in packed.specs)
    asked = ", ".join(
        f"{count} of capability {number} ({seen['capabilities'][number - 1]})"
        for number, count in sorted(counts.items())
    )
    work_s = sum(spec.work for spec in packed.specs) / 1000
    for_whom = f" for {detail['customer']}" if detail["customer"] else ""
    until = datetime.fromtimestamp(deadline).astimezone().isoformat()
    size = f"{len(packed.specs)} tasks, {len(detail['products'])} products, {work_s:g} s of work"
    return f"post {detail['name']!r}{for_whom}: {size}; {asked}; good until {until}"
