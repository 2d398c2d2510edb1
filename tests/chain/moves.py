"""What people do in these tests, in one line each."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from tests.builders import a_task, an_entry, an_opening, an_order
from tests.chain.plants import FINISHER, SCANNER, SPRAYER, Plant, account, signer
from workmoot.domain.ballots import Ballot, SignedBallot, ballot_digest, pack_ballots
from workmoot.domain.drafts import Draft
from workmoot.domain.errors import Refused
from workmoot.domain.events import OrderPosted, ProposalCreated
from workmoot.domain.ids import Number, ProposalId, TaskId, task_id
from workmoot.domain.instructions import ONCE, SUBJECT_OF, HumansContracts
from workmoot.domain.motions import Motion, motion_opening
from workmoot.domain.overrides import HumanOrder, OverrideKind, unordered_nonce
from workmoot.domain.payloads import assign_payload
from workmoot.domain.plan import (
    PackedPlan,
    PlanEntry,
    claim_of,
    claim_proof,
    pack_plan,
    pack_tree,
    unpack_assignments,
    unpack_plan,
)
from workmoot.domain.ports import AllocationDao, Receipt, TaskState
from workmoot.domain.proposals import content_hash_of, content_id_of, rest_of
from workmoot.domain.work import TaskSpec, pack_tasks

NAMES = {SCANNER: "scanner", SPRAYER: "sprayer", FINISHER: "finisher"}
EVIDENCE = b"\7" * 32


@contextmanager
def refused(name: str, *arguments: object) -> Iterator[None]:
    """What is inside is refused with exactly this error and these values."""
    with pytest.raises(Refused) as caught:
        yield
    assert (caught.value.name, caught.value.arguments) == (name, arguments)


def now(plant: Plant) -> int:
    return plant.head().timestamp


def post(plant: Plant, *specs: TaskSpec, detail: str = "{}") -> tuple[TaskId, ...]:
    """Posts an order as the planner; the ids of its tasks."""
    receipt = plant.by("planner").work_orders.post(pack_tasks(specs), detail)
    return tuple(task_id(receipt.the(OrderPosted).order, index) for index in range(len(specs)))


def task(plant: Plant, number: TaskId) -> TaskState:
    return plant.by("stranger").work_orders.task(number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A proposal as everybody knows it: what was opened, and the hashes that ballots bind."""

    created: ProposalCreated
    roster: int
    members: int
    rest: bytes
    content_hash: bytes

    @property
    def id(self) -> ProposalId:
        return self.created.id

    @property
    def deadline(self) -> int:
        return self.created.vote_end

    @property
    def plan(self) -> PackedPlan:
        return self.created.opening.plan

    @property
    def assignments(self) -> bytes:
        return self.plan.assignments

    @property
    def content_id(self) -> bytes:
        return content_id_of(self.content_hash)

    def ballot(self, *, support: bool) -> Ballot:
        return Ballot(
            proposal=self.id,
            content_hash=self.content_hash,
            roster=self.roster,
            deadline=self.deadline,
            support=support,
        )

    @property
    def task(self) -> TaskId:
        """The first it names."""
        return unpack_assignments(self.assignments)[0].task


class Drafted(Draft):
    """What members sign before it is put to the vote; by the names that an `Opened` has."""

    @property
    def id(self) -> ProposalId:
        return self.proposal

    @property
    def task(self) -> TaskId:
        """The first it names."""
        return unpack_assignments(self.opening.plan.assignments)[0].task


def draft(plant: Plant, what: PackedPlan, *, by: str = "scanner", lasts_s: int = 40, **changes: Any) -> Drafted:
    """What that person would put to the vote next, read at the present head; `changes` are in its opening."""
    head, contracts = plant.head(), plant.by(by)
    roster, members = contracts.members.roster()
    return Drafted(
        proposal=ProposalId(contracts.dao.proposal_count() + 1),
        opening=an_opening(what, read_at=head.number, read_hash=head.hash, **changes),
        proposer=contracts.members.number_of(account(by)),
        roster=roster,
        members=members,
        deadline=head.timestamp + lasts_s,
    )


def decide_at_once(plant: Plant, drafted: Drafted, *ballots: SignedBallot, by: str = "scanner") -> Receipt:
    return plant.by(by).dao.decide_at_once(drafted.id, drafted.deadline, drafted.opening, pack_ballots(ballots))


