"""The API as a process on a real node: killed at any moment it goes on; without its node it tells what it knew.

`--long` kills it fifty times while it is given orders, and waits until the turn of a killed process to send is over.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
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
from api.event_ids import id_at, read_id
from api.webhooks.lease import LEASE
from scripts.nodes import Node as Process
from scripts.nodes import end_with_parent, running, stop
from tests.api.receiver import Receiver, receiving
from tests.api.receiver import comes as arrives
from tests.api.requests import a_key, an_order
from tests.builders import a_task
from tests.chain.moves import post
from tests.chain.plants import NodePlant, account, deploy, found, key
from workmoot.chain.connection import Connection
from workmoot.chain.deployment import write_deployment
from workmoot.chain.node import Node
from workmoot.chain.signer import write_key
from workmoot.domain.ids import TaskId
from workmoot.domain.workers import Kind

ROOT = Path(__file__).resolve().parents[2]
WITHIN_S = 90.0
KILLS, MANY_KILLS = 3, 50


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
        transport = httpx.HTTPTransport(retries=20)
        with httpx.Client(base_url=address, timeout=WITHIN_S, transport=transport) as client:
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


@dataclass
class Giving:
    """An order that somebody wants to be given, once: it is asked for with its key until it is answered."""

    order: dict[str, Any]
    headers: dict[str, str]
    status: int = 0
    """Of its answer; 0: there is none yet."""
    told: dict[str, Any] = field(default_factory=dict)

    def ask(self, client: httpx.Client) -> None:
        answer = client.post("/api/v1/overrides", json=self.order, headers=self.headers)
        self.status, self.told = answer.status_code, answer.json()


def test_serve__killed_at_any_moment_of_any_order__each_is_given_once(plant, deployment, database_url, tmp_path, long):
    chance, keys, asked = random.Random(6), human_keys(plant, tmp_path), list[Giving]()
    tasks = post(plant, *[a_task() for _ in range(6)])
    for _ in range(MANY_KILLS if long else KILLS):
        with api(plant.node.url, deployment, database_url, keys=keys) as (process, client):
            killing = Timer(chance.uniform(0, 1.5), process.kill)
            killing.start()
            with suppress(httpx.TransportError):
                while True:
                    give_what_is_left(client, asked)
                    asked.append(a_giving(client, chance, tasks))
            killing.join()
    with api(plant.node.url, deployment, database_url, keys=keys) as (_, client):
        give_what_is_left(client, asked)
        given = [giving.told["digest"] for giving in asked if giving.status == 201]
        assert {giving.status for giving in asked} <= {201, 409, 412}
        for giving in asked[-20:]:
            first = giving.told
            giving.ask(client)
            assert giving.told == first
        follower = plant.follower()
        follower.catch_up()
        assert sorted(given) == sorted("0x" + it.digest.hex() for it in follower.ledger.overrides.values())
    assert len(given) > KILLS


def give_what_is_left(client: httpx.Client, asked: list[Giving]) -> None:
    for giving in asked:
        if not giving.status or giving.status >= 500:
            giving.ask(client)


def a_giving(client: httpx.Client, chance: random.Random, tasks: Sequence[TaskId]) -> Giving:
    """A hold or release of a task, or its assignment to one of two, as it is previewed now."""
    more: dict[str, Any] = chance.choice(
        [{"kind": "hold"}, {"kind": "release"}]
        + [{"kind": "assign", "payload": {"worker": worker}} for worker in ("sprayer", "finisher")]
    )
    order = an_order(type_="task", id_=chance.choice(tasks), **more)
    seen = client.post("/api/v1/overrides?dry_run=true", json=order)
    assert seen.is_success, seen.text
    return Giving(order, a_key() | {"If-Match": seen.headers["ETag"]})


def human_keys(plant: NodePlant, folder: Path) -> Path:
    """A folder with the supervisor's key, who has a badge, and that of the account that pays."""
    plant.by("administrator").members.admit(account("supervisor"), Kind.HUMAN, 0, '{"id": "supervisor"}')
    for name, whose in (("supervisor", "supervisor"), ("relay", "stranger")):
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
