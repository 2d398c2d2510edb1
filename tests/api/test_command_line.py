"""The command line as a client that signs in, and makes keys for scripts."""

import json
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import typer
from fastapi.testclient import TestClient
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from typer.testing import CliRunner, Result

from api.access.access import Terms
from api.order_json import order_from
from scripts import alarm, override, question
from scripts.api_client import LATE, UNREACHABLE, ApiClient, refusal
from scripts.bulk import show, told
from scripts.cli import app
from scripts.nodes import free_port
from scripts.posting import sign_post
from scripts.signing import deployment_of, sign_order, sign_text
from tests.api.requests import an_order, preview
from tests.api.serving import LOOPBACK, Served, listening, serve
from tests.api.story import SCENARIO, Story, a_decided_plant, a_running_plant, deployment_of_story, signer
from tests.api.test_message import BARE
from tests.api.visitors import peopled
from workmoot.chain.deployment import write_deployment
from workmoot.chain.memory import ADDRESSES
from workmoot.chain.signer import write_key
from workmoot.domain.hashing import keccak
from workmoot.domain.ids import ProposalId
from workmoot.domain.overrides import order_digest
from workmoot.domain.payloads import read_plan_payload
from workmoot.domain.work import Status
from workmoot.plant.documents import read_all


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    story, port = peopled(a_decided_plant()), free_port()
    served = serve(story, signs=(), terms=Terms(rate=10_000), url=f"http://127.0.0.1:{port}")
    with listening(served, port=port) as address:
        yield address


