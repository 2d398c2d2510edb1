"""Which plan entry is in force for a task: the ground robots' commands stand on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workmoot.domain.ids import NOBODY, TaskId
from workmoot.domain.ledger.changed import changed

if TYPE_CHECKING:
    from workmoot.domain.ledger.ledger import Ledger


def refresh(ledger: Ledger, task: TaskId) -> None:
    """Finds the entry that names the worker in force: a human's, under a slot the present one, else what stands."""
    found = ledger.tasks[task]
    present = found.entry if found.slot_filled else None
    known = (ledger.slot_entries.get(task), present, found.standing_entry, found.entry)
    entry = next((entry for entry in known if entry and entry.lead == found.worker), None)
    standing = found.standing_entry
    if found.worker == NOBODY and not found.slot_filled:
        standing = None
    ledger.tasks[task] = changed(found, entry=entry, standing_entry=standing)
