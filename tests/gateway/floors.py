"""A small floor for tests: two robots, a sprayer, its helper, an inspector, a stranger and a supervisor."""

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from eth_keys.datatypes import PrivateKey

from gateway.adapters import Stance
from gateway.checks import Now, Refuse
from gateway.core import Allow, decide
from gateway.floor import Floor, Gateway
from gateway.guidance import SignedGuidance, guided
from gateway.human import SignedOrder, taken
from gateway.state import Job, State
from gateway.truth import Defaults, Truth
from gateway.view import GivenOrder, Mandate, RobotView, SensorView, StationView, View
from workmoot.domain.clock import Clock
from workmoot.domain.commands import Command, command_digest
from workmoot.domain.guidance import HOME, REASONED, Act, Guidance, guidance_digest, write_parameters
from workmoot.domain.hashing import checksum_address
from workmoot.domain.ids import Address, Number, TaskId
from workmoot.domain.overrides import HumanOrder, OverrideKind, SubjectType, order_digest
from workmoot.domain.work import Status
from workmoot.domain.workers import Role

R1, R2 = 1, 2
SPRAYER, HELPER, INSPECTOR, RIVAL = 11, 12, 13, 14
TASK, OTHER_TASK = 256, 257
ROBOT_EPOCH, EPOCH = 3, 5
MANDATE, OTHER_MANDATE = b"\x11" * 32, b"\x22" * 32
START_S = 1_000_000
GATEWAY = Gateway(
    chain_id=1337,
    address=checksum_address("0x" + "aa" * 20),
    overrides=checksum_address("0x" + "bb" * 20),
    work_orders=checksum_address("0x" + "cc" * 20),
)
CLOCK = Clock(origin_ms=START_S * 1000, speed_milli=10_000)
PERFECT = Truth(seed=1, defaults=Defaults(pace=1.0, spread=0.0, failure=0.0, defect=0.0, noise_mm=0.02))


def key_of(name: object) -> PrivateKey:
    return PrivateKey(str(name).encode().rjust(32, b"\x01"))


@cache
def account(name: object) -> Address:
    return Address(key_of(name).public_key.to_checksum_address())


SUPERVISOR, OPERATOR, MAINTAINER, STRANGER = (account(n) for n in ("supervisor", "operator", "maintainer", "stranger"))


def sign(digest: bytes, name: object) -> bytes:
    """r, s and v as Ethereum writes it."""
    signature = key_of(name).sign_msg_hash(digest).to_bytes()
    return signature[:64] + bytes((signature[64] + 27,))


def hex_of(content: bytes) -> str:
    return "0x" + content.hex()


def a_mandate(**changes) -> Mandate:
    mandate = Mandate(
        task=TASK,
        status=Status.STARTED,
        epoch=EPOCH,
        mandate=hex_of(MANDATE),
        lead=SPRAYER,
        robots=(R1,),
        inspector=INSPECTOR,
    )
    return replace(mandate, **changes)


def a_view(*mandates: Mandate, **changes) -> View:
    robots = (
        RobotView(number=R1, id="R-1", station="spray", epoch=ROBOT_EPOCH),
        RobotView(number=R2, id="R-2", station="glue", epoch=ROBOT_EPOCH),
    )
    view = View(
        block=7,
        block_hash="0x07",
        clock=CLOCK,
        robots={robot.number: robot for robot in robots},
        sensors=(SensorView(id="V-01", station="spray"), SensorView(id="V-02", station="glue")),
        stations=(StationView(id="spray", x=1.0), StationView(id="glue", x=3.0)),
        tasks={mandate.task: mandate for mandate in mandates or (a_mandate(),)},
        numbers={account(worker): worker for worker in (SPRAYER, HELPER, INSPECTOR, RIVAL)},
        active=frozenset((SPRAYER, HELPER, INSPECTOR, RIVAL)),
        roles={
            SUPERVISOR: frozenset((Role.SUPERVISOR,)),
            OPERATOR: frozenset((Role.OPERATOR,)),
            MAINTAINER: frozenset((Role.MAINTENANCE,)),
        },
    )
    return replace(view, **changes)


def a_robot(view: View, number: int, **changes) -> Mapping[int, RobotView]:
    """The view's robots, one of them changed."""
    return {**view.robots, number: replace(view.robots[number], **changes)}


def a_given(*orders: HumanOrder) -> Mapping[str, GivenOrder]:
    """The orders on the chain."""
    return {
        a_signed(order).id: GivenOrder(kind=order.kind, subject_type=order.subject_type, subject=order.subject)
        for order in orders
    }


def a_command(action: str, **changes) -> Command:
    command = Command(
        robot=Number(R1),
        resource="arm",
        task=TaskId(TASK),
        task_epoch=EPOCH,
        robot_epoch=ROBOT_EPOCH,
        mandate=MANDATE,
        term=0 if action in ("acquire", "measure") else 1,
        seq=1,
        not_after=START_S + 30,
        action=action,
        parameters=json.dumps({"capability": 4, "work_ticks": 1000, "part": "pair 1"}) if action == "run" else "{}",
    )
    return replace(command, **changes)


