"""A human's word that fills no slot, through the API: drafted, signed, sent, shown, lifted and over by itself."""

import time
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.order_json import order_from, order_json
from api.views.snapshot import GatewayWords
from tests.api.requests import a_key, an_order, get, give, preview, send, soon
from tests.api.serving import LOOPBACK, Served, serve
from tests.api.story import FloorWords, Story, deployment_of_story, signer
from tests.api.visitors import STRICT, peopled
from workmoot.chain.memory.instructions import contracts_of
from workmoot.domain.instructions import BEFORE_THE_FIRST
from workmoot.domain.overrides import HumanOrder, OverrideKind, SubjectType
from workmoot.domain.work import Status

FIRST = BEFORE_THE_FIRST + 1
AN_ORDER = HumanOrder(
    kind=OverrideKind.REPRIORITISE,
    subject_type=SubjectType.TASK,
    subject=0,
    reason_code=1,
    reason="no reason",
    valid_until=1 << 40,
    human=signer("supervisor").address,
    nonce=1,
)


def drain(**more: Any) -> dict[str, Any]:
    return an_order("drain", "worker", "sprayer", **more)


def quarantine(**more: Any) -> dict[str, Any]:
    return an_order("quarantine", "worker", "sprayer", **{"expires_at": None} | more)


def lift(**payload: str) -> dict[str, Any]:
    return an_order("lift", "worker", "sprayer", expires_at=None, payload=payload)


def has(story: Story, *statuses: Status) -> list[int]:
    """The sprayer's tasks."""
    mine = (task for task in story.ledger.tasks.values() if task.worker == story.badge["sprayer"])
    return [task.id for task in mine if task.status in statuses]


def test_give__drain__stands_until_its_end_and_is_shown(client: TestClient, story: Story) -> None:
    given = give(client, drain())
    assert (given["id"], given["kind"], given["level"], given["epoch"]) == (FIRST, "drain", None, 2)
    assert (given["state"], given["active"], given["confirmed_by"]) == ("effective", True, "chain")
    assert given["displaced"]["returns"] == "Lifted or over, it is as before."
    (stands,) = get(client, "workers/sprayer")["instructed"]
    assert (stands["kind"], stands["override"], stands["expires_at"]) == ("drain", FIRST, given["expires_at"])
    assert get(client, f"overrides/{FIRST}")["digest"] == given["digest"]
    assert story.ledger.is_withdrawn(story.badge["sprayer"], story.ledger.now)


def test_preview__drain__says_what_goes_to_others_and_signs_for_the_other_contract(
    client: TestClient, story: Story
) -> None:
    seen = preview(client, drain())
    waiting = has(story, Status.ALLOCATED)
    assert seen["displaces"]["tasks"] == waiting
    assert f"{len(waiting)} tasks it has not begun go to others" in seen["displaces"]["what"]
    assert (seen["typed_data"]["primaryType"], seen["typed_data"]["message"]) == ("Instruction", seen["order"])
    assert seen["typed_data"]["domain"]["name"] == "Workmoot Instructions"
    assert seen["digest"] == "0x" + contracts_of(story.chain.chain_id).digest(order_from(seen["order"])).hex()
    assert (seen["order"]["expectedVersion"], seen["epoch"]) == (1, 1)
    assert "level" not in seen["order"]
    assert {moved["task"] for moved in seen["forecast"]["moved"]}.isdisjoint(has(story, Status.STARTED))


def test_give__quarantine__is_open_and_its_runs_stand_still_in_the_forecast(client: TestClient, story: Story) -> None:
    seen = preview(client, quarantine())
    begun, waiting = has(story, Status.STARTED), has(story, Status.ALLOCATED)
    assert seen["displaces"]["tasks"] == [*begun, *waiting]
    assert "A quarantine without an end is taken to last 10 minutes from now." in seen["forecast"]["assumes"]
    given = give(client, quarantine())
    assert (given["expires_at"], given["confirmed_by"]) == (None, "floor")


