"""A plan of 2,500 entries over ten orders, from the offers to the runs, on a node."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from tests.builders import a_task, an_entry, an_offer, an_opening
from tests.chain.agreement import assert_events_tell_all
from tests.chain.moves import claim, opened_of, post, start, submit, task, vote
from tests.chain.plants import ARM, FINISHER, SCANNER, SPRAYER, NodePlant, deploy, found
from workmoot.domain.events import PlanEnacted, ProposalCreated, TreeRecorded
from workmoot.domain.ids import TaskId, task_id
from workmoot.domain.ledger import Ledger
from workmoot.domain.offers import pack_offers
from workmoot.domain.plan import MOST_LEAVES, PlanEntry, pack_plan
from workmoot.domain.ports import Receipt
from workmoot.domain.work import Status
from workmoot.planning.horizon import base_of, handover
from workmoot.planning.validity import faults, opening_for

log = logging.getLogger(__name__)

ORDERS, TASKS_AN_ORDER = 10, 250
MOST_GAS, MOST_BYTES = 16_777_216, 128 * 1024
"""Of one transaction: by the chain's rules, and by those of the nodes that pass it on."""
SEED = b"\7" * 32
LEADS = {"sprayer": SPRAYER, "finisher": FINISHER}


@pytest.fixture
def plant(anvil_plant: NodePlant) -> Iterator[NodePlant]:
    before = anvil_plant.node.ask("evm_snapshot")
    try:
        today = NodePlant(deploy(anvil_plant.node))
        found(today, origin_ms=today.head().timestamp * 1_000)
        yield today
    finally:
        anvil_plant.node.ask("evm_revert", before)


def ledger_of(plant: NodePlant) -> Ledger:
    follower = plant.follower()
    follower.catch_up()
    found: Ledger = follower.ledger
    return found


def offer_each_by_turns(plant: NodePlant, tasks: list[TaskId]) -> None:
    for place, name in enumerate(LEADS):
        own = tasks[place::2]
        for begin in range(0, len(own), TASKS_AN_ORDER):
            offers = pack_offers(an_offer(number) for number in own[begin : begin + TASKS_AN_ORDER])
            plant.by(name).dao.offer(offers, b"")


def one_after_the_other(ledger: Ledger, tasks: list[TaskId]) -> list[PlanEntry]:
    """Each of the two does every second task; the scanner inspects."""
    span, begin = 1_000 + handover(ledger), base_of(ledger, tuple(tasks))
    return [
        PlanEntry(
            task=number,
            version=1,
            lead=SPRAYER if place % 2 == 0 else FINISHER,
            sequence=1,
            inspector=SCANNER,
            start=begin + place // 2 * span,
            duration=1_000,
        )
        for place, number in enumerate(tasks)
    ]


def gas_of(what: str, receipt: Receipt) -> int:
    """`pytest --log-cli-level=INFO` shows what the specification says of it."""
    log.info("%s: %s gas", what, receipt.gas_used)
    return receipt.gas_used


@pytest.mark.parametrize(("helpers", "robots"), [((), (ARM,)), ((SCANNER,), (ARM, ARM))])
def test_propose__the_largest_tree__fits_one_transaction(plant, helpers, robots):
    numbers = [task_id(1 + place // 256, place % 256) for place in range(MOST_LEAVES)]
    with_whom: dict[str, Any] = {"inspector": FINISHER, "helpers": helpers, "robots": robots}
    entries = [an_entry(number, SPRAYER, sequence=7, start=9_000_000 + number, **with_whom) for number in numbers]
    head = plant.head()
    opening = an_opening(pack_plan(entries), read_at=head.number, read_hash=head.hash)
    receipt = plant.by("scanner").dao.propose(opening)
    assert gas_of(f"propose {MOST_LEAVES}, each with {len(helpers)} helpers", receipt) < MOST_GAS / 4
    assert len(plant.node.ask("eth_getTransactionByHash", receipt.tx)["input"]) // 2 + 200 < MOST_BYTES


def test_plan__of_2_500_entries__is_voted_on_claimed_and_worked_off(plant):
    tasks = [number for _ in range(ORDERS) for number in post(plant, *(a_task() for _ in range(TASKS_AN_ORDER)))]
    offer_each_by_turns(plant, tasks)
    ledger, head = ledger_of(plant), plant.head()
    entries = one_after_the_other(ledger, tasks)
    offers = [an_offer(number) for number in tasks]
    read = (head.number, head.hash)
    opening = opening_for(ledger, entries, offers, read=read, seed=SEED, counters=0, words="all of it")
    assert opening.plan.is_tree

    proposed = plant.by("scanner").dao.propose(opening)
    gas_of(f"propose {len(tasks)}", proposed)
    opened = opened_of(plant, proposed.the(ProposalCreated))
    ledger = ledger_of(plant)
    assert faults(ledger, ledger.proposals[opened.id], SEED) == []

    vote(plant, opened, "scanner")
    decided = vote(plant, opened, "sprayer")
    assert decided.the(TreeRecorded).count == len(tasks)
    assert gas_of("the deciding vote", decided) < 100_000
    for index in (0, 1, 1_250, 2_498, 2_499):
        claimed = claim(plant, opened, index)
        assert claimed.the(PlanEnacted).skipped == b""
        assert gas_of(f"claim entry {index}", claimed) < 100_000
        start(plant, tasks[index])
    submit(plant, tasks[0])

    statuses = {index: task(plant, tasks[index]).status for index in (0, 1, 2, 2_499)}
    assert statuses == {0: Status.SUBMITTED, 1: Status.STARTED, 2: Status.POSTED, 2_499: Status.STARTED}
    ledger = ledger_of(plant)
    assert ledger.proposals[opened.id].claimed == {tasks[index] for index in (0, 1, 1_250, 2_498, 2_499)}
    assert ledger.tasks[tasks[1]].entry == entries[1]
    leaf = ledger.leaf_of(ledger.tasks[tasks[2]])
    assert leaf is not None
    assert (leaf.proposal, leaf.index, leaf.entry) == (opened.id, 2, entries[2])
    assert_events_tell_all(plant)
