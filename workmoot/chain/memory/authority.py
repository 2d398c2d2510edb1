"""The rules of PlantAuthority: which human may give which order, which take two, from how many on others are told."""

from dataclasses import replace

from workmoot.chain.memory import membership
from workmoot.chain.memory.memory_chain import Transaction
from workmoot.chain.memory.state import Asked, Pace
from workmoot.domain.events import AlarmRaised, SecondAsked
from workmoot.domain.ids import Address, OverrideId
from workmoot.domain.overrides import OverrideKind
from workmoot.domain.roles import HUMAN_ROLES
from workmoot.domain.workers import Kind, Role, Standing


def take_order(tx: Transaction, human: Address, roles: frozenset[Role], *, recovers: bool) -> bool:
    """Whether the human may give it; counts it if so, and tells, once in a window, that there are many."""
    if not may_order(tx, human, roles, recovers=recovers):
        return False
    policy = tx.chain.human_policy
    pace = tx.state.paces.get(human, Pace())
    if tx.now >= pace.since + policy.alarm_seconds:
        pace = Pace(since=tx.now)
    pace = tx.state.paces[human] = replace(pace, orders=pace.orders + 1)
    if pace.orders == policy.alarm_orders + 1:
        tx.say(AlarmRaised, human=human, orders=pace.orders, since=pace.since)
    return True


def take_second(
    tx: Transaction,
    override: OverrideId,
    human: Address,
    kind: OverrideKind,
    effect: bytes,
    roles: frozenset[Role],
    *,
    recovers: bool,
) -> bool:
    """Whether the order waits for a second one: another human's where more than one may give it."""
    policy = tx.chain.human_policy
    if not recovers and not policy.cosigned >> kind & 1:
        return False
    first = tx.state.asked.get(effect, Asked())
    if first.human == human:
        counts = not recovers and not is_shared(tx, roles)
    else:
        counts = may_order(tx, first.human, roles, recovers=recovers)
    if counts and tx.now <= first.until:
        del tx.state.asked[effect]
        return False
    until = tx.now + policy.ask_seconds
    tx.state.asked[effect] = Asked(human=human, until=until)
    tx.say(SecondAsked, id=override, human=human, effect=effect, until=until)
    return True


def may_order(tx: Transaction, human: Address, roles: frozenset[Role], *, recovers: bool) -> bool:
    """Whether the account has one of the roles; a suspended human may let a human back."""
    badge = membership.badge_of(tx, human)
    stands = badge.kind is not Kind.HUMAN or badge.standing is Standing.ACTIVE
    if recovers:
        stands = badge.kind is Kind.HUMAN and badge.standing is not Standing.RETIRED
    return stands and any(tx.has_role(role, human) for role in roles)


def is_shared(tx: Transaction, roles: frozenset[Role]) -> bool:
    """Whether at least two humans with active badges have one of the roles."""
    active = [
        member.account
        for member in tx.state.members.values()
        if member.kind is Kind.HUMAN and member.standing is Standing.ACTIVE
    ]
    return sum(any(tx.has_role(role, account) for role in roles) for account in active) > 1


def is_in_good_standing(tx: Transaction, account: Address) -> bool:
    """Whether the account has an active badge, or a human's role and no human's badge."""
    badge = membership.badge_of(tx, account)
    return badge.standing is Standing.ACTIVE or may_order(tx, account, HUMAN_ROLES, recovers=False)
