"""A human guides a robot through the API, over a gateway that runs."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import typer
from eth_account import Account
from fastapi.testclient import TestClient
from typer.testing import CliRunner, Result

from api.access.access import Terms
from api.order_json import guidance_from
from scripts.cli import app
from scripts.guidance_check import differences
from scripts.nodes import free_port
from scripts.signing import sign_guidance
from tests.api.floors import StoryChain, a_gateway
from tests.api.requests import a_key, an_order, get, give
from tests.api.serving import LOOPBACK, listening, serve
from tests.api.story import Story, a_running_plant, deployment_of_story, signer
from tests.api.visitors import peopled
from tests.gateway.floors import START_S, a_guidance
from workmoot.chain.deployment import write_deployment
from workmoot.chain.signer import write_key
from workmoot.domain.errors import GatewayRefused, GatewayUnreachable
from workmoot.domain.guidance import MAX_NUMBER, Act, guidance_digest
from workmoot.domain.hashing import keccak

ROBOT = "robots/R-1"
LEASE, COMMANDS = f"/api/v1/{ROBOT}/lease", f"/api/v1/{ROBOT}/commands"
WHY = {"code": "MATERIAL", "text": "a part slipped"}
JOG: dict[str, Any] = {"command": "jog", "parameters": {"axis": "x", "distance_mm": 1, "speed_mm_s": 250}}


class Plant:
    """A plant and its gateway, and an API that has the development keys of a supervisor and an operator."""

    def __init__(self, client: Any, chain: StoryChain) -> None:
        self.client, self.chain = client, chain

    def preview(self, path: str, **body: Any) -> dict[str, Any]:
        answer = self.client.post(f"{path}?dry_run=true", json=reasoned(path, body))
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        assert answer.headers["ETag"] == found["etag"]
        return found

    def ask(self, path: str, *, etag: str | None = None, key: str | None = None, **body: Any) -> Any:
        headers = a_key(key) | {"Content-Type": "application/json"} | ({"If-Match": etag} if etag else {})
        return self.client.post(path, content=json.dumps(reasoned(path, body)), headers=headers)

    def does(self, path: str, *, status: int = 201, **body: Any) -> dict[str, Any]:
        """Previews and gives."""
        answer = self.ask(path, etag=self.preview(path, **body)["etag"], **body)
        assert answer.status_code == status, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def signed(self, path: str, by: str, *, changes: Any = None, **body: Any) -> dict[str, Any]:
        """The body with the order of a dry run, or that one changed, signed by whom it is for."""
        seen = self.preview(path, human=by, **body)
        order, domain = seen["order"] | (changes or {}), seen["typed_data"]["domain"]
        digest = guidance_digest(
            guidance_from(order), chain_id=int(domain["chainId"]), gateway=domain["verifyingContract"]
        )
        return {"human": by, "order": order, "signature": "0x" + signer(by).sign(digest).hex(), **body}

    def told_of(self, human: str) -> dict[str, Any]:
        """The robot, once the API has heard that this human has it."""
        deadline = time.monotonic() + 60
        while not _has(robot := get(self.client, ROBOT), human):
            assert time.monotonic() < deadline, robot
            time.sleep(0.02)
        told: dict[str, Any] = robot
        return told

    def hold(self) -> None:
        give(self.client, an_order("hold", "robot", "R-1", human="supervisor", expires_at=None))


def reasoned(path: str, body: dict[str, Any]) -> dict[str, Any]:
    """The body with a reason, where one is needed."""
    return ({"reason": WHY} | body) if path.endswith(("/lease", "/return")) else body


def _has(robot: dict[str, Any], human: str) -> bool:
    return any(lease["holder"] and lease["holder"]["who"]["id"] == human for lease in robot["leases"])


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    story = peopled(a_running_plant())
    with a_gateway(story, tmp_path_factory.mktemp("gateway")) as (gateway, chain):
        port = free_port()
        served = serve(
            story,
            floor=gateway,
            guided=gateway,
            words=gateway.words,
            signs=("supervisor", "operator"),
            terms=Terms(development=True, rate=1_000_000),
            url=f"http://127.0.0.1:{port}",
        )
        with listening(served, port=port) as url, httpx.Client(base_url=url, timeout=60) as client:
            yield Plant(client, chain)


@pytest.fixture
def held(plant: Plant) -> Plant:
    plant.hold()
    return plant


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"reason": None}, "/reason"),
        ({"reason": WHY | {"text": " "}}, "/reason/text"),
        ({"reason": WHY | {"text": "x" * 1001}}, "/reason/text"),
        ({"reason": WHY | {"code": "WHIM"}}, "/reason/code"),
        ({"reason": WHY | {"code": 0}}, "/reason/code"),
        ({"reason": WHY | {"text": "another"}}, "/order/reason"),
        ({"reason": WHY | {"code": "SAFETY"}}, "/order/reasonCode"),
    ],
)
@pytest.mark.parametrize(("path", "more"), [(LEASE, {}), (f"{LEASE}/return", {"outcome": "redo"})])
def test_take_and_return__no_reason_or_another_than_was_signed__refused_at_the_door(
    plant: Plant, path: str, more: dict[str, Any], change: dict[str, Any], pointer: str
) -> None:
    body = plant.signed(path, "supervisor", **more)
    etag = plant.preview(path, human="supervisor", **more)["etag"]
    refused = plant.ask(path, etag=etag, **body | change)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)


def test_take__signed_without_a_reason__refused_at_the_door(plant: Plant) -> None:
    body = plant.signed(LEASE, "supervisor", changes={"reasonCode": 0, "reason": ""})
    refused = plant.ask(LEASE, etag=plant.preview(LEASE, human="supervisor")["etag"], **body)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/order/reasonCode")


def test_command__with_a_reason_of_its_own__is_told_with_it(held: Plant) -> None:
    held.does(LEASE, human="supervisor")
    stopped = held.does(COMMANDS, human="supervisor", reason=WHY, command="stop")
    assert stopped["lease"]["guided"][0]["reason"] == WHY


def test_read__taken_and_given_back__the_robot_tells_why(held: Plant) -> None:
    held.does(LEASE, human="operator")
    held.does(f"{LEASE}/return", human="operator", outcome="redo", reason=WHY | {"code": "TEST"})
    held.does(LEASE, human="supervisor")
    (lease,) = held.told_of("supervisor")["leases"]
    assert (lease["last_take"]["reason"], lease["last_return"]["reason"]) == (WHY, WHY | {"code": "TEST"})


def test_take__not_held__says_what_to_do_first(plant: Plant) -> None:
    asked: dict[str, Any] = {"human": "supervisor"}
    path = "/api/v1/robots/R-2/lease"
    seen = plant.preview(path, **asked)
    assert (seen["held"], seen["warnings"]) == (False, ["NOT_HELD: Hold the robot first: an override of kind hold."])
    refused = plant.ask(path, etag=seen["etag"], **asked)
    assert (refused.status_code, refused.json()["code"]) == (409, "NOT_HELD")
    assert "Hold the robot first" in refused.json()["detail"]


def test_story__held_taken_jogged_set_aside_given_back__each_step_is_told(held: Plant) -> None:
    taken = held.does(LEASE, human="supervisor")
    holder = taken["lease"]["holder"]
    assert (holder["human"], holder["who"]["id"], taken["lease"]["alive"]) == (True, "supervisor", True)
    moved = held.does(COMMANDS, human="supervisor", **JOG)
    assert moved["lease"]["seq"] == 1
    kept = held.does(f"{LEASE}/retain", human="supervisor")
    assert (kept["lease"]["seq"], kept["lease"]["stance"]["pose_mm"]) == (2, {"x": 1.0, "y": 0.0, "z": 0.0})
    robot = get(held.client, ROBOT)
    given = held.does(f"{LEASE}/return", human="supervisor", outcome="redo")
    assert (given["outcome"], given["lease"]["holder"], given["held"]) == ("redo", None, True)
    assert [act["reason"] for act in given["lease"]["guided"]][:3] == [WHY, None, WHY]
    assert "release the robot" in given["next_step"]
    assert [act["action"] for act in given["lease"]["guided"]][:3] == ["return", "jog", "take"]
    assert json.loads(given["lease"]["last_return"]["parameters"]) == {"outcome": "redo"}
    assert given["lease"]["last_take"] == taken["lease"]["guided"][0]
    assert robot["number"] == taken["robot"]["number"]


def test_read__a_human_has_it__the_robot_tells_who_until_when_and_how_it_stands(held: Plant) -> None:
    held.does(LEASE, human="operator")
    robot = held.told_of("operator")
    (lease,) = robot["leases"]
    assert (lease["holder"]["who"]["id"], lease["alive"], robot["human"]) == ("operator", True, True)
    assert lease["until"] > robot["leases"][0]["guided"][0]["at"]
    assert lease["stance"]["simulated"]


def test_take__from_another_human__by_force_and_the_first_may_not_go_on(held: Plant) -> None:
    held.does(LEASE, human="supervisor")
    seen = held.preview(LEASE, human="operator")
    assert (seen["lease"]["holder"]["who"]["id"], seen["says"]) == (
        "supervisor",
        "take R-1 (arm) by force from supervisor, who has it; MATERIAL: a part slipped",
    )
    taken = held.does(LEASE, human="operator")
    assert taken["lease"]["taken_from"]["who"]["id"] == "supervisor"
    seen = held.preview(COMMANDS, human="supervisor", **JOG)
    assert any("NOT_HOLDER" in words for words in seen["warnings"])
    refused = held.ask(COMMANDS, human="supervisor", **JOG)
    assert (refused.status_code, refused.json()["code"]) == (409, "NOT_HOLDER")


def test_take__two_saw_the_same__one_wins_and_the_other_learns_who(held: Plant) -> None:
    first, second = (held.preview(LEASE, human=human) for human in ("supervisor", "operator"))
    assert held.ask(LEASE, etag=first["etag"], human="supervisor").status_code == 201
    late = held.ask(LEASE, etag=second["etag"], human="operator")
    assert (late.status_code, late.json()["type"]) == (412, "/problems/stale-version")
    assert late.json()["current"]["lease"]["holder"]["who"]["id"] == "supervisor"
    assert held.ask(LEASE, human="operator").status_code == 428


def test_command__largest_number_used__others_see_it_and_take_it(held: Plant) -> None:
    held.does(LEASE, human="supervisor")
    stop: dict[str, Any] = {"command": "stop", "parameters": {}}
    body = held.signed(COMMANDS, "supervisor", changes={"seq": str(MAX_NUMBER)}, **stop)
    assert held.ask(COMMANDS, **body).status_code == 201
    assert held.preview(COMMANDS, human="operator", **stop)["lease"]["seq"] == MAX_NUMBER
    assert held.does(LEASE, human="operator")["lease"]["holder"]["who"]["id"] == "operator"


def test_command__given_for_another_state__is_not_done(held: Plant) -> None:
    held.does(LEASE, human="supervisor")
    seen = held.preview(COMMANDS, human="supervisor", **JOG)["etag"]
    assert held.ask(COMMANDS, etag=seen, human="supervisor", **JOG).status_code == 201
    signed = held.signed(COMMANDS, "supervisor", **JOG)
    for body in ({"human": "supervisor", **JOG}, signed):
        late = held.ask(COMMANDS, etag='"lease-of-yesterday"', **body)
        assert (late.status_code, late.json()["type"]) == (412, "/problems/stale-version")
    held.does(f"{LEASE}/return", human="supervisor", outcome="redo")
    assert held.preview(LEASE, human="supervisor")["etag"] != seen


def test_command__asked_again_under_its_key__is_done_once(held: Plant) -> None:
    held.does(LEASE, human="supervisor")
    first, again = (held.ask(COMMANDS, key="jog-1", human="supervisor", **JOG) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json() == first.json()


def test_command__signed_by_a_wallet__exactly_the_typed_data(held: Plant) -> None:
    held.does(LEASE, human="supervisor")
    seen = held.preview(COMMANDS, human="supervisor", **JOG)
    key = keccak(b"supervisor")
    signature = Account.sign_typed_data(key, full_message=seen["typed_data"]).signature
    signed: dict[str, Any] = {"order": seen["order"], "signature": "0x" + signature.hex()}
    assert held.ask(COMMANDS, **JOG, **signed).status_code == 201


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"signature": "0x" + "11" * 65}, "/signature"),
        ({"signature": "zz"}, "/signature"),
        ({"signature": None}, "/signature"),
        ({"order": None}, "/signature"),
        ({"command": "stop", "parameters": {}}, "/order/action"),
        ({"parameters": {"axis": "y", "distance_mm": 1, "speed_mm_s": 250}}, "/order/parameters"),
        ({"parameters": {"axis": "x", "distance_mm": 1, "speed_mm_s": 900}}, "/parameters"),
        ({"resource": "legs"}, "/order/resource"),
    ],
)
def test_command__not_what_was_signed__is_refused_at_the_door(held: Plant, change: Any, pointer: str) -> None:
    held.does(LEASE, human="supervisor")
    body = held.signed(COMMANDS, "supervisor", **JOG) | change
    refused = held.ask(COMMANDS, **body)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"action": "dance"}, "/order/action"),
        ({"more": 1}, "/order/more"),
        ({"resource": "\ud800"}, "/order/resource"),
        ({"parameters": "\udfff"}, "/order/parameters"),
    ],
)
def test_command__order_that_is_none__names_the_field(held: Plant, changes: Any, pointer: str) -> None:
    body = held.signed(COMMANDS, "supervisor", **JOG)
    refused = held.ask(COMMANDS, **body | {"order": body["order"] | changes})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)


def test_take__by_a_human_without_the_role__is_refused_by_the_gateway(held: Plant) -> None:
    body = held.signed(LEASE, "planner")
    refused = held.ask(LEASE, etag=held.preview(LEASE, human="supervisor")["etag"], **body)
    assert (refused.status_code, refused.json()["code"]) == (409, "NOT_ALLOWED")


def test_retain__number_signed_before__replayed(held: Plant) -> None:
    held.does(LEASE, human="supervisor")
    former = held.signed(f"{LEASE}/retain", "supervisor")
    held.does(COMMANDS, human="supervisor", **JOG)
    refused = held.ask(f"{LEASE}/retain", **former)
    assert (refused.status_code, refused.json()["code"]) == (409, "REPLAYED")
    assert "sign anew" in refused.json()["detail"]


def test_take__gateways_node_away__all_the_same(held: Plant) -> None:
    held.chain.away = True
    try:
        assert held.does(LEASE, human="operator")["lease"]["alive"]
    finally:
        held.chain.away = False


def test_any__no_such_robot__names_where_they_are(plant: Plant) -> None:
    refused = plant.ask("/api/v1/robots/R-99/commands", human="supervisor", **JOG)
    assert (refused.status_code, refused.json()["type"]) == (404, "/problems/not-found")


class NoGateway:
    """It is away."""

    def robot(self, number: int) -> dict[str, Any]:
        raise GatewayUnreachable(f"robot {number} cannot be asked about")

    def guide(self, guidance: Any, signature: str) -> dict[str, Any]:
        raise GatewayUnreachable("away")


class DeafRobots:
    """A gateway whose robots are held, and have not taken the hold."""

    def __init__(self, **lease: Any) -> None:
        self.lease = lease

    def robot(self, number: int) -> dict[str, Any]:
        stance = {"pose_mm": {"x": 0, "y": 0, "z": 0}, "manual": True, "enabling_device": True}
        arm = {"stance": stance} | self.lease
        return {"number": number, "held": True, "answered": False, "resources": {"arm": arm}}

    def guide(self, guidance: Any, signature: str) -> dict[str, Any]:
        raise GatewayRefused("NO_CONTACT", f"{guidance} {signature}")


def test_preview__robot_has_not_taken_the_hold__warns_of_moving_it_and_not_of_stopping_it() -> None:
    with TestClient(serve(peopled(a_running_plant()), guided=DeafRobots()).app, base_url=LOOPBACK) as client:
        seen = [
            client.post(f"{COMMANDS}?dry_run=true", json={"human": "supervisor", **asked}).json()
            for asked in (JOG, {"command": "stop"})
        ]
    warned = [[words.partition(":")[0] for words in preview["warnings"]] for preview in seen]
    assert (seen[0]["answered"], warned) == (False, [["NOT_HOLDER", "NO_CONTACT"], ["NOT_HOLDER"]])


def test_preview__lease_over_or_no_role__warns_of_what_the_gateway_would_refuse() -> None:
    floor = DeafRobots(human=signer("planner").address, alive=False)
    stop = {"command": "stop"}
    with TestClient(serve(peopled(a_running_plant()), guided=floor).app, base_url=LOOPBACK) as client:
        seen = [
            client.post(f"{path}?dry_run=true", json={"human": "planner"} | asked).json()["warnings"]
            for path, asked in ((f"{LEASE}/retain", {}), (COMMANDS, stop))
        ]
    assert [[words.partition(":")[0] for words in warnings] for warnings in seen] == [
        ["NOT_ALLOWED", "NOT_HOLDER"],
        ["NOT_ALLOWED"],
    ]


@pytest.mark.parametrize("guided", [NoGateway(), None])
def test_any__gateway_away__says_so_and_to_come_again(guided: Any) -> None:
    with TestClient(serve(Story(), guided=guided).app, base_url=LOOPBACK) as client:
        refused = client.post(f"{LEASE}?dry_run=true", json={"reason": WHY})
    assert (refused.status_code, refused.json()["type"]) == (503, "/problems/gateway-unavailable")
    assert refused.json()["retryable"]


# The command line


class Shell:
    """Commands of a human who has a key file here."""

    def __init__(self, plant: Plant, home: Path) -> None:
        write_deployment(home / "story.json", deployment_of_story())
        write_key(home / "operator.key", keccak(b"operator"))
        self._by = ["--key", str(home / "operator.key"), "--deployment", str(home / "story.json")]
        self._api = ["--api", str(plant.client.base_url)]

    def run(self, *words: str, code: int = 0, answer: str | None = None) -> Result:
        by = [] if words[0] == "show" else self._by
        why = ["--code", WHY["code"], "--reason", WHY["text"]] if words[0] in ("take", "return") else []
        done = CliRunner().invoke(app, ["robot", *words, *why, *by, *self._api], input=answer)
        assert done.exit_code == code, done.output
        return done


@pytest.fixture
def shell(held: Plant, tmp_path: Path) -> Shell:
    return Shell(held, tmp_path)


def test_robot__taken_moved_and_given_back_by_a_key_here__each_step_in_words(shell: Shell) -> None:
    taken = shell.run("take", "R-1", answer="y\n")
    assert ("take R-1 (arm) by force" in taken.stderr, "signing as" in taken.stderr) == (True, True)
    assert taken.stderr.count("; MATERIAL: a part slipped") == 2
    assert "R-1: take by operator; held" in taken.stdout
    shell.run("jog", "R-1", "x", "-3", "--speed", "250", "--yes")
    reached = json.loads(shell.run("waypoint", "R-1", "-200", "5", "0", "--speed", "250", "--yes", "--json").stdout)
    assert reached["lease"]["seq"] > 2
    assert "stop by operator" in shell.run("stop", "R-1").stdout
    given = shell.run("return", "R-1", "--outcome", "redo", "--yes").stdout
    assert ("return: redo by operator; held" in given, "release the robot" in given) == (True, True)
    assert '{"outcome":"redo"}; MATERIAL: a part slipped' in shell.run("show", "R-1").stdout


@pytest.mark.parametrize("pose", [{"x": 9.0, "y": 0.0, "z": 0.0}, None])
def test_robot__waypoint_that_comes_no_nearer__is_given_up(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, pose: Any
) -> None:
    lease = {"resource": "arm", "holder": None, "taken_from": None, "until": None}
    stance = {"pose_mm": pose, "moves_to_mm": None, "manual": True, "enabling_device": True, "simulated": False}
    asked: list[Any] = []

    def command(self: object, act: Act, **parameters: Any) -> dict[str, Any]:
        asked.append((self, act, parameters))
        return {"lease": lease | {"stance": stance}}

    monkeypatch.setattr("scripts.robot.Hand.command", command)
    monkeypatch.setattr("scripts.robot.time", SimpleNamespace(sleep=lambda _: None))
    given_up = shell.run("waypoint", "R-1", "12", "0", "0", "--yes", "--json", code=1)
    assert ("does not come nearer" in given_up.stderr, len(asked)) == (True, 2 if pose else 1)


def test_robot__take_and_keep__retains_until_ctrl_c(shell: Shell, held: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    waits = iter((0.0, 0.0))

    def wait(_: float) -> None:
        if next(waits, None) is None:
            raise KeyboardInterrupt

    monkeypatch.setattr("scripts.robot.time", SimpleNamespace(sleep=wait))
    shell.run("take", "R-1", "--keep", "--yes", code=130)
    assert held.preview(LEASE, human="operator")["lease"]["seq"] == 2


def test_robot__not_agreed_to__is_not_sent(shell: Shell, held: Plant) -> None:
    before = held.preview(LEASE, human="operator")["etag"]
    shell.run("take", "R-1", code=1, answer="n\n")
    assert "nothing in hand" in shell.run("take", "R-1", "--dry-run").stdout
    assert held.preview(LEASE, human="operator")["etag"] == before


def test_robot__refused__says_which_command_comes_first(shell: Shell) -> None:
    refused = shell.run("jog", "R-2", "x", "1", "--yes", code=3)
    assert "`workmoot robot take ROBOT`" in refused.stderr
    not_held = shell.run("take", "R-2", code=3, answer="y\n")
    assert "workmoot override hold robot:R-2" in not_held.stderr
    shell.run("jog", "R-1", "w", "1", "--yes", code=2)


@pytest.mark.parametrize(
    ("lie", "told"),
    [
        ({"robot": 2}, "robot"),
        ({"resource": "legs"}, "resource"),
        ({"action": "take"}, "action"),
        ({"parameters": '{"axis":"x","distance_mm":2,"speed_mm_s":250}'}, "parameters"),
        ({"parameters": "["}, "parameters"),
        ({"human": signer("supervisor").address}, "human"),
        ({"notAfter": 1 << 40}, "notAfter"),
        ({"reasonCode": 2}, "reasonCode"),
        ({"reason": "a whim"}, "reason"),
    ],
)
def test_sign_guidance__api_drafted_another__is_not_signed(held: Plant, lie: dict[str, Any], told: str) -> None:
    body = {"resource": "arm", "human": signer("operator").address, **JOG}
    seen = held.preview(COMMANDS, **body)
    seen["order"] |= lie
    with pytest.raises(typer.BadParameter, match=rf"other guidance than was asked for \({told}\)"):
        sign_guidance("1", Act.JOG, body, seen, deployment_of_story(), signer("operator"))


@pytest.mark.parametrize(("good_for_s", "told"), [(35, []), (36, ["notAfter"])])
def test_differences__draft_that_is_good_for_longer_than_a_moment__is_one(good_for_s: int, told: list[str]) -> None:
    guidance = a_guidance("stop", not_after=START_S + good_for_s)
    assert list(differences("1", Act.STOP, {}, guidance, now=START_S)) == told


def test_sign_guidance__for_another_chain__is_not_signed(held: Plant) -> None:
    body = {"human": signer("operator").address, **JOG}
    seen = held.preview(COMMANDS, **body)
    elsewhere = replace(deployment_of_story(), chain_id=1)
    with pytest.raises(typer.BadParameter, match="another chain than 1"):
        sign_guidance("R-1", Act.JOG, body, seen, elsewhere, signer("operator"))
