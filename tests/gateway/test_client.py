"""The workers' client against the gateway's server, over HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from agents.gateway import Gateway
from agents.policy.working import report_hash
from agents.robots import Finding, RobotPart
from tests.builders import a_task, an_entry
from tests.gateway.floors import (
    EPOCH,
    GATEWAY,
    INSPECTOR,
    R1,
    ROBOT_EPOCH,
    SPRAYER,
    START_S,
    a_mandate,
    hex_of,
    sign,
)
from workmoot.domain.errors import GatewayRefused, GatewayUnreachable
from workmoot.domain.ids import Number, task_id
from workmoot.domain.ledger import Ledger, RobotControl, Task
from workmoot.domain.plan import mandate_of
from workmoot.domain.work import Status

TASK = task_id(2, 0)
ENTRY = an_entry(TASK, SPRAYER, robots=(Number(R1),), inspector=Number(INSPECTOR))


def a_running_task(**changes: Any) -> Task:
    values: dict[str, Any] = {"id": TASK, "spec": a_task(), "status": Status.STARTED}
    values |= {"worker": SPRAYER, "entry": ENTRY, "own_epoch": EPOCH, "attempt": 1}
    return Task(**values | changes)


HANDED_IN = a_running_task(status=Status.SUBMITTED)


class Workers:
    """Clients of the gateway that a test serves; they wait, so they run beside its loop."""

    def __init__(self, url: str) -> None:
        self.ledger = Ledger()
        self.ledger.description = {"gateway": {"url": url, "address": GATEWAY.address}}
        self.ledger.robots[Number(R1)] = RobotControl(own_epoch=ROBOT_EPOCH)
        self._open: list[Gateway] = []

    def client(self, worker: int = SPRAYER) -> Gateway:
        client = Gateway(
            self.ledger,
            lambda digest: sign(digest, worker),
            chain_id=GATEWAY.chain_id,
            now_s=lambda: float(START_S),
        )
        self._open.append(client)
        return client

    async def run(self, task: Task, *, by: int = SPRAYER) -> None:
        order: dict[str, Any] = {"capability": 4, "work_ticks": 1_000, "part": "pair 1"}
        await asyncio.to_thread(self.client(by).run, task, Number(R1), **order)

    async def parts(self, task: Task) -> tuple[RobotPart, ...]:
        return await asyncio.to_thread(self.client().parts, task)

    async def measure(self, task: Task, *, by: int = INSPECTOR) -> Finding:
        return await asyncio.to_thread(self.client(by).measure, task)

    def close(self) -> None:
        for client in self._open:
            client._http.close()


@pytest.fixture
async def workers(caller) -> AsyncIterator[Workers]:
    await shown(caller)
    workers = Workers(str(caller.client.make_url("/")))
    yield workers
    workers.close()


async def shown(caller, **mandate: Any) -> None:
    """The chain shows the sprayer's task so, and the gateway sees it."""
    assignment = a_mandate(task=TASK, attempt=1, mandate=hex_of(mandate_of(ENTRY)), **mandate)
    caller.site.chain.next_block(tasks={TASK: assignment})
    await caller.site.follower.look()


async def test_run__started_task__its_robot_runs(workers, caller):
    await workers.run(a_running_task())
    _, robot = await caller.get(f"/robots/{R1}")
    assert (robot["mode"], robot["job"]["part"], robot["job"]["capability"]) == ("running", "pair 1", 4)


async def test_run__twice__the_second_says_busy(workers):
    await workers.run(a_running_task())
    with pytest.raises(GatewayRefused) as refused:
        await workers.run(a_running_task())
    assert refused.value.code == "BUSY"


async def test_run__another_worker__no_mandate(workers):
    with pytest.raises(GatewayRefused) as refused:
        await workers.run(a_running_task(), by=INSPECTOR)
    assert refused.value.code == "NO_MANDATE"


async def test_run__its_epoch_has_passed__fenced(workers):
    with pytest.raises(GatewayRefused) as refused:
        await workers.run(a_running_task(own_epoch=EPOCH - 1))
    assert refused.value.code == "FENCED"


async def test_parts__nothing_begun__none(workers):
    assert await workers.parts(a_running_task()) == ()


async def test_parts__running__its_state(workers):
    await workers.run(a_running_task())
    (part,) = await workers.parts(a_running_task())
    assert (part.robot, part.state, part.ticks, part.grade) == (R1, "running", 0, 0)


async def test_parts__done__what_took_how_long_and_how_well(workers, caller):
    await workers.run(a_running_task())
    caller.site.watch.forward(5)
    (part,) = await workers.parts(a_running_task())
    assert (part.state, part.ticks) == ("done", 1_000)
    assert part.grade == part.report["result"]["grade"] > 0


async def test_parts__of_an_earlier_attempt__not_shown(workers, caller):
    await workers.run(a_running_task())
    caller.site.watch.forward(5)
    assert await workers.parts(a_running_task(attempt=2)) == ()


async def test_parts__asked_by_worker_and_inspector__the_same_evidence(workers, caller):
    await workers.run(a_running_task())
    caller.site.watch.forward(5)
    first = await workers.parts(a_running_task())
    caller.site.watch.forward(60)
    assert report_hash(first) == report_hash(await workers.parts(HANDED_IN))


async def test_measure__handed_in__the_inspector_sees_the_part(workers, caller):
    await workers.run(a_running_task())
    caller.site.watch.forward(5)
    await workers.parts(a_running_task())
    await shown(caller, status=Status.SUBMITTED)
    finding = await workers.measure(HANDED_IN)
    assert (finding.accepted, finding.grade) == (True, finding.report["grade"])


async def test_measure__by_another__refused(workers, caller):
    await workers.run(a_running_task())
    caller.site.watch.forward(5)
    await workers.parts(a_running_task())
    await shown(caller, status=Status.SUBMITTED)
    with pytest.raises(GatewayRefused) as refused:
        await workers.measure(HANDED_IN, by=SPRAYER)
    assert refused.value.code == "NOT_HOLDER"


SEEN = {"grade": 90, "error_mm": 0.97, "criterion_mm": 1.0, "within_criterion": True}


@pytest.mark.parametrize("name", ["grade", "error_mm", "criterion_mm"])
@pytest.mark.parametrize("value", ["NaN", "Infinity", "-1e9", "1" + "0" * 400, "null", "true", '"0.97"', "[]"])
def test_measure__a_number_that_is_none__is_refused(name: str, value: str) -> None:
    said = json.dumps({"measurement": SEEN | {name: "?"}}).replace('"?"', value)
    workers = Workers("http://gateway")
    client = workers.client(INSPECTOR)
    client._http = httpx.Client(
        base_url="http://gateway", transport=httpx.MockTransport(lambda _: httpx.Response(200, text=said))
    )
    with pytest.raises(GatewayRefused, match=name):
        client.measure(HANDED_IN)
    workers.close()


async def test_parts__nobody_listens__unreachable(unused_tcp_port):
    workers = Workers(f"http://127.0.0.1:{unused_tcp_port}")
    with pytest.raises(GatewayUnreachable, match="ConnectError"):
        await workers.parts(a_running_task())
    workers.close()
