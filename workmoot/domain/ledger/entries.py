"""Which plan entry is in force for a task: the ground robots' commands stand on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from workmoot.domain.ids import NOBODY, TaskId

if TYPE_CHECKING:
    from workmoot.domain.ledger.ledger import Ledger


def refresh(ledger: Ledger, task: TaskId) -> None:
    """Finds the plan entry that names the worker in force: the human's, the present, or the standing one."""
    found = ledger.tasks[task]
    known = (ledger.slot_entries.get(task), found.entry, found.standing_entry)
    entry = next((entry for entry in known if entry and entry.lead == found.worker), None)
    standing = found.standing_entry
    if found.worker == NOBODY and not found.slot_filled:
        standing = None
    ledger.tasks[task] = replace(found, entry=entry, standing_entry=standing)