@pytest.fixture(autouse=True)
def at_home(tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user with a key, and settings of its own."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("WORKMOOT_API", url)
    monkeypatch.delenv("WORKMOOT_API_KEY", raising=False)
    write_key(tmp_path / "planner.key", keccak(b"planner"))
    return tmp_path


def run(*words: str, code: int = 0) -> Result:
    result = CliRunner().invoke(app, words)
    assert result.exit_code == code, result.output
    return result


def sessions_file(home: Path) -> Path:
    return home / "config" / "workmoot" / "sessions.json"


def test_sign_in__key_file__later_commands_may_read(at_home: Path) -> None:
    assert "`workmoot sign-in`" in run("order", "list", code=3).output
    assert "planner" in run("sign-in", "--key", str(at_home / "planner.key")).output
    assert "Six customised pairs" in run("order", "list").output
    run("sign-out")
    run("order", "list", code=3)


def test_sign_in__session__is_in_a_file_of_its_owner(at_home: Path, url: str) -> None:
    run("sign-in", "--key", str(at_home / "planner.key"))
    assert stat.S_IMODE(sessions_file(at_home).stat().st_mode) == 0o600
    assert stat.S_IMODE(sessions_file(at_home).parent.stat().st_mode) == 0o700
    assert list(json.loads(sessions_file(at_home).read_text())) == [url]


def test_sign_in__keystore__asks_for_the_password_or_reads_it(at_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from eth_account import Account

    store = at_home / "planner.json"
    store.write_text(json.dumps(Account.encrypt(keccak(b"planner"), "sesame", kdf="pbkdf2", iterations=2)))
    asked = CliRunner().invoke(app, ["sign-in", "--keystore", str(store)], input="sesame\n")
    assert (asked.exit_code, "sesame" in asked.output) == (0, False)
    monkeypatch.setenv("WORKMOOT_KEYSTORE_PASSWORD", "sesame")
    run("sign-in", "--keystore", str(store))


def test_sign_in__no_key_named__says_so() -> None:
    assert "--keystore" in run("sign-in", code=2).output


def test_sign_in__stranger__is_told_why(at_home: Path) -> None:
    write_key(at_home / "stranger.key", keccak(b"stranger"))
    assert "neither a badge nor a role" in run("sign-in", "--key", str(at_home / "stranger.key"), code=3).output
    assert not sessions_file(at_home).exists()


def test_key__made__lets_a_script_in(at_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("sign-in", "--key", str(at_home / "planner.key"))
    key = run("key", "create", "dashboard", "--scope", "read", "--days", "2").output.strip()
    sessions_file(at_home).unlink()
    monkeypatch.setenv("WORKMOOT_API_KEY", key)
    assert "Six customised pairs" in run("order", "list").output
    monkeypatch.delenv("WORKMOOT_API_KEY")
    run("sign-in", "--key", str(at_home / "planner.key"))
    listed = run("key", "list").output
    assert ("dashboard, read" in listed, key in listed) == (True, False)
    run("key", "revoke", listed.split(":")[0].removeprefix("key "))
    monkeypatch.setenv("WORKMOOT_API_KEY", key)
    run("order", "list", code=3)


def test_key__bad_scope__names_the_field(at_home: Path) -> None:
    run("sign-in", "--key", str(at_home / "planner.key"))
    assert "/scopes/0" in run("key", "create", "x", "--scope", "sign", code=2).output


def test_sign_text__text_for_elsewhere__is_not_signed(at_home: Path, url: str) -> None:
    with pytest.raises(typer.BadParameter, match="asked to sign in"):
        sign_text(str(BARE), signer("technician"), url)


def test_override__own_key__is_signed_here_and_sent(at_home: Path) -> None:
    write_key(at_home / "operator.key", keccak(b"operator"))
    key = _signing(at_home, "operator")
    run("override", "hold", "robot:R-1", "--reason", "somebody stands there", *key, code=3)
    run("sign-in", *key[:2])
    assert "dry run" in run("override", "hold", "robot:R-1", "--reason", "look", "--dry-run", *key).output
    told = run("override", "hold", "robot:R-1", "--reason", "somebody stands there", "--wait", "60", *key).output
    assert ("effective" in told, "operator" in told) == (True, True)
    assert "sign the typed data" in run("override", "hold", "robot:R-2", "--reason", "x", code=2).output


def test_order__own_key__is_packed_and_signed_here(at_home: Path) -> None:
    file, key = str(SCENARIO / "order.yaml"), _signing(at_home, "planner")
    run("order", "submit", file, *key, code=3)
    run("sign-in", *key[:2])
    told = run("order", "submit", file, "--yes", *key)
    assert f"signing as {signer('planner').address}: post 'Six customised pairs'" in told.stderr
    assert "60 tasks, 6 products" in told.stderr
    posted = int(told.stdout.split()[1].rstrip(":"))
    assert signer("planner").address in run("order", "show", str(posted), "--json").stdout
    assert "sign the typed data" in run("order", "submit", file, "--yes", code=2).output


def _with_another_tasks_work(seen: dict[str, Any]) -> None:
    """The API has another document signed."""
    seen["document"] = seen["document"] | {"name": "Another"}


def _with_capabilities_in_another_order(seen: dict[str, Any]) -> None:
    seen["capabilities"] = [*seen["capabilities"][1:], seen["capabilities"][0]]


def _for_ever(seen: dict[str, Any]) -> None:
    seen["post"] |= {"deadline": 1 << 40}


def _of_another(seen: dict[str, Any]) -> None:
    seen["signer"] = "supervisor"


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_with_another_tasks_work, "other bytes"),
        (_with_capabilities_in_another_order, "other bytes"),
        (_of_another, "other bytes"),
        (_for_ever, "too long"),
    ],
)
def test_sign_post__other_than_the_file__is_not_signed(story: Story, spoil: Callable[[Any], None], words: str) -> None:
    (document,) = read_all(SCENARIO / "order.yaml")
    with TestClient(serve(peopled(story), signs=()).app, base_url=LOOPBACK) as client:
        asked = {"document": document, "human": "planner"}
        seen = client.post("/api/v1/orders?dry_run=true", json=asked).json() | {
            "document": document,
            "signer": "planner",
        }
    assert sign_post(document, seen, deployment_of_story(), signer("planner"))["human"] == signer("planner").address
    spoil(seen)
    with pytest.raises(typer.BadParameter, match=words):
        sign_post(seen["document"], seen, deployment_of_story(), signer(seen["signer"]))