def sign_command(command: Command, worker: object, gateway: Gateway = GATEWAY) -> bytes:
    digest = command_digest(command, chain_id=gateway.chain_id, gateway=gateway.address)
    return sign(digest, worker)


def an_order(kind: OverrideKind, subject_type: SubjectType, subject: int = 0, **changes) -> HumanOrder:
    order = HumanOrder(
        kind=kind,
        subject_type=subject_type,
        subject=subject,
        reason_code=2,
        reason="a hand in the way",
        valid_until=START_S + 600,
        human=SUPERVISOR,
    )
    return replace(order, **changes)


def a_signed(order: HumanOrder, by: object = "supervisor") -> SignedOrder:
    digest = order_digest(order, chain_id=GATEWAY.chain_id, overrides=GATEWAY.overrides)
    return SignedOrder(order=order, digest=digest, signature=sign(digest, by))


ROLES: dict[str, list[int]] = {SUPERVISOR: [3], OPERATOR: [1], MAINTAINER: [4]}
STANCE = Stance(pose=HOME, manual=True, enabling_device=True)
CARRIES: dict[str, dict[str, object]] = {
    "jog": {"axis": "x", "distance_mm": 100, "speed_mm_s": 250},
    "waypoint": {"x": 30, "y": -40, "z": 0, "speed_mm_s": 100},
    "return": {"outcome": "redo"},
}


def a_guidance(action: str, **changes) -> Guidance:
    """By the supervisor, of robot 1, as its first act after a hold (term 1) or after the taking (term 2)."""
    values: dict[str, Any] = {
        "robot": Number(R1),
        "resource": "arm",
        "human": SUPERVISOR,
        "term": 1 if action == "take" else 2,
        "seq": 1,
        "not_after": START_S + 30,
        "action": Act(action),
        "parameters": write_parameters(Act(action), CARRIES.get(action, {})),
        "reason_code": 1 if Act(action) in REASONED else 0,
        "reason": "a part slipped" if Act(action) in REASONED else "",
    }
    return Guidance(**(values | changes))


def a_signed_guidance(guidance: Guidance, by: object = "supervisor") -> SignedGuidance:
    digest = guidance_digest(guidance, chain_id=GATEWAY.chain_id, gateway=GATEWAY.address)
    return SignedGuidance(guidance=guidance, digest=digest, signature=sign(digest, by))


def guides(
    state: State, guidance: Guidance, at: float = 0, *, view: View | None = None, stance: Stance | None = STANCE
) -> list[str]:
    """The guidance stands, and is entered; what was written down."""
    records = guided(state, view or a_view(), a_signed_guidance(guidance), stance, now(at))
    state.apply_all(records)
    return [type(record).__name__ for record in records]


def a_held_state(state: State | None = None, *, at: float = 0) -> State:
    """Robot 1 is held by the supervisor's order, which is not on the chain yet: term 1 where nobody had it."""
    state = state or State(clock=CLOCK)
    state.roles = ROLES
    hold = a_signed(an_order(OverrideKind.HOLD, SubjectType.ROBOT, R1, nonce=99))
    state.apply_all(taken(state, a_view(), hold, now(at)))
    return state


def a_guided_state(state: State | None = None) -> State:
    """And the supervisor has taken it."""
    state = a_held_state(state)
    guides(state, a_guidance("take", term=state.lease(R1, "arm").term))
    return state


def now(seconds: float = 0) -> Now:
    return Now(unix_ms=int((START_S + seconds) * 1000), tick=CLOCK.ticks_at(START_S + seconds))


def obeyed(state: State, view: View, command: Command, worker: int = SPRAYER, at: int = 0) -> None:
    """The command is allowed, and entered."""
    verdict = decide(state, view, command, account(worker), now(at))
    assert isinstance(verdict, Allow), verdict
    state.apply_all(verdict.records)


def refused(state: State, view: View, command: Command, worker: object = SPRAYER, at: int = 0) -> str:
    """Why the command is refused."""
    verdict = decide(state, view, command, account(worker), now(at))
    assert isinstance(verdict, Refuse), verdict
    return str(verdict.code)


def a_running_state(view: View, at: int = 0) -> State:
    """The sprayer has the lease of robot 1 (term 1, number 1 used) and its part is running."""
    state = State(clock=CLOCK)
    obeyed(state, view, a_command("acquire"), at=at)
    obeyed(state, view, a_command("run"), at=at)
    return state


def job_of(state: State, robot: int = R1, task: int = TASK) -> Job:
    return state.jobs[task, robot]


class Watch:
    """A wall clock that tests move."""

    def __init__(self) -> None:
        self.ms = START_S * 1000

    def __call__(self) -> int:
        return self.ms

    def tick(self, floor: Floor) -> int:
        """The simulated tick."""
        return floor.now().tick

    def forward(self, seconds: float) -> None:
        self.ms += int(seconds * 1000)
