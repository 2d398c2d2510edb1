"""The plant as the chain's events tell it: the only mutable thing of the domain."""

from collections.abc import Iterable, Iterator
from copy import copy

from workmoot.domain.clock import Clock
from workmoot.domain.drafts import Draft
from workmoot.domain.events import AlarmRaised, Event, OverrideRatified, Place
from workmoot.domain.hashing import ZERO_HASH
from workmoot.domain.ids import Address, Number, OrderId, OverrideId, ProposalId, TaskId, order_of, task_id
from workmoot.domain.instructions import UNSAID, WITHDRAWS, Standing, group_of
from workmoot.domain.ledger import control, instructing, membership, voting, work
from workmoot.domain.ledger.records import (
    Block,
    Grant,
    Leaf,
    Message,
    OfferRecord,
    OverrideRecord,
    Proposal,
    Question,
    Ranking,
    RobotControl,
    Task,
    WorkOrder,
)
from workmoot.domain.overrides import EMPTY_SLOT, HumanPolicy, Level, OverrideKind, Slot, SubjectType
from workmoot.domain.plan import PlanEntry, mandate_of
from workmoot.domain.proposals import Policy, State
from workmoot.domain.questions import QuestionState
from workmoot.domain.work import Limits, predecessors_of
from workmoot.domain.workers import Binding, Member, Record, Role

SlotKey = tuple[SubjectType, int, int]
Confirmation = tuple[TaskId, int, Number, int, Number]
"""task, version, lead, sequence, helper"""

_TASK_LEVELS = (Level.MAINTENANCE, Level.HUMAN_HOLD, Level.HUMAN, Level.SAFE_STOP)
_ENTRIES = {**membership.ENTRIES, **work.ENTRIES, **voting.ENTRIES, **control.ENTRIES, **instructing.ENTRIES}


