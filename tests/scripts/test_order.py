import json
import os
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
import typer
from typer.testing import CliRunner, Result

from scripts import api_client, writes
from scripts.order import app

ORDER = {"id": 1, "name": "Soles", "done": 1, "tasks": 2, "products": ["A"], "products_finished": 0,
         "counts": [{"status": "accepted", "tasks": 1}], "members": [
             {"id": 256, "status": "accepted", "worker": {"id": "sprayer"}, "name": "Spray"},
             {"id": 257, "status": "posted", "worker": None, "name": "Pack"}]}  # fmt: skip


SEEN = {"etag": '"order-1"', "same_as": None, "warnings": ["It is due too early."], "name": "Soles",
        "tasks": 2, "products": ["A"], "least_s": 80.0, "due_s": 60.0, "needs": [
            {"capability": "spray", "tasks": 2, "work_s": 80.0, "workers": 1}]}  # fmt: skip


class FakeApi:
    """Answers in turn, the last one for ever, and remembers what it was asked."""

    def __init__(self, *answers: tuple[int, Any]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, str, Any]] = []
        self.keys: list[str | None] = []
        self.tags: list[str | None] = []

    def __call__(
        self, method: str, url: str, *, json: Any = None, headers: dict[str, str], timeout: float
    ) -> httpx.Response:
        self.asked.append((method, url, json))
        self.keys.append(headers.get("Idempotency-Key"))
        self.tags.append(headers.get("If-Match"))
        status, body = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if status == 0:
            raise httpx.ConnectError("refused")
        return httpx.Response(status, json=body)


@pytest.fixture
def run(monkeypatch):
    def invoke(api: FakeApi, *arguments: str) -> Result:
        monkeypatch.setattr(httpx, "request", api)
        return CliRunner().invoke(app, [*arguments, "--api", "http://api/"])

    return invoke


def written(folder: Path, text: str) -> str:
    (folder / "order.yaml").write_text(text)
    return str(folder / "order.yaml")


def test_submit__two_orders__posts_both(run, tmp_path):
    one, two = ({"id": id_, "tasks": 2, "tx": f"0x{id_}"} for id_ in (1, 2))
    api = FakeApi((200, SEEN), (201, one), (200, SEEN), (201, two))
    result = run(api, "submit", written(tmp_path, "a: 1\n---\na: 2\n"))
    assert [asked[2]["document"] for asked in api.asked] == [{"a": 1}, {"a": 1}, {"a": 2}, {"a": 2}]
    assert [asked[1] for asked in api.asked[:2]] == [
        f"http://api/api/v1/orders{query}" for query in ("?dry_run=true", "")
    ]
    assert api.tags == [None, '"order-1"'] * 2
    assert "due too early" in result.stderr
    assert result.stdout.splitlines() == ["order 1: 2 tasks, 0x1", "order 2: 2 tasks, 0x2"]


def test_submit__malformed__says_why_and_exits_2(run, tmp_path):
    problem = {
        "title": "Unprocessable Entity",
        "detail": "/tasks: a cycle",
        "errors": [{"pointer": "/tasks", "detail": "a cycle"}],
    }
    result = run(FakeApi((422, problem)), "submit", written(tmp_path, "a: 1\n"))
    assert result.exit_code == 2
    assert result.stderr == "/tasks: a cycle\n"


def test_show__no_such_order__names_the_command_that_lists_them(run):
    result = run(FakeApi((404, {"detail": "There is no order 9. GET /api/v1/orders lists them."})), "show", "9")
    assert (result.exit_code, result.stderr) == (2, "There is no order 9. `workmoot order list` lists them.\n")


@pytest.mark.parametrize(
    ("status", "code"), [(401, 3), (403, 3), (409, 3), (412, 4), (428, 4), (500, 1), (502, 5), (503, 5), (504, 6)]
)
def test_any__refused__the_exit_code_says_how(run, status, code):
    assert run(FakeApi((status, {"detail": "no"})), "list").exit_code == code


def test_submit__answer_lost__asked_again_with_the_same_key(run, tmp_path, monkeypatch):
    monkeypatch.setattr(api_client, "AGAIN_AFTER_S", (0.0, 0.0))
    api = FakeApi((200, SEEN), (0, None), (0, None), (201, {"id": 1, "tasks": 2, "tx": "0x1"}))
    assert run(api, "submit", written(tmp_path, "a: 1\n")).exit_code == 0
    assert len(api.keys) == 4
    assert len(set(api.keys[1:])) == 1


def said_by(result: Result) -> str:
    """What is in the box of errors, on one line."""
    return " ".join(result.stderr.replace("│", " ").split())


