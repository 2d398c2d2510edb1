"""The ledger's pages about humans' instructions: what stands of each kind for each subject."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from workmoot.domain.events import InstructionGiven
from workmoot.domain.ids import NOBODY
from workmoot.domain.instructions import UNSAID, Standing, after, group_of, meant_kind
from workmoot.domain.ledger.asking import note_answer
from workmoot.domain.ledger.records import OverrideRecord
from workmoot.domain.overrides import OverrideKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from workmoot.domain.ledger.ledger import Ledger


def _given(ledger: Ledger, event: InstructionGiven) -> None:
    key = (group_of(meant_kind(event.order)), event.subject)
    _end_former(ledger, event, ledger.instructions.get(key, UNSAID))
    ledger.overrides[event.id] = OverrideRecord(
        id=event.id,
        human=event.human,
        order=event.order,
        displaced=NOBODY,
        epoch=event.version,
        digest=event.digest,
        at=event.at,
        place=len(ledger.overrides) + 1,
    )
    ledger.instructions[key] = after(event.order, id_=event.id, version=event.version)
    note_answer(ledger, event)


def _end_former(ledger: Ledger, event: InstructionGiven, former: Standing) -> None:
    """What stood is lifted, or another takes its place, unless its time was over before."""
    record = ledger.overrides.get(former.id)
    if record is None or record.order.kind is OverrideKind.LIFT:
        return
    how = "released" if event.order.kind is OverrideKind.LIFT else "superseded"
    over = former.is_over(event.at.timestamp)
    ledger.overrides[former.id] = replace(record, ended_at=event.at, ended_by="expired" if over else how)


ENTRIES: dict[type, Callable[[Ledger, Any], None]] = {InstructionGiven: _given}
