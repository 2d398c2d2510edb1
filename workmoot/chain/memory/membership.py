"""The rules of Members."""

from collections.abc import Container
from dataclasses import replace

from workmoot.chain.memory.memory_chain import ADDRESSES, Transaction
from workmoot.chain.memory.state import State
from workmoot.domain.errors import Refused
from workmoot.domain.events import (
    MemberAdmitted,
    MemberCameBack,
    MemberLeftOut,
    MemberReinstated,
    MemberRetired,
    MemberSuspended,
    RecordGrew,
    RobotBound,
    RosterChanged,
)
from workmoot.domain.ids import LAST_NUMBER, NOBODY, ZERO_ADDRESS, Address, Number
from workmoot.domain.workers import Kind, Member, Record, Role, Scope, Standing

SUSPENSION_SECONDS = 86_400
LAST_VOTED_NUMBER = 767
STRANGER = Member(number=NOBODY, account=ZERO_ADDRESS, kind=Kind.NONE, standing=Standing.NONE, joined=0, capabilities=0)


def admit(tx: Transaction, account: Address, kind: Kind, capabilities: int, profile: str, *, by: Address) -> None:
    _require_registrar(tx, by, kind)
    if kind is Kind.NONE:
        raise Refused("KindMissing")
    if account in tx.state.numbers:
        raise Refused("AlreadyAMember", account, tx.state.numbers[account])
    if len(tx.state.members) >= (LAST_VOTED_NUMBER if is_vote(by) else LAST_NUMBER):
        raise Refused("RosterFull")
    if account == ZERO_ADDRESS:
        raise Refused("ERC721InvalidReceiver", account)
    number = Number(len(tx.state.members) + 1)
    tx.state.numbers[account] = number
    tx.state.members[number] = Member(
        number=number, account=account, kind=kind, standing=Standing.ACTIVE, joined=0, capabilities=capabilities
    )
    tx.say(MemberAdmitted, number=number, account=account, kind=kind, capabilities=capabilities, profile=profile)
    _enter(tx, number)


def suspend(tx: Transaction, number: Number, *, by: Address) -> None:
    _require_registrar(tx, by, member(tx, number).kind)
    standing = member(tx, number).standing
    if standing in (Standing.SUSPENDED, Standing.RETIRED):
        raise Refused("WrongStanding", number, standing)
    _leave(tx, number, Standing.SUSPENDED, by=by)
    tx.say(MemberSuspended, number=number, by=by, by_vote=is_vote(by))
    _sign(tx, number, by)


def suspend_for(tx: Transaction, number: Number, human: Address) -> None:
    """A human suspends another human once a day."""
    if member(tx, number).kind is Kind.HUMAN:
        _use_suspension(tx, number, human)
    suspend(tx, number, by=ADDRESSES["Overrides"])


def _use_suspension(tx: Transaction, number: Number, human: Address) -> None:
    by = badge_of(tx, human)
    if by.kind is not Kind.HUMAN:
        raise Refused("WrongKind", by.number, by.kind)
    if by.number == number:
        raise Refused("NotAnother", number)
    begin = tx.state.suspends_from.get(human, 0)
    if tx.now < begin:
        raise Refused("SuspensionUsed", by.number, begin)
    tx.state.suspends_from[human] = tx.now + SUSPENSION_SECONDS


def reinstate(tx: Transaction, number: Number, *, by: Address) -> None:
    _require_registrar(tx, by, member(tx, number).kind)
    found = _require(tx, number, Standing.SUSPENDED)
    _sign(tx, number, by)
    tx.say(MemberReinstated, number=number, by=by, by_vote=is_vote(by))
    _enter(tx, found.number)


def retire(tx: Transaction, number: Number, *, by: Address) -> None:
    _require_registrar(tx, by, member(tx, number).kind)
    if member(tx, number).standing is Standing.RETIRED:
        raise Refused("WrongStanding", number, Standing.RETIRED)
    _leave(tx, number, Standing.RETIRED, by=by)
    _sign(tx, number, by)
    tx.say(MemberRetired, number=number, by=by, by_vote=is_vote(by))


def leave_out(tx: Transaction, number: Number) -> None:
    """One that is absent: whether it is, the motions know."""
    found = member(tx, number)
    if found.kind is not Kind.DIGITAL:
        raise Refused("WrongKind", number, found.kind)
    _require(tx, number, Standing.ACTIVE)
    _leave(tx, number, Standing.ABSENT, by=ADDRESSES["Motions"])
    tx.say(MemberLeftOut, number=number)


def come_back(tx: Transaction) -> None:
    number = tx.state.numbers.get(tx.sender, NOBODY)
    if number == NOBODY:
        raise Refused("NotAMember", tx.sender)
    _require(tx, number, Standing.ABSENT)
    tx.say(MemberCameBack, number=number)
    _enter(tx, number)


def bind(tx: Transaction, robot: Number, worker: Number, resource: bytes, scope: Scope) -> None:
    _require_registrar(tx, tx.sender, Kind.ROBOTIC)
    if member(tx, robot).kind is not Kind.ROBOTIC:
        raise Refused("WrongKind", robot, member(tx, robot).kind)
    if member(tx, worker).kind is not Kind.DIGITAL:
        raise Refused("WrongKind", worker, member(tx, worker).kind)
    holder = tx.state.commanders.get((robot, resource), NOBODY)
    if scope is Scope.COMMAND:
        if holder not in (NOBODY, worker):
            raise Refused("CommandTaken", robot, resource, holder)
        tx.state.commanders[(robot, resource)] = worker
    elif holder == worker:
        tx.state.commanders.pop((robot, resource), None)
    tx.say(RobotBound, robot=robot, worker=worker, resource=resource, scope=scope)


