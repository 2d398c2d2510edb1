"""Submitting a customer's order."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
import yaml
from fastapi.testclient import TestClient
from httpx2 import Response

from tests.api.requests import a_key, get, post_order
from tests.api.serving import LOOPBACK, serve
from tests.api.story import SCENARIO, Story, signer
from tests.api.visitors import STRICT, peopled, sign_in
from workmoot.domain.overrides import OverrideKind, SubjectType, post_digest
from workmoot.domain.workers import Role

ORDERS = "/api/v1/orders"


@pytest.fixture
def document() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((SCENARIO / "order.yaml").read_text())
    return deepcopy(loaded)


def test_submit__a_whole_order__is_posted_by_the_planner(client: TestClient, document: dict[str, Any]) -> None:
    answer = post_order(client, document)
    assert answer.status_code == 201
    assert answer.headers["location"] == "/api/v1/orders/2"
    order = get(client, "orders/2")
    assert (order["tasks"], order["by"]) == (60, answer.json()["signed_by"])
    assert {task["status"] for task in order["members"]} == {"posted"}


def _with_a_cycle(document: dict[str, Any]) -> None:
    document["routes"]["pair"][0]["after"] = ["unload"]


def _with_an_unknown_capability(document: dict[str, Any]) -> None:
    document["routes"]["pair"][2]["capability"] = "juggling"


def _with_a_negative_duration(document: dict[str, Any]) -> None:
    document["routes"]["pair"][1]["work_s"] = -4


def _with_257_tasks(document: dict[str, Any]) -> None:
    product = document["products"][0]
    document["products"] = [product | {"id": f"X{n}"} for n in range(26)]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_with_a_cycle, "wait for each other"),
        (_with_an_unknown_capability, "juggling"),
        (_with_a_negative_duration, "-4"),
        (_with_257_tasks, "256"),
    ],
)
def test_submit__bad_order__is_refused_and_nothing_posted(
    client: TestClient, story: Story, document: dict[str, Any], spoil: Any, words: str
) -> None:
    spoil(document)
    before = story.chain.head.number
    answer = post_order(client, document)
    assert answer.status_code == 422
    assert words in answer.json()["detail"]
    assert answer.json()["errors"][0]["pointer"].startswith("/document")
    assert story.chain.head.number == before


def test_submit__no_planners_key__is_refused(story: Story, document: dict[str, Any]) -> None:
    with TestClient(serve(story, signs=()).app, base_url=LOOPBACK) as client:
        assert post_order(client, document).status_code == 422


# Signed in a wallet


@pytest.fixture
def planner(story: Story) -> Iterator[TestClient]:
    """An API that holds no human's key, to which the planner has signed in."""
    with TestClient(serve(peopled(story), signs=(), terms=STRICT).app, base_url=LOOPBACK) as client:
        sign_in(client, "planner")
        yield client


