"""What a human who is about to give an order has to know, beside what it displaces."""

from collections.abc import Iterator

from api.models.common import moment
from api.views.alarms import alarm_warnings
from api.views.snapshot import Snapshot
from workmoot.domain.ids import Number, ProposalId
from workmoot.domain.overrides import HumanOrder, Level, OverrideKind, SubjectType, filled_level
from workmoot.domain.proposals import State
from workmoot.domain.roles import roles_for
from workmoot.domain.workers import Kind, Standing
from workmoot.planning.forecast import reached


def warnings_of(snap: Snapshot, order: HumanOrder) -> Iterator[str]:
    """All of it."""
    yield from _of_whoever_gives_it(snap, order)
    yield from _of_an_open_vote(snap, order)
    yield from alarm_warnings(snap, order)


def _of_whoever_gives_it(snap: Snapshot, order: HumanOrder) -> Iterator[str]:
    """The contracts refuse an order of who is suspended, but to let a human back, and of who lacks the role."""
    member = snap.ledger.member_of(order.human)
    who = snap.who(member.number) if member else None
    name, kind = who.name if who else order.human, order.kind.name.lower()
    on_human = _is_on_human(snap, order)
    recovers = order.kind is OverrideKind.REINSTATE and on_human
    if member is not None and member.standing is not Standing.ACTIVE and not recovers:
        yield f"{name} is {member.standing.name.lower()}: the contracts refuse this order."
    able, acting = roles_for(order, _level(snap, order), on_human=on_human), snap.ledger.roles
    if not any(order.human in acting[role] for role in able):
        needed = " or ".join(role.name.lower() for role in sorted(able))
        yield f"{name} may not give this: {kind} takes the role {needed}. The contracts refuse it as things are."


def _is_on_human(snap: Snapshot, order: HumanOrder) -> bool:
    member = snap.ledger.members.get(Number(order.subject)) if order.subject_type is SubjectType.WORKER else None
    return member is not None and member.kind is Kind.HUMAN


def _level(snap: Snapshot, order: HumanOrder) -> int:
    """Which slot is filled or emptied: a release of a hold alone empties the hold's."""
    level = filled_level(order)
    if order.kind is not OverrideKind.RELEASE or level != Level.HUMAN:
        return level
    hold, human = ((order.subject_type, order.subject, each) for each in (Level.HUMAN_HOLD, Level.HUMAN))
    frees_hold = any(order.payload) or (hold in snap.ledger.slots and human not in snap.ledger.slots)
    return Level.HUMAN_HOLD if frees_hold else level


def _of_an_open_vote(snap: Snapshot, order: HumanOrder) -> Iterator[str]:
    """A veto that comes after the vote has passed takes the plan's tasks from their workers."""
    proposal = snap.ledger.proposals.get(ProposalId(order.subject)) if order.kind is OverrideKind.VETO else None
    if proposal is None or proposal.state is not State.OPEN or proposal.motion is not None:
        return
    until = moment(order.expires_at)
    ends = f"until {until:%Y-%m-%d %H:%M:%S} UTC or a human's release" if until else "until a human's release"
    if proposal.is_tree:
        yield f"If the vote passes before this is in a block, nobody may claim the tasks left of the plan, {ends}."
        return
    count = len(reached(snap.ledger, order))
    yield f"If the vote passes before this is in a block, {count} tasks of the plan stand without a worker, {ends}."
