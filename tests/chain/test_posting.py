"""Posting orders: what the contract takes and what it refuses, by which name."""

import pytest

from tests.builders import SPRAY, a_task
from tests.chain.moves import now, order, post, refused, task
from tests.chain.plants import account, signer
from workmoot.domain.events import OrderPosted
from workmoot.domain.hashing import hash_of_words, keccak
from workmoot.domain.ids import TaskId, task_id
from workmoot.domain.overrides import OverrideKind, SubjectType, post_digest
from workmoot.domain.work import OnFailure, Status, pack_tasks


def test_post__graph_of_tasks__each_is_posted_at_epoch_and_version_one(plant):
    first, second = post(plant, a_task(), a_task(predecessors=0b1, retries=3, on_failure=OnFailure.RETRY))
    assert (first, second) == (task_id(1, 0), task_id(1, 1))
    found = task(plant, second)
    assert (found.status, found.epoch, found.version) == (Status.POSTED, 1, 1)
    assert (found.capability, found.predecessors, found.retries) == (SPRAY, 1, 3)


def test_post__told_in_one_event__with_the_bytes_as_given(plant):
    packed = pack_tasks([a_task()])
    posted = plant.by("planner").work_orders.post(packed, '{"name": "pair"}').the(OrderPosted)
    assert (posted.by, posted.tasks, posted.detail) == (account("planner"), packed, '{"name": "pair"}')


def test_post__order__spec_hash_covers_tasks_and_detail(plant):
    packed = pack_tasks([a_task()])
    plant.by("planner").work_orders.post(packed, "{}")
    found = plant.by("stranger").work_orders.order(1)
    assert found.spec_hash == hash_of_words(keccak(packed), keccak(b"{}"))


def test_post__256_tasks__one_transaction_below_the_limit(plant):
    tasks = post(plant, *(a_task(predecessors=(1 << index) - 1) for index in range(256)))
    assert len(tasks) == 256
    assert task(plant, tasks[255]).predecessors == (1 << 255) - 1


def test_post__257_tasks__refused(plant):
    packed = pack_tasks([a_task()]) * 257
    with refused("MalformedOrder", 257 * 52):
        plant.by("planner").work_orders.post(packed, "{}")


@pytest.mark.parametrize("packed", [b"", b"\0" * 51, b"\0" * 53])
def test_post__not_whole_tasks__refused(plant, packed):
    with refused("MalformedOrder", len(packed)):
        plant.by("planner").work_orders.post(packed, "{}")


@pytest.mark.parametrize("mask", [0b10, 0b100, 0b11])
def test_post__cycle__refused_since_a_predecessor_comes_before(plant, mask):
    with refused("PredecessorNotBefore", 1, mask):
        post(plant, a_task(), a_task(predecessors=mask), a_task())


@pytest.mark.parametrize("capability", [0, 4, 255])
def test_post__unknown_capability__refused(plant, capability):
    with refused("UnknownCapability", 1, capability):
        post(plant, a_task(), a_task(capability))


@pytest.mark.parametrize("changes", [{"work": 0}, {"team": 0}, {"stage": 0}, {"stage": 6}, {"retries": 64}])
def test_post__task_that_makes_no_sense__refused(plant, changes):
    with refused("MalformedTask", 0):
        post(plant, a_task(**changes))


@pytest.mark.parametrize("name", ["stranger", "scanner", "operator", "administrator"])
def test_post__without_the_role__refused(plant, name):
    with refused("NotThePlanner", account(name)):
        plant.by(name).work_orders.post(pack_tasks([a_task()]), "{}")


def test_post__refused__leaves_nothing_behind(plant):
    with refused("UnknownCapability", 1, 9):
        post(plant, a_task(), a_task(9))
    assert plant.by("stranger").work_orders.plant().orders == 0


def test_post_by_sig__a_stranger_relays__the_human_posted(plant):
    receipt = _post_by_sig(plant, deadline=now(plant) + 1_000)
    assert receipt.the(OrderPosted).by == account("planner")


def test_post_by_sig__twice__refused(plant):
    _post_by_sig(plant, deadline=now(plant) + 1_000)
    with refused("InvalidAccountNonce", account("planner"), 1):
        _post_by_sig(plant, deadline=now(plant) + 1_000)


def test_post_by_sig__too_late__refused(plant):
    deadline = now(plant) - 1
    with refused("PostExpired", deadline):
        _post_by_sig(plant, deadline=deadline)


def test_post_by_sig__another_signed__refused(plant):
    with refused("BadSignature", account("planner")):
        _post_by_sig(plant, deadline=now(plant) + 1_000, signed_by="stranger")


def test_describe__second_time__refused(plant):
    with refused("AlreadySet"):
        plant.by("administrator").work_orders.describe("{}", 3, 1, 1_000)


def test_describe__not_the_administrator__refused(plant):
    with refused("NotThePlanner", account("planner")):
        plant.by("planner").work_orders.describe("{}", 3, 1, 1_000)


def test_task__unknown__refused(plant):
    with refused("UnknownTask", 77):
        plant.by("stranger").work_orders.task(TaskId(77))


def test_cancel__by_a_human__is_final(plant):
    first, second = post(plant, a_task(), a_task())
    order(plant, OverrideKind.CANCEL, first, by="planner")
    assert (task(plant, first).status, task(plant, second).status) == (Status.CANCELLED, Status.POSTED)
    with refused("WrongStatus", first, Status.CANCELLED):
        order(plant, OverrideKind.CANCEL, first, by="planner")


def test_cancel__of_a_worker__is_no_order(plant):
    with refused("WrongSubject", OverrideKind.CANCEL, SubjectType.WORKER):
        order(plant, OverrideKind.CANCEL, 2, subject_type=SubjectType.WORKER)


def _post_by_sig(plant, *, deadline, signed_by="planner"):
    packed = pack_tasks([a_task()])
    digest = post_digest(
        spec_hash=hash_of_words(keccak(packed), keccak(b"{}")),
        human=account("planner"),
        nonce=0,
        deadline=deadline,
        chain_id=plant.chain_id,
        work_orders=plant.addresses["WorkOrders"],
    )
    signature = signer(signed_by).sign(digest)
    work_orders = plant.by("stranger").work_orders
    return work_orders.post_by_sig(packed, "{}", account("planner"), 0, deadline, signature)
