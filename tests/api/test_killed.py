"""The API as a process on a real node: killed at any moment it goes on; without its node it tells what it knew.

`--long` kills it fifty times while it is given orders, of every kind, with a gateway beside it, and waits until
the turn of a killed process to send is over.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from pathlib import Path
from threading import Timer
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from api.database import Database
from api.drafts import GOES_WITH
from api.event_ids import id_at, read_id
from api.models.orders import Kind
from api.webhooks.lease import LEASE
from scripts.nodes import Node as Process
from scripts.nodes import end_with_parent, free_port, running, stop
from tests.api.receiver import Receiver, receiving
from tests.api.receiver import comes as arrives
from tests.api.requests import a_key, an_order
from tests.builders import a_task, an_entry
from tests.chain.moves import post, propose
from tests.chain.plants import ARM, SPRAYER, NodePlant, account, deploy, found, key
from workmoot.chain.connection import Connection
from workmoot.chain.deployment import write_deployment
from workmoot.chain.node import Node
from workmoot.chain.signer import write_key
from workmoot.domain.ids import NOBODY, TaskId
from workmoot.domain.overrides import SubjectType
from workmoot.domain.questions import Asked, Choice, pack_question
from workmoot.domain.workers import Kind as MemberKind
from workmoot.domain.workers import Role

ROOT = Path(__file__).resolve().parents[2]
WITHIN_S = 90.0
KILLS, MANY_KILLS = 2, 50
V1 = "/api/v1"


@contextmanager
def api(
    url: str, deployment: Path, database_url: str, *, keys: Path | None = None
) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    """`workmoot serve`, killed with -9 in the end; the database's URL is told where no list of processes shows it."""
    command = [sys.executable, "-m", "scripts", "serve", "--dev", "--rate", "10000", "--port", "0"]
    command += ["--rpc", url, "--deployment", str(deployment)]
    command += ["--keys", str(keys)] if keys else []
    log = log_of(deployment)
    with log.open("a") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "WORKMOOT_DATABASE": database_url},
            stdout=subprocess.PIPE,
            stderr=output,
            text=True,
            preexec_fn=end_with_parent,
        )
    try:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert address, log.read_text()
        with httpx.Client(base_url=address, timeout=WITHIN_S) as client:
            assert arrives(partial(is_up, client)), log.read_text()
            yield process, client
    finally:
        process.kill()
        process.communicate()


def log_of(deployment: Path) -> Path:
    """Where `api` has the process write its log."""
    return deployment.with_name("api.log")


class Plant(NodePlant):
    """On a node that may be ended."""

    def __init__(self, connection: Connection, process: Process) -> None:
        super().__init__(connection)
        self.process = process


