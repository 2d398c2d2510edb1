"""Memory and Anvil walk side by side through the same random acts: every refusal and every event is the same."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any

import pytest

from scripts.nodes import running
from tests.builders import SCAN, SPRAY, a_task, an_entry, an_opening
from tests.chain import moves
from tests.chain.agreement import assert_events_tell_all
from tests.chain.plants import ARM, WORKERS, MemoryPlant, NodePlant, Plant, deploy, found
from workmoot.chain.node import Node
from workmoot.domain.ballots import pack_ballots
from workmoot.domain.errors import Refused
from workmoot.domain.events import ProposalCreated
from workmoot.domain.hashing import ZERO_HASH
from workmoot.domain.ids import NOBODY, Address, TaskId, task_id
from workmoot.domain.ledger import Ledger
from workmoot.domain.overrides import PLANT, Level, OverrideKind, SubjectType
from workmoot.domain.payloads import PlanPart, assign_payload, cancel_payload, plan_payload, release_payload
from workmoot.domain.plan import PackedPlan, pack_plan, pack_tree, unpack_assignments
from workmoot.domain.ports import Receipt
from workmoot.domain.proposals import CONTENT_ID_SIZE, State
from workmoot.domain.work import OnFailure, Status, pack_tasks

STEPS = 200
HUMANS = ("supervisor", "planner", "operator", "mechanic", "stranger")
LEVELS = (0, 0, 0, 0, 5, 7, 8, 12, 1)
SPANS = (1, 11, 21, 31, 41, 61, 301)
KINDS = (
    *(OverrideKind.ASSIGN, OverrideKind.ASSIGN, OverrideKind.ASSIGN, OverrideKind.HOLD, OverrideKind.HOLD),
    *(OverrideKind.RELEASE, OverrideKind.RELEASE, OverrideKind.ACCEPT, OverrideKind.REWORK, OverrideKind.REQUEUE),
    *(OverrideKind.VETO, OverrideKind.APPROVE, OverrideKind.CANCEL, OverrideKind.SUSPEND, OverrideKind.REINSTATE),
)
ASIDE = {"at", "digest", "read_at", "read_hash", "payload", "roll"}
"""What depends on the chain's id, its blocks or its addresses."""
Act = Callable[["World"], Receipt]


@dataclass
class World:
    """A plant and what was proposed there."""

    plant: MemoryPlant | NodePlant
    opened: list[moves.Opened] = field(default_factory=list)

    def outcome(self, act: Act) -> object:
        try:
            receipt = act(self)
        except Refused as refusal:
            return refusal.name, [_aside(self.plant, value) for value in refusal.arguments]
        self.opened += [moves.opened_of(self.plant, created) for created in receipt.all(ProposalCreated)]
        return [_told(self.plant, event) for event in receipt.events]

    def rest(self, seconds: int) -> None:
        """Lets time pass; a block of its own says so."""
        if isinstance(self.plant, NodePlant):
            self.plant.node.ask("anvil_setBlockTimestampInterval", seconds)
            self.plant.node.ask("evm_mine")
            self.plant.node.ask("anvil_setBlockTimestampInterval", 1)
        else:
            self.plant.advance_from_head(seconds)


@pytest.fixture
def worlds() -> Any:
    """Two plants at the same time of day, on which each transaction takes a second."""
    with running("anvil") as process:
        on_node = NodePlant(deploy(Node(process.url)))
        found(on_node)
        in_memory = MemoryPlant(now=on_node.head().timestamp)
        found(in_memory)
        on_node.node.ask("anvil_setBlockTimestampInterval", 1)
        in_memory.advance(0)
        yield World(in_memory), World(on_node)


@pytest.mark.parametrize("seed", range(3))
def test_acts__at_random__memory_refuses_and_tells_what_the_contracts_do(worlds, seed):
    chance = random.Random(seed)
    in_memory, on_node = worlds
    outcomes = []
    for step in range(STEPS):
        if chance.random() < 0.06:
            span = chance.choice(SPANS)
            in_memory.rest(span)
            on_node.rest(span)
        act = _act(chance, in_memory.plant)
        in_memory.plant.set_time(in_memory.plant.head().timestamp + 1)
        outcomes.append(in_memory.outcome(act))
        assert on_node.outcome(act) == outcomes[-1], (seed, step)
    assert sum(isinstance(outcome, list) for outcome in outcomes) > STEPS // 3
    for world in worlds:
        assert_events_tell_all(world.plant)