def preview(client: TestClient, document: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = client.post(f"{ORDERS}?dry_run=true", json={"document": document, **more})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    assert body["etag"] == answer.headers["etag"]
    return body


def signed(document: dict[str, Any], seen: dict[str, Any], *, by: str = "planner", **other: Any) -> dict[str, Any]:
    """The order as its wallet gives it back, `other` than was previewed."""
    signature = "0x" + signer(by).sign(bytes.fromhex(seen["digest"][2:])).hex()
    given = {name: seen["post"][name] for name in ("human", "nonce", "deadline")} | {"signature": signature} | other
    return {"document": document, "signed": given}


def send(client: TestClient, body: dict[str, Any], seen: dict[str, Any], key: str | None = None) -> Response:
    return client.post(ORDERS, json=body, headers=a_key(key) | {"If-Match": seen["etag"]})


def test_preview__an_order__says_what_is_posted_and_signed(planner: TestClient, story: Story, document: Any) -> None:
    before = story.chain.head.number
    seen = preview(planner, document)
    assert (seen["tasks"], len(seen["products"]), seen["post"]["human"]) == (60, 6, signer("planner").address)
    assert sum(need["tasks"] for need in seen["needs"]) == 60
    assert all(need["workers"] for need in seen["needs"])
    assert seen["capabilities"] == list(story.plant.capabilities)
    assert seen["least_s"] == pytest.approx(max(longest(document)))
    assert seen["typed_data"]["primaryType"] == "Post"
    assert seen["typed_data"]["message"] == seen["post"]
    assert seen["same_as"] == 1
    assert seen["warnings"] == ["Order 1 is the same, task for task: this would be made once more."]
    assert story.chain.head.number == before


def longest(document: dict[str, Any]) -> list[float]:
    """How long each pair takes along its longest path, as the document has it."""
    ends: list[float] = []
    for product in document["products"]:
        after: dict[str, float] = {}
        for step in document["routes"][product["route"]]:
            work = step["work_s"] * product.get("work", {}).get(step["id"], 1.0)
            after[step["id"]] = work + max((after[before] for before in step.get("after", ())), default=0.0)
        ends.append(max(after.values()))
    return ends


def test_preview__due_too_early_while_the_plant_is_held__warns(
    planner: TestClient, story: Story, document: Any
) -> None:
    document["name"] += " again"
    document["products"][0]["due_s"] = 1
    story.order(OverrideKind.HOLD, SubjectType.PLANT, 0, why="smoke")
    planner.app.state.dependencies.projection.cycle()  # type: ignore[attr-defined]
    late, held = preview(planner, document)["warnings"]
    assert late.startswith("1 of its tasks cannot be done by when they are due")
    assert "held" in held


def test_post__signed_in_a_wallet__is_the_planners(planner: TestClient, document: Any) -> None:
    seen = preview(planner, document)
    answer = send(planner, signed(document, seen), seen)
    assert answer.status_code == 201, answer.text
    assert answer.json()["signed_by"] == get(planner, "orders/2")["by"] == signer("planner").address


def test_post__anothers_order_with_its_signature__is_relayed(planner: TestClient, document: Any) -> None:
    seen = preview(planner, document, human="supervisor")
    sign_in(planner, "operator")
    assert (
        send(planner, signed(document, seen, by="supervisor"), seen).json()["signed_by"] == signer("supervisor").address
    )


def test_post__another_document_than_was_signed__is_refused(planner: TestClient, story: Story, document: Any) -> None:
    seen = preview(planner, document)
    body, before = signed(document, seen), story.chain.head.number
    body["document"] = document | {"name": "Another"}
    refused(send(planner, body, seen), 422, "/signed/signature")
    assert story.chain.head.number == before


@pytest.mark.parametrize(
    ("other", "pointer"),
    [
        ({"nonce": "7"}, "/signed/signature"),
        ({"human": signer("supervisor").address}, "/signed/signature"),
        ({"signature": "0x" + "00" * 65}, "/signed/signature"),
        ({"nonce": str(1 << 256)}, "/signed/nonce"),
        ({"deadline": 1}, "/signed/deadline"),
    ],
)
def test_post__other_values_than_were_signed__name_the_field(
    planner: TestClient, document: Any, other: dict[str, Any], pointer: str
) -> None:
    seen = preview(planner, document)
    refused(send(planner, signed(document, seen, **other), seen), 422, pointer)


def refused(answer: Response, status: int, pointer: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.json()["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize("human", ["operator", "suspended"])
def test_preview__of_who_may_not_post__names_the_roles(planner: TestClient, document: Any, human: str) -> None:
    answer = planner.post(f"{ORDERS}?dry_run=true", json={"document": document, "human": human})
    assert (answer.status_code, answer.json()["missing"]) == (403, ["planner", "supervisor"])


def test_post__role_taken_since_the_preview__is_refused(planner: TestClient, story: Story, document: Any) -> None:
    seen = preview(planner, document)
    body = signed(document, seen)
    story.chain.revoke(signer("administrator").address, Role.PLANNER, signer("planner").address)
    planner.app.state.dependencies.projection.cycle()  # type: ignore[attr-defined]
    answer = send(planner, body, seen)
    assert (answer.status_code, answer.json()["missing"]) == (403, ["planner", "supervisor"])


def test_post__unsigned_and_no_key_here__says_how_to_sign(planner: TestClient, document: Any) -> None:
    seen = preview(planner, document)
    answer = send(planner, {"document": document}, seen)
    assert answer.status_code == 422
    assert "dry_run=true" in answer.json()["detail"]


def test_post__without_the_previews_tag__428(planner: TestClient, document: Any) -> None:
    body = signed(document, preview(planner, document))
    assert planner.post(ORDERS, json=body, headers=a_key()).status_code == 428


def test_post__a_worker_left_since_the_preview__is_told_who_is_there(
    planner: TestClient, story: Story, document: Any
) -> None:
    seen = preview(planner, document)
    story.by("administrator").members.suspend(story.badge["sprayer"])
    planner.app.state.dependencies.projection.cycle()  # type: ignore[attr-defined]
    answer = send(planner, signed(document, seen), seen)
    assert answer.status_code == 412
    before, now = ({need["number"]: need["workers"] for need in it["needs"]} for it in (seen, answer.json()["current"]))
    assert now != before


def under_the_nonce_of(first: dict[str, Any], second: dict[str, Any], *, longer_s: int = 0) -> dict[str, Any]:
    """What is signed of the second order under the nonce of the first, good for so much longer."""
    deadline = first["post"]["deadline"] + longer_s
    digest = post_digest(
        spec_hash=bytes.fromhex(second["post"]["specHash"][2:]),
        human=signer("planner").address,
        nonce=int(first["post"]["nonce"]),
        deadline=deadline,
        chain_id=first["typed_data"]["domain"]["chainId"],
        work_orders=first["typed_data"]["domain"]["verifyingContract"],
    )
    return {"digest": "0x" + digest.hex(), "post": first["post"] | {"deadline": deadline}}


def test_post__two_under_one_nonce__one_wins(
    planner: TestClient, document: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.intake.SEEN_WITHIN_S", 0.1)
    other = document | {"name": "Another"}
    first, second = preview(planner, document), preview(planner, other)
    rival = second | under_the_nonce_of(first, second)
    assert send(planner, signed(document, first), first).status_code == 201
    answer = send(planner, signed(other, rival), second)
    assert (answer.status_code, answer.json()["revert"]["error"]) == (409, "InvalidAccountNonce")
    assert "nonce" in answer.json()["detail"]
    assert len(get(planner, "orders")["items"]) == 2


def test_post__another_was_quicker_to_relay_it__is_answered_with_the_order(planner: TestClient, document: Any) -> None:
    seen = preview(planner, document)
    first, second = (send(planner, signed(document, seen), seen) for _ in range(2))
    assert (first.status_code, second.status_code, second.json()) == (201, 201, first.json())
    assert len(get(planner, "orders")["items"]) == 2


def test_post__nonce_spent_on_another__is_not_taken_for_an_older_order_that_is_the_same(
    planner: TestClient, document: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.intake.SEEN_WITHIN_S", 0.1)
    other = document | {"name": "Another"}
    first, second = preview(planner, other), preview(planner, document)
    assert "Order 1 is the same" in second["warnings"][0]
    assert send(planner, signed(other, first), first).status_code == 201
    rival = second | under_the_nonce_of(first, second, longer_s=600)
    assert send(planner, signed(document, rival), second).status_code == 409


def test_post__signed_and_sent_again__is_posted_once(planner: TestClient, document: Any) -> None:
    seen = preview(planner, document)
    first, second = (send(planner, signed(document, seen), seen, key="one") for _ in range(2))
    assert (first.status_code, second.json(), second.headers["idempotent-replayed"]) == (201, first.json(), "true")
