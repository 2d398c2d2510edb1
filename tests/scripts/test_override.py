"""What the command line makes of an override."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from scripts import override

ETAG = '"task-262-1"'
DISPLACED = {"what": "Sprayer, who had the task", "returns": "It goes back."}
RECORD = {
    "id": 3,
    "kind": "assign",
    "subject": {"type": "task", "id": 262, "name": "Spray"},
    "reason": {"code": "QUALITY", "text": "clogged"},
    "human": {"name": "Li"},
    "digest": "0x01",
    "state": "effective",
    "times": {"effective": "2027-01-15T08:00:04Z"},
    "void": None,
    "expires_at": None,
    "displaced": DISPLACED,
    "filled": {"robots": {"shown": ["R-6"], "from": "the offer"}},
    "warnings": [],
    "next_step": None,
    "banner": None,
}


def _at(state: str, *, is_confirmed: bool) -> dict[str, Any]:
    return {"state": state, "times": RECORD["times"] if is_confirmed else {"effective": None}}


class FakeApi:
    """Notes what it is asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Any]] = []
        self.given = RECORD
        self.told: list[str] = []
        """The states that the stream tells."""

    def preview(self, order: Any) -> Any:
        self.asked.append(("preview", order))
        return {"displaces": DISPLACED, "filled": {}, "warnings": ["busy"], "banner": None, "etag": ETAG}

    def give(self, order: Any, *, etag: str, key: str | None) -> Any:
        self.asked.append((etag, order))
        return dict(self.given)

    def steps(self, digest: str, *, within_s: float) -> Any:
        assert (digest, within_s) == ("0x01", 5)
        return (_at(state, is_confirmed="effective" in self.told[: place + 1]) for place, state in enumerate(self.told))

    def get(self, path: str) -> Any:
        floor = None if self.told[-1] == "asked" else "The floor has not confirmed it: away."
        return _at(self.told[-1], is_confirmed="effective" in self.told) | {"floor": floor}

    def listing(self, path: str) -> Any:
        self.asked.append((path, None))
        return {"items": [RECORD]}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> FakeApi:
    made = FakeApi()
    monkeypatch.setattr(override, "_client", lambda _: made)
    return made


def run(*arguments: str, code: int = 0) -> str:
    done = CliRunner().invoke(override.app, list(arguments))
    assert done.exit_code == code, done.output
    return done.output


WAITING = ("cancel", "262", "--reason", "so", "--wait", "5")


@pytest.mark.parametrize(
    ("arguments", "subject"),
    [
        (("hold", "plant"), {"type": "plant"}),
        (("hold", "robot:R-1"), {"type": "robot", "id": "R-1"}),
        (("hold", "262"), {"type": "task", "id": "262"}),
        (("veto", "4"), {"type": "proposal", "id": "4"}),
        (("suspend", "sprayer"), {"type": "worker", "id": "sprayer"}),
        (("accept", "262"), {"type": "task", "id": "262"}),
    ],
)
def test_command__any_kind__names_its_subject(
    api: FakeApi, arguments: tuple[str, str], subject: dict[str, str]
) -> None:
    run(*arguments, "--reason", "so")
    [(_, seen), (_, body)] = api.asked
    assert (body["kind"], body["subject"]) == (arguments[0], subject)
    assert seen == body


@pytest.mark.parametrize(("kind", "etag"), [("accept", ETAG), ("hold", "*")])
def test_command__any__is_given_as_it_was_previewed_a_hold_whatever_changed(api: FakeApi, kind: str, etag: str) -> None:
    run(kind, "262", "--reason", "so")
    assert [asked[0] for asked in api.asked] == ["preview", etag]


def test_command__hold_without_a_time__lasts_until_released(api: FakeApi) -> None:
    run("hold", "plant", "--reason", "so")
    assert api.asked[0][1]["expires_at"] is None


def test_command__accept_without_a_time__still_expires(api: FakeApi) -> None:
    run("accept", "262", "--reason", "so")
    assert api.asked[0][1]["expires_at"] is not None


def test_assign__worker_named__tells_what_was_filled_in(api: FakeApi) -> None:
    said = run("assign", "262", "assembler", "--reason", "clogged", "--code", "QUALITY")
    assert api.asked[0][1]["payload"] == {"worker": "assembler"}
    assert "displaced Sprayer, who had the task" in said
    assert "robots: ['R-6'] (the offer)" in said


def test_command__dry_run__says_that_nothing_was_sent(api: FakeApi) -> None:
    said = run("hold", "plant", "--reason", "so", "--dry-run")
    assert [asked[0] for asked in api.asked] == ["preview"]
    assert "nothing sent" in said
    assert "warning: busy" in said


def test_command__no_reason__is_refused_before_anything_is_asked(api: FakeApi) -> None:
    assert CliRunner().invoke(override.app, ["hold", "plant"]).exit_code == 2
    assert api.asked == []


@pytest.mark.parametrize(
    ("told", "code", "says"),
    [
        (("mined", "acknowledged", "effective", "released"), 0, "  acknowledged\n  effective\n"),
        (("mined", "failed"), 3, "  failed\n"),
        (("mined",), 6, "The floor has not confirmed it: away.\n"),
        (("mined", "expiring"), 6, "  expiring\nThe floor has not confirmed it: away.\n"),
        (("expiring", "effective"), 0, "  expiring\n  effective\n"),
        (("asked",), 6, "It is asked, and was not confirmed.\n"),
        (("superseded",), 6, "The floor has not confirmed it: away.\n"),
    ],
    ids=["confirmed", "failed", "not in time", "its time over", "confirmed late", "asked", "superseded"],
)
def test_command__wait__shows_the_steps_and_ends_with_the_last(
    api: FakeApi, told: tuple[str, ...], code: int, says: str
) -> None:
    api.given = RECORD | _at("mined", is_confirmed=False)
    api.told = list(told)
    assert run(*WAITING, code=code).endswith(says)


def test_command__word_that_does_not_count__says_why_and_is_not_confirmed(api: FakeApi) -> None:
    why = "The alarm is about the human who said this."
    api.given, api.told = RECORD | _at("void", is_confirmed=False) | {"void": why}, ["void"]
    said = run("acknowledge", "0x01", "--reason", "so", "--wait", "5", code=6)
    assert f", void ({why});" in said
    assert said.endswith(f"{why}\n")


def test_command__wait_with_json__is_one_document(api: FakeApi) -> None:
    api.given, api.told = RECORD | _at("mined", is_confirmed=False), ["effective"]
    assert json.loads(run(*WAITING, "--json"))["state"] == "effective"


def test_list__active_only__asks_for_those(api: FakeApi) -> None:
    assert "override 3: assign Spray, effective" in run("list", "--active")
    assert api.asked[0][0] == "overrides?active=true"
