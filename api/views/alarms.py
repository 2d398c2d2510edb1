"""Alarms as the chain tells them, with what humans said about each."""

from datetime import UTC, datetime

from api.models.alarms import AlarmOut
from api.models.common import moment
from api.views.snapshot import Snapshot
from workmoot.domain.alarms import AlarmState, alarm_id, said_of, shelved_until, state_of
from workmoot.domain.events import AlarmRaised


def id_of(alarm: AlarmRaised) -> str:
    """As people and programs name it."""
    return f"0x{alarm_id(alarm):064x}"


def alarm_of(snap: Snapshot, number: int) -> AlarmRaised | None:
    """The alarm of that number."""
    return next((alarm for alarm in snap.ledger.alarms if alarm_id(alarm) == number), None)


def alarm_words(snap: Snapshot, alarm: AlarmRaised) -> str:
    """What it is about."""
    member = snap.ledger.member_of(alarm.human)
    who = snap.who(member.number) if member else None
    since = datetime.fromtimestamp(alarm.since, UTC).strftime("%H:%M:%S")
    return f"{who.name if who else alarm.human} gave {alarm.orders} orders since {since} UTC: more than expected"


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