def test_give__lift__the_worker_is_as_before(client: TestClient) -> None:
    give(client, drain())
    lifted = give(client, lift())
    assert (lifted["kind"], lifted["payload"], lifted["state"]) == ("lift", {"kind": "drain"}, "done")
    assert get(client, "workers/sprayer")["instructed"] == []
    former = get(client, f"overrides/{FIRST}")
    assert (former["state"], former["ended_by"], former["active"]) == ("released", "released", False)


def test_give__lift_where_both_stand__has_to_say_which(client: TestClient) -> None:
    give(client, drain())
    give(client, quarantine())
    answer = client.post("/api/v1/overrides?dry_run=true", json=lift())
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/payload/kind")
    give(client, lift(kind="quarantine"))
    assert [item["kind"] for item in get(client, "workers/sprayer")["instructed"]] == ["drain"]


def test_give__lift_of_nothing__is_a_conflict_with_the_contracts_error(client: TestClient) -> None:
    problem = give(client, lift(), status=409)
    assert problem["revert"]["error"] == "NothingToLift"


@pytest.mark.parametrize(
    ("order", "pointer"),
    [
        (drain(expires_at=None), "/expires_at"),
        (drain(level=8, expires_at=soon(3_600)), "/level"),
        (drain(reason=None, expires_at=soon(3_600)), "/reason"),
        (an_order("drain", "robot", "R-1"), "/subject/type"),
        (an_order("drain", "worker", "R-1"), "/subject/id"),
        (lift(kind="maintain"), "/payload/kind"),
    ],
)
def test_preview__unsound__names_the_field(client: TestClient, order: dict[str, Any], pointer: str) -> None:
    answer = client.post("/api/v1/overrides?dry_run=true", json=order)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


def test_give__previewed_before_another_drained_it__412_with_how_it_is_now(client: TestClient) -> None:
    seen = preview(client, drain())
    give(client, drain())
    answer = send(client, drain(), etag=seen["etag"])
    assert (answer.status_code, answer.json()["type"]) == (412, "/problems/stale-version")
    assert answer.json()["current"]["displaces"]["override"] == FIRST


def test_give__signed_for_a_version_that_has_passed__the_contract_refuses_it(client: TestClient, story: Story) -> None:
    order = drain(human="technician")
    seen = preview(client, order)
    give(client, order)
    signature = "0x" + signer("technician").sign(bytes.fromhex(seen["digest"][2:])).hex()
    answer = send(client, order | {"order": seen["order"], "signature": signature}, etag=preview(client, order)["etag"])
    assert (answer.status_code, answer.json()["revert"]) == (409, {"error": "StaleVersion", "values": [2, 1]})


def test_give__the_same_key_again__is_done_once(client: TestClient, story: Story) -> None:
    order, headers = drain(), a_key() | {"If-Match": preview(client, drain())["etag"]}
    first, second = (client.post("/api/v1/overrides", json=order, headers=headers) for _ in range(2))
    assert (first.status_code, second.json()["id"], second.headers["Idempotent-Replayed"]) == (201, FIRST, "true")
    assert story.by("relay").overrides.instruction_count() == 1


def test_list__instructions_and_orders__the_latest_first_page_by_page(client: TestClient) -> None:
    before = [item["id"] for item in get(client, "overrides")["items"]]
    give(client, drain())
    hold = give(client, an_order("hold", "robot", "R-1", expires_at=None))
    give(client, quarantine())
    expected = [FIRST + 1, hold["id"], FIRST, *before]
    assert [item["id"] for item in get(client, "overrides")["items"]] == expected
    seen: list[int] = []
    page = get(client, "overrides?limit=2")
    while page["next_cursor"]:
        seen += [item["id"] for item in page["items"]]
        page = get(client, f"overrides?limit=2&cursor={page['next_cursor']}")
    assert [*seen, *(item["id"] for item in page["items"])] == expected
    active = {item["id"] for item in get(client, "overrides?active=true")["items"]}
    assert {FIRST, FIRST + 1, hold["id"]} <= active


