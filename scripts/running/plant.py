"""One plant, from nothing to its summary: node, contracts, gateway, workers, API, orders, and the end of them all."""

import json
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import httpx
import yaml

from scripts import nodes
from scripts.api_client import a_key
from scripts.running.deploying import deploy, environment
from scripts.running.folder import ROOT, RunFolder, new_folder, point_back, point_to
from scripts.running.gas import gas_between
from scripts.running.processes import NotReady, Processes
from scripts.running.progress import Progress
from scripts.running.summary import Summary, is_over, summarize
from workmoot.chain.connection import Connection, connect
from workmoot.chain.deployment import path_for, write_deployment
from workmoot.chain.follower import Follower
from workmoot.chain.node import Node
from workmoot.domain.errors import Unreachable, WorkmootError
from workmoot.domain.events import Event
from workmoot.plant import views
from workmoot.plant.order import Order
from workmoot.plant.order_checks import crew_of
from workmoot.plant.plant import Plant
from workmoot.plant.scenario import ORDER_FILE, PLANT_FILE, load_orders, load_plant
from workmoot.plant.staffing import fitted, staffed

READY_WITHIN_S = 90.0
ANSWERED_WITHIN_S = 60.0
LOOK_EVERY_S = 0.4
STALLED_AFTER_S = 240.0
DEFAULT_SEED = 1


class Stalled(WorkmootError):
    """Nothing happened for long, and the orders are not done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What `workmoot up` was told."""

    ends: bool
    node: str
    rpc: str | None
    scenario: Path
    order: Path | None
    workers: int | None
    seed: int | None
    speed: float | None
    as_json: bool


def run_plant(options: Options) -> None:
    """Runs a plant to the end of its orders, or until Ctrl-C."""
    plant, orders = _scenario(options)
    signal.signal(signal.SIGTERM, _interrupt)
    run = PlantRun(options, plant, orders)
    try:
        run.start()
        run.submit_all()
        run.follow()
    except KeyboardInterrupt:
        if not run.is_done:
            raise
    finally:
        run.stop()


