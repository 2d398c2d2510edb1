"""A plant's past of any length: FlexVega orders, every task of which was started, watched and accepted."""

from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path
from typing import TypeVar

from workmoot.domain.events import (
    ClockStarted,
    Event,
    HeartbeatSeen,
    InForceChanged,
    MemberAdmitted,
    OrderPosted,
    Place,
    PlantDescribed,
    ResultSubmitted,
    TaskAccepted,
    TaskAcknowledged,
    TaskStarted,
)
from workmoot.domain.hashing import checksum_address, keccak
from workmoot.domain.ids import NOBODY, Address, Number, OrderId, TaskId, task_id
from workmoot.domain.work import Status, unpack_tasks
from workmoot.plant.founding import admissions
from workmoot.plant.packing import compact, pack_order
from workmoot.plant.plant import numbers
from workmoot.plant.scenario import load_scenario
from workmoot.plant.views import description

SCENARIO = Path(__file__).resolve().parents[2] / "scenarios" / "flexvega"
HEARTBEATS = 15
"""Of a task, so that it has twenty events."""
LATER = 4_000_000_000
SPEED_MILLI = 10_000
GRADE = 96
NOWHERE = Place(block=0, block_hash=b"", log_index=0, tx="0x", timestamp=0)
E = TypeVar("E", bound=Event)


def history(length: int) -> Iterator[Event]:
    """The first so many events."""
    return islice(_all(), length)


def after(length: int, count: int) -> list[Event]:
    """So many that follow those."""
    return list(islice(_all(), length, length + count))


def _all() -> Iterator[Event]:
    scenario = load_scenario(SCENARIO)
    plant = scenario.plant
    accounts = {id_: _account(id_) for id_ in numbers(plant)}
    told = description(plant, gateway_url="http://127.0.0.1:1", gateway_address=_account("gateway"), accounts=accounts)
    yield PlantDescribed(at=NOWHERE, description=compact(told))
    yield ClockStarted(at=NOWHERE, origin_milliseconds=0, speed_milli=SPEED_MILLI)
    workers = [numbers(plant)[worker.id] for worker in plant.workers]
    for number, member in enumerate(admissions(plant), start=1):
        yield MemberAdmitted(
            at=NOWHERE,
            number=Number(number),
            account=accounts[member.id],
            kind=member.kind,
            capabilities=member.capabilities,
            profile=member.profile,
        )
    packed = pack_order(scenario.orders[0], plant.capabilities)
    tasks = len(unpack_tasks(packed.tasks))
    for order in count(1):
        yield OrderPosted(
            at=NOWHERE, order=OrderId(order), by=_account("technician"), tasks=packed.tasks, detail=packed.detail
        )
        for index in range(tasks):
            yield from _done(task_id(OrderId(order), index), Number(workers[index % len(workers)]))


def _done(task: TaskId, worker: Number) -> Iterator[Event]:
    yield InForceChanged(
        at=NOWHERE,
        task=task,
        epoch=1,
        version=1,
        status=Status.ALLOCATED,
        worker=worker,
        inspector=NOBODY,
        overridden=False,
        held=False,
    )
    yield TaskAcknowledged(at=NOWHERE, task=task, worker=worker, deadline=LATER)
    yield TaskStarted(at=NOWHERE, task=task, worker=worker, epoch=1, attempt=1, deadline=LATER)
    for _ in range(HEARTBEATS):
        yield HeartbeatSeen(at=NOWHERE, task=task, worker=worker, deadline=LATER)
    evidence = keccak(str(task).encode())
    yield ResultSubmitted(
        at=NOWHERE,
        task=task,
        worker=worker,
        epoch=1,
        grade=GRADE,
        busy_ticks=60_000,
        evidence=evidence,
        deadline=LATER,
    )
    yield TaskAccepted(
        at=NOWHERE, task=task, worker=worker, by=_account("inspector"), grade=GRADE, evidence=evidence, human=False
    )


def _account(name: str) -> Address:
    return Address(checksum_address("0x" + keccak(name.encode()).hex()[:40]))