def propose(plant: Plant, *entries: PlanEntry, by: str = "scanner", **changes: Any) -> Opened:
    """Puts a plan to the vote, read at the present head."""
    return put_to_vote(plant, pack_plan(entries), by=by, **changes)


def put_to_vote(plant: Plant, plan: PackedPlan, *, by: str = "scanner", **changes: Any) -> Opened:
    head = plant.head()
    opening = an_opening(plan, read_at=head.number, read_hash=head.hash, **changes)
    return opened_of(plant, plant.by(by).dao.propose(opening).the(ProposalCreated))


def move(plant: Plant, motion: Motion, *, by: str = "scanner", **changes: Any) -> Opened:
    """Puts a motion to the vote."""
    head = plant.head()
    opening = motion_opening(motion, "for the good of the plant", read_at=head.number, read_hash=head.hash)
    return opened_of(plant, plant.by(by).dao.propose(replace(opening, **changes)).the(ProposalCreated))


def carry(plant: Plant, motion: Motion) -> Receipt:
    """The scanner moves, and two of three say yes."""
    opened = move(plant, motion)
    vote(plant, opened, "scanner")
    return vote(plant, opened, "sprayer")


def opened_of(plant: Plant, created: ProposalCreated) -> Opened:
    return opened_by(plant.by("stranger").dao, created)


def opened_by(dao: AllocationDao, created: ProposalCreated) -> Opened:
    kept = dao.proposal(created.id)
    rest = rest_of(
        created.opening,
        proposer=kept.proposer,
        roster=kept.roster,
        members=kept.members,
        deadline=created.vote_end,
    )
    content_hash = content_hash_of(created.opening.plan.assignments, rest)
    return Opened(created=created, roster=kept.roster, members=kept.members, rest=rest, content_hash=content_hash)


def vote(plant: Plant, opened: Opened, by: str, *, support: bool = True) -> Receipt:
    """Votes with the plan at hand, so that a deciding ballot enacts."""
    dao = plant.by(by).dao
    return dao.vote(opened.id, support=support, reason="because", assignments=opened.assignments, rest=opened.rest)


def sign(plant: Plant, opened: Opened | Drafted, by: str, *, support: bool = True, **changes: Any) -> SignedBallot:
    """A ballot with the signature of that person; `changes` are in what is signed."""
    ballot = replace(opened.ballot(support=support), **changes)
    signature = signer(by).sign_ballot(ballot, chain_id=plant.chain_id, dao=plant.addresses["AllocationDAO"])
    member = plant.by("stranger").members.number_of(account(by))
    return SignedBallot(member=member, support=support, signature=signature)


def digest(plant: Plant, opened: Opened | Drafted, *, support: bool = True, **changes: Any) -> bytes:
    """What a ballot's signature is of."""
    ballot = replace(opened.ballot(support=support), **changes)
    return ballot_digest(ballot, chain_id=plant.chain_id, dao=plant.addresses["AllocationDAO"])


def decide(plant: Plant, opened: Opened, *ballots: SignedBallot, by: str = "stranger") -> Receipt:
    return plant.by(by).dao.decide(opened.id, opened.assignments, opened.rest, pack_ballots(ballots))


def passed(plant: Plant, *entries: PlanEntry) -> Opened:
    """A plan that passed and waits to be enacted."""
    opened = propose(plant, *entries)
    for name in ("scanner", "sprayer"):
        plant.by(name).dao.vote(opened.id, support=True, reason="", rest=opened.content_hash)
    return opened


def enact(plant: Plant, opened: Opened, *, words: int) -> Receipt:
    return plant.by("stranger").dao.enact(opened.id, opened.assignments, opened.rest, words=words)


def pass_plan(plant: Plant, *entries: PlanEntry) -> Receipt:
    """Two of three say yes: the second ballot enacts."""
    opened = propose(plant, *entries)
    vote(plant, opened, "scanner")
    return vote(plant, opened, "sprayer")


def pass_tree(plant: Plant, *entries: PlanEntry) -> Opened:
    """Two of three say yes: the second ballot records the tree."""
    opened = put_to_vote(plant, pack_tree(entries))
    vote(plant, opened, "scanner")
    vote(plant, opened, "sprayer")
    return opened


def claim(plant: Plant, opened: Opened, index: int, *, by: str = "") -> Receipt:
    """The lead, or somebody else, claims an entry as the proposal tells it."""
    entries = unpack_plan(opened.plan)
    name = by or NAMES[entries[index].lead]
    return plant.by(name).claims.claim(opened.id, claim_of(entries[index]), claim_proof(entries, index))


