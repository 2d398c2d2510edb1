"""With a stolen API key alone nothing on chain changes: every route, every kind of order."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.access.access import Terms
from api.drafts import GOES_WITH
from api.models.orders import Kind
from api.order_json import order_from
from tests.api.requests import a_key as fresh
from tests.api.requests import an_order, send
from tests.api.serving import LOOPBACK, serve
from tests.api.story import Story, a_running_plant, signer
from tests.api.test_roles import ASKS
from tests.api.visitors import a_key, bearer, peopled, sign_in
from workmoot.chain.memory import ADDRESSES
from workmoot.domain.alarms import alarm_id
from workmoot.domain.overrides import STRICT, OverrideKind, SubjectType, order_digest

IDS = {"task": 261, "proposal": 2, "worker": "sprayer", "robot": "R-6", "plant": None}
ANSWER = {"verdict": "accept", "offset": 0, "note": ""}
PAYLOADS: dict[str, dict[str, Any]] = {
    "assign": {"worker": "assembler"},
    "reprioritise": {"priority": 9},
    "answer": {"answer": ANSWER},
}
EVERY_ORDER = [
    pytest.param(kind.value, subject.value, id=f"{kind.value} {subject.value}")
    for kind in Kind
    for subject in sorted(GOES_WITH[kind])
]
WRITING = {"If-Match": "*"}
Thief = tuple[TestClient, Story]


@pytest.fixture(scope="module")
def thief() -> Iterator[Thief]:
    """With the key of a human who has every role, at an API with an account to send with."""
    story = peopled(a_running_plant())
    for _ in range(STRICT.alarm_orders + 1):
        story.order(OverrideKind.HOLD, SubjectType.ROBOT, story.badge["R-1"], why="so often that it raises an alarm")
    story.ask("finisher", story.task("P4", "load"))
    served = serve(story, signs=(), terms=Terms(rate=1_000_000))
    served.app.state.stopping.set()
    with TestClient(served.app, base_url=LOOPBACK) as owner:
        sign_in(owner, "technician")
        key = a_key(owner, "read", "draft", "relay")
        yield TestClient(served.app, base_url=LOOPBACK, headers=bearer(key)), story


def etag_for(client: TestClient, asked: dict[str, Any]) -> str:
    """As of a preview, where there is one."""
    return client.post("/api/v1/overrides?dry_run=true", json=asked).headers.get("ETag", "*")


def test_sweep__every_route__changes_nothing_on_chain(thief: Thief) -> None:
    client, story = thief
    before = (story.chain.head, len(story.chain.events))
    for ask in ASKS.values():
        client.request(ask.method, ask.path, json=ask.body, headers=WRITING | fresh())
    assert (story.chain.head, len(story.chain.events)) == before


@pytest.mark.parametrize(("kind", "subject"), EVERY_ORDER)
def test_sweep__every_kind_of_order__changes_nothing_on_chain(thief: Thief, kind: str, subject: str) -> None:
    client, story = thief
    before = (story.chain.head, len(story.chain.events))
    hashes = {"alarm": alarm_id(story.ledger.alarms[0]), "question": next(iter(story.ledger.questions))}
    about = f"0x{hashes[subject]:064x}" if subject in hashes else IDS[subject]
    asked = an_order(kind, subject, about, human="technician", payload=PAYLOADS.get(kind, {}))
    assert send(client, asked, etag=etag_for(client, asked)).status_code in (409, 422)
    drafted = client.post("/api/v1/overrides?dry_run=true", json=asked)
    if drafted.status_code == 200:
        order, digest = drafted.json()["order"], bytes.fromhex(drafted.json()["digest"][2:])
        for signature in (signer("thief").sign(digest), b"\0" * 65, b"\1"):
            forged = asked | {"order": order, "signature": "0x" + signature.hex()}
            assert send(client, forged, etag=drafted.headers["ETag"]).status_code == 422
        own = asked | {
            "order": order | {"human": signer("thief").address},
            "signature": "0x" + signer("thief").sign(digest).hex(),
        }
        assert send(client, own, etag=drafted.headers["ETag"]).status_code == 422
    assert (story.chain.head, len(story.chain.events)) == before


def test_relay__order_of_the_thiefs_own_account__is_refused_on_chain(thief: Thief) -> None:
    client, story = thief
    before = len(story.chain.events)
    asked = an_order("hold", "plant", human="technician")
    order = client.post("/api/v1/overrides?dry_run=true", json=asked).json()["order"]
    order |= {"human": signer("thief").address}
    digest = order_digest(order_from(order), chain_id=story.chain.chain_id, overrides=ADDRESSES["Overrides"])
    signed = asked | {"order": order, "signature": "0x" + signer("thief").sign(digest).hex()}
    answer = send(client, signed, etag="*")
    assert (answer.status_code, answer.json()["revert"]["error"]) == (409, "NotAllowed")
    assert len(story.chain.events) == before
