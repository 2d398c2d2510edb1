"""One act on many tasks: counted and foreseen, signed order by order, done on exactly what was previewed."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from fastapi.testclient import TestClient
from httpx2 import Response

from api import desk
from api.database import Database
from api.desk import FORECASTS_AT_ONCE
from api.drafts import preview_hash
from api.models.bulk import MOST_TASKS
from api.models.orders import DisplacedOut, ForecastOut
from tests.api.requests import REASON, a_key, get, soon
from tests.api.serving import LOOPBACK, Served, serve
from tests.api.story import Story, signer
from tests.api.visitors import STRICT, bearer, peopled, sign_in
from tests.api.visitors import a_key as an_api_key
from workmoot.domain.errors import GatewayRefused, GatewayUnreachable, Unreachable
from workmoot.domain.hashing import keccak
from workmoot.domain.ids import OrderId
from workmoot.domain.overrides import OverrideKind, SubjectType
from workmoot.domain.work import Status

AT = "/api/v1/bulk/overrides"
SPRAYING = {"status": "allocated", "worker": "sprayer"}
SPRAYED = (282, 292, 302, 312)


def an_act(kind: str, where: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"kind": kind, "where": where, "reason": REASON, "expires_at": soon(), **more}


def preview(client: TestClient, act: dict[str, Any]) -> dict[str, Any]:
    answer = client.post(f"{AT}?dry_run=true", json=act)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    assert answer.headers["ETag"] == body["etag"]
    return body


def send(client: TestClient, act: dict[str, Any], etag: str, key: str | None = None) -> Response:
    return client.post(AT, json=act, headers=a_key(key) | {"If-Match": etag})


def give(client: TestClient, act: dict[str, Any]) -> dict[str, Any]:
    answer = send(client, act, preview(client, act)["etag"])
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


def given(story: Story) -> int:
    """How many orders are on record."""
    return len(story.ledger.overrides)


def read_on(client: TestClient) -> None:
    """The API knows what the chain has now."""
    client.app.state.dependencies.projection.cycle()  # type: ignore[attr-defined]


def tasks_at(story: Story, *statuses: Status) -> list[int]:
    return [int(task.id) for task in story.ledger.tasks.values() if task.status in statuses]


# Seen first


def test_preview__by_worker_and_status__counts_lists_and_foresees_all_of_it(client: TestClient, story: Story) -> None:
    before = given(story)
    seen = preview(client, an_act("cancel", SPRAYING))
    assert (seen["count"], tuple(task["id"] for task in seen["tasks"])) == (4, SPRAYED)
    assert seen["tasks"][0] == {
        "id": 282,
        "name": "Scan the sole and spray the glue · P3",
        "status": "allocated",
        "worker": {"number": story.badge["sprayer"], "id": "sprayer", "name": seen["tasks"][0]["worker"]["name"]},
    }
    assert set(SPRAYED) < set(seen["forecast"]["lost"])
    assert given(story) == before


def test_preview__orders__are_bound_to_the_one_forecast(client: TestClient) -> None:
    seen = preview(client, an_act("hold", SPRAYING))
    assert [order["tasks"] for order in seen["orders"]] == [[task] for task in SPRAYED]
    foreseen = ForecastOut(**seen["forecast"])
    for one in seen["orders"]:
        shown = preview_hash(DisplacedOut(**one["displaces"]), foreseen)
        assert one["order"]["preview"] == "0x" + shown.hex()
    assert foreseen.moved_count > len(SPRAYED)


def test_preview__without_a_status__leaves_out_what_is_over(client: TestClient, story: Story) -> None:
    seen = preview(client, an_act("hold", {"order": 1}))
    over = tasks_at(story, Status.ACCEPTED, Status.REWORKED, Status.CANCELLED)
    assert over
    assert {task["id"] for task in seen["tasks"]} == {int(task) for task in story.ledger.tasks} - set(over)
    assert preview(client, an_act("hold", {"status": "accepted"}))["count"] == len(over)


def test_preview__no_such_task__counts_none(client: TestClient) -> None:
    seen = preview(client, an_act("hold", {"status": "failed"}))
    assert (seen["count"], seen["orders"], seen["forecast"]) == (0, [], None)
    assert send(client, an_act("hold", {"status": "failed"}), seen["etag"]).json()["errors"][0]["pointer"] == "/where"


@pytest.mark.parametrize(
    ("where", "pointer"),
    [
        ({}, "/where"),
        ({"order": None}, "/where"),
        ({"order": None, "status": None, "worker": None, "capability": None}, "/where"),
        ({"all": False}, "/where"),
        ({"all": True, "order": 1}, "/where"),
        ({"worker": "nobody"}, "/where/worker"),
        ({"capability": "baking"}, "/where/capability"),
        ({"status": "lost"}, "/where/status"),
        ({"order": 0}, "/where/order"),
        ({"product": "P1"}, "/where/product"),
    ],
)
def test_preview__what_makes_no_sense__is_named(client: TestClient, where: dict[str, Any], pointer: str) -> None:
    answer = client.post(f"{AT}?dry_run=true", json=an_act("hold", where))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


def test_preview__kind_that_goes_with_no_task__is_refused(client: TestClient) -> None:
    answer = client.post(f"{AT}?dry_run=true", json=an_act("suspend", SPRAYING))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/subject/type")


def test_preview__more_tasks_than_one_bulk_takes__is_refused(story: Story) -> None:
    while len(story.ledger.tasks) <= MOST_TASKS + len(tasks_at(story, Status.ACCEPTED)):
        story.post()
    with TestClient(serve(story).app, base_url=LOOPBACK) as client:
        answer = client.post(f"{AT}?dry_run=true", json=an_act("hold", {"capability": "glue-spraying"}))
        assert answer.status_code == 200
        every = [preview(client, an_act("hold", {"order": order}))["count"] for order in story.ledger.orders]
        assert sum(every) > MOST_TASKS
        answer = client.post(f"{AT}?dry_run=true", json=an_act("hold", {"all": True}))
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(f"These are {sum(every)} tasks; one bulk takes 200 at most")


# Given


def test_give__hold__every_task_is_held(client: TestClient, story: Story) -> None:
    told = give(client, an_act("hold", SPRAYING))
    assert (told["given"], told["refused"]) == (4, 0)
    assert [item["tasks"] for item in told["items"]] == [[task] for task in SPRAYED]
    assert all(get(client, f"tasks/{task}")["held"] for task in SPRAYED)
    for item in told["items"]:
        assert get(client, f"overrides/{item['id']}")["digest"] == item["digest"]


def test_give__cancel__is_one_order_for_all_of_a_customers_order(client: TestClient, story: Story) -> None:
    before = given(story)
    told = give(client, an_act("cancel", SPRAYING))
    assert (told["given"], [item["tasks"] for item in told["items"]], given(story)) == (1, [list(SPRAYED)], before + 1)
    assert [story.ledger.tasks[task].status for task in SPRAYED] == [Status.CANCELLED] * 4  # type: ignore[index]


def test_give__some_refused_by_the_contracts__the_others_are_given(client: TestClient, story: Story) -> None:
    story.order(OverrideKind.HOLD, SubjectType.TASK, SPRAYED[0], why="wait")
    read_on(client)
    told = give(client, an_act("release", SPRAYING))
    assert (told["given"], told["refused"]) == (1, 3)
    assert "there is nothing to release" in told["items"][1]["refusal"]
    assert (told["items"][0]["state"], told["items"][1]["state"]) == ("done", "refused")
    assert not story.ledger.tasks[SPRAYED[0]].held  # type: ignore[index]


def test_give__a_task_changed_since__nothing_is_sent_and_the_present_ones_are_told(
    client: TestClient, story: Story
) -> None:
    act = an_act("hold", SPRAYING)
    etag = preview(client, act)["etag"]
    story.order(OverrideKind.CANCEL, SubjectType.TASK, SPRAYED[0], why="sold out")
    before = given(story)
    read_on(client)
    answer = send(client, act, etag)
    assert (answer.status_code, answer.json()["type"]) == (412, "/problems/stale-version")
    current = answer.json()["current"]
    assert (current["tasks"], current["count"], current["etag"] == etag) == (list(SPRAYED[1:]), 3, False)
    assert given(story) == before


@pytest.mark.parametrize(("kind", "status"), [("hold", 201), ("requeue", 412)])
def test_give__the_same_tasks_in_another_state__a_hold_is_given_all_the_same(
    client: TestClient, story: Story, kind: str, status: int
) -> None:
    act = an_act(kind, SPRAYING)
    etag = preview(client, act)["etag"]
    story.order(OverrideKind.HOLD, SubjectType.TASK, SPRAYED[0], why="wait")
    read_on(client)
    assert send(client, act, etag).status_code == status


@pytest.mark.parametrize(("etag", "status"), [(None, 428), ("*", 412)])
def test_give__not_previewed__is_refused_also_for_a_hold(client: TestClient, etag: str | None, status: int) -> None:
    headers = a_key() | ({"If-Match": etag} if etag else {})
    assert client.post(AT, json=an_act("hold", SPRAYING), headers=headers).status_code == status


def test_give__again_with_its_key__the_same_answer_and_nothing_done(client: TestClient, story: Story) -> None:
    act = an_act("hold", SPRAYING)
    etag = preview(client, act)["etag"]
    first, again = (send(client, act, etag, key="one") for _ in range(2))
    assert (again.json(), again.headers["idempotent-replayed"]) == (first.json(), "true")
    assert given(story) == 2 + len(SPRAYED)


def started(story: Story, folder: Path) -> Served:
    """A process on the same tables as the one before it."""
    database = Database(f"sqlite:///{folder / 'api.sqlite'}")
    database.create_tables()
    return serve(story, database=database)


def test_give__chain_away_in_the_midst__who_asks_again_has_the_rest_sent_once(
    story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    act, served = an_act("requeue", {"status": "allocated"}), started(story, tmp_path)
    relay, left = served.desk._relay, iter(range(3))
    assert relay is not None
    execute = relay.execute

    def goes_away(*order: Any) -> Any:
        if next(left, None) is None:
            raise Unreachable("no node answers")
        return execute(*order)

    with TestClient(served.app, base_url=LOOPBACK) as client:
        etag = preview(client, act)["etag"]
        with monkeypatch.context() as patch:
            patch.setattr(relay, "execute", goes_away)
            assert send(client, act, etag, key="one").status_code == 503
        assert given(story) == 2 + 3
    with TestClient(started(story, tmp_path).app, base_url=LOOPBACK) as client:
        answer = send(client, act, etag, key="one")
    assert answer.status_code == 201, answer.text
    digests = [record.digest for record in story.ledger.overrides.values()]
    assert len(digests) == len(set(digests)) == 2 + answer.json()["given"] > 2 + 3


def test_give__holds__the_floor_has_all_of_them_before_any_is_waited_for(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    class TellingFloor:
        def give(self, order: dict[str, Any], signature: str) -> None:
            done.append("given")

    served = serve(story, floor=TellingFloor())
    monkeypatch.setattr("api.bulk.SENT_AT_ONCE", 1)
    monkeypatch.setattr(served.desk, "_await_anchor", lambda *_: done.append("waited for"))
    with TestClient(served.app, base_url=LOOPBACK) as client:
        assert give(client, an_act("hold", SPRAYING))["given"] == 4
    assert done == ["given"] * 4 + ["given", "waited for"] * 4


class Clock:
    """Time passes where somebody waits for the chain, and nowhere else."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return time.time()

    def wait_for(self, *_: object, timeout_s: float) -> bool:
        self.now += timeout_s
        return False


