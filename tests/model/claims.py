"""The rules of Claims: who takes a leaf of a tree that passed."""

from tests.model import tasks
from tests.model.law import Law, Leaf, Tree, require
from tests.model.members import active_worker
from workmoot.domain.overrides import Level, SubjectType
from workmoot.domain.proposals import State

SEQUENCE = 1


def claim(law: Law, by: str, proposal: int, leaf: Leaf, *, proven: bool) -> None:
    """`proven`: the proof is that of this leaf in this tree."""
    entry = leaf.entry
    caller = active_worker(law, by)
    require(entry.lead, "MalformedPlan")
    require(caller == entry.lead, "NotTheLead")
    require(is_recorded(law, proposal), "NoTree")
    require(proven, "NotInTree")
    require(not law.slot(SubjectType.PROPOSAL, proposal, Level.HUMAN).is_filled, "TreeVetoed")
    require(not law.plant_held, "Held")
    tasks.require_open(law, (entry,))
    helps = {(entry.task, entry.version, entry.lead, SEQUENCE, helper) for helper in leaf.helpers}
    require(law.confirmed.issuperset(helps), "HelperNotConfirmed")
    tasks.take(law, entry)
    require(law.tasks[entry.task].version != entry.version, "MayNotTake")


def is_recorded(law: Law, proposal: int) -> bool:
    return law.state_of(proposal) is State.ENACTED and isinstance(law.proposals[proposal].content, Tree)
