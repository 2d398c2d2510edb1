"""A real floor for tests: Anvil with the workshop on it, and the gateway as a process of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from agents.gateway import Gateway
from gateway.wire import guidance_body, order_body
from scripts import nodes
from scripts.deploy_settings import ROOT
from workmoot.chain.connection import Connection, Contracts
from workmoot.chain.deployment import read_deployment
from workmoot.chain.node import Node
from workmoot.chain.signer import Signer, load_signer
from workmoot.domain.guidance import Act, Guidance, guidance_digest, write_parameters
from workmoot.domain.ids import Number, TaskId, task_id
from workmoot.domain.ledger import Ledger, Task
from workmoot.domain.overrides import HumanOrder, OverrideKind, SubjectType
from workmoot.domain.payloads import assign_payload
from workmoot.domain.plan import PlanEntry
from workmoot.domain.work import OnFailure, TaskSpec, pack_tasks
from workmoot.plant.plant import numbers
from workmoot.plant.scenario import load_plant
from workmoot.plant.views import truth

WORKSHOP = ROOT / "scenarios" / "workshop"
DRILLING = 3


class RunningGateway:
    """Processes and keys; everything else is asked of chain and gateway."""

    def __init__(self, node: nodes.Node, folder: Path, port: int) -> None:
        self.folder, self.url, self._node_url = folder, f"http://127.0.0.1:{port}", node.url
        self._port = port
        self._process: subprocess.Popen[bytes] | None = None
        plant = load_plant(WORKSHOP / "plant.yaml")
        self.badges = numbers(plant)
        (folder / "truth.json").write_text(json.dumps(truth(plant, seed=3) | {"defaults": {"failure": 0, "defect": 0}}))
        deployment = read_deployment(folder / "deployment.json")
        self.connection = Connection(node=Node(node.url), deployment=deployment)
        self.http = httpx.Client(base_url=self.url, timeout=60)
        self._follower = self.connection.follower()
        self._clients: dict[str, Gateway] = {}
        self._nonce = 0

    def start(self) -> None:
        options = {"rpc": self._node_url, "key": self.key("gateway"), "truth": self.folder / "truth.json"}
        options |= {"deployment": self.folder / "deployment.json", "port": self._port, "log": self.folder / "wal"}
        given = [part for name, value in options.items() for part in (f"--{name}", str(value))]
        command = [sys.executable, "-m", "scripts.gateway", "run", *given]
        with (self.folder / "gateway.txt").open("ab") as output:
            self._process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output)
        until(self._is_up)

    def end(self, number: signal.Signals) -> int:
        assert self._process
        os.kill(self._process.pid, number)
        return self._process.wait(timeout=60)

    def key(self, name: str) -> Path:
        return self.folder / "keys" / f"{name}.key"

    def signer(self, name: str) -> Signer:
        return load_signer(self.key(name))

    def contracts(self, name: str) -> Contracts:
        return self.connection.contracts(self.signer(name))

    def ledger(self) -> Ledger:
        self._follower.catch_up()
        return self._follower.ledger

    def task(self, task: TaskId) -> Task:
        return self.ledger().tasks[task]

    def robots_of(self, name: str) -> Gateway:
        """The worker's way to its robots, as its daemon has it."""
        ledger, chain_id = self.ledger(), self.connection.deployment.chain_id
        if name not in self._clients:
            client = Gateway(ledger, self.signer(name).sign, chain_id=chain_id, now_s=time.time)
            client._http.timeout = httpx.Timeout(60)
            self._clients[name] = client
        return self._clients[name]

    def close(self) -> None:
        for client in (self.http, *(gateway._http for gateway in self._clients.values())):
            client.close()

    def order(self, kind: OverrideKind, subject_type: SubjectType, subject: int, **changes: Any) -> HumanOrder:
        self._nonce += 1
        values: dict[str, Any] = {"reason_code": 8, "reason": "a test", "valid_until": int(time.time()) + 600}
        human = self.signer("owner").address
        values |= {"human": human, "nonce": self._nonce << 64} | changes
        return HumanOrder(kind=kind, subject_type=subject_type, subject=subject, **values)

    def sign(self, order: HumanOrder) -> bytes:
        deployment = self.connection.deployment
        return self.signer("owner").sign_order(order, chain_id=deployment.chain_id, overrides=deployment.overrides)

    def tell_gateway(self, order: HumanOrder) -> httpx.Response:
        body = {"order": order_body(order), "signature": "0x" + self.sign(order).hex()}
        return self.http.post("/orders", json=body)

    def guide(self, robot: int, action: str, **parameters: object) -> httpx.Response:
        """The owner's next act on the robot's lease."""
        ((resource, lease),) = self.http.get(f"/robots/{robot}").json()["resources"].items()
        guidance = Guidance(
            robot=Number(robot),
            resource=resource,
            human=self.signer("owner").address,
            term=lease["term"],
            seq=lease["seq"] + 1,
            not_after=int(time.time()) + 30,
            action=Act(action),
            parameters=write_parameters(Act(action), parameters),
            reason_code=1,
            reason="a part slipped",
        )
        return self.send_guidance(guidance)

    def send_guidance(self, guidance: Guidance) -> httpx.Response:
        chain_id, gateway = self.connection.deployment.chain_id, self.signer("gateway").address
        signature = self.signer("owner").sign(guidance_digest(guidance, chain_id=chain_id, gateway=gateway))
        return self.http.post("/guidance", json=guidance_body(guidance) | {"signature": "0x" + signature.hex()})

    def given_task(self, worker: str, robot: str, inspector: str, work: int) -> TaskId:
        """A task that the owner assigned and the worker started."""
        spec = TaskSpec(capability=DRILLING, work=work, on_failure=OnFailure.HUMAN)
        self.contracts("owner").work_orders.post(pack_tasks([spec]), "{}")
        task = task_id(max(self.ledger().orders), 0)
        entry = PlanEntry(
            task=task,
            version=1,
            lead=Number(self.badges[worker]),
            inspector=Number(self.badges[inspector]),
            duration=work,
            robots=(Number(self.badges[robot]),),
        )
        payload = assign_payload(entry)
        expires_at = int(time.time()) + 3600
        order = self.order(OverrideKind.ASSIGN, SubjectType.TASK, task, payload=payload, expires_at=expires_at)
        self.contracts("owner").overrides.execute(order, self.sign(order))
        self.contracts(worker).work_orders.start(task, self.task(task).epoch)
        return task

    def _is_up(self) -> bool:
        try:
            return self.http.get("/healthz").is_success
        except httpx.TransportError:
            return False


@contextmanager
def running_gateway(folder: Path) -> Iterator[RunningGateway]:
    port = nodes.free_port()
    with nodes.running("anvil") as node:
        told = {"KEYS": f"{folder}/keys", "DEPLOYMENT": f"{folder}/deployment.json", "SCENARIO": str(WORKSHOP)}
        told["GATEWAY_URL"] = f"http://127.0.0.1:{port}"
        environment = {**os.environ, **{f"WORKMOOT_{name}": value for name, value in told.items()}}
        command = [sys.executable, "-m", "scripts.deploy", "--rpc", node.url]
        subprocess.run(command, env=environment, cwd=ROOT, check=True, capture_output=True, timeout=300)
        site = RunningGateway(node, folder, port)
        site.start()
        try:
            yield site
        finally:
            assert site.end(signal.SIGTERM) == 0
            site.close()


def until(is_so: Callable[[], Any], seconds: float = 60.0) -> Any:
    """Waits for what must come, and says so when it does not."""
    deadline = time.monotonic() + seconds
    while not (found := is_so()):
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.02)
    return found
