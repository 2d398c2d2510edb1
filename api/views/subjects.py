"""What orders and questions are about, with the names that people give it."""

from typing import Any

from api.views.snapshot import Snapshot
from workmoot.domain.overrides import SubjectType


def subject_of(snap: Snapshot, subject_type: SubjectType, subject: int) -> dict[str, Any]:
    """A subject with its name."""
    kind = subject_type.name.lower()
    return {"type": kind, "id": subject or None, "name": subject_name(snap, subject_type, subject)}


def subject_name(snap: Snapshot, subject_type: SubjectType, subject: int) -> str:
    """The subject as people call it."""
    if subject_type is SubjectType.PLANT:
        return "the whole plant"
    if subject_type is SubjectType.TASK:
        return snap.task_name(subject)
    if subject_type is SubjectType.PROPOSAL:
        return f"proposal {subject}"
    who = snap.who(subject)
    return f"{who.id}, {who.name}" if who and who.id != who.name else str(who.name if who else subject)
