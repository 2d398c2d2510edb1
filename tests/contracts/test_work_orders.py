"""WorkOrders: what may be posted, and each edge of a run's life cycle."""

import pytest
from brownie import accounts, chain

from tests.contracts.plant import (
    ACKNOWLEDGE_S,
    ADMINISTRATOR,
    GLUER,
    HEARTBEAT_S,
    HUMANS,
    INSPECT_S,
    NO_BITS,
    OPERATOR,
    PACKER,
    PLANNER,
    RESULT,
    SCAN,
    SCANNER,
    SPRAYER,
    STRANGER,
    SUPERVISOR,
    account_of,
    by,
    by_worker,
    refused,
    told,
)
from workmoot.domain.hashing import hash_of_words, keccak
from workmoot.domain.overrides import OverrideKind, post_digest
from workmoot.domain.proposals import State
from workmoot.domain.work import Failure, OnFailure, Status, TaskSpec, pack_tasks

ONE = TaskSpec(capability=SCAN, work=1_000)
LONG_AGO = 1_000_000


def post(plant, packed, role=PLANNER):
    return plant.work.post(packed, "{}", by(role))


# POSTING


def test_describe__at_deployment__tells_plant_and_clock(plant):
    told(plant.described, "PlantDescribed", description='{"name":"a plant"}')
    told(plant.described, "ClockStarted", originMilliseconds=5, speedMilli=1_000)


def test_describe__twice__refused(plant):
    with refused("AlreadySet"):
        plant.work.describe("{}", 3, 0, 1_000, by(ADMINISTRATOR))


def test_describe__not_the_administrator__refused(plant):
    with refused("NotThePlanner", accounts[SUPERVISOR]):
        plant.work.describe("{}", 3, 0, 1_000, by(SUPERVISOR))


def test_post__without_the_role__refused(plant):
    with refused("NotThePlanner", accounts[OPERATOR]):
        post(plant, pack_tasks([ONE]), OPERATOR)


@pytest.mark.parametrize("length", [0, 51, 53, 257 * 52])
def test_post__not_1_to_256_whole_tasks__refused(plant, length):
    with refused("MalformedOrder", length):
        post(plant, bytes(length))


def test_post__predecessor_not_before__refused(plant):
    with refused("PredecessorNotBefore", 1, 2):
        post(plant, pack_tasks([ONE, TaskSpec(capability=SCAN, work=1, predecessors=2)]))


@pytest.mark.parametrize("capability", [0, 4])
def test_post__unknown_capability__refused(plant, capability):
    with refused("UnknownCapability", 0, capability):
        post(plant, pack_tasks([TaskSpec(capability=capability, work=1)]))


@pytest.mark.parametrize("senseless", [{"work": 0}, {"work": 1, "team": 0}, {"work": 1, "retries": 64}])
def test_post__senseless_task__refused(plant, senseless):
    with refused("MalformedTask", 0):
        post(plant, pack_tasks([TaskSpec(capability=SCAN, **senseless)]))


def test_post__256_tasks_in_a_chain__fit_one_transaction(plant):
    chained = [TaskSpec(capability=SCAN, work=1, predecessors=1 << i >> 1) for i in range(256)]
    tx = plant.work.post(pack_tasks(chained), "x" * 20_000, by(PLANNER))
    assert tx.gas_used <= 16_777_216


def signed_post(plant, role, deadline, packed):
    human = HUMANS[role]
    spec_hash = hash_of_words(keccak(packed), keccak(b"{}"))
    where = {"chain_id": chain.id, "work_orders": plant.work.address}
    digest = post_digest(spec_hash=spec_hash, human=human.address, nonce=0, deadline=deadline, **where)
    return human.address, 0, deadline, bytes(human.unsafe_sign_hash(digest).signature)


def test_post_by_sig__relayed_by_a_stranger__is_the_planners(plant):
    packed = pack_tasks([ONE])
    tx = plant.work.postBySig(packed, "{}", *signed_post(plant, PLANNER, chain.time() + 60, packed), by(STRANGER))
    told(tx, "OrderPosted", order=1, by=accounts[PLANNER], tasks=packed, detail="{}")


