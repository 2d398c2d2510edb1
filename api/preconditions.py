"""What a human has seen before giving an order: the subject's state as a tag, and the refusal where it has changed."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from api.problems import Problem
from api.views.snapshot import Snapshot
from workmoot.domain.hashing import keccak
from workmoot.domain.instructions import WITHDRAWS
from workmoot.domain.ledger import Ledger, Task
from workmoot.domain.overrides import OverrideKind, SubjectType

ANY = "*"
DIGITS = 32


def etag_of(snap: Snapshot, subject_type: SubjectType, subject: int) -> str:
    """An entity tag (RFC 9110) that changes with whatever an order about this subject would act on."""
    word = subject_type.name.lower() if subject_type else _word(snap.ledger, subject)
    return f'"{word}-{subject}-{_state(snap.ledger, subject_type, subject)}"'


def etag_of_tasks(snap: Snapshot, tasks: Iterable[Task], *, holds: bool) -> str:
    """The same of many tasks at once, and of which they are; for a hold that alone: who sees danger stops them."""
    states = [[task.id, "" if holds else _of_task(snap.ledger, task)] for task in tasks]
    return f'"tasks-{len(states)}-{keccak(json.dumps(states).encode()).hex()[:DIGITS]}"'


def require_match(
    what: str, etag: str, if_match: str | None, current: Mapping[str, object] | None, *, any_will_do: bool
) -> None:
    """The human saw the present state, which has this tag. A hold may say that it does not matter: who sees danger
    stops it. Whose order came too late is told `current`; None: the asker may not know.
    """
    if if_match is None:
        raise Problem(
            428,
            "precondition-required",
            "An order says what state its human saw: send the ETag of ?dry_run=true as If-Match "
            f"(for a hold, {ANY} will do).",
        )
    if if_match == ANY and any_will_do:
        return
    if not is_named(etag, if_match):
        raise stale(f"{what} changed since the preview.", etag, current)


def is_named(etag: str, if_match: str) -> bool:
    """Whether it is among the tags that somebody names."""
    return etag in (tag.strip() for tag in if_match.split(","))


def stale(why: str, etag: str, current: Mapping[str, object] | None, **more: Any) -> Problem:
    """It is no longer as the human saw it; `current` is told to who may know."""
    if current is not None:
        more["current"] = {"etag": etag, **current}
    return Problem(412, "stale-version", f"{why} Look again before you decide.", **more)


def _word(ledger: Ledger, subject: int) -> str:
    return "question" if subject in ledger.questions else "alarm"


def _state(ledger: Ledger, subject_type: SubjectType, subject: int) -> str:
    if subject_type is SubjectType.TASK:
        return _of_task(ledger, ledger.tasks[subject])  # type: ignore[index]  # a draft's subject exists
    if subject_type is SubjectType.PROPOSAL:
        proposal = ledger.proposals[subject]  # type: ignore[index]
        return f"{int(proposal.state)}.{proposal.progress}"
    if subject_type is SubjectType.ROBOT:
        return f"{ledger.robot_epoch(subject)}.{ledger.instruction(OverrideKind.MAINTAIN, subject).version}"
    if subject_type is SubjectType.NONE:
        kind = OverrideKind.ANSWER if subject in ledger.questions else OverrideKind.SHELVE
        return f"{ledger.instruction(kind, subject).version}"
    if subject_type is SubjectType.WORKER:
        said = (ledger.instruction(kind, subject).version for kind in WITHDRAWS)
        return ".".join(map(str, (int(ledger.members[subject].standing), *said)))  # type: ignore[index]
    return f"{ledger.plant_epoch}.{int(ledger.resume_asked)}"


def _of_task(ledger: Ledger, task: Task) -> str:
    urged = ledger.instruction(OverrideKind.REPRIORITISE, task.id).version
    return f"{task.epoch}.{task.version}.{int(task.status)}.{task.attempt}.{urged}"
