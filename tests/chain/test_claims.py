"""Trees: the root of a plan is voted on, each lead claims its own entry with a proof."""

from dataclasses import replace
from typing import Any

import pytest

from tests.builders import a_task, an_entry
from tests.chain.moves import (
    assign,
    claim,
    order,
    pass_plan,
    pass_tree,
    post,
    put_to_vote,
    refused,
    soon,
    start,
    submit,
    task,
    vote,
)
from tests.chain.plants import FINISHER, SCANNER, SPRAYER, account
from workmoot.domain.events import AssignmentClaimed, PlanEnacted, ProposalExecuted, ProposalSettled, TreeRecorded
from workmoot.domain.hashing import ZERO_HASH
from workmoot.domain.ids import Number
from workmoot.domain.merkle import leaf_of
from workmoot.domain.overrides import Level, OverrideKind, SubjectType
from workmoot.domain.payloads import PlanPart, plan_payload
from workmoot.domain.plan import PackedPlan, claim_of, claim_proof, pack_tree, unpack_plan
from workmoot.domain.proposals import State
from workmoot.domain.work import Status


@pytest.fixture
def tasks(plant):
    return post(plant, *(a_task() for _ in range(3)))


@pytest.fixture
def tree(plant, tasks):
    """The sprayer leads the first two tasks, the finisher the third."""
    leads = zip(tasks, (SPRAYER, SPRAYER, FINISHER), strict=True)
    return pass_tree(plant, *(an_entry(number, lead, inspector=SCANNER, start=50) for number, lead in leads))


def veto(plant, opened, kind=OverrideKind.VETO, **changes):
    part = PlanPart(rest=opened.rest, first=0, last=0, assignments=opened.assignments)
    values: dict[str, Any] = {"payload": plan_payload(part), "expires_at": soon(plant)} | changes
    values |= {"subject_type": SubjectType.PROPOSAL}
    return order(plant, kind, opened.id, **values)


def leaf(opened, index):
    return leaf_of(claim_of(unpack_plan(opened.plan)[index]))


def test_vote__tree__its_root_is_recorded_and_nothing_else(plant, tasks):
    opened = put_to_vote(plant, pack_tree(an_entry(number, SPRAYER) for number in tasks))
    vote(plant, opened, "scanner")
    receipt = vote(plant, opened, "sprayer")
    recorded = receipt.the(TreeRecorded)
    assert (recorded.proposal, recorded.root, recorded.count) == (opened.id, opened.plan.root, 3)
    assert receipt.the(ProposalExecuted).proposal_id == opened.id
    assert not receipt.all(PlanEnacted)
    assert plant.by("stranger").claims.root_of(opened.id) == opened.plan.root
    assert {task(plant, number).status for number in tasks} == {Status.POSTED}


def test_claim__by_its_lead__allocated_as_by_a_plan(plant, tasks, tree):
    receipt = claim(plant, tree, 0)
    enacted, claimed = receipt.the(PlanEnacted), receipt.the(AssignmentClaimed)
    assert (enacted.proposal, enacted.skipped, enacted.standing) == (tree.id, b"", b"")
    entry = unpack_plan(tree.plan)[0]
    assert (claimed.proposal, claimed.task, claimed.worker, claimed.entry) == (
        tree.id,
        tasks[0],
        SPRAYER,
        claim_of(entry),
    )
    found = task(plant, tasks[0])
    assert (found.status, found.worker, found.inspector) == (Status.ALLOCATED, SPRAYER, SCANNER)
    assert (found.version, found.epoch) == (2, 2)


def test_claim__then_the_run__to_its_result(plant, tasks, tree):
    claim(plant, tree, 2)
    start(plant, tasks[2])
    submit(plant, tasks[2])
    assert task(plant, tasks[2]).status is Status.SUBMITTED


def test_claim__one_of_one__its_leaf_is_the_root(plant, tasks):
    opened = pass_tree(plant, an_entry(tasks[0], SPRAYER))
    assert opened.plan.root == leaf(opened, 0)
    claim(plant, opened, 0)
    assert task(plant, tasks[0]).worker == SPRAYER


