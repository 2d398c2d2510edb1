"""The rules of PlantAuthority: who may order what, which orders take two humans, how many orders raise an alarm."""

from tests.model.law import Asked, Effect, Law, Pace, require
from tests.model.members import NO_ACCOUNT
from workmoot.domain.workers import Kind, Role, Standing

HUMANS = frozenset(Role) - {Role.ADMIN}


def grant(law: Law, by: str, role: Role, account: str) -> None:
    require((by, Role.ADMIN) in law.roles, "AccessManagerUnauthorizedAccount")
    law.roles |= {(account, role)}


def revoke(law: Law, by: str, role: Role, account: str) -> None:
    require((by, Role.ADMIN) in law.roles, "AccessManagerUnauthorizedAccount")
    law.roles -= {(account, role)}


def take_order(law: Law, human: str, roles: frozenset[Role], *, recovers: bool) -> None:
    """Counts an order of one who may give it; tells once in a window that there are many."""
    require(may_order(law, human, roles, recovers=recovers), "NotAllowed")
    pace = law.paces.get(human, Pace(0, 0))
    if law.now >= pace.since + law.humans.alarm_seconds:
        pace = Pace(law.now, 0)
    law.paces[human] = Pace(pace.since, pace.orders + 1)
    law.alarms += law.paces[human].orders == law.humans.alarm_orders + 1


def waits(law: Law, human: str, effect: Effect, roles: frozenset[Role], *, recovers: bool) -> bool:
    """Whether it is the first of two. Another human gives the second, where there is another."""
    if not recovers and not law.humans.cosigned >> effect.kind & 1:
        return False
    first = law.asked.get(effect, Asked(NO_ACCOUNT, 0))
    if first.human == human:
        counts = not recovers and not is_shared(law, roles)
    else:
        counts = may_order(law, first.human, roles, recovers=recovers)
    is_second = counts and law.now <= first.until
    law.asked[effect] = Asked(NO_ACCOUNT, 0) if is_second else Asked(human, law.now + law.humans.ask_seconds)
    return not is_second


def may_order(law: Law, human: str, roles: frozenset[Role], *, recovers: bool = False) -> bool:
    """Only a human's badge takes an order from whoever has a role. To let a human back, one with such a badge may sign
    while it is suspended.
    """
    badge = law.members.get(law.number_of(human))
    if recovers:
        stands = badge is not None and badge.kind is Kind.HUMAN and badge.standing is not Standing.RETIRED
    else:
        stands = badge is None or badge.kind is not Kind.HUMAN or badge.standing is Standing.ACTIVE
    return stands and any((human, role) in law.roles for role in roles)


def is_shared(law: Law, roles: frozenset[Role]) -> bool:
    """Whether two humans or more with active badges have one of the roles."""
    active = [who.account for who in law.members.values() if (who.kind, who.standing) == (Kind.HUMAN, Standing.ACTIVE)]
    return sum(any((name, role) in law.roles for role in roles) for name in active) > 1


def is_in_good_standing(law: Law, account: str) -> bool:
    badge = law.members.get(law.number_of(account))
    return (badge is not None and badge.standing is Standing.ACTIVE) or may_order(law, account, HUMANS)