def test_drain__its_time_is_over__expired_without_a_transaction(story: Story) -> None:
    served = serve(story)
    with TestClient(served.app, base_url=LOOPBACK) as client, pytest.MonkeyPatch.context() as patch:
        given = give(client, drain(expires_at=soon(30)))
        blocks = story.chain.head.number
        later = time.time() + 40
        patch.setattr("api.projection.time.time", lambda: later)
        found = get(client, f"overrides/{given['id']}")
        assert (found["state"], found["active"], found["times"]["ended"]) == ("expired", False, given["expires_at"])
        assert get(client, "workers/sprayer")["instructed"] == []
        assert story.chain.head.number == blocks


def test_explain__who_is_drained__made_no_offer_because_of_it(client: TestClient, story: Story) -> None:
    give(client, drain())
    story.post()
    sprayer = story.ledger.members[story.badge["sprayer"]]
    able = [task.id for task in story.ledger.tasks.values() if sprayer.is_capable(task.spec.capability)]
    deadline = time.monotonic() + 30
    while len(get(client, "orders")["items"]) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    found = get(client, f"tasks/{max(able)}/explain")["refusals"]
    reasons = {item["worker"]["id"]: item["reason"] for item in found}
    assert (reasons["sprayer"], reasons["grinder"]) == ("a human has it take nothing new", "it made no offer")


def test_audit__instructions__who_why_what_and_until_when(client: TestClient) -> None:
    given = give(client, drain())
    give(client, lift())
    lifted, drained = get(client, "audit?act=InstructionGiven")["items"]
    assert (drained["by"]["id"], drained["subject"]["type"], drained["digest"]) == (
        "technician",
        "worker",
        given["digest"],
    )
    assert drained["reason"] == {"code": "QUALITY", "words": "the glue line wavers"}
    assert drained["effect"][0].startswith(f"override {FIRST}: drain, until ")
    assert lifted["effect"] == [f"override {FIRST + 1}: lift drain; version 3"]


# Priority


def reprioritise(task: int, priority: object = 9, **more: Any) -> dict[str, Any]:
    return an_order("reprioritise", "task", task, **{"payload": {"priority": priority}} | more)


def test_give__reprioritise__the_task_has_it_until_it_is_lifted(client: TestClient, story: Story) -> None:
    task = story.task("P6", "glue")
    posted = get(client, f"tasks/{task}")["priority"]
    seen = preview(client, reprioritise(task))
    assert seen["displaces"]["what"].startswith(f"The task's priority is 9 instead of {posted} (posted with {posted}).")
    given = give(client, reprioritise(task))
    assert (given["payload"], given["level"], given["confirmed_by"]) == ({"priority": 9}, None, "chain")
    assert get(client, f"tasks/{task}")["priority"] == 9
    lifted = give(client, an_order("lift", "task", task, expires_at=None))
    assert lifted["payload"] == {"kind": "reprioritise"}
    assert get(client, f"tasks/{task}")["priority"] == posted


@pytest.mark.parametrize("priority", [None, -1, 256, True, "high"])
def test_preview__reprioritise_to_no_priority__names_the_field(
    client: TestClient, story: Story, priority: object
) -> None:
    order = reprioritise(story.task("P6", "glue"), priority)
    answer = client.post("/api/v1/overrides?dry_run=true", json=order)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/payload/priority")


def test_preview__reprioritise_of_what_is_done__too_late(client: TestClient, story: Story) -> None:
    done = next(task.id for task in story.ledger.tasks.values() if task.status.is_final)
    answer = client.post("/api/v1/overrides?dry_run=true", json=reprioritise(done))
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/too-late")


def test_give__two_previewed_the_same_priority__the_second_learns_why(client: TestClient, story: Story) -> None:
    task = story.task("P6", "glue")
    seen = preview(client, reprioritise(task, 5))
    give(client, reprioritise(task, 7))
    answer = send(client, reprioritise(task, 5), etag=seen["etag"])
    assert (answer.status_code, answer.json()["type"]) == (412, "/problems/stale-version")
    assert "instead of 7" in answer.json()["current"]["displaces"]["what"]


