"""Whether a proposal was right when it was opened: whatever of it is forged is found, by anybody, at any time."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.builders import a_task, an_entry, an_offer
from tests.workshop import ARM, FINISHER, NOZZLE, SCANNER, SPRAYER, Workshop
from workmoot.chain.memory.memory_chain import ADDRESSES
from workmoot.domain.errors import Malformed
from workmoot.domain.events import ProposalCreated
from workmoot.domain.evidence import round_seed
from workmoot.domain.ids import ProposalId, TaskId
from workmoot.domain.plan import PlanEntry
from workmoot.domain.proposals import Opening
from workmoot.planning.validity import latest_posting, opening_for
from workmoot.planning.verification import Verification, verify

DAO = ADDRESSES["AllocationDAO"]


def offered() -> tuple[Workshop, tuple[TaskId, ...]]:
    """Two tasks that the sprayer offers to do in a second each."""
    workshop = Workshop()
    tasks = workshop.post(a_task(), a_task())
    workshop.offer("sprayer", *(an_offer(task, robots=(ARM,)) for task in tasks))
    return workshop, tasks


def entries(tasks: tuple[TaskId, ...], **changes: Any) -> tuple[PlanEntry, ...]:
    return tuple(
        an_entry(task, SPRAYER, inspector=SCANNER, robots=(ARM,), **{"sequence": 1, "start": place * 1_800} | changes)
        for place, task in enumerate(tasks)
    )


def opening(workshop: Workshop, *planned: PlanEntry) -> Opening:
    """Honest, with the seed that the chain gives."""
    ledger, head = workshop.ledger, workshop.chain.head
    posted = latest_posting(ledger, [entry.task for entry in planned])
    assert posted is not None
    seed = round_seed(posted.block_hash, chain_id=workshop.chain.chain_id, dao=DAO)
    taken = [ledger.offer_of(entry, head.number) for entry in planned]
    offers = [record.offer for record in taken if record]
    return opening_for(ledger, planned, offers, read=(head.number, head.hash), seed=seed, counters=0, words="")


def opened(workshop: Workshop, told: Opening) -> ProposalId:
    return workshop.by("scanner").dao.propose(told).the(ProposalCreated).id


def verified(workshop: Workshop, id_: ProposalId) -> Verification:
    assert workshop.ledger
    return verify(workshop.events, id_, chain_id=workshop.chain.chain_id, dao=DAO)


def wrong(found: Verification) -> list[str]:
    return [claim.name for claim in found.claims if not claim.agrees]


def test_verify__honest__holds_whatever_came_of_it():
    workshop, tasks = offered()
    proposal = opened(workshop, opening(workshop, *entries(tasks)))
    for name in ("scanner", "sprayer"):
        workshop.vote(name, proposal)
    workshop.start(tasks[0])
    found = verified(workshop, proposal)
    assert (found.holds, found.faults, wrong(found)) == (True, (), [])
    assert [claim.name for claim in found.claims] == [
        "makespan", "tardiness", "energy", "cost", "offers", "evidence"
    ]  # fmt: skip


FORGED = b"\1" * 32


@pytest.mark.parametrize(
    ("forge", "names"),
    [
        (lambda it: replace(it, figures=replace(it.figures, makespan=1)), ["makespan"]),
        (lambda it: replace(it, offers=FORGED), ["offers"]),
        (lambda it: replace(it, evidence=FORGED), ["evidence"]),
    ],
)
def test_verify__something_forged__named(forge: Callable[[Opening], Opening], names: list[str]):
    workshop, tasks = offered()
    found = verified(workshop, opened(workshop, forge(opening(workshop, *entries(tasks)))))
    assert (found.holds, wrong(found)) == (False, names)


def test_verify__two_at_once_with_one_robot__does_not_hold_though_its_figures_do():
    workshop, tasks = offered()
    found = verified(workshop, opened(workshop, opening(workshop, *entries(tasks, start=0))))
    assert (found.holds, wrong(found)) == (False, [])
    assert "at once" in found.faults[0]


def test_verify__nobody_offered_it__no_figures_to_show():
    workshop, tasks = offered()
    honest = opening(workshop, *entries(tasks))
    other = replace(honest, plan=workshop.opening(*entries(tasks, sequence=9)).plan)
    found = verified(workshop, opened(workshop, other))
    assert (found.holds, [claim.name for claim in found.claims]) == (False, [])
    assert "made no offer 9" in found.faults[0]


def test_verify__a_helper_had_confirmed__holds():
    workshop, (task, _) = offered()
    together = an_offer(task, sequence=2, helpers=(FINISHER,), robots=(ARM, NOZZLE))
    workshop.offer("sprayer", together)
    workshop.confirm("finisher", SPRAYER, together)
    entry = an_entry(task, SPRAYER, sequence=2, inspector=SCANNER, helpers=(FINISHER,), robots=(ARM, NOZZLE))
    assert verified(workshop, opened(workshop, opening(workshop, entry))).holds


def test_verify__never_opened__refused():
    workshop, _ = offered()
    with pytest.raises(Malformed, match="no proposal 7 was ever opened"):
        verified(workshop, ProposalId(7))
