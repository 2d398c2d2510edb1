"""Any interleaving of workers, humans and blocks: what must hold always, holds; and the log tells the same story."""

import random
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from gateway.checks import holds
from gateway.core import Allow, decide
from gateway.guidance import SignedGuidance, guided
from gateway.human import taken
from gateway.records import JobResumed, JobStarted, LeaseGranted, Record, from_json, to_json
from gateway.settle import settle, settle_jobs
from gateway.state import State
from gateway.view import View
from tests.gateway.floors import (
    CLOCK,
    GATEWAY,
    HELPER,
    INSPECTOR,
    OPERATOR,
    OTHER_TASK,
    R1,
    R2,
    RIVAL,
    SPRAYER,
    STANCE,
    SUPERVISOR,
    TASK,
    a_command,
    a_given,
    a_guidance,
    a_mandate,
    a_robot,
    a_signed,
    a_view,
    account,
    an_order,
    now,
)
from workmoot.domain.errors import GatewayRefused
from workmoot.domain.guidance import MAX_NUMBER, Guidance, guidance_digest
from workmoot.domain.overrides import HumanOrder, OverrideKind, SubjectType
from workmoot.domain.work import Status

WORKERS = (SPRAYER, HELPER, INSPECTOR, RIVAL)
STATUSES = (Status.POSTED, Status.ALLOCATED, Status.STARTED, Status.STARTED, Status.STARTED, Status.SUBMITTED)
STEPS = 200


def unsigned(guidance: Guidance) -> SignedGuidance:
    """As if its signature had been checked; signing takes long."""
    digest = guidance_digest(guidance, chain_id=GATEWAY.chain_id, gateway=GATEWAY.address)
    return SignedGuidance(guidance=guidance, digest=digest, signature=b"")