POSTED = {"id": 1, "tasks": 2, "tx": "0x1"}


@pytest.fixture
def lost(run, tmp_path, monkeypatch) -> tuple[FakeApi, str]:
    """A file of two orders, of whose first no answer came; and the key that it was sent with."""
    monkeypatch.setattr(api_client, "AGAIN_AFTER_S", ())
    api = FakeApi((200, SEEN), (0, None))
    result = run(api, "submit", written(tmp_path, "a: 1\n---\na: 2\n"))
    assert (result.exit_code, f"--idempotency-key {api.keys[1]}" in result.stderr) == (5, True)
    return api, str(api.keys[1])


def test_submit__again_with_the_key_that_was_named__sends_the_same_and_goes_on(run, lost, tmp_path):
    before, key = lost
    api = FakeApi((201, POSTED), (200, SEEN), (201, POSTED | {"id": 2}))
    result = run(api, "submit", str(tmp_path / "order.yaml"), "--idempotency-key", key)
    assert (result.exit_code, result.stdout.count("order")) == (0, 2)
    assert (api.asked[0], api.keys[0], api.tags[0]) == (before.asked[1], key, '"order-1"')
    assert ([asked[2]["document"] for asked in api.asked[1:]], api.keys[2] == key) == ([{"a": 2}] * 2, False)


def test_submit__key_of_another_order__is_refused_and_nothing_sent(run, lost, tmp_path):
    api = FakeApi((201, POSTED))
    result = run(api, "submit", written(tmp_path, "a: 3\n"), "--idempotency-key", lost[1])
    assert (result.exit_code, "something else was sent with this key" in said_by(result), api.asked) == (2, True, [])


def test_submit__key_of_an_order_that_the_file_has_twice__is_refused_and_nothing_sent(run, lost, tmp_path):
    api = FakeApi((201, POSTED))
    result = run(api, "submit", written(tmp_path, "a: 1\n---\na: 1\n"), "--idempotency-key", lost[1])
    assert (result.exit_code, "more than once" in said_by(result), api.asked) == (2, True, [])


def test_submit__key_of_another_humans_order__is_refused_and_nothing_sent(run, lost, tmp_path):
    api = FakeApi((201, POSTED))
    result = run(api, "submit", str(tmp_path / "order.yaml"), "--human", "vera", "--idempotency-key", lost[1])
    assert (result.exit_code, "something else was sent with this key" in said_by(result), api.asked) == (2, True, [])


def test_submit__key_of_more_than_a_day_ago__is_refused_and_nothing_sent(run, lost, tmp_path, monkeypatch):
    api, later = FakeApi((201, POSTED)), time.time() + writes.KEPT_S + 1
    monkeypatch.setattr("scripts.writes.time.time", lambda: later)
    result = run(api, "submit", str(tmp_path / "order.yaml"), "--idempotency-key", lost[1])
    assert (result.exit_code, "more than a day ago" in said_by(result), api.asked) == (2, True, [])


def test_submit__a_key_of_ones_own__is_sent_and_free_again_where_nothing_was_done(run, tmp_path):
    file, key = written(tmp_path, "a: 1\n"), "mine"
    stale = FakeApi((200, SEEN), (412, {"detail": "Look again."}))
    assert run(stale, "submit", file, "--idempotency-key", key).exit_code == 4
    api = FakeApi((200, SEEN | {"etag": '"order-2"'}), (201, POSTED))
    assert run(api, "submit", file, "--idempotency-key", key).exit_code == 0
    assert (api.keys[1], api.tags[1]) == (key, '"order-2"')


@pytest.mark.parametrize("key", ["", "a key", "ö", "x" * 256])
def test_submit__key_that_is_none__exits_2_and_asks_nobody(run, tmp_path, key):
    api = FakeApi((201, POSTED))
    result = run(api, "submit", written(tmp_path, "a: 1\n"), "--idempotency-key", key)
    assert (result.exit_code, "1 to 255 visible" in said_by(result), api.asked) == (2, True, [])


def test_submit__one_key_for_two_orders__is_refused(run, tmp_path):
    api = FakeApi((201, POSTED))
    result = run(api, "submit", written(tmp_path, "a: 1\n---\na: 2\n"), "--idempotency-key", "one")
    assert (result.exit_code, "a key is for one order" in said_by(result), api.asked) == (2, True, [])


