"""A stranger with an API key tries everything, and so does one with a session; what a fault looks like to them."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.access.access import Terms
from api.access.rules import OPEN, RULES
from api.problems import Problem
from scripts.openapi import text
from tests.api.serving import LOOPBACK, Served, listening, serve
from tests.api.story import FloorWords, a_running_plant
from tests.api.visitors import a_key, bearer, peopled, sign_in
from tests.assurance.asking import ask
from tests.audit.blocks import CHANGED, Told, chained

AS_OFTEN_AS_THEY_LIKE = Terms(rate=1_000_000)
ALL_PHASES, FUZZING = "examples,coverage,fuzzing", "fuzzing"
A_FEW, MANY, CASES = 5, 650, 20_000
KEEPS_COOKIES = "ignored_auth"
"""Schemathesis leaves an API key out to see whether it counts, but no cookie; tests/api/test_roles.py does."""
OPERATIONS = text().count('"operationId"')


@pytest.fixture
def served() -> Served:
    """A plant at work; streams end at once."""
    story = peopled(a_running_plant())
    story.ask("finisher", story.task("P4", "load"))
    made = serve(
        story,
        guided=FloorWords(story),
        signs=("supervisor", "planner"),
        terms=AS_OFTEN_AS_THEY_LIKE,
        evidence=Told(*chained([CHANGED])),
    )
    made.app.state.stopping.set()
    return made


@pytest.fixture
def url(served: Served) -> Iterator[str]:
    with listening(served) as here:
        yield here


@pytest.fixture
def key(served: Served) -> dict[str, str]:
    """Of a supervisor, for all that a key can do."""
    client = TestClient(served.app, base_url=LOOPBACK)
    sign_in(client, "supervisor")
    return bearer(a_key(client, "read", "draft", "relay"))


@pytest.fixture
def session(served: Served) -> dict[str, str]:
    """Of a supervisor."""
    client = TestClient(served.app, base_url=LOOPBACK)
    sign_in(client, "supervisor")
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in client.cookies.items())}


def test_ask__with_a_key__nothing_is_wrong(url: str, key: dict[str, str], long: bool) -> None:
    told = ask(url, key, most=MANY if long else A_FEW, phases=ALL_PHASES)
    assert told.wrong == {}, told.said
    assert told.operations == OPERATIONS
    assert told.cases >= (CASES if long else 1_000)


def test_ask__keys_with_a_session__nothing_is_wrong(url: str, session: dict[str, str], long: bool) -> None:
    chosen = ("--include-path-regex", "^/api/v1/keys")
    told = ask(url, session, *chosen, most=MANY if long else A_FEW, phases=ALL_PHASES, unchecked=KEEPS_COOKIES)
    assert told.wrong == {}, told.said
    assert told.operations == 3


def broken(*_: Any) -> None:
    raise RuntimeError("a seeded fault")


def refusing(status: int, slug: str) -> Any:
    def refuse(*_: Any) -> None:
        raise Problem(status, slug, "a seeded fault")

    return refuse


@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        (broken, "ServerError"),
        (refusing(409, "too-late"), "UndefinedStatusCode"),
        (refusing(403, "not-signed-in"), "CustomFailure"),
    ],
    ids=["fault of its own", "undocumented status", "undocumented type of problem"],
)
def test_ask__route_is_broken__red(fault: Any, seen: str, url: str, key: dict[str, str], monkeypatch) -> None:
    monkeypatch.setattr("api.routes.plant.floor_out", fault)
    assert seen in ask(url, key, "--include-operation-id", "read_floor", most=1, phases=FUZZING).wrong


def test_ask__rule_is_gone__red(url: str, key: dict[str, str], monkeypatch) -> None:
    monkeypatch.setitem(RULES, "read_floor", OPEN)
    told = ask(url, key, "--include-operation-id", "read_floor", most=1, phases=FUZZING)
    assert told.wrong == {"IgnoredAuth": ["GET /api/v1/floor"]}
