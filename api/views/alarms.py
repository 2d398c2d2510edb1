"""Alarms as the chain tells them, with what humans said about each."""

from collections.abc import Iterator
from datetime import UTC, datetime

from api.models.alarms import AlarmOut
from api.models.common import moment
from api.views.snapshot import Snapshot
from workmoot.domain.alarms import (
    LONGEST_SHELF_S,
    AlarmState,
    alarm_id,
    may_see_to,
    said_of,
    shelved_until,
    state_of,
)
from workmoot.domain.events import AlarmRaised
from workmoot.domain.ledger import OverrideRecord
from workmoot.domain.overrides import HumanOrder, OverrideKind

A_DAY_S = 24 * 3_600


def id_of(alarm: AlarmRaised) -> str:
    """As people and programs name it."""
    return f"0x{alarm_id(alarm):064x}"


def alarm_of(snap: Snapshot, number: int) -> AlarmRaised | None:
    """The alarm of that number."""
    return snap.alarms.get(number)


def alarm_words(snap: Snapshot, alarm: AlarmRaised) -> str:
    """What it is about."""
    member = snap.ledger.member_of(alarm.human)
    who = snap.who(member.number) if member else None
    since = datetime.fromtimestamp(alarm.since, UTC).strftime("%H:%M:%S")
    return f"{who.name if who else alarm.human} gave {alarm.orders} orders since {since} UTC: more than expected"


def alarm_warnings(snap: Snapshot, order: HumanOrder) -> Iterator[str]:
    """What a human who is about to see to an alarm has to know: whose word counts, and for how long."""
    alarm = alarm_of(snap, order.subject) if order.kind in (OverrideKind.ACKNOWLEDGE, OverrideKind.SHELVE) else None
    if alarm is None:
        return
    if not may_see_to(snap.ledger, alarm, order.human):
        yield (
            "This word will not count: the alarm is about the human who would give it, and stays unacknowledged until "
            "another one acknowledges or shelves it."
        )
    if order.expires_at > snap.now + LONGEST_SHELF_S:
        back = moment(int(snap.now) + LONGEST_SHELF_S)
        days = LONGEST_SHELF_S // A_DAY_S
        yield f"An alarm stays shelved for {days} days at most: this one is back by {back:%Y-%m-%d %H:%M:%S} UTC."


def does_not_count(snap: Snapshot, record: OverrideRecord) -> str | None:
    """Why a human's word about an alarm does not count; None: it does, or it is about something else."""
    if record.order.kind not in (OverrideKind.ACKNOWLEDGE, OverrideKind.SHELVE):
        return None
    alarm = alarm_of(snap, record.order.subject)
    if alarm is None or record.at.position < alarm.at.position:
        return "There was no such alarm when this was said."
    if not may_see_to(snap.ledger, alarm, record.human):
        return (
            "The alarm is about the human who said this, whose word does not count: it stays unacknowledged until "
            "another one acknowledges or shelves it."
        )
    return None


def alarm_out(snap: Snapshot, alarm: AlarmRaised) -> AlarmOut:
    """One alarm."""
    said, member = said_of(snap.ledger, alarm), snap.ledger.member_of(alarm.human)
    state = state_of(snap.ledger, alarm, snap.now)
    return AlarmOut(
        id=id_of(alarm),
        says=f"{alarm_words(snap, alarm)}.",
        human=snap.who(member.number) if member else None,
        account=alarm.human,
        orders=alarm.orders,
        since=datetime.fromtimestamp(alarm.since, UTC),
        at=datetime.fromtimestamp(alarm.at.timestamp, UTC),
        block=alarm.at.block,
        state=state,
        shelved_until=moment(shelved_until(said)) if said and state is AlarmState.SHELVED else None,
        override=said.id if said and state is not AlarmState.UNACKNOWLEDGED else None,
    )