def test_give__holds_while_the_chain_is_away__are_answered_as_one_is(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Floor:
        def give(self, order: dict[str, Any], signature: str) -> None:
            """Acts; nothing comes into a block."""

    served, clock = serve(story, floor=Floor()), Clock()
    monkeypatch.setattr("api.bulk.SENT_AT_ONCE", 1)
    with TestClient(served.app, base_url=LOOPBACK) as client:
        act = an_act("hold", SPRAYING)
        etag = preview(client, act)["etag"]
        monkeypatch.setattr(served.projection, "wait_for", clock.wait_for)
        monkeypatch.setattr("api.desk.time", clock)
        told = send(client, act, etag).json()
    assert [item["state"] for item in told["items"]] == ["submitted"] * 4
    assert clock.now <= desk.SEEN_WITHIN_S + desk.LOOK_S


@pytest.mark.parametrize("error", [GatewayUnreachable("away"), GatewayRefused("NOT_ALLOWED", "no role")])
def test_give__holds_that_the_floor_does_not_take__go_their_way(story: Story, error: Exception) -> None:
    class NoFloor:
        def give(self, order: dict[str, Any], signature: str) -> None:
            raise error

    with TestClient(serve(story, floor=NoFloor()).app, base_url=LOOPBACK) as client:
        told = give(client, an_act("hold", SPRAYING))
    assert (told["given"], told["refused"]) == ((4, 0) if isinstance(error, GatewayUnreachable) else (0, 4))


# Signed by the human


@pytest.fixture
def strict(story: Story) -> Iterator[TestClient]:
    """Where nobody's key is at hand, for a supervisor who signed in."""
    with TestClient(serve(peopled(story), signs=(), terms=STRICT).app, base_url=LOOPBACK) as made:
        sign_in(made, "supervisor")
        yield made


def signed(seen: dict[str, Any], by: str = "supervisor") -> list[dict[str, Any]]:
    return [
        {"order": one["order"], "signature": "0x" + signer(by).sign(bytes.fromhex(one["digest"][2:])).hex()}
        for one in seen["orders"]
    ]


def test_give__each_order_signed_by_the_human__all_are_given(strict: TestClient, story: Story) -> None:
    act = an_act("hold", SPRAYING)
    seen = preview(strict, act)
    answer = send(strict, act | {"signed": signed(seen)}, seen["etag"])
    assert (answer.status_code, answer.json()["given"]) == (201, 4), answer.text
    assert all(story.ledger.tasks[task].held for task in SPRAYED)  # type: ignore[index]
    assert get(strict, "overrides")["items"][0]["human"]["id"] == "supervisor"


def test_give__signed_while_others_forecasts_take_every_turn__is_given(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = serve(peopled(story), signs=(), terms=STRICT)
    with TestClient(served.app, base_url=LOOPBACK) as client, ExitStack() as others:
        sign_in(client, "supervisor")
        act = an_act("cancel", SPRAYING)
        seen = preview(client, act)
        monkeypatch.setattr("api.turns.TURN_WITHIN_S", 0.01)
        for _ in range(FORECASTS_AT_ONCE):
            others.enter_context(served.desk.foreseeing())
        assert client.post(f"{AT}?dry_run=true", json=act).status_code == 503
        assert send(client, act | {"signed": signed(seen)}, seen["etag"]).status_code == 201


def test_give__each_order_signed_by_a_wallet__exactly_the_typed_data(strict: TestClient, story: Story) -> None:
    act, wallet = an_act("hold", SPRAYING), keccak(b"supervisor")
    seen = preview(strict, act)
    mine = [
        {
            "order": one["typed_data"]["message"],
            "signature": "0x" + Account.sign_typed_data(wallet, full_message=one["typed_data"]).signature.hex(),
        }
        for one in seen["orders"]
    ]
    assert [one["order"] for one in mine] == [one["order"] for one in seen["orders"]]
    answer = send(strict, act | {"signed": mine}, seen["etag"])
    assert (answer.status_code, answer.json()["given"]) == (201, len(SPRAYED)), answer.text
    assert all(story.ledger.tasks[task].held for task in SPRAYED)  # type: ignore[index]


CHANGES = {
    "one is missing": lambda mine, _: mine[1:],
    "one comes twice": lambda mine, _: [*mine, mine[0]],
    "one is of another preview": lambda mine, other: [*mine[1:], other[0]],
    "one more": lambda mine, other: [*mine, other[0]],
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_give__other_orders_than_were_previewed__are_refused(strict: TestClient, story: Story, change: Any) -> None:
    act, before = an_act("hold", SPRAYING), given(story)
    seen, other = preview(strict, act), preview(strict, an_act("hold", {"worker": "grinder"}))
    answer = send(strict, act | {"signed": change(signed(seen), signed(other))}, seen["etag"])
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/signed")
    assert given(story) == before


@pytest.mark.parametrize("kind", ["cancel", "requeue"])
def test_give__signed_for_another_act__is_refused(strict: TestClient, story: Story, kind: str) -> None:
    seen, before = preview(strict, an_act("hold", SPRAYING)), given(story)
    answer = send(strict, an_act(kind, SPRAYING, signed=signed(seen)), preview(strict, an_act(kind, SPRAYING))["etag"])
    assert (answer.status_code, given(story)) == (422, before)


def test_give__another_reason_than_was_signed__nothing_is_sent(strict: TestClient, story: Story) -> None:
    act, before = an_act("hold", SPRAYING), given(story)
    seen = preview(strict, act)
    answer = send(strict, act | {"reason": REASON | {"text": "another"}, "signed": signed(seen)}, seen["etag"])
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/order/reason")
    assert given(story) == before


def test_give__one_signature_is_anothers__nothing_is_sent(strict: TestClient, story: Story) -> None:
    act, before = an_act("hold", SPRAYING), given(story)
    seen = preview(strict, act)
    forged = [*signed(seen)[:-1], signed(seen, by="operator")[-1]]
    answer = send(strict, act | {"signed": forged}, seen["etag"])
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, f"/signed/{len(forged) - 1}/signature")
    assert given(story) == before


@pytest.mark.parametrize("etag", [None, '"another"'])
@pytest.mark.parametrize("where", [SPRAYING, {"status": "failed"}, {"worker": "nobody"}])
def test_give__signature_is_anothers__nothing_is_told_of_the_plant(
    strict: TestClient, where: dict[str, Any], etag: str | None
) -> None:
    act = an_act("hold", SPRAYING)
    seen = preview(strict, act)
    thief = TestClient(strict.app, base_url=LOOPBACK, headers=bearer(an_api_key(strict, "draft")))
    headers = a_key() | ({"If-Match": etag} if etag else {})
    answer = thief.post(AT, json=act | {"where": where, "signed": signed(seen, by="thief")}, headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/signed/0/signature")
    assert "etag" not in {name.lower() for name in answer.headers}


def test_give__with_a_stolen_key_alone__nothing_is_done(strict: TestClient, story: Story) -> None:
    act, before = an_act("hold", SPRAYING, human="supervisor"), given(story)
    thief = TestClient(strict.app, base_url=LOOPBACK, headers=bearer(an_api_key(strict, "read", "draft", "relay")))
    seen = preview(thief, act)
    assert send(thief, act, seen["etag"]).json()["errors"][0]["pointer"] == "/signature"
    assert send(thief, act | {"signed": signed(seen, by="thief")}, seen["etag"]).status_code == 422
    assert given(story) == before


def test_orders__of_two_customers__cancelled_in_one_order_each(story: Story) -> None:
    story.post()
    with TestClient(serve(story).app, base_url=LOOPBACK) as client:
        told = give(client, an_act("cancel", {"capability": "glue-spraying"}))
    assert [{task >> 8 for task in item["tasks"]} for item in told["items"]] == [{OrderId(1)}, {OrderId(2)}]
