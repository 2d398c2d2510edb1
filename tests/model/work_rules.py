"""What people may do about orders and tasks."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from tests.chain.plants import account
from tests.model import tasks
from tests.model.law import Task
from tests.model.machine import (
    NUMBER,
    PAIR,
    LawMachine,
    has_runs,
    is_odd,
    may_post,
    of,
    seldom,
)
from tests.model.payloads import UNKNOWN
from tests.model.plants import SETUPS
from tests.model.signing import post_signature
from workmoot.domain.work import TASK, OnFailure, Status


class WorkMachine(LawMachine):
    """Orders, and the runs of tasks."""

    @precondition(may_post)
    @rule(by=NUMBER, kinds=st.lists(PAIR, min_size=1, max_size=4), flaw=NUMBER)
    def post(self, by: int, kinds: list[tuple[int, int]], flaw: int) -> None:
        by_name = self.person(of(("planner", "supervisor"), by), by)
        asked = [_ask(index, *kind) for index, kind in enumerate(kinds)]
        if is_odd(flaw):
            asked[-1] = tasks.Ask(**{"capability": 1, **of(_FLAWS, flaw // 8)})
        self.post_all(by_name, asked, cut=is_odd(flaw // 8, 16))

    def post_all(self, by_name: str, asked: list[tasks.Ask], *, cut: bool = False) -> None:
        packed = b"".join(map(TASK.pack, asked))
        packed = packed[:-1] if cut else packed
        self.do(
            f"post({by_name}, {asked}, {len(packed)})",
            lambda law: tasks.post(law, by_name, tuple(asked), packed, "{}"),
            lambda world: world.by(by_name).work_orders.post(packed, "{}"),
        )

    @precondition(may_post)
    @precondition(seldom)
    @rule(by=NUMBER, kinds=st.lists(PAIR, min_size=1, max_size=2), flaw=NUMBER)
    def post_signed(self, by: int, kinds: list[tuple[int, int]], flaw: int) -> None:
        human = self.person(of(("planner", "supervisor"), by), by)
        asked = tuple(_ask(index, *kind) for index, kind in enumerate(kinds))
        packed = b"".join(map(TASK.pack, asked))
        count = self.law.nonces.get(("WorkOrders", human, 0), 0) + is_odd(flaw, 10)
        until, by_whom = self.walk.now - is_odd(flaw, 5), self.person(human, flaw // 2)
        terms = {"human": account(human), "nonce": count, "deadline": until}

        def act(world: Any) -> None:
            signature = post_signature(world, by_whom, packed, "{}", **terms)
            world.by("stranger").work_orders.post_by_sig(packed, "{}", **terms, signature=signature)

        self.do(
            f"postBySig({human}, {asked}, {count}, {until}, {by_whom})",
            lambda law: tasks.post_by_sig(law, human, asked, packed, "{}", count, until, signed=by_whom == human),
            act,
        )

    @precondition(seldom)
    @rule(by=NUMBER)
    def describe_again(self, by: int) -> None:
        name = self.person("administrator", by)
        self.do(
            f"describe({name})",
            lambda law: tasks.describe_again(law, name),
            lambda world: world.by(name).work_orders.describe("{}", 3, 1_000, 20_000),
        )

    @initialize(setup=NUMBER, kinds=st.lists(PAIR, min_size=2, max_size=5))
    def begin(self, setup: int, kinds: list[tuple[int, int]]) -> None:
        """There is work from the beginning."""
        self.found(of(SETUPS, setup))
        self.post_all("planner", [_ask(index, *kind) for index, kind in enumerate(kinds)])

    # Runs

    @precondition(has_runs)
    @rule(what=NUMBER, task=NUMBER, flaw=NUMBER)
    def work(self, what: int, task: int, flaw: int) -> None:
        """Whoever has a task does what comes next, or something else."""
        number = self.task(task, Status.ALLOCATED, Status.STARTED, Status.SUBMITTED)
        found = self.law.tasks.get(number)
        status = found.status if found and not is_odd(flaw, 16) else of(_NEXT, flaw)
        self._work(of(_NEXT.get(status, ("heartbeat",)), what), number, found, flaw)

    @precondition(has_runs)
    @rule(task=NUMBER, how=st.lists(NUMBER, min_size=1, max_size=4))
    def live(self, task: int, how: list[int]) -> None:
        """Those who may go on for a while with one task, so that some runs come to an end."""
        number = self.task(task - task % 64, *tasks.BUSY)
        for what in how:
            found = self.law.tasks.get(number)
            waits = found is None or (found.status is Status.SUBMITTED and not found.inspector)
            if found is not None and found.status in _LIFE and not waits:
                self._work(of(_LIFE[found.status], what), number, found, _FLAWLESS[what % 2])

    def _work(self, function: str, number: int, found: Task | None, flaw: int) -> None:
        whose = found.inspector if found and function == "inspect" else found.worker if found else 0
        name = self.person(self.account_of(whose), flaw // 4)
        epoch = self.law.plant_epoch + (found.epoch if found else 1) - is_odd(flaw, 24)
        evidence, grade = 0 if is_odd(flaw, 28) else 7 + is_odd(flaw, 20), 101 if is_odd(flaw, 26) else 90
        accepted = flaw % 3 != 2
        if function == "inspect":
            self.do(
                f"inspect({name}, {number}, {epoch}, {evidence}, {accepted}, {grade})",
                lambda law: tasks.inspect(law, name, number, epoch, evidence, accepted=accepted, grade=grade),
                lambda world: world.by(name).work_orders.inspect(
                    number, epoch, _hash(evidence), accepted=accepted, grade=grade, findings=UNKNOWN
                ),
            )
        elif function == "submit":
            self.do(
                f"submit({name}, {number}, {epoch}, {grade}, {evidence})",
                lambda law: tasks.submit(law, name, number, epoch, grade, evidence),
                lambda world: world.by(name).work_orders.submit(number, epoch, grade, 5, _hash(evidence)),
            )
        else:
            judge = getattr(tasks, function)
            self.do(
                f"{function}({name}, {number}, {epoch})",
                lambda law: judge(law, name, number, epoch),
                lambda world: getattr(world.by(name).work_orders, function)(number, epoch),
            )

    @precondition(has_runs)
    @rule(task=NUMBER)
    def poke_task(self, task: int) -> None:
        number = self.task(task, Status.ALLOCATED, Status.STARTED, Status.SUBMITTED)
        self.do(
            f"poke_task({number})",
            lambda law: tasks.poke(law, number),
            lambda world: world.by("stranger").work_orders.poke(number),
        )


def _ask(index: int, kind: int, more: int) -> tasks.Ask:
    return tasks.Ask(
        capability=of((2, 1, 2, 3), kind),
        on_failure=of(OnFailure, kind // 4),
        retries=kind // 16 % 3,
        predecessors=more % (1 << index) if more % 4 == 3 else 0,
    )


def _hash(number: int) -> bytes:
    return number.to_bytes(32, "big")


_NEXT = {
    Status.ALLOCATED: ("start", "start", "acknowledge", "start", "decline"),
    Status.STARTED: ("submit", "submit", "submit", "fail", "heartbeat"),
    Status.SUBMITTED: ("inspect",),
}
_LIFE = {
    Status.ALLOCATED: ("start", "start", "start", "decline"),
    Status.STARTED: ("submit", "fail", "submit", "heartbeat"),
    Status.SUBMITTED: ("inspect",),
}
_FLAWLESS = (0, 2)
"""Of an inspector's: it accepts, or does not."""
_FLAWS: tuple[dict[str, int], ...] = (
    {"predecessors": 1 << 7},
    {"capability": 0},
    {"capability": 4},
    {"stage": 0},
    {"stage": 6},
    {"on_failure": 4},
    {"retries": 64},
    {"team": 0},
    {"work": 0},
)