class Ledger:
    """Everything the events of one deployment told so far. One thread writes; the records it holds are frozen."""

    def __init__(self) -> None:
        self.head = Block(number=0, hash=ZERO_HASH, timestamp=0)
        self.clock: Clock | None = None
        self.description: dict[str, object] | None = None
        self.limits: Limits | None = None
        self.policy: Policy | None = None
        self.founding_policy: Policy | None = None
        """The first that was set: what daemons measure every other by."""
        self.grants: dict[tuple[Role, Address], Grant] = {}
        self.human_policy: HumanPolicy | None = None
        self.alarms: list[AlarmRaised] = []
        self.members: dict[Number, Member] = {}
        self.numbers: dict[Address, Number] = {}
        self.roster = 0
        self.voters = 0
        self.voters_at: dict[int, int] = {}
        self.bindings: dict[tuple[Number, bytes, Number], Binding] = {}
        self.records: dict[tuple[Number, int], Record] = {}
        self.orders: dict[OrderId, WorkOrder] = {}
        self.tasks: dict[TaskId, Task] = {}
        self.offers: dict[TaskId, list[OfferRecord]] = {}
        """Each worker's newest batch for each task."""
        self.former_offers: dict[TaskId, list[OfferRecord]] = {}
        """Those replaced since, as long as a plan may name them."""
        self.rankings: dict[Number, Ranking] = {}
        self.confirmations: set[Confirmation] = set()
        self.proposals: dict[ProposalId, Proposal] = {}
        self.leaves: dict[TaskId, Leaf] = {}
        """The newest leaf of each task, claimed or not."""
        self.messages: list[Message] = []
        self.questions: dict[int, Question] = {}
        self.asking: dict[Number, tuple[int, ...]] = {}
        """Each member's questions that were open when it asked its last one."""
        self.asked_about: dict[TaskId, tuple[int, ...]] = {}
        """Of each task, the questions since it was last put back or done with."""
        self.overrides: dict[OverrideId, OverrideRecord] = {}
        self.slots: dict[SlotKey, Slot] = {}
        self.instructions: dict[tuple[int, int], Standing] = {}
        """The last of each group of kinds about each subject, be it over or lifted."""
        self.slot_entries: dict[TaskId, PlanEntry] = {}
        """The plan entries that humans' slots name."""
        self.robots: dict[Number, RobotControl] = {}
        self.plant_held = False
        self.plant_epoch = 0
        self.plant_turned_at = 0
        self.asked: dict[OverrideId, int] = {}
        """Orders that are the first of two, and until when they wait."""
        self.ratifications: dict[OverrideId, list[OverrideRatified]] = {}
        self.told_at = 0
        self.malformed: list[Event] = []
        """Events whose packed bytes follow no layout: strangers may publish anything."""
        self.touched = control.Touched()

    def copy(self) -> "Ledger":
        """All of it as it is now, whatever is entered later: the records are frozen, what they stand in is not."""
        made = copy(self)
        for name, value in vars(self).items():
            if isinstance(value, dict | list | set):
                setattr(made, name, value.copy())
        made.offers = {task: listed.copy() for task, listed in self.offers.items()}
        made.former_offers = {task: listed.copy() for task, listed in self.former_offers.items()}
        made.ratifications = {override: listed.copy() for override, listed in self.ratifications.items()}
        return made

    def apply(self, event: Event) -> None:
        """Enters one event; events come in the order of the chain."""
        if event.at.timestamp > self.told_at:
            self.told_at = event.at.timestamp
        enter = _ENTRIES.get(type(event))
        if enter is not None:
            enter(self, event)

    def apply_all(self, events: Iterable[Event]) -> None:
        """Enters many."""
        for event in events:
            self.apply(event)

    @property
    def now(self) -> int:
        """The chain's time, as far as it is known here."""
        return max(self.head.timestamp, self.told_at)

    @property
    def roles(self) -> dict[Role, set[Address]]:
        """Who may act in each role now: a grant that waits gives none yet, one whose acts are delayed none at all."""
        acting: dict[Role, set[Address]] = {role: set() for role in Role}
        for (role, account), grant in self.grants.items():
            if grant.since <= self.now and not grant.delay:
                acting[role].add(account)
        return acting

    @property
    def resume_asked(self) -> bool:
        """Whether the plant's hold waits for a second order to end it."""
        held = self.slot(SubjectType.PLANT, 0, Level.PLANT_HOLD).id
        return held > 0 and any(
            order.subject_type is SubjectType.PLANT and held < id_ and self.asked[id_] >= self.now
            for id_, order in ((id_, self.overrides[id_].order) for id_ in self.asked)
        )

    def member_of(self, account: str) -> Member | None:
        """The member with that account."""
        number = self.numbers.get(Address(account))
        return self.members[number] if number else None

    def voting_members(self) -> list[Member]:
        """The active digital workers, by number."""
        return [member for member in self.members.values() if member.is_active_worker]

    def robot_epoch(self, robot: int) -> int:
        """The robot's epoch, the plant's included."""
        return self.robots.get(Number(robot), RobotControl()).own_epoch + self.plant_epoch

    def is_robot_held(self, robot: int) -> bool:
        """Whether the robot or the whole plant is held."""
        return self.plant_held or self.robots.get(Number(robot), RobotControl()).held

    def is_robot_out(self, robot: int, now_s: float) -> bool:
        """Whether no worker may move the robot: it is held, or a human has it in maintenance."""
        return self.is_robot_held(robot) or self.is_instructed(OverrideKind.MAINTAIN, robot, now_s)

    def bindings_of(self, robot: int) -> list[Binding]:
        """Who may use the robot for what."""
        return [binding for binding in self.bindings.values() if binding.robot == robot]

    def record(self, worker: int, capability: int) -> Record:
        """A worker's record with one capability."""
        return self.records.get((Number(worker), capability), Record())

    def open_tasks(self) -> Iterator[Task]:
        """The tasks a plan may name."""
        return (task for task in self.tasks.values() if task.is_open)

    def predecessors(self, task: Task) -> tuple[TaskId, ...]:
        """The tasks that must be done before."""
        return tuple(task_id(order_of(task.id), index) for index in predecessors_of(task.spec.predecessors))

    def missing(self, task: Task) -> tuple[TaskId, ...]:
        """The predecessors that are not done yet."""
        return tuple(before for before in self.predecessors(task) if not self.tasks[before].status.is_done)

    def is_ready(self, task: Task) -> bool:
        """Whether all its predecessors are done."""
        return not self.missing(task)

    def able(self, task: Task) -> list[Member]:
        """The active members that may take the task: they have the capability, and have not failed it."""
        capable = (member for member in self.voting_members() if member.is_capable(task.spec.capability))
        return [member for member in capable if member.number not in task.excluded]

    def may_work(self, task: Task) -> bool:
        """Whether its worker may go on; by a human's word also without the capability."""
        worker = self.members.get(task.worker)
        if worker is None:
            return False
        return worker.acts if task.slot_filled else worker.is_capable(task.spec.capability)

    def leaf_of(self, task: Task) -> Leaf | None:
        """What a tree that passed says of a task that nobody has claimed yet; nothing while a human vetoes the tree."""
        leaf = self._unclaimed(task)
        return None if leaf is None or self._is_vetoed(leaf) else leaf

    def is_vetoed(self, task: Task) -> bool:
        """Whether a human vetoes the tree that passed and names the task, which nobody has claimed."""
        leaf = self._unclaimed(task)
        return leaf is not None and self._is_vetoed(leaf)

    def _unclaimed(self, task: Task) -> Leaf | None:
        leaf = self.leaves.get(task.id)
        return leaf if leaf is not None and task.is_open and leaf.entry.version == task.version else None

    def _is_vetoed(self, leaf: Leaf) -> bool:
        return (SubjectType.PROPOSAL, leaf.proposal, Level.HUMAN) in self.slots

    def decided_entry(self, task: Task) -> PlanEntry | None:
        """Who does the task, when, with what: by the assignment in force, or by the leaf that its lead is to claim."""
        leaf = self.leaf_of(task) if task.entry is None else None
        return leaf.entry if leaf else task.entry

    def mandate(self, task: Task) -> bytes:
        """The hash of the assignment in force; zero for none."""
        return mandate_of(task.entry) if task.entry else ZERO_HASH

    def slot(self, subject_type: SubjectType, subject: int, level: int) -> Slot:
        """What fills a level of a subject."""
        return self.slots.get((subject_type, subject, level), EMPTY_SLOT)

    def instruction(self, kind: int, subject: int) -> Standing:
        """What was last instructed of a kind about a subject."""
        return self.instructions.get((group_of(kind), subject), UNSAID)

    def is_instructed(self, kind: OverrideKind, subject: int, now_s: float) -> bool:
        """Whether an instruction of the kind stands for the subject."""
        found = self.instruction(kind, subject)
        return found.kind is kind and not found.is_over(now_s)

    def priority_of(self, task: Task, now_s: float) -> int:
        """How urgent a task is: a human's word while it stands, else as it was posted."""
        if self.is_instructed(OverrideKind.REPRIORITISE, task.id, now_s):
            return self.instruction(OverrideKind.REPRIORITISE, task.id).priority
        return task.spec.priority

    def is_quarantined(self, worker: int, now_s: float) -> bool:
        """Whether a human has the worker stop all it does."""
        return self.is_instructed(OverrideKind.QUARANTINE, worker, now_s)

    def is_withdrawn(self, worker: int, now_s: float) -> bool:
        """Whether a human has the worker take nothing new: it is drained or quarantined."""
        return any(self.is_instructed(kind, worker, now_s) for kind in WITHDRAWS)

    def in_control(self, task: Task) -> Level:
        """The most urgent filled level of a task, the plant's included."""
        if self.plant_held:
            return Level.PLANT_HOLD
        filled = (level for level in _TASK_LEVELS if (SubjectType.TASK, task.id, level) in self.slots)
        return next(filled, Level.DAO)

    def open_proposals(self) -> list[Proposal]:
        """The proposals whose vote is not closed."""
        return [proposal for proposal in self.proposals.values() if proposal.state is State.OPEN]

    def open_questions(self) -> list[Question]:
        """What humans may still answer, as the chain's time is, the first asked first."""
        asked = (self.questions[id_] for ids in self.asking.values() for id_ in ids)
        still_open = (question for question in asked if question.state(self.now) is QuestionState.OPEN)
        return sorted(still_open, key=lambda question: question.at.position)

    @property
    def next_proposal(self) -> ProposalId:
        """The number of what is opened next."""
        return ProposalId(len(self.proposals) + 1)

    def as_proposal(self, draft: Draft) -> Proposal:
        """What a draft would be, opened at the block it was made from and in the second it was shared."""
        shared = draft.deadline - (self.policy.voting_seconds if self.policy else 0)
        at = Place(
            block=draft.opening.read_at, block_hash=draft.opening.read_hash, log_index=0, tx="", timestamp=shared
        )
        return voting.proposal_of(self, draft, at)

    def may_still_vote(self, proposal: Proposal) -> list[Member]:
        """The members of its electorate that may vote and have not."""
        voted = {vote.member for vote in proposal.votes}
        able = (member for member in self.members.values() if member.may_vote(proposal.roster))
        return [member for member in able if member.number not in voted]

    def offer_of(self, entry: PlanEntry, read_at: int) -> OfferRecord | None:
        """The offer an entry takes, as it stood at block `read_at`, replaced since or not."""
        known = (*self.former_offers.get(entry.task, ()), *self.offers.get(entry.task, ()))
        fitting = (record for record in known if record.is_taken_by(entry) and record.at.block <= read_at)
        return max(fitting, key=lambda record: (record.offer.version, record.at.position), default=None)

    def stands(self, record: OfferRecord) -> bool:
        """Whether an offer is for its task as it is: nothing but decisions has happened to that since.

        A helper gives its word for one decision version: an offer together stands for that one alone.
        """
        task, offer = self.tasks.get(record.offer.task), record.offer
        return (
            task is not None
            and (task.version if offer.helpers else task.offered_since) <= offer.version <= task.version
        )

    def is_confirmed(self, task: int, version: int, lead: int, sequence: int, helper: int) -> bool:
        """Whether the helper confirmed the lead's offer."""
        return (TaskId(task), version, Number(lead), sequence, Number(helper)) in self.confirmations