def test_claim__by_another__refused(plant, tasks, tree):
    with refused("NotTheLead", tasks[0], SPRAYER, FINISHER):
        claim(plant, tree, 0, by="finisher")
    with refused("NotAMember", account("stranger")):
        claim(plant, tree, 0, by="stranger")


def test_claim__changed_entry__refused(plant, tree):
    entries = unpack_plan(tree.plan)
    changed = replace(entries[0], start=51)
    with refused("NotInTree", tree.id, leaf_of(claim_of(changed))):
        plant.by("sprayer").claims.claim(tree.id, claim_of(changed), claim_proof(entries, 0))


def test_claim__proof_of_another_leaf__refused(plant, tree):
    entries = unpack_plan(tree.plan)
    with refused("NotInTree", tree.id, leaf(tree, 0)):
        plant.by("sprayer").claims.claim(tree.id, claim_of(entries[0]), claim_proof(entries, 2))


def test_claim__nothing_passed__refused(plant, tasks):
    opened = put_to_vote(plant, pack_tree([an_entry(tasks[0], SPRAYER)]))
    with refused("NoTree", opened.id):
        claim(plant, opened, 0)


@pytest.mark.parametrize("entry", [b"", bytes(23), bytes(24)])
def test_claim__no_entry__refused(plant, tree, entry):
    with refused("MalformedPlan", 0):
        plant.by("sprayer").claims.claim(tree.id, entry, [])


def test_claim__twice__refused(plant, tasks, tree):
    claim(plant, tree, 0)
    with refused("TaskMovedOn", tasks[0], 2, 1):
        claim(plant, tree, 0)


def test_claim__one_decided_anew__the_others_are_taken(plant, tasks, tree):
    pass_plan(plant, an_entry(tasks[0], FINISHER))
    with refused("TaskMovedOn", tasks[0], 2, 1):
        claim(plant, tree, 0)
    claim(plant, tree, 1)
    assert [task(plant, number).worker for number in tasks] == [FINISHER, SPRAYER, 0]


def test_claim__failed_it_before__refused(plant, tasks):
    pass_plan(plant, an_entry(tasks[0], SPRAYER))
    plant.by("sprayer").work_orders.decline(tasks[0], task(plant, tasks[0]).epoch)
    version = task(plant, tasks[0]).version
    opened = pass_tree(plant, an_entry(tasks[0], SPRAYER, version=version, inspector=SCANNER))
    with refused("MayNotTake", tasks[0], SPRAYER, SCANNER):
        claim(plant, opened, 0)


def test_claim__inspector_suspended__refused(plant, tasks, tree):
    plant.by("administrator").members.suspend(SCANNER)
    with refused("MayNotTake", tasks[0], SPRAYER, SCANNER):
        claim(plant, tree, 0)


def test_claim__helper__has_to_have_given_its_word(plant, tasks):
    entry = an_entry(tasks[0], SPRAYER, sequence=7, helpers=(FINISHER,))
    opened = pass_tree(plant, entry, an_entry(tasks[1], SPRAYER))
    with refused("HelperNotConfirmed", tasks[0], SPRAYER, FINISHER):
        claim(plant, opened, 0)
    claim(plant, opened, 1)
    plant.by("finisher").dao.confirm([tasks[0]], [1], [SPRAYER], [7])
    claim(plant, opened, 0)
    assert task(plant, tasks[0]).worker == SPRAYER


