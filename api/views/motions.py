"""Motions in words: what is put to the vote besides who does what."""

from dataclasses import asdict

from api.views.snapshot import Snapshot
from workmoot.domain.motions import Admission, Motion, PolicyChange
from workmoot.domain.strangers import text
from workmoot.domain.workers import capabilities_in, parse_object


def motion_words(snap: Snapshot, motion: Motion) -> str:
    """The motion as one line; names are strangers' text."""
    if isinstance(motion, Admission):
        name = text(parse_object(motion.profile).get("id")) or motion.account
        able = ", ".join(snap.capability(number) for number in capabilities_in(motion.capabilities))
        return f"admit {motion.member_kind.name.lower()} worker {name} ({motion.account}): {able or 'nothing named'}"
    if isinstance(motion, PolicyChange):
        rules = asdict(motion.policy)
        weights = ", ".join(f"{name} {weight}" for name, weight in rules.pop("weights").items())
        told = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in rules.items())
        return f"policy: {told}; weights: {weights}"
    named = snap.who(motion.member)
    return f"{motion.kind.name.lower()} {named.id if named else motion.member}"