def _act(chance: random.Random, plant: Any) -> Act:
    """Something somebody might do now; what they know of the plant is mostly true."""
    ledger = _ledger(plant)
    number = chance.choice([*ledger.tasks, task_id(9, 9)]) if ledger.tasks else TaskId(256)
    if len(ledger.orders) < 2 or chance.random() < 0.02:
        return _posting(chance)
    of_workers = (_decision, _decision, _decision, _claim, _run, _run, _run, _run)
    return chance.choice((*of_workers, _override, _override, _upkeep))(chance, plant, number)


def _posting(chance: random.Random) -> Act:
    specs = [
        a_task(
            chance.choice((SCAN, SPRAY, SPRAY, SPRAY)),
            on_failure=chance.choice(list(OnFailure)),
            retries=chance.randrange(3),
            predecessors=chance.getrandbits(index) if chance.random() < 0.15 else 0,
        )
        for index in range(4)
    ]
    return lambda world: _post(world, specs)


def _post(world: World, specs: Any) -> Receipt:
    return world.plant.by("planner").work_orders.post(pack_tasks(specs), "{}")


def _decision(chance: random.Random, plant: Any, number: TaskId) -> Act:
    ledger = _ledger(plant)
    name, support = chance.choice(list(WORKERS)), chance.random() < 0.75
    now = plant.head().timestamp
    waiting = [proposal for proposal in ledger.open_proposals() if proposal.deadline > now or chance.random() < 0.1]
    if waiting and chance.random() < 0.75:
        proposal = chance.choice(waiting)
        able = [moves.NAMES[member.number] for member in ledger.may_still_vote(proposal)]
        if chance.random() < 0.3:
            ballots = _ballots(chance, able)
            return lambda world: _decide(world, proposal.id, ballots, name)
        name = chance.choice(able) if able and chance.random() < 0.9 else name
        whole = chance.random() < 0.6
        return lambda world: _vote(world, proposal.id, name, support=support, whole=whole)
    left = [proposal for proposal in ledger.proposals.values() if proposal.state is State.PASSED]
    if left and chance.random() < 0.5:
        proposal, words = chance.choice(left), chance.choice((0, 1, 1, 2))
        return lambda world: moves.enact(world.plant, world.opened[proposal.id - 1], words=words)
    if ledger.proposals and chance.random() < 0.1:
        proposal, ballots = chance.choice(list(ledger.proposals.values())), _ballots(chance, list(WORKERS))
        return lambda world: _record(world, proposal.id, ballots)
    known = ledger.tasks.get(number)
    version = known.version if known and chance.random() < 0.9 else 1
    more = [task for task in ledger.tasks.values() if task.is_open and chance.random() < 0.4 and task.id != number]
    entries = [_entry(chance, number, version), *(_entry(chance, task.id, task.version) for task in more)]
    packed = pack_tree(entries) if chance.random() < 0.3 else pack_plan(entries)
    if chance.random() < 0.3:
        ballots, lasts_s = _ballots(chance, list(WORKERS)), chance.choice((-1, 1, 30, 61, 62))
        return lambda world: _decide_at_once(world, packed, ballots, name, lasts_s)
    return lambda world: _propose(world, packed, name)


def _entry(chance: random.Random, number: TaskId, version: int) -> Any:
    lead, inspector = chance.choice((1, 2, 2, 3, 3)), chance.choice((0, 1, 2, 3, 3, 4))
    return an_entry(number, lead, version=version, inspector=inspector)


def _propose(world: World, packed: PackedPlan, name: str) -> Receipt:
    head = world.plant.head()
    return world.plant.by(name).dao.propose(an_opening(packed, read_at=head.number, read_hash=head.hash))


def _decide_at_once(world: World, packed: PackedPlan, ballots: dict[str, bool], name: str, lasts_s: int) -> Receipt:
    drafted = moves.draft(world.plant, packed, by=name, lasts_s=lasts_s)
    signed = [moves.sign(world.plant, drafted, voter, support=support) for voter, support in ballots.items()]
    return moves.decide_at_once(world.plant, drafted, *signed, by=name)


def _vote(world: World, number: int, name: str, *, support: bool, whole: bool) -> Receipt:
    opened = world.opened[number - 1]
    if whole:
        return moves.vote(world.plant, opened, name, support=support)
    return world.plant.by(name).dao.vote(opened.id, support=support, reason="", rest=opened.content_hash)


def _ballots(chance: random.Random, able: list[str]) -> dict[str, bool]:
    """Who says what: mostly of those who may, and mostly yes."""
    names = able if chance.random() < 0.8 else list(WORKERS)
    return {name: chance.random() < 0.8 for name in names if chance.random() < 0.9}


