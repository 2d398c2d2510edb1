"""A human's word about an alarm, and when it counts."""

from tests.workshop import Workshop, key
from workmoot.domain.alarms import LONGEST_SHELF_S, AlarmState, alarm_id, state_of
from workmoot.domain.events import AlarmRaised
from workmoot.domain.hashing import hash_of_words
from workmoot.domain.overrides import STRICT, OverrideKind, SubjectType
from workmoot.domain.workers import Kind


def two_humans() -> Workshop:
    """Both with a badge."""
    workshop = Workshop()
    for human in ("supervisor", "colleague"):
        workshop.by("administrator").members.admit(key(human).address, Kind.HUMAN, 0, f'{{"id": "{human}"}}')
    return workshop


def raised(workshop: Workshop, orders: int = STRICT.alarm_orders + 1) -> AlarmRaised:
    """The supervisor gives so many orders, and that raises an alarm."""
    for _ in range(orders):
        workshop.order(OverrideKind.HOLD, 0, subject_type=SubjectType.PLANT)
    (alarm,) = workshop.ledger.alarms
    return alarm


def say(workshop: Workshop, kind: OverrideKind, alarm: int, *, human: str, for_s: int = 0) -> None:
    until = workshop.now_s + for_s if for_s else 0
    workshop.order(kind, alarm, subject_type=SubjectType.NONE, expires_at=until, human=human)


def state(workshop: Workshop, alarm: AlarmRaised, *, in_s: float = 0) -> AlarmState:
    return state_of(workshop.ledger, alarm, workshop.now_s + in_s)


def test_state_of__another_human_acknowledges__is_acknowledged():
    workshop = two_humans()
    alarm = raised(workshop)
    say(workshop, OverrideKind.ACKNOWLEDGE, alarm_id(alarm), human="colleague")
    assert state(workshop, alarm) is AlarmState.ACKNOWLEDGED


def test_state_of__acknowledged_before_it_was_raised__does_not_count():
    workshop = two_humans()
    workshop.order(OverrideKind.HOLD, 0, subject_type=SubjectType.PLANT)
    first = next(iter(workshop.ledger.overrides.values()))
    foreseen = hash_of_words(first.human, first.at.timestamp, STRICT.alarm_orders + 1)
    say(workshop, OverrideKind.ACKNOWLEDGE, int.from_bytes(foreseen, "big"), human="colleague")
    alarm = raised(workshop, STRICT.alarm_orders)
    assert alarm_id(alarm) == int.from_bytes(foreseen, "big")
    assert state(workshop, alarm) is AlarmState.UNACKNOWLEDGED


def test_state_of__acknowledged_by_whom_it_is_about__counts_only_where_nobody_else_is_active():
    workshop = two_humans()
    alarm = raised(workshop)
    say(workshop, OverrideKind.ACKNOWLEDGE, alarm_id(alarm), human="supervisor")
    assert state(workshop, alarm) is AlarmState.UNACKNOWLEDGED
    workshop.by("administrator").members.suspend(workshop.ledger.numbers[key("colleague").address])
    assert state(workshop, alarm) is AlarmState.ACKNOWLEDGED


def test_state_of__shelved_for_longer_than_a_shelf_lasts__is_back_before():
    workshop = two_humans()
    alarm = raised(workshop)
    say(workshop, OverrideKind.SHELVE, alarm_id(alarm), human="colleague", for_s=10 * LONGEST_SHELF_S)
    assert state(workshop, alarm, in_s=LONGEST_SHELF_S) is AlarmState.SHELVED
    assert state(workshop, alarm, in_s=LONGEST_SHELF_S + 1) is AlarmState.UNACKNOWLEDGED
