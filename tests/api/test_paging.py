"""Lists a page at a time, and answers that are not sent twice."""

from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from api.event_ids import id_at, read_id
from tests.api.requests import get
from tests.api.serving import LOOPBACK, Served, serve
from tests.api.story import Story, a_running_plant
from workmoot.domain.events import VoteCast
from workmoot.domain.ids import OrderId

LISTS = ("orders", "tasks", "workers", "robots", "proposals", "overrides", "events/recent")


@pytest.fixture(scope="module")
def served() -> Served:
    """Nothing here changes it."""
    return serve(a_running_plant())


@pytest.fixture(scope="module")
def story(served: Served) -> Story:
    return served.story


@pytest.fixture(scope="module")
def client(served: Served) -> TestClient:
    """Not followed: what is asked twice is answered alike."""
    return TestClient(served.app, base_url=LOOPBACK)


def every_page(client: TestClient, path: str) -> list[Any]:
    """All items, by the links from page to page."""
    items, url = [], f"/api/v1/{path}"
    while url:
        answer = client.get(url)
        assert answer.status_code == 200, answer.text
        items += answer.json()["items"]
        url = answer.links.get("next", {}).get("url", "")
    return items


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("limit", [1, 7])
def test_pages__followed_to_the_end__have_each_item_once_in_order(client, name, limit):
    if name == "events/recent":
        name += "?since=60"
    whole = get(client, name)
    assert whole["next_cursor"] is None
    assert every_page(client, f"{name}{'&' if '?' in name else '?'}limit={limit}") == whole["items"]


def test_page__more_to_come__links_to_the_next_with_the_same_filter(client):
    answer = client.get("/api/v1/tasks?status=allocated&limit=2")
    cursor = answer.json()["next_cursor"]
    assert answer.headers["link"] == f'</api/v1/tasks?status=allocated&limit=2&cursor={cursor}>; rel="next"'


def test_page__the_last__links_to_none(client):
    assert "link" not in client.get("/api/v1/orders").headers


def test_list_events__name_that_no_contract_has__is_refused_with_those_there_are(client):
    answer = client.get("/api/v1/events/recent?name=Foo")
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, "name")
    assert "TaskAccepted" in answer.json()["detail"]


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=many", "cursor=nonsense", "cursor=%21", "cursor="])
@pytest.mark.parametrize("name", LISTS)
def test_page__badly_asked_for__is_a_problem_with_a_pointer(client, name, query):
    answer = client.get(f"/api/v1/{name}?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["parameter"] == query.partition("=")[0]


def test_page__another_lists_cursor__is_refused(client):
    cursor = get(client, "tasks?limit=1")["next_cursor"]
    answer = client.get(f"/api/v1/workers?cursor={cursor}")
    assert (answer.status_code, "no cursor of this list" in answer.json()["detail"]) == (422, True)


# Events


def place(item: dict[str, Any]) -> tuple[int, int]:
    found = read_id(item["id"])
    assert found
    return found.position


def test_events__any__are_listed_the_newest_first(client, story):
    items = every_page(client, "events/recent?limit=200")
    assert [place(item) for item in items] == sorted(map(place, items), reverse=True)
    assert len(items) == len(story.chain.events)


def test_events__by_name_and_worker__are_those_that_name_it_or_its_account(client, story):
    sprayer = story.badge["sprayer"]
    account = story.ledger.members[sprayer].account
    cast = [event for event in story.chain.events if isinstance(event, VoteCast) and event.voter == account]
    found = every_page(client, f"events/recent?name=VoteCast&worker={sprayer}")
    assert cast
    assert [item["id"] for item in found] == [id_at(event.at) for event in reversed(cast)]


def test_events__of_an_order__are_its_own_and_its_tasks(client, story):
    task = story.task("P2", "glue")
    of_order = {item["id"] for item in every_page(client, f"events/recent?order={OrderId(1)}")}
    of_task = {item["id"] for item in every_page(client, f"events/recent?task={task}")}
    assert of_task
    assert of_task < of_order
    assert get(client, "events/recent?order=2")["items"] == []


def test_events__since_a_block__are_none_from_before(client, story):
    since = story.chain.head.number - 3
    found = every_page(client, f"events/recent?since={since}")
    assert found
    assert {item["block"] >= since for item in found} == {True}
    assert len(found) == sum(event.at.block >= since for event in story.chain.events)


# Not twice


@pytest.mark.parametrize("name", ["tasks", "tasks/256", "proposals/1", "dao/members", "events/recent"])
def test_get__what_is_known__is_not_sent_again(client, name):
    first = client.get(f"/api/v1/{name}")
    assert first.status_code == 200
    again = client.get(f"/api/v1/{name}", headers={"If-None-Match": f'"other", {first.headers["etag"]}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert "content-length" not in again.headers


def test_get__changed_since__is_sent_with_another_tag():
    served = serve(a_running_plant())
    client = TestClient(served.app, base_url=LOOPBACK)
    first = client.get("/api/v1/tasks")
    served.story.chain.advance(5)
    served.projection.cycle()
    again = client.get("/api/v1/tasks", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 200
    assert again.headers["etag"] != first.headers["etag"]


def test_get__weak_or_any_tag__matches(client):
    tag = client.get("/api/v1/tasks").headers["etag"]
    for known in (f"W/{tag}", "*"):
        assert client.get("/api/v1/tasks", headers={"If-None-Match": known}).status_code == 304


def test_get__refused__has_no_tag(client):
    answer: httpx.Response = client.get("/api/v1/tasks/1", headers={"If-None-Match": "*"})
    assert (answer.status_code, "etag" in answer.headers) == (404, False)
