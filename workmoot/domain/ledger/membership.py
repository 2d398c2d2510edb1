"""The ledger's pages about members, roles, robots' bindings and records."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from workmoot.domain.events import (
    MemberAdmitted,
    MemberCameBack,
    MemberLeftOut,
    MemberReinstated,
    MemberRetired,
    MemberSuspended,
    RecordGrew,
    RobotBound,
    RoleGranted,
    RoleRevoked,
    RosterChanged,
)
from workmoot.domain.ids import Number
from workmoot.domain.ledger.records import Grant, RobotControl
from workmoot.domain.workers import Binding, Kind, Member, Role, Scope, Standing, parse_object

if TYPE_CHECKING:
    from collections.abc import Callable

    from workmoot.domain.ledger.ledger import Ledger


def _admitted(ledger: Ledger, event: MemberAdmitted) -> None:
    ledger.numbers[event.account] = event.number
    ledger.members[event.number] = Member(
        number=event.number,
        account=event.account,
        kind=event.kind,
        standing=Standing.ACTIVE,
        joined=_next_roster(ledger, event.kind),
        capabilities=event.capabilities,
        profile=parse_object(event.profile),
    )
    if event.kind is Kind.ROBOTIC:
        ledger.robots[event.number] = RobotControl()


def _suspended(ledger: Ledger, event: MemberSuspended) -> None:
    _set_standing(ledger, event, Standing.SUSPENDED)


def _retired(ledger: Ledger, event: MemberRetired) -> None:
    _set_standing(ledger, event, Standing.RETIRED)


def _reinstated(ledger: Ledger, event: MemberReinstated) -> None:
    _set_standing(ledger, event, Standing.ACTIVE)
    _join(ledger, event.number)


def _left_out(ledger: Ledger, event: MemberLeftOut) -> None:
    ledger.members[event.number] = replace(ledger.members[event.number], standing=Standing.ABSENT)


def _came_back(ledger: Ledger, event: MemberCameBack) -> None:
    _join(ledger, event.number)


def _roster_changed(ledger: Ledger, event: RosterChanged) -> None:
    ledger.roster = event.roster
    ledger.voters = event.members
    ledger.voters_at[event.roster] = event.members


def _bound(ledger: Ledger, event: RobotBound) -> None:
    key = (event.robot, event.resource, event.worker)
    if event.scope is Scope.NONE:
        ledger.bindings.pop(key, None)
        return
    ledger.bindings[key] = Binding(robot=event.robot, worker=event.worker, resource=event.resource, scope=event.scope)


def _grew(ledger: Ledger, event: RecordGrew) -> None:
    record = ledger.record(event.worker, event.capability)
    grown = replace(record, done=record.done + 1) if event.done else replace(record, failed=record.failed + 1)
    ledger.records[(event.worker, event.capability)] = grown


def _granted(ledger: Ledger, event: RoleGranted) -> None:
    if event.role_id not in set(Role):  # OpenZeppelin's role of everybody
        return
    key = (Role(event.role_id), event.account)
    former = ledger.grants.get(key)
    # Of a grant that stands, `since` says when its new delay begins, not the role.
    since = event.since if former is None else max(former.since, event.since)
    ledger.grants[key] = Grant(since=since, delay=event.delay)


def _revoked(ledger: Ledger, event: RoleRevoked) -> None:
    if event.role_id in set(Role):
        ledger.grants.pop((Role(event.role_id), event.account), None)


def _set_standing(
    ledger: Ledger, event: MemberSuspended | MemberReinstated | MemberRetired, standing: Standing
) -> None:
    member = ledger.members[event.number]
    by_human = member.by_human or not event.by_vote
    ledger.members[event.number] = replace(member, standing=standing, by_human=by_human)


def _join(ledger: Ledger, number: Number) -> None:
    member = ledger.members[number]
    joined = _next_roster(ledger, member.kind)
    ledger.members[number] = replace(member, standing=Standing.ACTIVE, joined=joined)


def _next_roster(ledger: Ledger, kind: Kind) -> int:
    # The contract says RosterChanged after the member's own event.
    return ledger.roster + 1 if kind is Kind.DIGITAL else 0


ENTRIES: dict[type, Callable[[Ledger, Any], None]] = {
    MemberAdmitted: _admitted,
    MemberSuspended: _suspended,
    MemberRetired: _retired,
    MemberReinstated: _reinstated,
    MemberLeftOut: _left_out,
    MemberCameBack: _came_back,
    RosterChanged: _roster_changed,
    RobotBound: _bound,
    RecordGrew: _grew,
    RoleGranted: _granted,
    RoleRevoked: _revoked,
}