def allocated(plant: Plant, spec: TaskSpec | None = None, **changes: Any) -> TaskId:
    """A task that the DAO gave the sprayer, to be inspected by the finisher."""
    (number,) = post(plant, spec or a_task())
    pass_plan(plant, an_entry(number, SPRAYER, **{"inspector": FINISHER} | changes))
    return number


def started(plant: Plant, spec: TaskSpec | None = None, **changes: Any) -> TaskId:
    number = allocated(plant, spec, **changes)
    start(plant, number)
    return number


def submitted(plant: Plant, spec: TaskSpec | None = None, **changes: Any) -> TaskId:
    number = started(plant, spec, **changes)
    submit(plant, number)
    return number


def start(plant: Plant, number: TaskId) -> Receipt:
    found = task(plant, number)
    return plant.by(NAMES[found.worker]).work_orders.start(number, found.epoch)


def submit(plant: Plant, number: TaskId, grade: int = 90) -> Receipt:
    found = task(plant, number)
    return plant.by(NAMES[found.worker]).work_orders.submit(number, found.epoch, grade, 1_234, EVIDENCE)


def fail(plant: Plant, number: TaskId) -> Receipt:
    found = task(plant, number)
    return plant.by(NAMES[found.worker]).work_orders.fail(number, found.epoch)


def inspect(plant: Plant, number: TaskId, *, accepted: bool = True, by: str = "finisher", **changes: Any) -> Receipt:
    values: dict[str, Any] = {"evidence": EVIDENCE, "grade": 95, "findings": b"\5" * 32} | changes
    epoch = values.pop("epoch", None) or task(plant, number).epoch
    return plant.by(by).work_orders.inspect(number, epoch, values.pop("evidence"), accepted=accepted, **values)


def order(plant: Plant, kind: OverrideKind, subject: int, *, by: str = "supervisor", **changes: Any) -> Receipt:
    """A human signs an order with a fresh nonce, and a stranger relays it."""
    return relay(plant, an_order(kind, subject, human=account(by), nonce=_fresh(plant), **changes), by)


def relay(plant: Plant, signed: HumanOrder, by: str) -> Receipt:
    signature = signer(by).sign(contracts_of(plant).digest(signed))
    return plant.by("stranger").overrides.execute(signed, signature)


def instruct(plant: Plant, kind: OverrideKind, subject: int, *, by: str = "supervisor", **changes: Any) -> Receipt:
    """A human signs an instruction with a fresh nonce, for 100 seconds where it lasts, and a stranger relays it."""
    given = plant.by("stranger").overrides.instruction_count()
    values: dict[str, Any] = {"subject_type": SUBJECT_OF.get(kind), "expires_at": 0 if kind in ONCE else soon(plant)}
    signed = an_order(kind, subject, human=account(by), nonce=unordered_nonce(given + 1), **values | changes)
    return relay(plant, signed, by)


def lift(plant: Plant, kind: OverrideKind, subject: int, **changes: Any) -> Receipt:
    """A human lifts what stands of that kind."""
    lifted: dict[str, Any] = {"subject_type": SUBJECT_OF[kind], "payload": bytes((kind,))}
    return instruct(plant, OverrideKind.LIFT, subject, **lifted | changes)


def contracts_of(plant: Plant) -> HumansContracts:
    """Where humans' orders count there."""
    at = plant.addresses
    return HumansContracts(chain_id=plant.chain_id, overrides=at["Overrides"], instructions=at["Instructions"])


def soon(plant: Plant, seconds: int = 100) -> int:
    """When an override ends."""
    return now(plant) + seconds


def _fresh(plant: Plant) -> int:
    return unordered_nonce(plant.by("stranger").overrides.count() + 1)


def assign(
    plant: Plant, number: TaskId, lead: Number = FINISHER, *, second_reason: str = "", **changes: Any
) -> Receipt:
    """The supervisor gives a task to somebody, for 100 seconds."""
    entry = an_entry(number, lead, inspector=SPRAYER if lead != SPRAYER else FINISHER)
    values: dict[str, Any] = {"payload": assign_payload(entry, second_reason), "expires_at": soon(plant)} | changes
    return order(plant, OverrideKind.ASSIGN, number, **values)
