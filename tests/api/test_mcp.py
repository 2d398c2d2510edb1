"""Assistants: the package's own client over real standard input and output, at a real API."""

import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from mcp import Client, StdioServerParameters
from sqlalchemy import select
from typer.testing import CliRunner

from api.access.access import Terms
from api.access.api_keys import KEYS
from api.database import METADATA, Database
from api.previews import PREVIEWS
from scripts.cli import app
from scripts.nodes import free_port
from tests.api.serving import in_memory, listening, serve
from tests.api.story import Story, a_running_plant
from tests.api.visitors import a_key, peopled, sign_in

ROOT = Path(__file__).resolve().parents[2]
DRAFT = {"kind": "hold", "subject_type": "robot", "subject_id": "R-6", "reason": "sparks"}
CALLS: dict[str, dict[str, Any]] = {
    "list_orders": {},
    "list_tasks": {"status": "accepted", "limit": 2},
    "list_workers": {"kind": "digital"},
    "list_robots": {},
    "list_proposals": {"state": "enacted"},
    "list_overrides": {"active": True},
    "list_questions": {"state": "open"},
    "list_events": {"name": "VoteCast", "limit": 3},
    "read_order": {"id": 1},
    "read_task": {"id": 256},
    "explain_task": {"id": 256},
    "read_worker": {"id": "sprayer"},
    "read_ranking": {"id": "sprayer"},
    "read_robot": {"id": "R-6"},
    "read_proposal": {"id": 2},
    "read_override": {"id": "1"},
    "read_schedule": {},
    "health": {},
    "draft_override": DRAFT,
}
"""Every tool, and what it is asked."""
WRONG: list[tuple[str, dict[str, Any]]] = [
    ("read_task", {"id": 999_999}),
    ("read_override", {"id": "../keys"}),
    ("read_worker", {"id": "sprayer/ranking?x=1"}),
    ("read_worker", {"id": ".."}),
    ("draft_override", DRAFT | {"subject_id": "R-99"}),
    ("draft_override", DRAFT | {"kind": "give"}),
    ("give_override", DRAFT),
]


class Plant:
    """A running plant whose API holds a development key, so that whoever might give an order could."""

    def __init__(self) -> None:
        self.story: Story = peopled(a_running_plant())
        self.database: Database = in_memory()
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        terms = Terms(rate=1_000_000)
        self.served = serve(self.story, terms=terms, url=self.url, database=self.database)
        self.port = port

    def state(self) -> Any:
        """All that a tool might change: the chain and every table, less when a key was used and what it was shown."""
        with self.database.begin() as connection:
            kept = [table for table in METADATA.sorted_tables if table is not PREVIEWS]
            columns = [[it for it in table.columns if it is not KEYS.c.used_at] for table in kept]
            tables = [connection.execute(select(*found)).all() for found in columns]
        return self.story.chain.head, len(self.story.chain.events), tables

    def key(self, *scopes: str) -> str:
        client = TestClient(self.served.app, base_url=self.url)
        sign_in(client, "technician")
        return a_key(client, *scopes)


async def _talk(url: str, key: str, calls: list[tuple[str, dict[str, Any]]]) -> tuple[Any, list[Any]]:
    server = StdioServerParameters(
        command=sys.executable,
        args=["-m", "scripts", "mcp"],
        env={"WORKMOOT_API": url, "WORKMOOT_API_KEY": key},
        cwd=ROOT,
    )
    async with Client(server, read_timeout_seconds=120) as client:
        tools = (await client.list_tools()).tools
        return tools, [await client.call_tool(name, asked) for name, asked in calls]


class Talk:
    """What one session listed and answered, and the state before and after it."""

    def __init__(self, plant: Plant) -> None:
        key = plant.key("read", "draft")
        self.before = plant.state()
        self.tools, answers = asyncio.run(_talk(plant.url, key, [*CALLS.items(), *WRONG]))
        self.after = plant.state()
        self.answers = dict(zip(CALLS, answers, strict=False))
        self.wrong = answers[len(CALLS) :]

    def said(self, tool: str) -> Any:
        answer = self.answers[tool]
        assert not answer.is_error, answer.content
        return json.loads(answer.content[0].text)


@pytest.fixture(scope="module")
def plant() -> Iterator[Plant]:
    made = Plant()
    with listening(made.served, port=made.port):
        yield made


@pytest.fixture(scope="module")
def talk(plant: Plant) -> Talk:
    return Talk(plant)


def test_tools__listed__are_those_that_are_asked_here_and_change_nothing(talk: Talk) -> None:
    assert {tool.name for tool in talk.tools} == set(CALLS)
    assert {tool.annotations.read_only_hint for tool in talk.tools} == {True}
    assert all(tool.description for tool in talk.tools)


@pytest.mark.parametrize("tool", CALLS)
def test_tool__asked_rightly__answers(talk: Talk, tool: str) -> None:
    assert talk.said(tool)


def test_tools__what_they_say__is_what_the_api_says(talk: Talk, plant: Plant) -> None:
    assert {task["status"] for task in talk.said("list_tasks")["items"]} == {"accepted"}
    assert len(talk.said("list_tasks")["items"]) == 2
    assert {event["name"] for event in talk.said("list_events")["items"]} == {"VoteCast"}
    assert talk.said("explain_task")["proposal"] == 2
    assert {item["active"] for item in talk.said("list_overrides")["items"]} == {True}
    assert talk.said("health")["head"]["block"] == plant.story.chain.head.number


def test_draft__hold__shows_what_a_human_would_sign_and_sends_nothing(talk: Talk) -> None:
    said = talk.said("draft_override")
    assert "Nothing was sent" in said["to_sign"]
    assert said["preview"]["typed_data"]["primaryType"]
    assert said["preview"]["order"]["reason"] == "sparks"
    assert said["preview"]["forecast"]["says"]


@pytest.mark.parametrize("index", range(len(WRONG)), ids=[f"{name} {asked}" for name, asked in WRONG])
def test_tool__asked_wrongly__says_why(talk: Talk, index: int) -> None:
    assert talk.wrong[index].is_error
    assert talk.wrong[index].content[0].text


def test_tool__no_such_task__says_it_in_the_apis_words(talk: Talk) -> None:
    assert "There is no task 999999." in talk.wrong[0].content[0].text


def test_sweep__every_tool__changes_nothing(talk: Talk) -> None:
    assert talk.after == talk.before


@pytest.fixture
def at(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A user of the plant's API."""
    monkeypatch.setenv("WORKMOOT_API", plant.url)
    monkeypatch.setenv("COLUMNS", "500")
    return monkeypatch


def refused(monkeypatch: pytest.MonkeyPatch, key: str | None) -> str:
    if key is None:
        monkeypatch.delenv("WORKMOOT_API_KEY", raising=False)
    else:
        monkeypatch.setenv("WORKMOOT_API_KEY", key)
    result = CliRunner().invoke(app, ["mcp"])
    assert result.exit_code in (2, 3), result.output
    return result.output


def test_mcp__key_that_may_relay__is_refused(at: pytest.MonkeyPatch, plant: Plant) -> None:
    assert "may relay, too" in refused(at, plant.key("read", "draft", "relay"))


def test_mcp__no_key__is_refused_though_somebody_signed_in(at: pytest.MonkeyPatch) -> None:
    assert "workmoot key create assistant" in refused(at, None)


def test_mcp__key_that_is_over__is_refused_in_the_apis_words(at: pytest.MonkeyPatch) -> None:
    assert "is not known or is over" in refused(at, "wm_abc")