def test_submit__nowhere_to_keep_it__is_posted_all_the_same(run, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", written(tmp_path, "a: 1\n"))  # a file is no folder
    assert run(FakeApi((200, SEEN), (201, POSTED)), "submit", str(tmp_path / "order.yaml")).exit_code == 0


def test_submit__dry_run__says_what_would_be_posted_and_posts_nothing(run, tmp_path):
    api = FakeApi((200, SEEN))
    said = run(api, "submit", written(tmp_path, "a: 1\n"), "--dry-run").stdout
    assert "Soles: 2 tasks, 1 products, 80 s of work at least, one after the other, the first due after 60 s" in said
    assert ("1 workers can" in said, "due too early" in said, len(api.asked)) == (True, True, 1)


@pytest.mark.parametrize(("more", "posts"), [((), False), (("--yes",), True)], ids=["nobody says so", "sure"])
def test_submit__posted_already__is_posted_again_only_where_a_human_says_so(run, tmp_path, more, posts):
    api = FakeApi((200, SEEN | {"same_as": 1}), (201, POSTED))
    result = run(api, "submit", written(tmp_path, "a: 1\n"), *more)
    assert (result.exit_code, len(api.asked)) == ((0, 2) if posts else (1, 1))
    assert ("Post it once more?" in result.stderr) is not posts


def test_list__no_answer__asked_once(run):
    api = FakeApi((0, None))
    run(api, "list")
    assert len(api.asked) == 1


def test_submit__no_yaml__exits_2_and_asks_nobody(run, tmp_path):
    api = FakeApi((201, {}))
    assert run(api, "submit", written(tmp_path, "a: [")).exit_code == 2
    assert not api.asked


def test_list__orders__a_line_each(run):
    words = "order 1, Soles: 1 of 2 tasks done, 0 of 1 products finished (1 accepted)\n"
    assert run(FakeApi((200, {"items": [ORDER], "next_cursor": None})), "list").stdout == words


def test_list__none__says_so(run):
    assert run(FakeApi((200, {"items": [], "next_cursor": None})), "list").stdout == "no orders yet\n"


def test_show__order__its_tasks(run):
    lines = run(FakeApi((200, ORDER)), "show", "1").stdout.splitlines()
    assert lines[1:] == ["     256  accepted   sprayer      Spray", "     257  posted     nobody       Pack"]


def test_show__as_json__the_apis_answer(run):
    assert json.loads(run(FakeApi((200, ORDER)), "show", "1", "--json").stdout) == ORDER


def test_list__several_pages__shows_them_as_one(run):
    pages = [
        (200, {"items": [{**ORDER, "id": id_}], "next_cursor": cursor}) for id_, cursor in ((1, "bmV4dA"), (2, None))
    ]
    api = FakeApi(*pages)
    assert [line[:7] for line in run(api, "list").stdout.splitlines()] == ["order 1", "order 2"]
    assert [asked[1] for asked in api.asked] == ["http://api/api/v1/orders", "http://api/api/v1/orders?cursor=bmV4dA"]


def test_watch__until_done__prints_changes_alone(run):
    done = {**ORDER, "done": 2, "products_finished": 1, "counts": [{"status": "accepted", "tasks": 2}]}
    api = FakeApi(*[(200, {"items": [order], "next_cursor": None}) for order in (ORDER, ORDER, done)])
    assert len(run(api, "watch", "--every", "0.2").stdout.splitlines()) == 2


def test_any__no_api__says_how_to_start_one(run):
    result = run(FakeApi((0, None)), "list")
    assert result.exit_code == 5
    assert "http://api does not answer" in result.stderr
    assert "workmoot up" in result.stderr


def test_any__bare_error__its_status(monkeypatch):
    monkeypatch.setattr(httpx, "request", lambda *_, **__: httpx.Response(502, text="bad gateway"))
    assert "502" in CliRunner().invoke(app, ["list", "--api", "http://api"]).stderr


def test_client_of__no_url__the_newest_run(monkeypatch, tmp_path):
    (tmp_path / "latest.json").write_text('{"api": "http://127.0.0.1:9/"}')
    monkeypatch.setattr(api_client, "LATEST", tmp_path / "latest.json")
    assert api_client.client_of(None).url == "http://127.0.0.1:9"


def test_client_of__no_run__says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(api_client, "LATEST", tmp_path / "none.json")
    assert "No run to be found" in CliRunner().invoke(app, ["list"]).stderr


def test_client_of__two_plants_run__refused_with_both_named(tmp_path, monkeypatch, capsys):
    for name in ("bakery", "shoes"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "run.json").write_text(
            json.dumps({"pid": os.getpid(), "plant": name, "api": f"http://{name}"})
        )
    monkeypatch.setattr(api_client, "LATEST", tmp_path / "latest.json")
    with pytest.raises(typer.Exit):
        api_client.client_of(None)
    assert "bakery (http://bakery), shoes (http://shoes)" in capsys.readouterr().err
