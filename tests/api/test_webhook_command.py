"""`workmoot webhook` as its human uses it: added, told of, not taken, sent once more, removed."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.access.access import Terms
from api.webhooks.reach import Post, Reach
from api.webhooks.sender import Pace, Sender
from scripts.cli import app
from tests.api.receiver import Receiver, comes, receiving
from tests.api.serving import in_memory, listening, serve
from tests.api.story import Story, a_decided_plant

QUICK = Pace(look_s=0.01, recall_s=0.05, first_s=0.01, longest_s=0.05, attempts=2)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.fixture
def story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Story]:
    """At an API that sends, which the commands ask."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("WORKMOOT_API_KEY", raising=False)
    story, database = a_decided_plant(), in_memory()
    served = serve(story, database=database, terms=Terms(development=True, rate=10_000))
    given, post = served.app.state.dependencies, lambda: Post(Reach(loopback=True))
    belongs = given.access.door.belongs
    sender = Sender(database, served.projection, post, source="here", may_read=belongs, pace=QUICK)
    served.app.state.dependencies = replace(given, watched=(*given.watched, sender))
    with listening(served) as url:
        monkeypatch.setenv("WORKMOOT_API", url)
        yield story


def run(*words: str, code: int = 0) -> Result:
    result = CliRunner().invoke(app, ["webhook", *words])
    assert result.exit_code == code, result.output
    return result


def test_webhook__added__is_told_and_listed_until_it_is_removed(story: Story, receiver: Receiver) -> None:
    assert run("list").stdout == "no webhooks\n"
    receiver.secret = run("add", receiver.url, "--event", "MemberSuspended").stdout.strip()
    story.by("administrator").members.suspend(story.badge["sprayer"])
    assert comes(lambda: len(receiver.got) == 1)
    assert run("list").stdout.startswith(f"webhook 1: MemberSuspended to {receiver.url}, told to ")
    assert receiver.secret not in run("list", "--json").stdout
    assert run("remove", "1").stdout == "webhook 1 removed\n"
    assert run("list").stdout == "no webhooks\n"
    assert "`workmoot webhook list` lists yours" in run("remove", "1", code=2).output


def test_webhook__does_not_take_it__dead_letters_are_listed_and_sent_once_more(
    story: Story, receiver: Receiver
) -> None:
    receiver.answer = lambda _receiver, _id: 500
    made = json.loads(run("add", receiver.url, "--worker", str(story.badge["sprayer"]), "--json").stdout)
    receiver.secret = made["secret"]
    assert run("dead", "1").stdout == run("retry", "1").stdout == "no dead letters\n"
    story.by("administrator").members.suspend(story.badge["sprayer"])
    story.by("administrator").members.reinstate(story.badge["sprayer"])
    assert comes(lambda: len(json.loads(run("dead", "1", "--json").stdout)["items"]) == 2)
    first, second = run("dead", "1").stdout.splitlines()
    assert first.startswith("dead letter 1: org.workmoot.MemberSuspended ")
    assert second.endswith(", it answered 500")
    receiver.answer = lambda _receiver, _id: 204
    assert run("retry", "1", "2").stdout == "dead letter 2 is sent once more\n"
    assert comes(lambda: len(run("dead", "1").stdout.splitlines()) == 1)
    assert run("retry", "1").stdout == "dead letter 1 is sent once more\n"
    assert comes(lambda: run("dead", "1").stdout == "no dead letters\n")
    assert len(receiver.got) == 2
    assert "`workmoot webhook dead ID` lists them" in run("retry", "1", "2", code=2).output


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("https://10.0.0.1/hook",), "/url: 10.0.0.1 is no public address"),
        (("https://mes.example/hook", "--event", "Nothing"), "no contract says Nothing"),
    ],
)
def test_webhook__that_cannot_be__says_why(story: Story, words: tuple[str, ...], says: str) -> None:
    assert says in run("add", *words, code=2).output


def test_webhook__too_many__says_how_to_remove_one(story: Story) -> None:
    for _ in range(20):
        run("add", "https://mes.example/hook")
    assert "remove one with `workmoot webhook remove`" in run("add", "https://mes.example/hook", code=3).output