@pytest.fixture
def plant() -> Iterator[Plant]:
    with running("anvil") as process:
        made = Plant(deploy(Node(process.url)), process)
        found(made, origin_ms=time.time_ns() // 1_000_000)
        yield made


@pytest.fixture
def deployment(plant: NodePlant, tmp_path: Path) -> Path:
    path = tmp_path / "deployment.json"
    write_deployment(path, plant.connection.deployment)
    return path


def ids(client: httpx.Client) -> list[str]:
    """Every event's, the first first."""
    found: list[str] = []
    url = "/api/v1/events/recent"
    while url:
        answer = client.get(url)
        found += [item["id"] for item in answer.json()["items"]]
        url = answer.links.get("next", {}).get("url", "")
    return found[::-1]


def told(plant: NodePlant) -> list[str]:
    return [id_at(event.at) for event in plant.follower().catch_up()]


def comes(client: httpx.Client, wanted: list[str]) -> bool:
    deadline = time.monotonic() + WITHIN_S
    while time.monotonic() < deadline:
        if ids(client) == wanted:
            return True
        time.sleep(0.1)
    return False


def readiness(client: httpx.Client) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(client.get("/readyz").text)
    return body


def test_serve__killed_at_any_moment__knows_every_event_once(plant, deployment, database_url):
    chance = random.Random(4)
    for _ in range(KILLS):
        with api(plant.node.url, deployment, database_url):
            until = time.monotonic() + chance.random() / 2
            while time.monotonic() < until:
                post(plant, a_task())
    with api(plant.node.url, deployment, database_url) as (_, client):
        assert comes(client, told(plant))


# Killed in the midst of any order

HUMANS = ("supervisor", "planner")
WORKERS = ("sprayer", "finisher")
TASKS = 30
TRUTH = {"seed": 1, "defaults": {"pace": 1, "spread": 0, "failure": 0, "defect": 0, "noise_mm": 0.02}}
ROBOTS = [{"number": int(ARM), "id": "arm", "name": "Arm", "resource": "arm"}]
DOCUMENT = {
    "format": "workmoot/order/1",
    "name": "One more",
    "routes": {
        "part": [
            {"id": "spray", "name": "Spray", "stage": "manufacturing-execution", "capability": "spraying", "work_s": 1}
        ]
    },
    "products": [{"id": "part", "name": "A part", "route": "part"}],
}
EVERY_ORDER = [(kind.value, subject.value) for kind in Kind for subject in sorted(GOES_WITH[kind])]
OTHERS = (("hold", "tasks"), ("release", "tasks"), ("post", "order"))
"""Beside single orders: one on many tasks, and a customer's."""
OFTEN = {"hold plant", "hold robot", "release robot", "drain worker", "reprioritise task", "bulk/overrides", "orders"}
"""What fifty kills cannot miss: what reaches the gateway first, instructions, many at once, customers' orders."""


@dataclass
class Giving:
    """An order that somebody wants to be given, once: it is asked for with its key until it is answered."""

    path: str
    body: dict[str, Any]
    headers: dict[str, str]
    status: int = 0
    """Of its answer; 0: there is none yet."""
    told: dict[str, Any] = field(default_factory=dict)

    def ask(self, client: httpx.Client) -> None:
        answer = client.post(self.path, json=self.body, headers=self.headers)
        self.status, self.told = answer.status_code, answer.json()

    @property
    def is_done(self) -> bool:
        return self.status == 201

    @property
    def digests(self) -> list[str]:
        """Of the orders that it came to; a customer's has none."""
        items = self.told.get("items", [self.told] if "digest" in self.told else [])
        return [item["digest"] for item in items if item["state"] != "refused"] if self.is_done else []


@contextmanager
def plant_with_a_gateway(folder: Path) -> Iterator[tuple[Plant, httpx.Client]]:
    """Whose gateway is a process too, with a way to ask it; it is not killed, and it is there before any order is."""
    with running("anvil") as node, ExitStack() as stack:
        port, mine = free_port(), account("latecomer")
        made, url = Plant(deploy(Node(node.url)), node), f"http://127.0.0.1:{port}"
        found(made, origin_ms=time.time_ns() // 1_000_000, gateway={"url": url, "address": mine}, robots=ROBOTS)
        write_deployment(folder / "deployment.json", made.connection.deployment)
        write_key(folder / "gateway.key", key("latecomer"))
        (folder / "truth.json").write_text(json.dumps(TRUTH))
        told = {"rpc": node.url, "key": folder / "gateway.key", "truth": folder / "truth.json"}
        told |= {"deployment": folder / "deployment.json", "port": port, "log": folder / "wal"}
        options = [part for name, value in told.items() for part in (f"--{name}", str(value))]
        command = [sys.executable, "-m", "scripts.gateway", "run", *options]
        output = stack.enter_context((folder / "gateway.txt").open("a"))
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output, preexec_fn=end_with_parent)
        try:
            yield made, stack.enter_context(httpx.Client(base_url=url, timeout=WITHIN_S))
        finally:
            process.kill()
            process.wait()


def test_serve__killed_at_any_moment_of_any_order__each_is_given_once(database_url, tmp_path, long):
    kills, chance, asked = MANY_KILLS if long else KILLS, random.Random(6), list[Giving]()
    cards = dealt(chance)
    with plant_with_a_gateway(tmp_path) as (plant, gateway):
        keys, deployment = human_keys(plant, tmp_path), tmp_path / "deployment.json"
        tasks = post(plant, *[a_task() for _ in range(TASKS)])
        propose(plant, an_entry(tasks[0], lead=int(SPRAYER)))
        plant.by("scanner").dao.say(NOBODY, tasks[1], pack_question(a_question(plant)))
        assert arrives(partial(is_up, gateway))
        for _ in range(kills):
            with api(plant.node.url, deployment, database_url, keys=keys) as (process, client):
                with suppress(httpx.TransportError):
                    give_what_is_left(client, asked)
                    asked.append(a_giving(client, chance, cards, tasks))
                    killing = Timer(chance.uniform(0, 1.5), process.kill)
                    killing.start()
                    while True:
                        give_what_is_left(client, asked)
                        asked.append(a_giving(client, chance, cards, tasks))
                killing.join()
        with api(plant.node.url, deployment, database_url, keys=keys) as (_, client):
            give_what_is_left(client, asked)
            while sum(giving.is_done for giving in asked) <= kills:
                asked.append(a_giving(client, chance, cards, tasks))
                asked[-1].ask(client)
            require_told_again(client, [giving for giving in asked if giving.is_done][-20:])
        assert {giving.status for giving in asked} <= {201, 409, 412}
        assert arrives(lambda: "anchoring" not in on_the_floor(gateway).values())
        require_each_once(plant, on_the_floor(gateway), asked)
    assert not long or {named(giving) for giving in asked if giving.is_done} >= OFTEN


def is_up(server: httpx.Client) -> bool:
    with suppress(httpx.TransportError):
        return server.get("/healthz").is_success
    return False


def on_the_floor(gateway: httpx.Client) -> dict[str, str]:
    """The state of each order that the gateway took, by digest."""
    return {order["digest"]: order["state"] for order in gateway.get("/orders").json()}


def named(giving: Giving) -> str:
    """Of which kind about which subject; or where it was posted."""
    subject = giving.body.get("subject")
    return f"{giving.body['kind']} {subject['type']}" if subject else giving.path.removeprefix(f"{V1}/")


def require_told_again(client: httpx.Client, done: list[Giving]) -> None:
    for giving in done:
        first = giving.told
        giving.ask(client)
        assert giving.told == first


def require_each_once(plant: NodePlant, floor: dict[str, str], asked: list[Giving]) -> None:
    """What was answered 201, or acts on the floor, is on chain, once, and nothing else is."""
    follower = plant.follower()
    follower.catch_up()
    on_chain = sorted("0x" + record.digest.hex() for record in follower.ledger.overrides.values())
    assert sorted(digest for giving in asked for digest in giving.digests) == on_chain
    assert {digest for digest, state in floor.items() if state == "anchored"} <= set(on_chain)
    assert {digest for digest, state in floor.items() if state == "refused"}.isdisjoint(on_chain)
    posted = sorted(giving.told["id"] for giving in asked if giving.is_done and giving.path == f"{V1}/orders")
    assert posted == sorted(follower.ledger.orders)[1:]


def give_what_is_left(client: httpx.Client, asked: list[Giving]) -> None:
    for giving in asked:
        if not giving.status or giving.status >= 500:
            giving.ask(client)


def dealt(chance: random.Random) -> Iterator[tuple[str, str]]:
    """Every kind about every subject once, and the others four times, in any order; then all of them again."""
    while True:
        yield from chance.sample(cards := [*EVERY_ORDER, *4 * OTHERS], len(cards))


def a_giving(
    client: httpx.Client, chance: random.Random, cards: Iterator[tuple[str, str]], tasks: Sequence[TaskId]
) -> Giving:
    """Any order that the API can preview as the plant is now."""
    while True:
        path, body = an_act(client, chance, next(cards), tasks)
        seen = client.post(f"{path}?dry_run=true", json=body)
        if seen.is_success:
            return Giving(path, body, a_key() | {"If-Match": seen.headers["ETag"]})
        assert seen.status_code in (409, 422), seen.text


def an_act(
    client: httpx.Client, chance: random.Random, card: tuple[str, str], tasks: Sequence[TaskId]
) -> tuple[str, dict[str, Any]]:
    """What the card says, whether or not the plant is in a state for it."""
    human = chance.choice(HUMANS)
    kind, subject = card
    if kind == "post":
        return f"{V1}/orders", {"document": DOCUMENT, "human": human}
    if subject == "tasks":
        act = an_order(kind, "task", human=human)
        del act["subject"]
        return f"{V1}/bulk/overrides", act | {"where": {"order": 1, "status": "posted"}}
    id_ = an_id(client, chance, subject, tasks)
    payloads = {"assign": {"worker": chance.choice(WORKERS)}, "answer": {"answer": {"enough": "yes"}}}
    payloads["reprioritise"] = {"priority": chance.randrange(1, 10)}
    return f"{V1}/overrides", an_order(kind, subject, id_, human=human, payload=payloads.get(kind, {}))


def an_id(client: httpx.Client, chance: random.Random, subject: str, tasks: Sequence[TaskId]) -> Any:
    if subject in ("alarm", "question"):
        return next((item["id"] for item in client.get(f"{V1}/{subject}s").json()["items"]), f"0x{1:064x}")
    ids = {"task": chance.choice(tasks), "worker": chance.choice(WORKERS), "robot": int(ARM), "proposal": 1}
    return ids.get(subject)


def a_question(plant: NodePlant) -> Asked:
    """Something that humans have an hour to answer."""
    return Asked(
        words="Is it enough?",
        fields=(Choice(name="enough", options=("yes", "no")),),
        default={"enough": "no"},
        deadline=plant.head().timestamp + 3600,
        about_type=SubjectType.NONE,
        about=0,
    )


def human_keys(plant: NodePlant, folder: Path) -> Path:
    """A folder with the keys of two supervisors, who have badges, and that of the account that pays."""
    plant.grant(Role.SUPERVISOR, account("planner"))
    for name in HUMANS:
        plant.by("administrator").members.admit(account(name), MemberKind.HUMAN, 0, json.dumps({"id": name}))
    for name, whose in (*zip(HUMANS, HUMANS, strict=True), ("relay", "stranger")):
        write_key(folder / f"{name}.key", key(whose))
    return folder


def test_serve__killed_while_it_tells_the_outside__each_event_is_told_in_order(plant, deployment, database_url, long):
    chance = random.Random(5)
    with receiving() as receiver:
        for kills in range(KILLS - 1):
            with api(plant.node.url, deployment, database_url) as (_, client):
                if not kills:
                    made = client.post("/api/v1/webhooks", json={"url": receiver.url}).json()
                    receiver.secret = made["secret"]
                wanted = len(receiver.tried) + chance.randrange(1, 9)
                for _ in range(wanted + 4):
                    post(plant, a_task())
                assert arrives(partial(has_tried, receiver, wanted))
            if not long:
                end_turn(database_url)
        post(plant, a_task())
        expected = [id_ for id_ in told(plant) if place(id_) > place(made["told_to"])]
        with api(plant.node.url, deployment, database_url):
            assert arrives(lambda: [id_ for id_, _ in groupby(receiver.ids)] == expected)


def end_turn(database_url: str) -> None:
    """As if the time were over for which nobody sends after a kill."""
    database = Database(database_url)
    with database.begin() as connection:
        assert connection.execute(update(LEASE).where(LEASE.c.until > time.time()).values(until=0.0)).rowcount == 1
    database.close()


def has_tried(receiver: Receiver, messages: int) -> bool:
    return len(receiver.tried) >= messages


def place(id_: str) -> tuple[int, int]:
    found = read_id(id_)
    assert found is not None
    return found.position


def test_serve__chain_went_another_way_meanwhile__tells_the_other_way(plant, deployment, database_url):
    before = plant.node.ask("evm_snapshot")
    post(plant, a_task(), detail='{"name": "lost"}')
    with api(plant.node.url, deployment, database_url) as (_, client):
        assert comes(client, told(plant))
    plant.node.ask("evm_revert", before)
    post(plant, a_task(), detail='{"name": "kept"}')
    with api(plant.node.url, deployment, database_url) as (_, client):
        assert comes(client, told(plant))
        assert [order["name"] for order in client.get("/api/v1/orders").json()["items"]] == ["kept"]
        post(plant, a_task(), detail='{"name": "undone"}')
        assert comes(client, told(plant))
        plant.node.ask("anvil_reorg", 1, [])
        assert comes(client, told(plant))
        assert [order["name"] for order in client.get("/api/v1/orders").json()["items"]] == ["kept"]


def test_serve__chain_goes_another_way__the_outside_is_told_what_is_undone(plant, deployment, database_url):
    with receiving() as receiver, api(plant.node.url, deployment, database_url) as (_, client):
        receiver.secret = client.post("/api/v1/webhooks", json={"url": receiver.url}).json()["secret"]
        stands, before = told(plant)[-1], plant.node.ask("evm_snapshot")
        post(plant, a_task(), detail='{"name": "lost"}')
        assert arrives(partial(has_tried, receiver, 1))
        plant.node.ask("evm_revert", before)
        post(plant, a_task(), detail='{"name": "kept"}')
        assert arrives(lambda: len(receiver.got) == 3)
    lost, said, kept = receiver.got
    assert (said["type"], said["data"]) == ("org.workmoot.reorganised", {"after": stands})
    assert [json.loads(it["data"]["said"]["detail"])["name"] for it in (lost, kept)] == ["lost", "kept"]


def test_serve__node_is_away__tells_what_it_knew_and_that_it_is_stale(plant, deployment, database_url):
    known = told(plant)
    with api(plant.node.url, deployment, database_url) as (_, client):
        assert comes(client, known)
    stop(plant.process)
    with api(plant.node.url, deployment, database_url) as (_, client):
        assert ids(client) == known
        body, about = readiness(client), client.get("/api/v1/about").json()
    assert plant.node.url in body["head"]["trouble"]
    lines = [json.loads(line) for line in log_of(deployment).read_text().splitlines()]
    assert any(line.get("route") == "/readyz" and line["logger"] == "api.observing" for line in lines)
    assert body["freshness"]["stale"]
    assert about["freshness"]["events"] == len(known)
    assert about["freshness"]["database"] == database_url.partition(":")[0]
