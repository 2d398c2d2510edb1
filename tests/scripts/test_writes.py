"""What a command sends when it is given the key of another."""

import uuid
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from scripts.cli import app

FORM = {"fields": [{"name": "verdict", "type": "choice"}]}
MANY = {"tasks": [{"id": 262, "name": "Spray", "status": "posted", "worker": None}], "count": 1, "orders": []}
SEEN = {"etag": '"1"', "parts": 1, "forecast": None, "banner": None, **FORM, **MANY}
HOLD = ("override", "hold", "262", "--reason", "so")


class LosingApi:
    """Shows whatever it is asked about; no answer comes to what is sent with a key."""

    def __init__(self) -> None:
        self.sent: list[Any] = []

    def __call__(self, _method: str, url: str, *, json: Any, headers: dict[str, str], **_: object) -> httpx.Response:
        if "Idempotency-Key" not in headers:
            return httpx.Response(200, json=SEEN)
        self.sent.append(json)
        raise httpx.ReadTimeout("60 s")


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> LosingApi:
    made = LosingApi()
    monkeypatch.setattr(httpx, "request", made)
    monkeypatch.setattr("scripts.api_client.AGAIN_AFTER_S", ())
    return made


def twice(first: tuple[str, ...], second: tuple[str, ...]) -> Result:
    """What becomes of the second of two commands with one key."""
    key = ("--idempotency-key", str(uuid.uuid4()), "--api", "http://api")
    CliRunner().invoke(app, (*first, *key))
    return CliRunner().invoke(app, (*second, *key))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (HOLD, ("override", "release", "262", "--reason", "so")),
        (HOLD, ("override", "hold", "263", "--reason", "so")),
        (HOLD, ("override", "hold", "262", "--reason", "or not")),
        (HOLD, (*HOLD, "--code", "SAFETY")),
        (HOLD, (*HOLD, "--human", "vera")),
        ((*HOLD, "--human", "vera"), HOLD),
        (
            ("override", "answer", "0x1", "verdict=accept", "--reason", "so"),
            ("override", "answer", "0x1", "verdict=reject", "--reason", "so"),
        ),
        (
            ("override", "assign", "262", "sprayer", "--reason", "so"),
            ("override", "assign", "262", "assembler", "--reason", "so"),
        ),
        (
            ("override", "reprioritise", "262", "9", "--reason", "so"),
            ("override", "reprioritise", "262", "200", "--reason", "so"),
        ),
        (
            ("override", "lift", "sprayer", "--what", "drain", "--reason", "so"),
            ("override", "lift", "sprayer", "--what", "quarantine", "--reason", "so"),
        ),
        (
            ("override", "hold", "--where", "worker=3", "--yes", "--reason", "so"),
            ("override", "hold", "--where", "worker=3", "--yes", "--reason", "or not"),
        ),
        (("member", "suspend", "sprayer", "--reason", "so"), ("member", "suspend", "sprayer", "--reason", "or not")),
    ],
    ids=["kind", "subject", "reason", "code", "human", "no human", "answer", "worker", "priority", "what is lifted",
         "reason of many", "member"],
)  # fmt: skip
def test_key__given_with_another_command__is_refused_and_nothing_sent(
    api: LosingApi, first: tuple[str, ...], second: tuple[str, ...]
) -> None:
    result = twice(first, second)
    said = " ".join(result.stderr.replace("│", " ").split())
    assert (result.exit_code, "something else was sent with this key" in said, len(api.sent)) == (2, True, 1)


def test_key__given_with_another_time_alone__sends_what_it_sent(api: LosingApi) -> None:
    twice((*HOLD, "--for", "60"), (*HOLD, "--for", "90"))
    first, second = api.sent
    assert first == second