class PlantRun:
    """A plant that runs."""

    def __init__(self, options: Options, plant: Plant, orders: tuple[Order, ...]) -> None:
        self.options = options
        self.plant = plant
        self.orders = orders
        self.folder: RunFolder = new_folder()
        self.processes = Processes([sys.executable, "-m", "scripts"], environment())
        self.progress = Progress()
        self.events: list[Event] = []
        self._node: nodes.Node | None = None
        self._connection: Connection | None = None
        self._follower: Follower | None = None
        self._api = ""
        self._waits = False
        self._rebuilds = 0
        self._began = time.monotonic()
        self._ended_at: float | None = None

    @property
    def is_done(self) -> bool:
        """Whether every order so far has ended: what comes after may be broken off without loss."""
        return self._follower is not None and is_over(self.ledger)

    @property
    def seed(self) -> int:
        """What the simulated floor draws from."""
        given = self.options.seed
        return given if given is not None else self.orders[0].seed or DEFAULT_SEED

    def start(self) -> None:
        """Node, contracts, gateway, workers, API, in this order; each when the one before is ready."""
        rpc = self._start_node()
        gateway_port, api_port = nodes.free_port(), nodes.free_port()
        self._api = f"http://127.0.0.1:{api_port}"
        self._deploy(rpc, f"http://127.0.0.1:{gateway_port}")
        common = ["--rpc", rpc, "--deployment", str(self.folder.deployment)]
        self._start_gateway(common, gateway_port)
        self._start_workers(common)
        self._start_api(common, api_port)
        self._await_all(f"http://127.0.0.1:{gateway_port}")
        point_to(
            self.folder,
            {"plant": self.plant.name, "api": self._api, "rpc": rpc, "deployment": str(self.folder.deployment)},
        )
        self.progress.step(f"ready: {self._api}/  (logs in {self.folder.path}/logs)")

    def submit_all(self) -> None:
        """Each order through the public API, as anyone would."""
        self._began = time.monotonic()
        for order in self.orders:
            seen = self._ask(order, "orders?dry_run=true", {})
            posted = self._ask(order, "orders", a_key() | {"If-Match": seen["etag"]})
            self.progress.step(f"order {posted['id']} posted: {order.name}")
        if self.options.ends:
            self._start_supervisor()

    def _ask(self, order: Order, path: str, headers: dict[str, str]) -> Any:
        """What the API answers; asked again, with the same key, as long as it says that this helps."""
        until = time.monotonic() + ANSWERED_WITHIN_S
        while (answer := self._post(order, path, headers)).is_error:
            if "Retry-After" not in answer.headers or time.monotonic() > until:
                raise NotReady(f"the API refused the order {order.name!r}: {answer.text}")
            self.progress.step(f"asking again for the order {order.name}: {answer.json()['detail']}")
            time.sleep(float(answer.headers["Retry-After"]))
        return answer.json()

    def _post(self, order: Order, path: str, headers: dict[str, str]) -> httpx.Response:
        asked = {"document": self._document(order)}
        try:
            return httpx.post(f"{self._api}/api/v1/{path}", json=asked, headers=headers, timeout=60)
        except httpx.HTTPError as silent:
            raise NotReady(f"the API did not answer to the order {order.name!r}: {silent!r}") from silent

    def follow(self) -> None:
        """Until the orders are done, and on a terminal until Ctrl-C; processes that die are started again."""
        changed_at, told = time.monotonic(), False
        while not (told and self.options.ends):
            time.sleep(LOOK_EVERY_S)
            for name in self.processes.revive():
                self.progress.step(f"{name} died and was started again")
            if self._look():
                changed_at = time.monotonic()
            over = is_over(self.ledger)
            if over and not told:
                self._tell()
            told = over
            self.progress.show(self.ledger, f"{self._api}/")
            if not over and self.options.ends and time.monotonic() - changed_at > STALLED_AFTER_S:
                raise Stalled(f"nothing happened for {STALLED_AFTER_S:.0f} s; not ended: {self._unfinished()}")

    def stop(self) -> None:
        """Ends everything this run started, and nothing else."""
        self.progress.done()
        self.progress.step("stopping what this run started")
        point_back()
        self.processes.stop_all()
        if self._node is not None:
            nodes.stop(self._node)

    @property
    def ledger(self) -> Any:
        """The plant as the chain tells it."""
        if self._follower is None:
            raise NotReady("the plant does not run yet")
        return self._follower.ledger

    # Starting

    def _start_node(self) -> str:
        if self.options.rpc is not None:
            chain_id = Node(self.options.rpc).chain_id()
            self.progress.step(f"using the node at {self.options.rpc}, chain {chain_id}")
            return self.options.rpc
        self._node = nodes.start(self.options.node)  # type: ignore[arg-type]
        self.progress.step(f"{self._node.kind} runs at {self._node.url}, chain {self._node.chain_id}")
        return self._node.url

    def _deploy(self, rpc: str, gateway_url: str) -> None:
        scenario = self._write_plant()
        told = {
            "WORKMOOT_SCENARIO": str(scenario),
            "WORKMOOT_KEYS": str(self.folder.keys),
            "WORKMOOT_DEPLOYMENT": str(self.folder.deployment),
            "WORKMOOT_GATEWAY_URL": gateway_url,
            "WORKMOOT_API_URL": self._api,
        }
        self.progress.step("deploying the contracts with brownie")
        log = self.folder.log("deploy")
        deploy(rpc, told, log)
        self._connection = connect(rpc, deployment=self.folder.deployment)
        deployment = self._connection.deployment
        write_deployment(path_for(deployment.chain_id, ROOT / "deployments"), deployment)
        self._follower = self._connection.follower()
        self._look()
        self.progress.step(f"deployed: {len(self.ledger.members)} members, {self.ledger.voters} of them vote")

    def _write_plant(self) -> Path:
        """The plant as it really runs, with this run's workers and speed."""
        folder = self.folder.path / "scenario"
        folder.mkdir(mode=0o700)
        content = self.plant.model_dump(mode="json", exclude_none=True)
        (folder / PLANT_FILE).write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True))
        return folder

    def _start_gateway(self, common: list[str], port: int) -> None:
        truth = self.folder.write("truth.json", views.truth(self.plant, seed=self.seed))
        key, log = self.folder.keys / "gateway.key", self.folder.path / "gateway.log"
        told = ["--key", str(key), "--truth", str(truth), "--port", str(port), "--log", str(log)]
        self.processes.start("gateway", ["gateway", "run", *common, *told], self.folder.log("gateway"))

    def _start_workers(self, common: list[str]) -> None:
        for place, worker in enumerate(self.plant.workers):
            profile = self.folder.write(f"profiles/{worker.id}.json", views.private_profile(worker))
            key = self.folder.keys / f"{worker.id}.key"
            told = ["--key", str(key), "--profile", str(profile), "--seed", str(self.seed * 1000 + place)]
            command = ["worker", "run", *common, *told]
            self.processes.start(worker.id, command, self.folder.log(worker.id))

    def _start_api(self, common: list[str], port: int) -> None:
        command = ["serve", *common, "--dev", "--keys", str(self.folder.keys), "--port", str(port)]
        self.processes.start("api", command, self.folder.log("api"))

    def _start_supervisor(self) -> None:
        human = next((human.id for human in self.plant.humans if "supervisor" in human.roles), None)
        if human is None:
            self.progress.step("nobody supervises: the plant file names no supervisor")
            return
        key = self.folder.keys / f"{human}.key"
        command = ["supervisor", "--api", self._api, "--key", str(key), "--deployment", str(self.folder.deployment)]
        self.processes.start("demo-supervisor", command, self.folder.log("demo-supervisor"))

    def _await_all(self, gateway_url: str) -> None:
        for worker in self.plant.workers:
            log = self.folder.log(worker.id)
            self.processes.wait_for(worker.id, lambda log=log: "awake as" in log.read_text(), within_s=READY_WITHIN_S)  # type: ignore[misc]
        self.processes.wait_for("gateway", lambda: _answers(f"{gateway_url}/state"), within_s=READY_WITHIN_S)
        self.processes.wait_for("api", lambda: _answers(f"{self._api}/readyz"), within_s=READY_WITHIN_S)
        self.progress.step(f"{len(self.plant.workers)} digital workers, the gateway and the API are ready")

    def _document(self, order: Order) -> dict[str, Any]:
        document: dict[str, Any] = order.model_dump(mode="json", exclude_none=True)
        return document | {"seed": self.seed}

    # Following

    def _look(self) -> bool:
        """Whether anything happened on chain."""
        if self._follower is None:
            return False
        try:
            entered = self._follower.catch_up()
        except Unreachable as silent:
            if self._node is not None and self._node.process.poll() is not None:
                raise NotReady(f"the node ended with code {self._node.process.returncode}") from silent
            if not self._waits:
                self.progress.step(f"waiting for the node: {silent}")
            self._waits = True
            return False
        self._waits = False
        if self._follower.rebuilds != self._rebuilds:
            self.events.clear()
        self._rebuilds = self._follower.rebuilds
        self.events.extend(entered)
        return bool(entered)

    def _unfinished(self) -> str:
        found = [task for task in self.ledger.tasks.values() if not task.status.is_final]
        return ", ".join(f"{task.id} {task.status.name.lower()}" for task in found[:10])

    # The end

    def _tell(self) -> None:
        self.progress.done()
        summary = self.summary()
        from scripts.running.report import print_summary

        if self.options.as_json:
            print(json.dumps(summary.as_json() | self._more(), ensure_ascii=False), flush=True)
        else:
            print_summary(summary, self._more(), page=f"{self._api}/", stays=not self.options.ends)

    def summary(self) -> Summary:
        """The figures so far."""
        if self._connection is None:
            raise NotReady("the plant does not run yet")
        wall_s = time.monotonic() - self._began
        first = min(order.at.block for order in self.ledger.orders.values())
        connection = self._connection
        gas = gas_between(connection.node, connection.deployment, first, self.ledger.head.number)
        return summarize(self.ledger, self.events, gas, wall_s=wall_s)

    def _more(self) -> dict[str, Any]:
        deployment = self._connection.deployment if self._connection else None
        names = deployment.addresses | {"chain_id": deployment.chain_id} if deployment else {}
        return {
            "demo_supervisor": "demo-supervisor" in self.processes.pids,
            "restarts": self.processes.restarts,
            "deployment": names,
        }


def _scenario(options: Options) -> tuple[Plant, tuple[Order, ...]]:
    plant = load_plant(options.scenario / PLANT_FILE)
    orders = load_orders(options.order or options.scenario / ORDER_FILE, crew_of(plant))
    if options.workers is not None:
        plant = staffed(plant, options.workers)
        orders = tuple(fitted(order, crew_of(plant)) for order in orders)
    if options.speed is not None:
        plant = plant.model_copy(update={"clock": plant.clock.model_copy(update={"speed": options.speed})})
    return plant, orders


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).is_success
    except httpx.HTTPError:
        return False


def _interrupt(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt
