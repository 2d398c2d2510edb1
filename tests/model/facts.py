"""All that can be read of a plant, as the model has it: a question for each fact, and the words of its answer."""

from collections.abc import Iterator
from dataclasses import astuple
from typing import Any

from tests.chain.plants import PEOPLE, account
from tests.model import claims, instructions, members
from tests.model.law import Law, Member, Proposal, Slot, Task, Tree
from workmoot.domain.overrides import Level, SubjectType
from workmoot.domain.proposals import State
from workmoot.domain.workers import Kind, Role

Question = tuple[str, str, tuple[Any, ...]]
"""A contract, a view of it, and its arguments; addresses in hexadecimal, an effect for its hash."""
Words = tuple[int, ...]
Fact = tuple[Question, Words]

TASK_LEVELS = (Level.MAINTENANCE, Level.HUMAN_HOLD, Level.HUMAN, Level.SAFE_STOP)
ROBOT_LEVELS = (Level.MAINTENANCE, Level.HUMAN_HOLD)
NOT_KEPT = 0
"""Stands for what a world knows itself: the hash that its proposals are known by."""


def facts(law: Law) -> Iterator[Fact]:
    yield from _of_members(law)
    yield from _of_work(law)
    yield from _of_proposals(law)
    yield from _of_control(law)
    yield from _of_instructions(law)
    for effect, asked in law.asked.items():
        who = int(account(asked.human), 16) if asked.until else 0
        yield ("PlantAuthority", "asked", (effect,)), (who, asked.until)


def roles(law: Law) -> Iterator[Fact]:
    """Who may act as what, at once."""
    for name in PEOPLE:
        for role in Role:
            yield ("PlantAuthority", "hasRole", (role, account(name))), ((name, role) in law.roles, 0)


def past(law: Law) -> Iterator[Fact]:
    """What is said of rosters before the present one; only a new one can change it."""
    for version, electorate in enumerate(law.rosters):
        yield ("Members", "membersAt", (version,)), (len(electorate),)
        for number in law.members:
            yield ("Members", "belonged", (number, version)), (number in electorate,)
            yield ("Members", "mayVote", (number, version)), (members.may_vote(law, number, version),)


def _of_members(law: Law) -> Iterator[Fact]:
    yield ("Members", "count", ()), (len(law.members),)
    yield ("Members", "roster", ()), (len(law.rosters) - 1, len(law.rosters[-1]))
    for number, member in law.members.items():
        yield ("Members", "member", (number,)), _member(member)
        yield (
            ("AllocationDAO", "nonces", (account(member.account),)),
            (law.nonces.get(("AllocationDAO", member.account, 0), 0),),
        )
        if member.kind is Kind.DIGITAL:
            for capability in range(1, law.capabilities + 1):
                yield ("Members", "record", (number, capability)), law.records.get((number, capability), (0, 0))


def _member(member: Member) -> Words:
    who = int(account(member.account), 16)
    return who, member.kind, member.standing, member.joined, member.capabilities, member.by_human


def _of_work(law: Law) -> Iterator[Fact]:
    yield ("WorkOrders", "plant", ()), (len(law.orders), law.plant_held, law.plant_epoch)
    for number, order in law.orders.items():
        yield ("WorkOrders", "order", (number,)), (order.tasks, order.posted_at, int.from_bytes(order.spec_hash, "big"))
    workers = [number for number, member in law.members.items() if member.kind is Kind.DIGITAL]
    for number, task in law.tasks.items():
        yield ("WorkOrders", "task", (number,)), _task(law, task)
        for worker in workers:
            yield ("WorkOrders", "isExcluded", (number, worker)), (worker in task.excluded,)


def _task(law: Law, task: Task) -> Words:
    return (
        task.status,
        task.worker,
        task.inspector,
        task.epoch + law.plant_epoch,
        task.version,
        task.overridden or law.plant_held,
        task.held or law.plant_held,
        task.capability,
        task.retries,
        task.attempt,
        task.deadline,
        task.evidence,
        task.predecessors,
        *task.standing,
    )


def _of_proposals(law: Law) -> Iterator[Fact]:
    yield ("AllocationDAO", "proposalCount", ()), (len(law.proposals),)
    policy = law.policy
    words = (policy.voting_seconds, policy.open_limit, policy.absent_after, *astuple(policy.weights))
    yield ("Motions", "policy", ()), words
    for number, proposal in law.proposals.items():
        yield ("AllocationDAO", "proposal", (number,)), _proposal(proposal)
        in_parts = 0 if proposal.state is State.ENACTED else proposal.enacted
        yield ("AllocationDAO", "progress", (number,)), (in_parts,)
        yield ("Motions", "votingSecondsOf", (number,)), (proposal.voting_seconds,)
        yield ("Claims", "rootOf", (number,)), (_root(law, number),)
        yield _slot(law, SubjectType.PROPOSAL, number, Level.HUMAN)
        for badge, member in law.members.items():
            yield ("AllocationDAO", "hasVoted", (number, account(member.account))), (badge in proposal.cast,)
    for confirmed in law.confirmed:
        yield ("AllocationDAO", "isConfirmed", confirmed), (True,)


def _proposal(proposal: Proposal) -> Words:
    rest, barred = proposal.rest, len(proposal.barred)
    opened = (rest.proposer, rest.roster, rest.members)
    return (proposal.state, *opened, proposal.yes, proposal.no, barred, rest.deadline, NOT_KEPT)


def _root(law: Law, number: int) -> int:
    content = law.proposals[number].content
    if not isinstance(content, Tree) or not claims.is_recorded(law, number):
        return 0
    return int.from_bytes(content.root, "big")


def _of_control(law: Law) -> Iterator[Fact]:
    yield ("Overrides", "overrides", ()), (law.overrides,)
    yield _slot(law, SubjectType.PLANT, 0, Level.PLANT_HOLD)
    for number in law.tasks:
        for level in TASK_LEVELS:
            yield _slot(law, SubjectType.TASK, number, level)
    for number, member in law.members.items():
        if member.kind is Kind.ROBOTIC:
            epoch = 1 + law.robot_epochs.get(number, 0) + law.plant_epoch
            yield ("Overrides", "robot", (number,)), (epoch, law.plant_held or law.is_robot_held(number))
            for level in ROBOT_LEVELS:
                yield _slot(law, SubjectType.ROBOT, number, level)


def _of_instructions(law: Law) -> Iterator[Fact]:
    """Of every kind about what anything was said of; subject 1 is a worker's, an alarm's, and no task's."""
    yield ("Instructions", "instructions", ()), (law.instructed,)
    for subject in {1, *(subject for _, subject in law.said)}:
        for kind in instructions.ABOUT:
            found = instructions.said(law, kind, subject)
            words = (found.id, found.version, found.expires_at, found.kind, found.priority)
            yield ("Instructions", "standing", (kind, subject)), words


def _slot(law: Law, subject_type: SubjectType, subject: int, level: int) -> Fact:
    found: Slot = law.slot(subject_type, subject, level)
    words = (found.id, found.expires_at, found.held, found.fixes, found.worker, found.inspector)
    return ("Overrides", "slot", (subject_type, subject, level)), words
