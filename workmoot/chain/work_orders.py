"""WorkOrders on a node: what is to be done, by whom, and how far it is."""

from workmoot.chain.contract import Contract
from workmoot.chain.decoder import build
from workmoot.domain.ids import Address, Number, OrderId, TaskId
from workmoot.domain.ports import OrderState, PlantState, Receipt, TaskState


class ChainWorkOrders(Contract):
    """One account's hold on WorkOrders; keeps `domain.ports.WorkOrders`."""

    name = "WorkOrders"

    def describe(self, description: str, capabilities: int, origin_milliseconds: int, speed_milli: int) -> Receipt:
        return self._send("describe", description, capabilities, origin_milliseconds, speed_milli)

    def post(self, tasks: bytes, detail: str) -> Receipt:
        return self._send("post", tasks, detail)

    def post_by_sig(
        self, tasks: bytes, detail: str, human: Address, nonce: int, deadline: int, signature: bytes
    ) -> Receipt:
        return self._send("postBySig", tasks, detail, human, nonce, deadline, signature)

    def acknowledge(self, task: TaskId, epoch: int) -> Receipt:
        return self._send("acknowledge", task, epoch)

    def decline(self, task: TaskId, epoch: int) -> Receipt:
        return self._send("decline", task, epoch)

    def start(self, task: TaskId, epoch: int) -> Receipt:
        return self._send("start", task, epoch)

    def heartbeat(self, task: TaskId, epoch: int) -> Receipt:
        return self._send("heartbeat", task, epoch)

    def submit(self, task: TaskId, epoch: int, grade: int, busy_ticks: int, evidence: bytes) -> Receipt:
        return self._send("submit", task, epoch, grade, busy_ticks, evidence)

    def fail(self, task: TaskId, epoch: int) -> Receipt:
        return self._send("fail", task, epoch)

    def inspect(
        self, task: TaskId, epoch: int, evidence: bytes, *, accepted: bool, grade: int, findings: bytes
    ) -> Receipt:
        return self._send("inspect", task, epoch, evidence, accepted, grade, findings)

    def poke(self, task: TaskId) -> Receipt:
        return self._send("poke", task, tried=False)

    def task(self, task: TaskId) -> TaskState:
        return _task(self._read("task", task)[0])

    def tasks(self, order: OrderId, first: int, count: int) -> tuple[TaskState, ...]:
        return tuple(_task(values) for values in self._read("tasks", order, first, count)[0])

    def plant(self) -> PlantState:
        orders, held, epoch = self._read("plant")
        return PlantState(orders=orders, held=held, epoch=epoch)

    def order(self, order: OrderId) -> OrderState:
        task_count, posted_at, spec_hash = self._read("order", order)
        return OrderState(task_count=task_count, posted_at=posted_at, spec_hash=spec_hash)

    def require_open(self, assignments: bytes) -> None:
        self._read("requireOpen", assignments)

    def is_excluded(self, task: TaskId, worker: Number) -> bool:
        return bool(self._read("isExcluded", task, worker)[0])


def _task(values: tuple[object, ...]) -> TaskState:
    found: TaskState = build(TaskState, values)
    return found