# Maintenance


def test_give__maintain__the_robot_obeys_no_worker_until_it_is_lifted(client: TestClient) -> None:
    seen = preview(client, an_order("maintain", "robot", "R-1", expires_at=None))
    assert "obeys no worker" in seen["displaces"]["what"]
    assert "A maintenance without an end is taken to last 10 minutes from now." in seen["forecast"]["assumes"]
    given = give(client, an_order("maintain", "robot", "R-1", expires_at=None))
    assert (given["confirmed_by"], given["expires_at"]) == ("floor", None)
    (stands,) = get(client, "robots/R-1")["instructed"]
    assert (stands["kind"], stands["override"]) == ("maintain", given["id"])
    give(client, an_order("lift", "robot", "R-1", expires_at=None))
    assert get(client, "robots/R-1")["instructed"] == []


# By the human's own signature, by role


@pytest.fixture
def people(story: Story) -> Served:
    return serve(peopled(story), signs=("operator", "planner", "maintainer"))


@pytest.mark.parametrize(
    ("human", "kind", "status"),
    [
        ("operator", "quarantine", 201),
        ("operator", "drain", 409),
        ("maintainer", "drain", 201),
        ("planner", "quarantine", 409),
    ],
)
def test_give__by_role__as_the_contract_has_it(people: Served, human: str, kind: str, status: int) -> None:
    with TestClient(people.app, base_url=LOOPBACK) as client:
        answer = give(client, an_order(kind, "worker", "sprayer", human=human), status=status)
    if status == 409:
        assert answer["revert"]["error"] == "MayNotInstruct"


def test_give__nobody_named__a_human_who_may_signs(people: Served) -> None:
    with TestClient(people.app, base_url=LOOPBACK) as client:
        assert give(client, drain())["human"]["id"] == "maintainer"


# The floor


def test_quarantine__gateway_has_not_read_it__is_mined_and_no_more(story: Story) -> None:
    floor, said = FloorWords(story), []

    def words() -> GatewayWords:
        found = floor.words()
        said.append(found)
        return replace(found, orders_count=said[0].orders_count, orders_hash=said[0].orders_hash)

    with TestClient(serve(story, words=words).app, base_url=LOOPBACK) as client:
        given = give(client, quarantine())
        assert (given["state"], given["times"]["acknowledged"]) == ("mined", None)
        assert given["floor"].startswith("The floor has not confirmed it: ")
        assert give(client, drain())["state"] == "effective"


def test_quarantine__gateway_has_read_all_orders__is_effective(client: TestClient) -> None:
    give(client, drain())
    give(client, an_order("hold", "robot", "R-1", expires_at=None))
    given = give(client, quarantine())
    deadline = time.monotonic() + 30
    while (found := get(client, f"overrides/{given['id']}"))["state"] != "effective":
        assert time.monotonic() < deadline, found
        time.sleep(0.02)
    assert found["times"]["acknowledged"]
    assert OverrideKind[found["kind"].upper()] is OverrideKind.QUARANTINE


@pytest.mark.parametrize(("kind", "payload"), [("reprioritise", "0x"), ("reprioritise", "0x0909"), ("lift", "0x")])
def test_give__a_signed_payload_of_another_length__is_refused_to_a_stranger_too(
    story: Story, kind: str, payload: str
) -> None:
    with TestClient(serve(peopled(story), terms=STRICT).app, base_url=LOOPBACK) as stranger:
        order = replace(
            AN_ORDER,
            kind=OverrideKind[kind.upper()],
            subject=story.task("P6", "glue"),
            payload=bytes.fromhex(payload[2:]),
        )
        digest = deployment_of_story().humans_contracts.digest(order)
        signed = {"order": order_json(order), "signature": "0x" + signer("supervisor").sign(digest).hex()}
        answer = send(stranger, {"kind": kind, "subject": {"type": "task"}, **signed}, etag="any")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/order/payload")
