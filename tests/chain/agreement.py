"""Whether a ledger rebuilt from the events alone says what the contracts say (invariant I35)."""

from dataclasses import replace

from tests.chain.plants import Plant
from workmoot.domain.hashing import ZERO_HASH
from workmoot.domain.ids import Number
from workmoot.domain.ledger import Ledger, Proposal, Task
from workmoot.domain.overrides import EMPTY_SLOT, Level, SubjectType
from workmoot.domain.ports import PlantState, TaskState
from workmoot.domain.proposals import ProposalState, State, content_id_of
from workmoot.domain.workers import Kind, roll_of

TASK_LEVELS = (Level.MAINTENANCE, Level.HUMAN_HOLD, Level.HUMAN, Level.SAFE_STOP)


def assert_events_tell_all(plant: Plant) -> None:
    follower = plant.follower()
    follower.catch_up()
    ledger = follower.ledger
    assert ledger.head == plant.head()
    _assert_members(plant, ledger)
    _assert_work(plant, ledger)
    _assert_proposals(plant, ledger)
    _assert_control(plant, ledger)


def _assert_members(plant: Plant, ledger: Ledger) -> None:
    members = plant.by("stranger").members
    assert members.count() == len(ledger.members)
    assert members.roster() == (ledger.roster, ledger.voters)
    assert members.accounts() == roll_of(ledger.members.values())
    for number, member in ledger.members.items():
        assert members.member(number) == replace(member, profile={})
    for (worker, capability), record in ledger.records.items():
        assert members.record(worker, capability) == record


def _assert_work(plant: Plant, ledger: Ledger) -> None:
    work_orders = plant.by("stranger").work_orders
    held, epoch = ledger.plant_held, ledger.plant_epoch
    assert work_orders.plant() == PlantState(orders=len(ledger.orders), held=held, epoch=epoch)
    for order in ledger.orders.values():
        told = work_orders.order(order.id)
        assert (told.task_count, told.posted_at) == (len(order.tasks), order.posted_at)
        states = work_orders.tasks(order.id, 0, len(order.tasks))
        assert states == tuple(_state_of(ledger.tasks[task]) for task in order.tasks)
    for task in ledger.tasks.values():
        if task.runs or task.excluded:
            excluded = {number for number in _workers(ledger) if work_orders.is_excluded(task.id, number)}
            assert excluded == task.excluded


def _workers(ledger: Ledger) -> list[Number]:
    return [member.number for member in ledger.members.values() if member.kind is Kind.DIGITAL]


def _state_of(task: Task) -> TaskState:
    return TaskState(
        status=task.status,
        worker=task.worker,
        inspector=task.inspector,
        epoch=task.epoch,
        version=task.version,
        overridden=task.overridden,
        held=task.held,
        capability=task.spec.capability,
        retries=task.spec.retries,
        attempt=task.attempt,
        deadline=task.deadline,
        evidence=task.evidence,
        predecessors=task.spec.predecessors,
        standing_worker=task.standing_worker,
        standing_inspector=task.standing_inspector,
    )


def _assert_proposals(plant: Plant, ledger: Ledger) -> None:
    dao, motions = plant.by("stranger").dao, plant.by("stranger").motions
    assert motions.policy() == ledger.policy
    assert dao.proposal_count() == len(ledger.proposals)
    # Where the words are no UTF-8 the content hash is another than what was read gives.
    for proposal in (one for one in ledger.proposals.values() if one.is_readable):
        assert dao.proposal(proposal.id) == _proposal_state(proposal)
        decided_at_once = any(vote.at.tx == proposal.at.tx for vote in proposal.votes)
        seconds, most = proposal.deadline - proposal.at.timestamp, motions.voting_seconds_of(proposal.id)
        assert seconds == most or (decided_at_once and 0 <= seconds < most)
        assert dao.is_content(proposal.id, proposal.opening.plan.assignments, proposal.rest)
        assert dao.progress(proposal.id) == (0 if proposal.state is State.ENACTED else proposal.progress)
        recorded = proposal.is_tree and proposal.state is State.ENACTED
        root = proposal.opening.plan.root if recorded else ZERO_HASH
        assert plant.by("stranger").claims.root_of(proposal.id) == root
        told = plant.by("stranger").overrides.slot(SubjectType.PROPOSAL, proposal.id, Level.HUMAN)
        filled = told if told.fixes else EMPTY_SLOT
        assert ledger.slot(SubjectType.PROPOSAL, proposal.id, Level.HUMAN) == filled
        cast = {vote.member for vote in proposal.votes if not vote.presented}
        for member in ledger.members.values():
            assert dao.has_voted(proposal.id, member.account) == (member.number in cast)
    for confirmation in ledger.confirmations:
        assert dao.is_confirmed(*confirmation)


def _proposal_state(proposal: Proposal) -> ProposalState:
    return ProposalState(
        state=proposal.state,
        proposer=proposal.proposer,
        roster=proposal.roster,
        members=proposal.members,
        yes=proposal.yes,
        no=proposal.no,
        barred=len(proposal.barred),
        deadline=proposal.deadline,
        content_id=content_id_of(proposal.content_hash),
    )


def _assert_control(plant: Plant, ledger: Ledger) -> None:
    overrides = plant.by("stranger").overrides
    assert overrides.count() + overrides.instruction_count() == len(ledger.overrides)
    for (group, subject), standing in ledger.instructions.items():
        assert overrides.standing(group, subject) == standing
    controlled = {record.order.subject for record in ledger.overrides.values()} | {key[1] for key in ledger.slots}
    for task in controlled & ledger.tasks.keys():
        for level in TASK_LEVELS:
            told = overrides.slot(SubjectType.TASK, task, level)
            filled = told if told.held or told.fixes else EMPTY_SLOT
            assert ledger.slot(SubjectType.TASK, task, level) == filled, level
    for robot in ledger.robots:
        assert overrides.robot(robot) == (ledger.robot_epoch(robot), ledger.is_robot_held(robot))