@dataclass
class World:
    """A floor and its chain, moved by a dice."""

    dice: random.Random
    view: View = field(
        default_factory=lambda: a_view(a_mandate(robots=(R1, R2)), a_mandate(task=OTHER_TASK, lead=RIVAL))
    )
    state: State = field(default_factory=lambda: State(clock=CLOCK))
    log: list[Record] = field(default_factory=list)
    orders: list[HumanOrder] = field(default_factory=list)
    second: int = 0

    def enter(self, records: tuple[Record, ...]) -> None:
        self.log.extend(records)
        self.state.apply_all(records)

    def step(self) -> None:
        self.second += self.dice.randrange(3)
        self.dice.choice((*[self.command] * 16, *[self.block] * 4, self.human, *[self.guide] * 3))()
        self.check()

    def wrong(self, much: int) -> int:
        """Now and then."""
        return much if self.dice.random() < 0.05 else 0

    def number(self, last: int) -> int:
        """Mostly the next one; now and then one that was used, or the largest."""
        return MAX_NUMBER if self.dice.random() < 0.02 else min(last + 1, MAX_NUMBER) - self.wrong(1)

    def command(self) -> None:
        task, robot = self.dice.choice((TASK, OTHER_TASK)), self.dice.choice((R1, R2))
        mandate, lease = self.view.tasks[task], self.state.lease(robot, "arm")
        command = a_command(
            self.dice.choice(("acquire", "run", "run", "stop", "return", "measure")),
            task=task,
            robot=robot,
            task_epoch=mandate.epoch - self.wrong(1),
            robot_epoch=self.view.robots[robot].epoch - self.wrong(1),
            term=lease.term - self.wrong(1) if lease.term else 0,
            seq=self.number(lease.seq),
            not_after=now(self.second).unix_s + 5 - self.wrong(6),
        )
        worker = self.dice.choice((*WORKERS, *[mandate.lead] * 8))
        held = holds(self.state, self.view, robot=robot, task=task)
        verdict = decide(self.state, self.view, command, account(worker), now(self.second))
        if not isinstance(verdict, Allow):
            return
        self.check_allowed(command, worker, verdict, held)
        self.enter(verdict.records)

    def check_allowed(self, command, worker, verdict, held) -> None:
        mandate, lease = self.view.tasks[command.task], self.state.lease(command.robot, "arm")
        assert not held or command.action == "stop"
        assert command.not_after >= now(self.second).unix_s
        if command.action == "measure":
            assert worker == mandate.inspector
            return
        assert command.term == lease.term
        assert command.action == "acquire" or command.seq > lease.seq
        assert not lease.human or (command.action == "acquire" and now(self.second).unix_s > lease.until)
        if any(isinstance(record, LeaseGranted | JobStarted | JobResumed) for record in verdict.records):
            assert worker == mandate.lead
            assert command.robot in mandate.robots
            assert (command.task_epoch, command.robot_epoch) == (mandate.epoch, self.view.robots[command.robot].epoch)

    def block(self) -> None:
        """The chain moves on; now and then it falls back."""
        task = self.view.tasks[self.dice.choice((TASK, OTHER_TASK))]
        moves: tuple[dict[str, Any], ...] = (
            {"epoch": task.epoch + 1},
            {"epoch": task.epoch + 1, "held": not task.held},
            {"epoch": task.epoch + 1, "lead": self.dice.choice(WORKERS)},
            *[{"status": Status.STARTED, "held": False}] * 6,
            {"status": self.dice.choice(STATUSES), "run": task.run + 1},
            {"epoch": task.epoch - self.dice.choice((0, 0, 1))},
        )
        changed = replace(task, **self.dice.choice(moves))
        robot = self.dice.choice((R1, R2))
        robots = a_robot(self.view, robot, epoch=self.view.robots[robot].epoch + self.dice.choice((0, 0, 1)))
        given = a_given(*(order for order in self.orders if self.dice.random() < 0.97))
        self.view = replace(self.view, tasks={**self.view.tasks, task.task: changed}, robots=robots, given=given)
        self.enter(settle(self.state, self.view))
        self.enter(settle_jobs(self.state, self.view, now(self.second)))
        assert not settle(self.state, self.view)
        assert not settle_jobs(self.state, self.view, now(self.second))

    def human(self) -> None:
        subject = self.dice.choice(((SubjectType.ROBOT, R1), (SubjectType.TASK, TASK), (SubjectType.PLANT, 0)))
        kind = self.dice.choice((OverrideKind.HOLD, OverrideKind.RELEASE))
        order = an_order(kind, *subject, nonce=len(self.orders))
        before = {job.order.robot for job in self.state.live_jobs() if job.state == "running"}
        self.enter(taken(self.state, self.view, a_signed(order), now(self.second)))
        self.orders.append(order)
        if kind is OverrideKind.HOLD and subject[0] is SubjectType.PLANT:
            assert not any(job.state == "running" for job in self.state.live_jobs())
        assert {job.order.robot for job in self.state.live_jobs() if job.state == "running"} <= before

    def guide(self) -> None:
        """A human who saw the present term and number, or now and then older ones."""
        robot, human = self.dice.choice((R1, R2)), self.dice.choice((SUPERVISOR, OPERATOR))
        lease = self.state.lease(robot, "arm")
        action = self.dice.choice(("take", "take", "jog", "jog", "stop", "aside", "retain", "return"))
        guidance = a_guidance(
            action,
            robot=robot,
            human=human,
            term=max(0, lease.term - self.wrong(1)),
            seq=self.number(lease.seq),
            not_after=now(self.second).unix_s + 5 - self.wrong(6),
        )
        held = holds(self.state, self.view, robot=robot)
        try:
            records = guided(self.state, self.view, unsigned(guidance), STANCE, now(self.second))
        except GatewayRefused:
            return
        if records:
            assert held or action in ("stop", "return")
            assert guidance.term == lease.term
            assert action == "take" or (lease.human, guidance.seq > lease.seq) == (human, True)
        self.enter(records)

    def check(self) -> None:
        live = [job.order.robot for job in self.state.live_jobs()]
        assert len(live) == len(set(live)), "two parts in one robot's hand"
        for job in self.state.live_jobs():
            held = holds(self.state, self.view, robot=job.order.robot, task=job.order.task)
            assert not (held and job.state == "running"), "moves under a hold"


@pytest.mark.parametrize("seed", range(40))
def test_decide__any_interleaving__nothing_moves_that_must_not(seed):
    world = World(random.Random(seed))
    for _ in range(STEPS):
        terms = {key: lease.term for key, lease in world.state.leases.items()}
        world.step()
        assert all(world.state.leases[key].term >= term for key, term in terms.items())
    again = State(clock=CLOCK)
    again.apply_all(from_json(to_json(record)) for record in world.log)
    assert again == world.state


def test_decide__all_interleavings_together__much_was_allowed():
    kinds: set[str] = set()
    for seed in range(40):
        world = World(random.Random(seed))
        for _ in range(STEPS):
            world.step()
        kinds |= {type(record).__name__ for record in world.log}
    assert {
        "LeaseGranted",
        "JobStarted",
        "JobResumed",
        "JobPaused",
        "JobEnded",
        "RobotLatched",
        "LatchSettled",
    } <= kinds
    assert {"OrderTaken", "OrderAnchored", "OrderLost", "LeaseTaken", "LeaseReturned"} <= kinds
    assert {"RobotGuided", "GuidedMotionBegun"} <= kinds