def test_post_by_sig__twice__refused(plant):
    packed = pack_tasks([ONE])
    signed = signed_post(plant, PLANNER, chain.time() + 60, packed)
    plant.work.postBySig(packed, "{}", *signed, by(STRANGER))
    with refused("InvalidAccountNonce", accounts[PLANNER], 1):
        plant.work.postBySig(packed, "{}", *signed, by(STRANGER))


def test_post_by_sig__other_tasks__refused(plant):
    signed = signed_post(plant, PLANNER, chain.time() + 60, pack_tasks([ONE]))
    with refused("BadSignature", accounts[PLANNER]):
        plant.work.postBySig(pack_tasks([ONE, ONE]), "{}", *signed, by(STRANGER))


def test_post_by_sig__too_late__refused(plant):
    packed = pack_tasks([ONE])
    with refused("PostExpired", LONG_AGO):
        plant.work.postBySig(packed, "{}", *signed_post(plant, PLANNER, LONG_AGO, packed), by(STRANGER))


# A RUN


def test_task__unknown__refused(plant):
    with refused("UnknownTask", 999):
        plant.work.poke(999, by(STRANGER))


def test_start__before_its_predecessor_is_accepted__refused(plant):
    first = plant.post(ONE, TaskSpec(capability=SCAN, work=1, predecessors=1))
    plant.allocate(first + 1, SCANNER)
    with refused("NotReady", first + 1, 1):
        plant.start(first + 1, SCANNER)


def test_start__not_allocated__refused(plant, task):
    with refused("WrongStatus", task, Status.POSTED):
        plant.start(task, SCANNER)


def test_start__another_worker__refused(plant, task):
    plant.allocate(task, SCANNER)
    with refused("NotTheAssignee", task, SCANNER, SPRAYER):
        plant.start(task, SPRAYER)


def test_start__older_epoch__fenced(plant, task):
    plant.allocate(task, SCANNER)
    with refused("Fenced", task, 2, 1):
        plant.work.start(task, 1, by_worker(SCANNER))


def test_start__held__refused(plant, task):
    plant.allocate(task, SCANNER)
    plant.give(OverrideKind.HOLD, task)
    with refused("Held", task):
        plant.start(task, SCANNER)


def test_submit__without_evidence__refused(plant, task):
    plant.allocate(task, SCANNER)
    plant.start(task, SCANNER)
    with refused("EvidenceMissing", task):
        plant.work.submit(task, 2, 90, 1, bytes(32), by_worker(SCANNER))


def test_submit__grade_over_100__refused(plant, task):
    plant.allocate(task, SCANNER)
    plant.start(task, SCANNER)
    with refused("GradeTooHigh", 101):
        plant.work.submit(task, 2, 101, 1, RESULT, by_worker(SCANNER))


def test_inspect__another_member__refused(plant, task):
    plant.run(task, SCANNER)
    with refused("NotTheInspector", task, PACKER, GLUER):
        plant.inspect(task, GLUER)


def test_inspect__other_evidence__refused(plant, task):
    plant.run(task, SCANNER)
    with refused("OtherEvidence", task, RESULT, bytes(32)):
        plant.work.inspect(task, 2, bytes(32), True, 1, RESULT, by_worker(PACKER))


# FAILURE


def test_fail__reallocate__posted_at_the_next_epoch_without_the_worker(plant, task):
    plant.allocate(task, SCANNER)
    plant.start(task, SCANNER)
    tx = plant.work.fail(task, 2, by_worker(SCANNER))
    failed = {"failure": Failure.REPORTED, "next": Status.POSTED}
    told(tx, "TaskFailed", task=task, worker=SCANNER, by=account_of(SCANNER), **failed)
    told(tx, "RecordGrew", worker=SCANNER, capability=SCAN, done=False)
    nobody = {"worker": 0, "inspector": 0, "overridden": False, "held": False}
    told(tx, "InForceChanged", task=task, epoch=3, version=3, status=Status.POSTED, **nobody)
    assert plant.work.isExcluded(task, SCANNER)


@pytest.mark.parametrize(
    ("on_failure", "status"),
    [
        (OnFailure.HUMAN, Status.REWORK),
        (OnFailure.REALLOCATE, Status.POSTED),
        (OnFailure.RETRY, Status.ALLOCATED),
        (OnFailure.ABORT, Status.FAILED),
    ],
)
def test_inspect__rejected__goes_where_the_task_says(plant, on_failure, status):
    task = plant.post(TaskSpec(capability=SCAN, work=1, on_failure=on_failure, retries=1))
    plant.run(task, SCANNER)
    tx = plant.inspect(task, PACKER, accepted=False)
    failed = {"failure": Failure.REJECTED, "next": status}
    told(tx, "TaskFailed", task=task, worker=SCANNER, by=account_of(PACKER), **failed)
    assert plant.task(task)["status"] == status