def test_override__drain_and_lift__are_signed_here_for_the_contract_of_instructions(at_home: Path) -> None:
    write_key(at_home / "supervisor.key", keccak(b"supervisor"))
    key = _signing(at_home, "supervisor")
    run("sign-in", *key[:2])
    told = run("override", "drain", "grinder", "--reason", "it drifts", "--for", "600", *key).output
    assert ("drain grinder" in told, "effective until" in told) == (True, True)
    run("override", "quarantine", "grinder", "--reason", "it drifts", *key)
    assert "--what" in run("override", "lift", "grinder", "--reason", "mended", *key, code=2).output
    told = run("override", "lift", "grinder", "--reason", "mended", "--what", "quarantine", *key).output
    assert "lift grinder" in told
    run("override", "lift", "grinder", "--reason", "mended", "--what", "drain", *key)
    told = run("override", "reprioritise", "266", "7", "--reason", "the customer waits", *key).output
    assert "reprioritise" in told
    run("override", "lift", "task:266", "--reason", "delivered", *key)


@pytest.mark.parametrize(("field", "value"), [("payload", "0x0d"), ("expectedVersion", 9), ("subject", 2)])
def test_sign_order__instruction_drafted_otherwise__is_not_signed(at_home: Path, field: str, value: object) -> None:
    story = a_decided_plant()
    asked = an_order("lift", "worker", str(story.badge["grinder"]), expires_at=None, payload={"kind": "drain"})
    with TestClient(serve(story).app, base_url=LOOPBACK) as client:
        seen = preview(client, asked)
    assert sign_order(asked, seen, deployment_of_story(), signer("technician"))
    with pytest.raises(typer.BadParameter):
        sign_order(asked, seen | {"order": seen["order"] | {field: value}}, deployment_of_story(), signer("technician"))


def test_sign_order__drafted_as_asked__is_signed_under_its_digest(at_home: Path) -> None:
    asked, seen = _assignment()
    signature = sign_order(asked, seen, deployment_of_story(), signer("technician"))
    assert signature == "0x" + signer("technician").sign(bytes.fromhex(seen["digest"][2:])).hex()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", 7),
        ("subjectType", 2),
        ("subject", 999),
        ("payload", "0x"),
        ("level", 5),
        ("reasonCode", 8),
        ("reason", "else"),
        ("expiresAt", 0),
        ("validUntil", 1 << 40),
    ],
)
def test_sign_order__drafted_otherwise__is_not_signed(at_home: Path, field: str, value: object) -> None:
    asked, seen = _assignment()
    changed = seen | {"order": seen["order"] | {field: value}}
    with pytest.raises(typer.BadParameter, match="another order"):
        sign_order(asked, changed, deployment_of_story(), signer("technician"))


def test_sign_order__to_another_worker__is_not_signed(at_home: Path) -> None:
    asked, seen = _assignment()
    with pytest.raises(typer.BadParameter, match=r"asked for \(payload\)"):
        sign_order(asked | {"payload": {"worker": 1}}, seen, deployment_of_story(), signer("technician"))


def test_sign_order__for_another_human__is_not_signed(at_home: Path) -> None:
    asked, seen = _assignment()
    with pytest.raises(typer.BadParameter, match=r"asked for \(human\)"):
        sign_order(asked, seen, deployment_of_story(), signer("operator"))


def test_sign_order__drafted_for_another_contract__is_not_signed(at_home: Path) -> None:
    asked, seen = _assignment()
    elsewhere = replace(deployment_of_story(), overrides=signer("stranger").address)
    with pytest.raises(typer.BadParameter, match="another deployment"):
        sign_order(asked, seen, elsewhere, signer("technician"))


def _assignment() -> tuple[dict[str, Any], dict[str, Any]]:
    """An assignment to a worker by number, and how a truthful API drafts it."""
    story = a_decided_plant()
    more = {"human": signer("technician").address, "payload": {"worker": int(story.badge["assembler"])}}
    asked = an_order("assign", "task", story.task("P4", "glue")) | more
    with TestClient(serve(story).app, base_url=LOOPBACK) as client:
        return asked, preview(client, asked)


def test_task_why__decided__is_told_for_people(at_home: Path) -> None:
    run("sign-in", "--key", str(at_home / "planner.key"))
    told = run("task", "why", "256").output
    assert "in control (the lowest level is in force)\n  level 16" in told
    assert "loader leans against: <b>R-8</b> took" in told
    assert json.loads(run("task", "why", "256", "--json").output)["proposal"] == 2