def _decide(world: World, number: int, ballots: dict[str, bool], name: str) -> Receipt:
    opened = world.opened[number - 1]
    signed = (moves.sign(world.plant, opened, voter, support=support) for voter, support in ballots.items())
    return moves.decide(world.plant, opened, *signed, by=name)


def _record(world: World, number: int, ballots: dict[str, bool]) -> Receipt:
    opened = world.opened[number - 1]
    signed = [moves.sign(world.plant, opened, voter, support=support) for voter, support in ballots.items()]
    return world.plant.by("stranger").ballot_audit.record(opened.id, opened.content_hash, pack_ballots(signed))


def _claim(chance: random.Random, plant: Any, number: TaskId) -> Act:
    """Mostly a lead that claims what is left of a tree that passed."""
    ledger = _ledger(plant)
    trees = [proposal for proposal in ledger.proposals.values() if proposal.is_tree]
    passed = [proposal for proposal in trees if proposal.state is State.ENACTED or chance.random() < 0.05]
    if not passed:
        return _decision(chance, plant, number)
    proposal = chance.choice(passed)
    index = chance.randrange(len(proposal.entries))
    lead = moves.NAMES[proposal.entries[index].lead]
    name = lead if chance.random() < 0.95 else chance.choice(list(WORKERS))
    return lambda world: moves.claim(world.plant, world.opened[proposal.id - 1], index, by=name)


def _run(chance: random.Random, plant: Any, number: TaskId) -> Act:
    ledger = _ledger(plant)
    at_work = [task for task in ledger.tasks.values() if task.status in (2, 3, 4)]
    if not at_work:
        return _decision(chance, plant, number)
    known = chance.choice(at_work) if at_work and chance.random() < 0.95 else ledger.tasks.get(number)
    epoch = known.epoch if known and chance.random() < 0.95 else chance.randrange(5)
    number = known.id if known else number
    status = known.status if known and chance.random() < 0.95 else Status(chance.randrange(10))
    who = known.inspector if known and status is Status.SUBMITTED else known.worker if known else NOBODY
    name = moves.NAMES.get(who, "finisher") if chance.random() < 0.95 else chance.choice(list(WORKERS))
    what = chance.choice(_LIVING.get(status, ("heartbeat",)))
    accepted = chance.random() < 0.6
    return lambda world: _live(world, what, number, epoch, name, accepted=accepted)


_LIVING = {
    Status.ALLOCATED: ("acknowledge", "start", "start", "start", "decline"),
    Status.STARTED: ("heartbeat", "submit", "submit", "submit", "fail"),
    Status.SUBMITTED: ("inspect",),
}


def _live(world: World, what: str, number: TaskId, epoch: int, name: str, *, accepted: bool) -> Receipt:
    work_orders = world.plant.by(name).work_orders
    if what == "submit":
        return work_orders.submit(number, epoch, 90, 5, moves.EVIDENCE)
    if what == "inspect":
        findings = b"\5" * 32
        return work_orders.inspect(number, epoch, moves.EVIDENCE, accepted=accepted, grade=80, findings=findings)
    act: Callable[[TaskId, int], Receipt] = getattr(work_orders, what)
    return act(number, epoch)


def _upkeep(chance: random.Random, plant: Any, number: TaskId) -> Act:
    ledger = _ledger(plant)
    slots = [*ledger.slots, (SubjectType.TASK, number, 8)]
    key, member = chance.choice(slots), chance.randrange(1, 5)
    proposal = next((proposal.id for proposal in ledger.open_proposals()), 1)
    stopped = chance.random() < 0.6
    known = ledger.tasks.get(number)
    name = moves.NAMES.get(known.worker if known else NOBODY, "scanner")
    return chance.choice(
        (
            lambda world: world.plant.by("stranger").work_orders.poke(number),
            lambda world: world.plant.by("stranger").work_orders.poke(number),
            lambda world: world.plant.by("stranger").overrides.poke(*key),
            lambda world: world.plant.by("stranger").dao.poke(proposal),
            lambda world: world.plant.by("stranger").dao.bar(proposal, member),
            lambda world: world.plant.by(name).overrides.safe_stop(number, stopped=stopped),
        )
    )