def test_decline__allocated__posted(plant, task):
    plant.allocate(task, SCANNER)
    tx = plant.work.decline(task, 2, by_worker(SCANNER))
    failed = {"failure": Failure.DECLINED, "next": Status.POSTED}
    told(tx, "TaskFailed", task=task, worker=SCANNER, by=account_of(SCANNER), **failed)


# POKES


def test_poke__summoned_and_silent__reallocated(plant, task):
    plant.allocate(task, SCANNER)
    summoned = plant.work.poke(task, by(STRANGER))
    with refused("NotOverdue", task, summoned.timestamp + ACKNOWLEDGE_S):
        plant.work.poke(task, by(STRANGER))
    chain.sleep(ACKNOWLEDGE_S + 2)
    tx = plant.work.poke(task, by(STRANGER))
    failed = {"failure": Failure.OVERDUE, "next": Status.POSTED}
    told(tx, "TaskFailed", task=task, worker=SCANNER, by=accounts[STRANGER], **failed)


def test_acknowledge__twice__refused(plant, task):
    plant.allocate(task, SCANNER)
    plant.work.acknowledge(task, 2, by_worker(SCANNER))
    with refused("AlreadyAcknowledged", task):
        plant.work.acknowledge(task, 2, by_worker(SCANNER))


def test_poke__run_without_heartbeats__reallocated(plant, task):
    plant.allocate(task, SCANNER)
    plant.start(task, SCANNER)
    chain.sleep(HEARTBEAT_S + 2)
    plant.work.poke(task, by(STRANGER))
    assert plant.task(task)["status"] == Status.POSTED


def test_poke__worker_suspended__reallocated_at_once(plant, task):
    plant.allocate(task, SCANNER)
    plant.members.suspend(SCANNER, by(SUPERVISOR))
    tx = plant.work.poke(task, by(STRANGER))
    failed = {"failure": Failure.WORKER_GONE, "next": Status.POSTED}
    told(tx, "TaskFailed", task=task, worker=SCANNER, by=accounts[STRANGER], **failed)


def test_poke__inspector_silent__the_inspection_is_a_humans(plant, task):
    plant.run(task, SCANNER)
    chain.sleep(INSPECT_S + 2)
    tx = plant.work.poke(task, by(STRANGER))
    told(tx, "InspectionOverdue", task=task, inspector=PACKER)
    assert plant.task(task)["inspector"] == 0


def test_hold__over_a_run__its_clock_begins_anew_at_the_release(plant, task):
    plant.allocate(task, SCANNER)
    plant.start(task, SCANNER)
    plant.give(OverrideKind.HOLD, task)
    chain.sleep(600)
    tx = plant.give(OverrideKind.RELEASE, task)
    told(tx, "DeadlineMoved", task=task, deadline=tx.timestamp + HEARTBEAT_S)


# AMONG CONTRACTS


def test_enact__not_from_the_dao__refused(plant, task):
    with refused("NotTheContract", accounts[STRANGER]):
        plant.work.enact(1, 0, b"", accounts[STRANGER], by(STRANGER))
    with refused("NotTheContract", accounts[STRANGER]):
        plant.work.setPlantHold(True, by(STRANGER))


def test_enact__one_entry_moved_on__the_other_is_taken(plant):
    first = plant.post(ONE, ONE)
    proposal = plant.propose(SCANNER, plant.entry(first, SCANNER), plant.entry(first + 1, SCANNER))
    plant.allocate(first, SPRAYER)
    plant.vote(proposal, SCANNER, SPRAYER)
    tx = plant.vote_with_plan(proposal, GLUER)
    told(tx, "PlanEnacted", proposal=proposal, first=0, last=2, skipped=b"\1", standing=NO_BITS)
    assert [plant.task(task)["worker"] for task in (first, first + 1)] == [SPRAYER, SCANNER]
    assert plant.dao.proposal(proposal)[0] == State.ENACTED
