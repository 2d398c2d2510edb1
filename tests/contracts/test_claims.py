"""Claims: the root of a tree that passed, and its leaves, each taken by its lead."""

from dataclasses import replace

import pytest
from brownie import accounts

from tests.contracts.plant import (
    GLUER,
    NO_BITS,
    PACKER,
    SCANNER,
    SPRAYER,
    STRANGER,
    account_of,
    by,
    by_worker,
    refused,
    told,
)
from workmoot.domain.ids import Number
from workmoot.domain.merkle import leaf_of
from workmoot.domain.overrides import OverrideKind, SubjectType
from workmoot.domain.payloads import PlanPart, plan_payload
from workmoot.domain.plan import PackedPlan, claim_of, claim_proof, pack_tree
from workmoot.domain.work import TaskSpec

TASK = TaskSpec(capability=2, work=1_000)


class Tree:
    """A tree of two entries: the sprayer's and the gluer's, inspected by the packer."""

    def __init__(self, plant, first, *, passes=True, **changes):
        self.plant = plant
        leads = ((first, SPRAYER), (first + 1, GLUER))
        self.entries = [plant.entry(task, lead, **changes) for task, lead in leads]
        self.plan = pack_tree(self.entries)
        opening = replace(plant.opening(*self.entries), plan=self.plan)
        self.id = int(plant.send(SCANNER, opening).events["ProposalCreated"]["proposalId"])
        plant.openings[self.id] = opening
        if passes:
            plant.vote(self.id, SCANNER, SPRAYER)
            self.passed = plant.vote_with_plan(self.id, GLUER)

    def claim(self, place, *, sender=None, proof=None):
        entry = self.entries[place]
        found = claim_proof(self.entries, place) if proof is None else proof
        return self.plant.claims.claim(self.id, claim_of(entry), found, by_worker(sender or entry.lead))

    def veto(self):
        assignments, rest = self.plant.content(self.id)
        payload = plan_payload(PlanPart(rest=rest, first=0, last=0, assignments=assignments))
        return self.plant.execute(self.plant.order(OverrideKind.VETO, self.id, SubjectType.PROPOSAL, payload=payload))


@pytest.fixture
def first(plant):
    return plant.post(TASK, TASK)


def test_vote__tree__its_root_is_recorded(plant, first):
    tree = Tree(plant, first)
    told(tree.passed, "TreeRecorded", proposal=tree.id, root=tree.plan.root, count=2)
    assert bytes(plant.claims.rootOf(tree.id)) == tree.plan.root
    assert plant.task(first)["status"] == 1


def test_claim__by_its_lead__allocated(plant, first):
    tree = Tree(plant, first)
    receipt = tree.claim(0)
    told(receipt, "PlanEnacted", proposal=tree.id, first=0, last=1, skipped=NO_BITS, standing=NO_BITS)
    entry = claim_of(tree.entries[0])
    told(receipt, "AssignmentClaimed", proposal=tree.id, task=first, worker=SPRAYER, entry=entry)
    found = plant.task(first)
    assert (found["status"], found["worker"], found["inspector"]) == (2, SPRAYER, PACKER)


def test_claim__not_passed__refused(plant, first):
    tree = Tree(plant, first, passes=False)
    with refused("NoTree", tree.id):
        tree.claim(0)


def test_claim__by_another__refused(plant, first):
    tree = Tree(plant, first)
    with refused("NotTheLead", first, SPRAYER, GLUER):
        tree.claim(0, sender=GLUER)


def test_claim__without_its_proof__refused(plant, first):
    tree = Tree(plant, first)
    with refused("NotInTree", tree.id, leaf_of(claim_of(tree.entries[0]))):
        tree.claim(0, proof=[])


def test_claim__inspects_itself__refused(plant, first):
    tree = Tree(plant, first, inspector=Number(SPRAYER))
    with refused("MayNotTake", first, SPRAYER, SPRAYER):
        tree.claim(0)


def test_claim__vetoed__refused(plant, first):
    tree = Tree(plant, first)
    tree.veto()
    with refused("TreeVetoed", tree.id):
        tree.claim(0)


def test_propose__no_tree__refused(plant, first):
    plan = PackedPlan(assignments=bytes.fromhex("00000006"))
    with refused("MalformedTree", 4):
        plant.send(SCANNER, replace(plant.opening(plant.entry(first, SPRAYER)), plan=plan))


def test_record__not_by_the_dao__refused(plant, first):
    tree = Tree(plant, first, passes=False)
    with refused("NotTheDAO", account_of(SCANNER)):
        plant.claims.record(tree.id, tree.plan.assignments, by_worker(SCANNER))


def test_take__not_by_the_claims__refused(plant, first):
    plan = plant.opening(plant.entry(first, SPRAYER)).plan
    with refused("NotTheContract", accounts[STRANGER]):
        plant.dao.take(1, plan.assignments, by(STRANGER))
