"""The rules of Members: who belongs to the plant, who votes, and what a worker's record says."""

from copy import copy

from tests.model.law import NOBODY, Law, Member, require
from workmoot.domain.workers import Kind, Role, Scope, Standing

OVERRIDES = "the overrides"
MOTIONS = "the motions"
"""The majority, or its silence."""
NO_ACCOUNT = "the zero account"
SUSPENSION_SECONDS = 24 * 3_600


def admit(law: Law, by: str, account: str, kind: Kind, capabilities: int) -> None:
    _require_registrar(law, by, kind)
    require(kind, "KindMissing")
    require(law.number_of(account) == NOBODY, "AlreadyAMember")
    require(account != NO_ACCOUNT, "ERC721InvalidReceiver")
    number = len(law.members) + 1
    law.members[number] = Member(account=account, kind=kind, capabilities=capabilities)
    _enter(law, number)


def suspend(law: Law, by: str, number: int) -> None:
    _require_registrar(law, by, law.kind_of(number))
    require(number in law.members, "UnknownMember")
    require(law.members[number].standing in (Standing.ACTIVE, Standing.ABSENT), "WrongStanding")
    _leave(law, by, number, Standing.SUSPENDED)
    _sign(law, by, number)


def suspend_for(law: Law, human: str, number: int) -> None:
    """By a human's order. Of humans it suspends one a day, never itself."""
    if law.kind_of(number) is Kind.HUMAN:
        own = law.number_of(human)
        require(law.kind_of(own) is Kind.HUMAN, "WrongKind")
        require(own != number, "NotAnother")
        require(law.now >= law.suspends_from.get(human, 0), "SuspensionUsed")
        law.suspends_from[human] = law.now + SUSPENSION_SECONDS
    suspend(law, OVERRIDES, number)


def reinstate(law: Law, by: str, number: int) -> None:
    _require_registrar(law, by, law.kind_of(number))
    _require_standing(law, number, Standing.SUSPENDED)
    _sign(law, by, number)
    _change(law, number).standing = Standing.ACTIVE
    _enter(law, number)


def retire(law: Law, by: str, number: int) -> None:
    """For good, whatever its standing was."""
    _require_registrar(law, by, law.kind_of(number))
    require(number in law.members, "UnknownMember")
    require(law.members[number].standing is not Standing.RETIRED, "WrongStanding")
    _leave(law, by, number, Standing.RETIRED)
    _sign(law, by, number)


def leave_out(law: Law, number: int) -> None:
    """One that is absent: whether it is, is for the motions to know."""
    require(law.kind_of(number) is Kind.DIGITAL, "WrongKind")
    _require_standing(law, number, Standing.ACTIVE)
    _leave(law, MOTIONS, number, Standing.ABSENT)


def come_back(law: Law, by: str) -> None:
    number = law.number_of(by)
    require(number != NOBODY, "NotAMember")
    _require_standing(law, number, Standing.ABSENT)
    _change(law, number).standing = Standing.ACTIVE
    _enter(law, number)


def bind(law: Law, by: str, robot: int, worker: int, resource: bytes, scope: Scope) -> None:
    """One commander a resource at a time; another scope ends the worker's own command."""
    _require_registrar(law, by, Kind.ROBOTIC)
    require(law.kind_of(robot) is Kind.ROBOTIC, "WrongKind")
    require(law.kind_of(worker) is Kind.DIGITAL, "WrongKind")
    holder = law.commanders.get((robot, resource), NOBODY)
    if scope is Scope.COMMAND:
        require(holder in (NOBODY, worker), "CommandTaken")
        law.commanders[robot, resource] = worker
    elif holder == worker:
        law.commanders[robot, resource] = NOBODY


def active_worker(law: Law, account: str) -> int:
    """The number of a digital worker that is active or absent; anyone else is refused."""
    return _worker(law, account, (Standing.ACTIVE, Standing.ABSENT))


def voter(law: Law, account: str) -> int:
    """The number of an active digital worker; anyone else is refused, an absent one too."""
    return _worker(law, account, (Standing.ACTIVE,))


def is_in_scope(law: Law, account: str, capabilities: int) -> bool:
    """Whether a human may override what needs these: its badge names one of them, or none at all."""
    badge = law.members.get(law.number_of(account))
    cells = badge.capabilities if badge is not None and badge.kind is Kind.HUMAN else 0
    return not cells or bool(cells & capabilities)


def may_vote(law: Law, number: int, roster: int) -> bool:
    return law.votes(number) and law.members[number].joined <= roster


def belonged(law: Law, number: int, roster: int) -> bool:
    return number in law.rosters[min(roster, len(law.rosters) - 1)]


def grow(law: Law, worker: int, capability: int, *, done: bool) -> None:
    """A settled run enters the worker's record."""
    good, bad = law.records.get((worker, capability), (0, 0))
    law.records[worker, capability] = (good + done, bad + (not done))


def _worker(law: Law, account: str, standings: tuple[Standing, ...]) -> int:
    number = law.number_of(account)
    require(number != NOBODY, "NotAMember")
    require(law.members[number].standing in standings, "WrongStanding")
    require(law.members[number].kind is Kind.DIGITAL, "WrongKind")
    return number


def _enter(law: Law, number: int) -> None:
    """A digital worker votes from the next roster on."""
    if law.members[number].kind is Kind.DIGITAL:
        law.rosters += (law.rosters[-1] | {number},)
        _change(law, number).joined = len(law.rosters) - 1


def _leave(law: Law, by: str, number: int, to: Standing) -> None:
    """No vote and no silence takes the last one who votes."""
    voted = law.members[number].votes
    require(by != MOTIONS or not voted or len(law.rosters[-1]) > 1, "LastMember")
    _change(law, number).standing = to
    if voted:
        law.rosters += (law.rosters[-1] - {number},)


def _sign(law: Law, by: str, number: int) -> None:
    """What a human decided, no vote changes."""
    if by == MOTIONS:
        require(not law.members[number].by_human, "HumanDecided")
    else:
        _change(law, number).by_human = True


def _change(law: Law, number: int) -> Member:
    law.members[number] = copy(law.members[number])
    return law.members[number]


def _require_standing(law: Law, number: int, standing: Standing) -> None:
    require(number in law.members, "UnknownMember")
    require(law.members[number].standing is standing, "WrongStanding")


def _require_registrar(law: Law, by: str, kind: Kind) -> None:
    """An order, a vote on others than humans; the administrator or, of others than humans, a supervisor, in good
    standing."""
    if by == OVERRIDES or (by == MOTIONS and kind is not Kind.HUMAN):
        return
    supervises = kind is not Kind.HUMAN and (by, Role.SUPERVISOR) in law.roles
    require(supervises or (by, Role.ADMIN) in law.roles, "NotTheRegistrar")
    require(not law.is_suspended(by), "NotTheRegistrar")