LIES = {
    "another task": lambda order: order | {"subject": order["subject"] + 1},
    "another payload": lambda order: order | {"payload": "0x" + "00" * 31 + "ff"},
    "for ever": lambda order: order | {"validUntil": 1 << 40},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_override__api_that_lies__gets_no_signature(
    at_home: Path, monkeypatch: pytest.MonkeyPatch, lie: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    story = a_decided_plant()
    served = serve(story)
    served.app.middleware("http")(_lying(story, lie))
    before = len(story.ledger.overrides)
    write_key(at_home / "technician.key", keccak(b"technician"))
    with listening(served) as liar:
        monkeypatch.setenv("WORKMOOT_API", liar)
        words = ("override", "cancel", str(story.task("P4", "glue")), "--reason", "so")
        refused = run(*words, *_signing(at_home, "technician"), code=2)
    assert "another order" in refused.output
    assert len(story.ledger.overrides) == before


def _lying(story: Story, lie: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    """Previews answer with another order than was asked for, and with its own digest."""

    async def lying(request: Request, call_next: Any) -> Response:
        answer = await call_next(request)
        if "dry_run" not in request.url.query:
            return answer  # type: ignore[no-any-return]  # Starlette's
        seen = json.loads(b"".join([part async for part in answer.body_iterator]))
        seen["order"] = lie(seen["order"])
        digest = order_digest(
            order_from(seen["order"]), chain_id=story.chain.chain_id, overrides=ADDRESSES["Overrides"]
        )
        return JSONResponse(seen | {"digest": "0x" + digest.hex()})

    return lying


SPRAYING = ("--where", "status=allocated,worker=sprayer", "--reason", "the nozzle is clogged")


@pytest.fixture
def technicians(at_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Story, Served, tuple[str, ...]]]:
    """A running plant of its own, and the options of a supervisor's key."""
    story = a_running_plant()
    served = serve(story)
    write_key(at_home / "technician.key", keccak(b"technician"))
    with listening(served) as url:
        monkeypatch.setenv("WORKMOOT_API", url)
        yield story, served, _signing(at_home, "technician")


Technicians = tuple[Story, Served, tuple[str, ...]]


@pytest.fixture
def five_an_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if no more than five entries of a plan went into one order."""
    monkeypatch.setattr("workmoot.domain.payloads.ENTRIES_A_PART", 5)


VETO = ("override", "veto", "2", "--reason", "the glue has to rest")


@pytest.mark.usefixtures("five_an_order")
def test_override__veto_of_a_large_plan__is_signed_part_by_part(technicians: Technicians) -> None:
    story, _, key = technicians
    orders = -(-len(story.ledger.proposals[ProposalId(2)].entries) // 5)
    told = run(*VETO, *key).output
    assert (told.count("signing as"), told.count("; displaced ")) == (orders, orders)
    assert "veto proposal 2 (entries 6 to 10), level of its kind" in told
    given = [record.order for record in list(story.ledger.overrides.values())[2:]]
    parts = [read_plan_payload(order.payload) for order in given]
    assert [(part.first, part.last) for part in parts][:2] == [(0, 5), (5, 10)]
    assert (len(parts), parts[-1].last) == (orders, len(story.ledger.proposals[ProposalId(2)].entries))
    assert {order.human for order in given} == {signer("technician").address}


@pytest.mark.usefixtures("five_an_order")
def test_sign_order__another_part_than_was_asked_for__is_not_signed() -> None:
    human = {"human": signer("technician").address}
    with TestClient(serve(a_running_plant()).app, base_url=LOOPBACK) as client:
        first, second = (an_order("veto", "proposal", 2, payload={"part": part}, **human) for part in (1, 2))
        seen = preview(client, second)
        assert preview(client, an_order("veto", "proposal", 2, **human))["parts"] > 2
    assert sign_order(second, seen, deployment_of_story(), signer("technician"))
    for other in (first, an_order("veto", "proposal", 2, **human)):
        with pytest.raises(typer.BadParameter, match=r"asked for \(.*payload"):
            sign_order(other | {"expires_at": second["expires_at"]}, seen, deployment_of_story(), signer("technician"))


def test_override__where__says_the_count_asks_and_signs_each(technicians: Technicians) -> None:
    story, _, key = technicians
    sprayed = [task for task in story.ledger.tasks.values() if task.worker == story.badge["sprayer"]]
    unasked = CliRunner().invoke(app, ("override", "hold", *SPRAYING, *key))
    assert unasked.exit_code == 2
    assert "--yes" in unasked.output
    asked = CliRunner().invoke(app, ("override", "hold", *SPRAYING, *key), input="n\n")
    assert (asked.exit_code, len(story.ledger.overrides)) == (1, 2)
    assert "4 tasks, 4 orders:" in asked.output
    assert "forecast (deterministic plan)" in asked.output
    told = run("override", "hold", *SPRAYING, "--yes", *key).output
    assert (told.count("signing as"), "4 orders given, 0 refused" in told) == (4, True)
    assert sum(story.ledger.tasks[task.id].held for task in sprayed) == 4
    assert "2 orders given" not in run("override", "hold", *SPRAYING, "--dry-run", *key).output
    assert json.loads(run("override", "release", *SPRAYING, "--yes", "--json", *key).stdout)["given"] == 4


def test_override__where__cancels_in_one_order_and_tells_what_was_refused(technicians: Technicians) -> None:
    story, _, key = technicians
    refused = run("override", "release", *SPRAYING, "--yes", *key, code=3).output
    assert "refused, tasks 282:" in refused
    told = run("override", "cancel", *SPRAYING, "--yes", *key).output
    assert (told.count("signing as"), "1 order given" in told) == (1, True)
    assert "cancel task 282 (tasks 282 292 302 312)" in told
    assert sum(task.status is Status.CANCELLED for task in story.ledger.tasks.values()) == 4
    assert "0 tasks" in run("override", "cancel", *SPRAYING, *key).output


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("hold", "282", *SPRAYING), "name what it is about"),
        (("hold", "--reason", "so"), "name what it is about"),
        (("hold", "--where", "sprayer", "--reason", "so"), "is not like status=allocated"),
        (("hold", *SPRAYING, "--wait", "5"), "--wait follows one order"),
        (("suspend", *SPRAYING), "goes with a worker"),
        (("hold", "--where", "colour=red", "--reason", "so"), "/where/colour"),
    ],
)
def test_override__where_that_makes_no_sense__says_why(
    technicians: Technicians, words: tuple[str, ...], says: str
) -> None:
    assert says in " ".join(run("override", *words, code=2).output.replace("│", " ").split())


BULK_LIES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "lists fewer tasks": lambda seen: seen | {"tasks": seen["tasks"][1:]},
    "drafts for another task": lambda seen: _redrafted(seen, {"subject": 283}),
    "drafts another act": lambda seen: _redrafted(seen, {"kind": 4}),
}


def _redrafted(seen: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    first, *others = seen["orders"]
    return seen | {"orders": [first | {"order": first["order"] | changes}, *others]}


@pytest.mark.parametrize("lie", BULK_LIES.values(), ids=BULK_LIES)
def test_override__where_of_an_api_that_lies__gets_no_signature(
    technicians: Technicians, monkeypatch: pytest.MonkeyPatch, lie: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    story, _, key = technicians
    monkeypatch.setattr(ApiClient, "preview_all", _told_otherwise(ApiClient.preview_all, lie))
    told = run("override", "hold", *SPRAYING, "--yes", *key, code=2).output
    assert ("other" in told, len(story.ledger.overrides)) == (True, 2)


def _told_otherwise(preview_all: Any, lie: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    return lambda client, act: lie(preview_all(client, act))


def _signing(home: Path, name: str) -> tuple[str, ...]:
    """The options by which a human's key signs for the story's contracts."""
    file = home / "deployment.json"
    write_deployment(file, deployment_of_story())
    return "--key", str(home / f"{name}.key"), "--deployment", str(file)


def test_deployment_of__none_named_and_several_known__is_asked_for(
    at_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workmoot.chain.deployment.FOLDER", at_home)
    write_deployment(at_home / "1.json", deployment_of_story())
    assert deployment_of("http://127.0.0.1:1", None) == deployment_of_story()
    write_deployment(at_home / "2.json", deployment_of_story())
    with pytest.raises(typer.BadParameter, match="--deployment"):
        deployment_of("http://127.0.0.1:1", None)


ONCE = ("--idempotency-key", "once")


@pytest.mark.parametrize(
    "words",
    [
        ("override", "cancel", "282", "--reason", "so"),
        ("override", "reprioritise", "282", "9", "--reason", "so"),
        ("override", "hold", *SPRAYING, "--yes"),
        ("member", "suspend", "sprayer", "--reason", "so"),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_any_write__answer_lost_and_its_key_given_back__is_done_once(
    technicians: Technicians, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    story, _, key = technicians
    words = (*words, *(key if words[0] == "override" else ()), *ONCE)
    before, request = len(story.ledger.overrides), httpx.request

    def loses(*asked: Any, headers: dict[str, str], **more: Any) -> httpx.Response:
        answer = request(*asked, headers=headers, **more)
        if "Idempotency-Key" in headers:
            raise httpx.ReadTimeout("60 s")
        return answer

    monkeypatch.setattr("scripts.api_client.AGAIN_AFTER_S", ())
    with monkeypatch.context() as losing:
        losing.setattr(httpx, "request", loses)
        run(*words, code=UNREACHABLE)
    done = len(story.ledger.overrides)
    run(*words)
    assert (done > before, len(story.ledger.overrides)) == (True, done)


AT_WORK = httpx.Response(409, headers={"Retry-After": "1"}, json={"detail": "This very request is being done."})


@pytest.mark.parametrize(("answer", "code"), [(AT_WORK, LATE), (None, UNREACHABLE)], ids=["at work", "lost"])
def test_give_all__not_done_in_time__says_under_which_key_it_was_sent(
    answer: httpx.Response | None, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    keys: set[str] = set()

    def request(*_: object, headers: dict[str, str], **__: object) -> httpx.Response:
        keys.add(headers["Idempotency-Key"])
        if answer is None:
            raise httpx.ReadTimeout("60 s")
        return answer

    monkeypatch.setattr("scripts.api_client.AGAIN_AFTER_S", (0.0, 0.0))
    monkeypatch.setattr(httpx, "request", request)
    with pytest.raises(typer.Exit) as ended:
        ApiClient("http://x").give_all({}, etag="e")
    (key,) = keys
    assert (ended.value.exit_code, key in capsys.readouterr().err) == (code, True)


def a_question(name: str) -> dict[str, Any]:
    """Of which everything that a stranger may choose is this."""
    field = {"name": "note", "right": name}
    asked = {"id": "0x1", "state": "open", "asker": {"name": name}, "about": {"name": name}, "words": name}
    return asked | {"outcome": None, "deadline": "soon", "default": {"note": name}, "fields": [field]}


def test_show__strangers_name__moves_no_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    name = "Sprayer\x1b[1A\r\x1b[2K\u202e task 7: harmless"
    task = {"id": 1, "name": name, "status": "started", "worker": {"name": name}}
    refused = {"tasks": [1], "refusal": name}
    show({"tasks": [task], "count": 1, "orders": [{"warnings": [name]}], "forecast": None, "banner": None})
    typer.echo(told({"given": 0, "refused": 1, "items": [refused]}))
    typer.echo(alarm._line({"id": "0x1", "state": "unacknowledged", "shelved_until": None, "says": name}))
    typer.echo("\n".join(question._told(a_question(name))))
    seen = {"displaces": {"what": name, "returns": ""}, "filled": {}, "warnings": [name]}
    typer.echo("\n".join(override._told(seen)))
    typer.echo(refusal(httpx.Response(409, json={"detail": name})))
    said = "".join(capsys.readouterr())
    assert said.count("task 7") == 13
    assert all(letter.isprintable() for letter in said.replace("\n", ""))


def test_serve__port_that_there_is_not__says_the_range() -> None:
    refused = CliRunner().invoke(app, ["serve", "--rpc", "http://127.0.0.1:1", "--port", "99999"])
    assert refused.exit_code == 2
    assert "65535" in refused.output
