"""A query with a parameter that its route does not have is refused, and told which there are."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from tests.api.requests import a_key, an_order, soon
from tests.api.serving import LOOPBACK, serve
from tests.api.story import Story, a_decided_plant

V1 = "/api/v1"


@pytest.fixture(scope="module")
def story() -> Story:
    """Nothing here changes it."""
    return a_decided_plant()


@pytest.fixture(scope="module")
def client(story: Story) -> Iterator[TestClient]:
    with TestClient(serve(story).app, base_url=LOOPBACK) as made:
        yield made


def errors(answer: Response) -> list[dict[str, Any]]:
    """What a refusal names."""
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid"), answer.text
    found: list[dict[str, Any]] = answer.json()["errors"]
    return found


def test_list__misspelt__is_told_the_parameters_and_the_nearest(client: TestClient) -> None:
    (error,) = errors(client.get(f"{V1}/tasks?stauts=allocated"))
    assert error["parameter"] == "stauts"
    assert "no parameter 'stauts'; there are: cursor, limit, order, status" in error["detail"]
    assert error["detail"].endswith("You may mean 'status'.")


@pytest.mark.parametrize(
    ("asked", "there_is"),
    [("tasks?status=allocatd", "'allocated'"), ("proposals?state=won", "'enacted'"), ("workers?kind=none", "'human'")],
)
def test_list__no_such_value__is_told_the_values(client: TestClient, asked: str, there_is: str) -> None:
    (error,) = errors(client.get(f"{V1}/{asked}"))
    assert error["parameter"] == asked.partition("?")[2].partition("=")[0]
    assert there_is in error["detail"]


def test_list__several__each_is_named_and_of_many_the_first(client: TestClient) -> None:
    assert [error["parameter"] for error in errors(client.get(f"{V1}/tasks?a=1&limit=1&b=2&a=3"))] == ["a", "b"]
    many = "&".join(f"a{number}=1" for number in range(1000))
    assert len(errors(client.get(f"{V1}/tasks?{many}"))) == 5


def test_read__route_that_asks_nothing__says_so(client: TestClient) -> None:
    (error,) = errors(client.get(f"{V1}/tasks/256?status=allocated"))
    assert error["detail"] == "There is no parameter 'status'; there are: none."


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("/events?form=now", "from"),
        ("/events/recent?taks=256", "task"),
        ("/audit/export?fromat=csv", "format"),
        ("/audit?acts=VoteCast", "act"),
    ],
)
def test_get__stream_and_files_too__are_refused_before_they_begin(client: TestClient, path: str, meant: str) -> None:
    (error,) = errors(client.get(f"{V1}{path}"))
    assert f"You may mean {meant!r}." in error["detail"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/overrides", an_order("hold", "robot", "R-1")),
        ("/bulk/overrides", {"kind": "hold", "where": {"all": True}, "reason": {"code": 1, "text": "so"}}),
        ("/orders", {"document": {}}),
        ("/robots/R-1/commands", {"command": "stop"}),
    ],
)
def test_post__dry_run_misspelt__nothing_is_given(
    client: TestClient, story: Story, path: str, body: dict[str, Any]
) -> None:
    before = len(story.ledger.overrides)
    answer = client.post(f"{V1}{path}?dryrun=true", json=body | {"expires_at": soon()}, headers=a_key())
    assert "You may mean 'dry_run'." in errors(answer)[0]["detail"]
    assert len(story.ledger.overrides) == before


@pytest.mark.parametrize("path", ["/", "/healthz", "/metrics", "/reference", "/problems"])
def test_get__page_or_probe__may_say_more(client: TestClient, path: str) -> None:
    assert client.get(f"{path}?theme=dark").status_code == 200


def test_get__file__has_no_query_to_be_wrong(client: TestClient) -> None:
    assert client.get("/static/page.css?v=1").status_code == 200