def _override(chance: random.Random, plant: Any, number: TaskId) -> Act:
    ledger = _ledger(plant)
    kind = chance.choice(KINDS)
    if len(ledger.voting_members()) < 3 and chance.random() < 0.3:
        kind = OverrideKind.REINSTATE
    if ledger.plant_held and chance.random() < 0.5:
        return lambda world: moves.order(world.plant, OverrideKind.RELEASE, PLANT, subject_type=SubjectType.PLANT)
    types = {OverrideKind.VETO: 2, OverrideKind.APPROVE: 2, OverrideKind.SUSPEND: 3, OverrideKind.REINSTATE: 3}
    subject_type = SubjectType(types.get(kind, 1))
    number = _fitting(chance, ledger, kind) or number
    if kind in (OverrideKind.HOLD, OverrideKind.RELEASE):
        subject_type = chance.choice((SubjectType.TASK, SubjectType.TASK, SubjectType.ROBOT, SubjectType.PLANT))
    if kind is OverrideKind.RELEASE and ledger.slots and chance.random() < 0.7:
        subject_type, subject, level = chance.choice(list(ledger.slots))
    else:
        level = chance.choice(LEVELS) if chance.random() < 0.2 else 0
        subject = {1: number, 2: max(1, len(ledger.proposals)), 3: chance.randrange(1, 4), 4: ARM}.get(
            subject_type, PLANT
        )
    if kind is OverrideKind.HOLD and subject_type is SubjectType.PLANT and chance.random() < 0.5:
        subject_type, subject = SubjectType.TASK, number
    span = chance.choice((0, 50, 50, 500, 500) if kind is not OverrideKind.ASSIGN else (50, 500))
    by = "supervisor" if chance.random() < 0.7 else chance.choice(HUMANS)
    by = "mechanic" if level == Level.MAINTENANCE and chance.random() < 0.8 else by
    entry = _entry(chance, TaskId(subject), 1)
    option = chance.random()

    def act(world: World) -> Receipt:
        payload = _payload(world, kind, subject, entry, option)
        expires_at = moves.soon(world.plant, span) if span else 0
        changes = {"subject_type": subject_type, "level": level, "expires_at": expires_at, "payload": payload}
        return moves.order(world.plant, kind, subject, by=by, **changes)

    return act


def _fitting(chance: random.Random, ledger: Any, kind: OverrideKind) -> TaskId | None:
    """A task of which the order makes sense."""
    wanted = {
        OverrideKind.ACCEPT: (Status.SUBMITTED, Status.REWORK, Status.FAILED),
        OverrideKind.REWORK: (Status.SUBMITTED,),
        OverrideKind.REQUEUE: (Status.FAILED, Status.REWORK, Status.ALLOCATED),
    }.get(kind, (Status.POSTED, Status.ALLOCATED, Status.STARTED, Status.SUBMITTED))
    fitting = [task.id for task in ledger.tasks.values() if task.status in wanted]
    return chance.choice(fitting) if fitting and chance.random() < 0.9 else None


def _payload(world: World, kind: OverrideKind, subject: int, entry: Any, option: float) -> bytes:
    if kind is OverrideKind.ASSIGN:
        return assign_payload(entry, "all the same" if option < 0.5 else "")
    if kind is OverrideKind.CANCEL and option < 0.2:
        return cancel_payload(0b11)
    if kind is OverrideKind.RELEASE and option < 0.3:
        return release_payload(hold_only=True)
    if kind in (OverrideKind.APPROVE, OverrideKind.VETO) and subject <= len(world.opened):
        opened = world.opened[subject - 1]
        count = 0 if opened.plan.is_tree else len(unpack_assignments(opened.assignments))
        first, last = (0, count) if option < 0.7 else (int(option * count), count)
        return plan_payload(PlanPart(rest=opened.rest, assignments=opened.assignments, first=first, last=last))
    return b""


def _ledger(plant: MemoryPlant) -> Ledger:
    plant.followed.catch_up()
    return plant.followed.ledger


def _told(plant: Plant, event: Any) -> object:
    values = {item.name: getattr(event, item.name) for item in fields(event) if item.name not in ASIDE}
    if isinstance(event, ProposalCreated):
        values["calldatas"] = event.opening
    return type(event).__name__, {name: _aside(plant, value) for name, value in values.items()}


def _aside(plant: Plant, value: Any) -> object:
    """The value without what differs between chains: addresses of contracts, hashes of blocks, signed bytes."""
    names = {address: name for name, address in plant.addresses.items()}
    if isinstance(value, str) and value in names:
        return names[Address(value)]
    if isinstance(value, tuple):
        return [_aside(plant, item) for item in value]
    if isinstance(value, bytes) and len(value) in (32, CONTENT_ID_SIZE) and value != ZERO_HASH:
        return "of this chain"
    if hasattr(value, "__dataclass_fields__"):
        return _told(plant, value)
    return value
