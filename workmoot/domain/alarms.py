"""Alarms: what the contracts raise for humans to see to, and how far they have."""

from enum import StrEnum

from workmoot.domain.events import AlarmRaised
from workmoot.domain.hashing import hash_of_words
from workmoot.domain.ledger import Ledger, OverrideRecord
from workmoot.domain.overrides import OverrideKind
from workmoot.domain.workers import Kind, Standing

LONGEST_SHELF_S = 7 * 24 * 3_600
"""Wall seconds that an alarm stays shelved at most, whatever was said."""


class AlarmState(StrEnum):
    """Whether a human has seen to it."""

    UNACKNOWLEDGED = "unacknowledged"
    ACKNOWLEDGED = "acknowledged"
    SHELVED = "shelved"
    """For a time: then it is as if nobody had."""


def alarm_id(alarm: AlarmRaised) -> int:
    """What an instruction about an alarm names: the hash of whose orders, since when, how many."""
    return int.from_bytes(hash_of_words(alarm.human, alarm.since, alarm.orders), "big")


def state_of(ledger: Ledger, alarm: AlarmRaised, now_s: float) -> AlarmState:
    """By what was last instructed about it, if that counts."""
    said = said_of(ledger, alarm)
    if said is None:
        return AlarmState.UNACKNOWLEDGED
    if said.order.kind is OverrideKind.ACKNOWLEDGE:
        return AlarmState.ACKNOWLEDGED
    return AlarmState.UNACKNOWLEDGED if now_s > shelved_until(said) else AlarmState.SHELVED


def said_of(ledger: Ledger, alarm: AlarmRaised) -> OverrideRecord | None:
    """The last word about it: its number can be foreseen, so what was said before it was raised does not count."""
    said = ledger.overrides.get(ledger.instruction(OverrideKind.SHELVE, alarm_id(alarm)).id)
    if said is None or said.order.kind is OverrideKind.LIFT or said.at.position < alarm.at.position:
        return None
    return said if may_see_to(ledger, alarm, said.human) else None


def may_see_to(ledger: Ledger, alarm: AlarmRaised, human: str) -> bool:
    """Whether a human's word about it counts: another's than the one's it is about, if there is another."""
    return human != alarm.human or _is_alone(ledger, alarm)


def shelved_until(said: OverrideRecord) -> int:
    """When the alarm is back."""
    return min(said.order.expires_at, said.at.timestamp + LONGEST_SHELF_S)


def _is_alone(ledger: Ledger, alarm: AlarmRaised) -> bool:
    """Whether no other human is active: then who raised it is the only one to see to it."""
    humans = (member for member in ledger.members.values() if member.kind is Kind.HUMAN)
    return all(human.account == alarm.human or human.standing is not Standing.ACTIVE for human in humans)