def grow(tx: Transaction, worker: Number, capability: int, *, done: bool) -> None:
    kept = tx.state.records.get((worker, capability), Record())
    grown = replace(kept, done=kept.done + 1) if done else replace(kept, failed=kept.failed + 1)
    tx.state.records[(worker, capability)] = grown
    tx.say(RecordGrew, worker=worker, capability=capability, done=done)


def member(tx: Transaction, number: Number) -> Member:
    return tx.state.members.get(number, STRANGER)


def badge_of(tx: Transaction, account: Address) -> Member:
    """The account's badge; nobody's without one."""
    return member(tx, tx.state.numbers.get(account, NOBODY))


def is_in_scope(tx: Transaction, account: Address, capabilities: int) -> bool:
    """Whether what needs one of these is the human's to override: its badge names one of them, or none at all."""
    badge = badge_of(tx, account)
    cells = badge.capabilities if badge.kind is Kind.HUMAN else 0
    return not cells or bool(cells & capabilities)


def active_worker(tx: Transaction) -> Number:
    """The sender's number; refuses anyone but a digital worker that is active or absent."""
    return worker(tx.state, tx.sender)


def worker(state: State, account: Address) -> Number:
    """The account's number; refuses any but a digital worker's, active or absent."""
    return _number_of(state, account, {Standing.ACTIVE, Standing.ABSENT})


def voter(state: State, account: Address) -> Number:
    """The account's number; refuses any but an active digital worker's."""
    return _number_of(state, account, {Standing.ACTIVE})


def _number_of(state: State, account: Address, standings: Container[Standing]) -> Number:
    number = state.numbers.get(account, NOBODY)
    if number == NOBODY:
        raise Refused("NotAMember", account)
    found = state.members[number]
    if found.standing not in standings:
        raise Refused("WrongStanding", number, found.standing)
    if found.kind is not Kind.DIGITAL:
        raise Refused("WrongKind", number, found.kind)
    return number


def is_active(tx: Transaction, number: Number) -> bool:
    return member(tx, number).acts


def votes(tx: Transaction, number: Number) -> bool:
    """Whether it is on the roll."""
    return member(tx, number).is_active_worker


def is_capable(tx: Transaction, number: Number, capability: int) -> bool:
    return member(tx, number).is_capable(capability)


def may_vote(tx: Transaction, number: Number, roster: int) -> bool:
    return member(tx, number).may_vote(roster)


def belonged(tx: Transaction, number: Number, roster: int) -> bool:
    return belongs(tx.state, number, roster)


def belongs(state: State, number: Number, roster: int) -> bool:
    """What the last change of this membership up to that roster was."""
    versions = [version for member_number, version in state.memberships if member_number == number]
    last = max((version for version in versions if version <= roster), default=0)
    return state.memberships.get((number, last), False)


def is_suspended(state: State, account: Address) -> bool:
    """Whether the account has a human's badge that is not active."""
    badge = state.members.get(state.numbers.get(account, NOBODY), STRANGER)
    return badge.kind is Kind.HUMAN and badge.standing is not Standing.ACTIVE


def is_vote(by: Address) -> bool:
    """Whether the majority decided it, or its silence did."""
    return by == ADDRESSES["Motions"]


def _sign(tx: Transaction, number: Number, by: Address) -> None:
    """What a human decided of a member, no vote changes."""
    found = tx.state.members[number]
    if is_vote(by) and found.by_human:
        raise Refused("HumanDecided", number)
    tx.state.members[number] = replace(found, by_human=not is_vote(by))


def _enter(tx: Transaction, number: Number) -> None:
    found = replace(tx.state.members[number], standing=Standing.ACTIVE)
    if found.kind is Kind.DIGITAL:
        version = _next_roster(tx, 1)
        found = replace(found, joined=version)
        tx.state.memberships[(number, version)] = True
    tx.state.members[number] = found


def _leave(tx: Transaction, number: Number, to: Standing, *, by: Address) -> None:
    found = member(tx, number)
    if found.standing is Standing.NONE:
        raise Refused("UnknownMember", number)
    tx.state.members[number] = replace(found, standing=to)
    if found.is_active_worker:
        if is_vote(by) and tx.state.rosters[tx.state.roster] == 1:
            raise Refused("LastMember", number)
        tx.state.memberships[(number, _next_roster(tx, -1))] = False


def _next_roster(tx: Transaction, change: int) -> int:
    voters = tx.state.rosters.get(tx.state.roster, 0) + change
    version = tx.state.roster + 1
    tx.state.rosters[version] = voters
    tx.state.roll = ZERO_ADDRESS
    tx.say(RosterChanged, roster=version, members=voters)
    return version


def _require(tx: Transaction, number: Number, standing: Standing) -> Member:
    found = member(tx, number)
    if found.standing is Standing.NONE:
        raise Refused("UnknownMember", number)
    if found.standing is not standing:
        raise Refused("WrongStanding", number, found.standing)
    return found


def _require_registrar(tx: Transaction, account: Address, kind: Kind) -> None:
    """Humans' badges are the administrator's and the humans' own orders': no supervisor takes them alone, no vote."""
    if account == ADDRESSES["Overrides"] or (is_vote(account) and kind is not Kind.HUMAN):
        return
    supervises = kind is not Kind.HUMAN and tx.has_role(Role.SUPERVISOR, account)
    if not (supervises or tx.is_administrator(account)) or is_suspended(tx.state, account):
        raise Refused("NotTheRegistrar", account)
