"""What a human has seen before giving an order: the subject's state as a tag, and the refusal where it has changed."""

from collections.abc import Mapping
from typing import Any

from api.problems import Problem
from api.views.snapshot import Snapshot
from workmoot.domain.instructions import meant_kind, subject_word
from workmoot.domain.overrides import HumanOrder, OverrideKind, SubjectType

ANY = "*"


def etag_of(snap: Snapshot, order: HumanOrder) -> str:
    """An entity tag (RFC 9110) that changes with whatever an order about this subject would act on."""
    return f'"{subject_word(order)}-{order.subject}-{_state(snap, order)}"'


def require_match(order: HumanOrder, etag: str, if_match: str | None, current: Mapping[str, object] | None) -> None:
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
    if if_match == ANY and order.kind is OverrideKind.HOLD:
        return
    if etag in (tag.strip() for tag in if_match.split(",")):
        return
    detail = f"The {subject_word(order)} changed since it was previewed. Look again before you decide."
    more: dict[str, Any] = {} if current is None else {"current": {"etag": etag, **current}}
    raise Problem(412, "stale-version", detail, **more)


def _state(snap: Snapshot, order: HumanOrder) -> str:
    ledger, subject = snap.ledger, order.subject
    if order.subject_type is SubjectType.TASK:
        task = ledger.tasks[subject]  # type: ignore[index]  # a draft's subject exists
        urged = ledger.instruction(OverrideKind.REPRIORITISE, subject).version
        return f"{task.epoch}.{task.version}.{int(task.status)}.{task.attempt}.{urged}"
    if order.subject_type is SubjectType.PROPOSAL:
        proposal = ledger.proposals[subject]  # type: ignore[index]
        return f"{int(proposal.state)}.{proposal.progress}"
    if order.subject_type is SubjectType.ROBOT:
        return f"{ledger.robot_epoch(subject)}.{ledger.instruction(OverrideKind.MAINTAIN, subject).version}"
    if order.subject_type is SubjectType.NONE:
        return f"{ledger.instruction(meant_kind(order), subject).version}"
    if order.subject_type is SubjectType.WORKER:
        said = (ledger.instruction(kind, subject).version for kind in (OverrideKind.DRAIN, OverrideKind.QUARANTINE))
        return ".".join(map(str, (int(ledger.members[subject].standing), *said)))  # type: ignore[index]
    return f"{ledger.plant_epoch}.{int(ledger.resume_asked)}"