@pytest.mark.parametrize("motion", ["00000006", "00000006" + "11" * 32, "00000006" + "00" * 32 + "00000001"])
def test_propose__no_tree__refused(plant, motion):
    with refused("MalformedTree", len(motion) // 2):
        put_to_vote(plant, PackedPlan(assignments=bytes.fromhex(motion)))


def test_claim__number_that_no_badge_has__refused(plant, tasks):
    entry = an_entry(tasks[0], SPRAYER, inspector=Number(1_024))
    motion = bytes.fromhex("00000006") + leaf_of(claim_of(entry)) + (1).to_bytes(4, "big")
    opened = put_to_vote(plant, PackedPlan(assignments=motion))
    vote(plant, opened, "scanner")
    vote(plant, opened, "sprayer")
    with refused("MalformedPlan", 0):
        plant.by("sprayer").claims.claim(opened.id, claim_of(entry), [])


def test_claim__leaves_that_nobody_could_read__is_told_by_the_claim(plant, tasks):
    entry = an_entry(tasks[0], SPRAYER, inspector=SCANNER, duration=0)
    hidden = replace(pack_tree([entry]), timetable=b"")
    opened = put_to_vote(plant, hidden)
    vote(plant, opened, "scanner")
    vote(plant, opened, "sprayer")
    plant.by("sprayer").claims.claim(opened.id, claim_of(entry), [])
    follower = plant.follower()
    follower.catch_up()
    found = follower.ledger.proposals[opened.id]
    assert (found.malformed, found.entries, found.claimed) == (True, (), {tasks[0]})
    assert follower.ledger.tasks[tasks[0]].entry == entry


def test_claim__under_a_humans_slot__stands_until_its_end(plant, tasks, tree):
    assign(plant, tasks[0], FINISHER)
    assert claim(plant, tree, 0).the(PlanEnacted).standing == b"\1"
    found = task(plant, tasks[0])
    assert (found.worker, found.standing_worker) == (FINISHER, SPRAYER)
    order(plant, OverrideKind.RELEASE, tasks[0])
    assert task(plant, tasks[0]).worker == SPRAYER


def test_claim__plant_held__refused(plant, tasks, tree):
    order(plant, OverrideKind.HOLD, 0, subject_type=SubjectType.PLANT)
    with refused("Held", tasks[0]):
        claim(plant, tree, 0)


def test_vote__tree_while_the_plant_is_held__waits_as_a_plan_does(plant, tasks):
    order(plant, OverrideKind.HOLD, 0, subject_type=SubjectType.PLANT)
    opened = put_to_vote(plant, pack_tree([an_entry(tasks[0], SPRAYER)]))
    vote(plant, opened, "scanner")
    assert vote(plant, opened, "sprayer").the(ProposalSettled).state is State.PASSED
    with refused("NothingEnacted", opened.id):
        plant.by("stranger").dao.enact(opened.id, opened.assignments, opened.rest, words=0)
    for _ in range(2):
        order(plant, OverrideKind.RELEASE, 0, subject_type=SubjectType.PLANT)
    plant.by("stranger").dao.enact(opened.id, opened.assignments, opened.rest, words=0).the(TreeRecorded)
    claim(plant, opened, 0)


def test_veto__enacted_tree__nobody_claims_until_its_release(plant, tasks, tree):
    claim(plant, tree, 0)
    veto(plant, tree)
    with refused("TreeVetoed", tree.id):
        claim(plant, tree, 1)
    assert task(plant, tasks[0]).worker == SPRAYER
    order(plant, OverrideKind.RELEASE, tree.id, subject_type=SubjectType.PROPOSAL)
    claim(plant, tree, 1)


def test_veto__enacted_tree_whose_time_is_over__anyone_ends_it(plant, tree):
    veto(plant, tree)
    plant.advance(101)
    plant.by("stranger").overrides.poke(SubjectType.PROPOSAL, tree.id, Level.HUMAN)
    claim(plant, tree, 1)


def test_veto__open_tree__never_recorded(plant, tasks):
    opened = put_to_vote(plant, pack_tree([an_entry(tasks[0], SPRAYER)]))
    veto(plant, opened)
    assert plant.by("stranger").dao.proposal(opened.id).state is State.VETOED
    assert plant.by("stranger").claims.root_of(opened.id) == ZERO_HASH


def test_veto__another_tree__refused(plant, tasks, tree):
    other = pack_tree([an_entry(tasks[0], FINISHER)]).assignments
    part = PlanPart(rest=tree.rest, first=0, last=0, assignments=other)
    with refused("MalformedPayload", OverrideKind.VETO):
        veto(plant, tree, payload=plan_payload(part))


def test_approve__tree__refused(plant, tree):
    with refused("WrongSubject", OverrideKind.APPROVE, SubjectType.PROPOSAL):
        veto(plant, tree, OverrideKind.APPROVE)
