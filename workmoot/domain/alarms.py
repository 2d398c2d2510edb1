"""Alarms: what the contracts raise for humans to see to, and how far they have."""

from enum import StrEnum

from workmoot.domain.events import AlarmRaised
from workmoot.domain.hashing import hash_of_words
from workmoot.domain.instructions import Standing
from workmoot.domain.overrides import OverrideKind


class AlarmState(StrEnum):
    """Whether a human has seen to it."""

    UNACKNOWLEDGED = "unacknowledged"
    ACKNOWLEDGED = "acknowledged"
    SHELVED = "shelved"
    """For a time: then it is as if nobody had."""


def alarm_id(alarm: AlarmRaised) -> int:
    """What an instruction about an alarm names: the hash of whose orders, since when, how many."""
    return int.from_bytes(hash_of_words(alarm.human, alarm.since, alarm.orders), "big")


def state_of(said: Standing, now_s: float) -> AlarmState:
    """By what was last instructed about it."""
    if said.kind is OverrideKind.ACKNOWLEDGE:
        return AlarmState.ACKNOWLEDGED
    shelved = said.kind is OverrideKind.SHELVE and not said.is_over(now_s)
    return AlarmState.SHELVED if shelved else AlarmState.UNACKNOWLEDGED
