"""Every system of the gas benchmark, among three members on a chain of its own."""

import pytest

from benchmarks.gas.chain import NotMeasured, call_of, running
from benchmarks.gas.governor import Governor
from benchmarks.gas.recorders import Packed, Plain
from benchmarks.gas.run import SYSTEMS, measure
from benchmarks.gas.safe import Safe
from benchmarks.gas.systems import assignees, signer_of
from benchmarks.gas.workmoot import Workmoot, WorkmootAtOnce, WorkmootDirect
from workmoot.domain.ids import OrderId
from workmoot.domain.work import Status

MEMBERS = [signer_of(f"member {place}") for place in range(3)]
TRANSACTIONS = {
    "workmoot": 2,
    "workmoot-direct": 3,
    "workmoot-at-once": 1,
    "oz-governor": 4,
    "oz-governor-plain": 4,
    "safe": 1,
    "safe-plain": 1,
}


@pytest.fixture(scope="module")
def chain():
    with running("cancun") as chain:
        yield chain


@pytest.fixture(scope="module")
def report():
    return measure(list(SYSTEMS), [3], [1, 10], hardfork="cancun", say=lambda words: None)


def test_measure__every_system__a_row_for_each_size(report):
    found = [(row.system, row.members, row.tasks) for row in report.rows]
    assert found == [(system, 3, tasks) for system in SYSTEMS for tasks in (1, 10)]


def test_measure__any_row__has_the_transactions_of_a_whole_decision(report):
    assert {row.system: row.tx for row in report.rows} == TRANSACTIONS


def test_measure__deciding_transaction__is_all_where_there_is_one_and_else_a_part(report):
    for row in report.rows:
        assert row.gas == row.gas_decide if row.tx == 1 else 21_000 < row.gas_decide < row.gas - 21_000


@pytest.mark.parametrize("peer", ["oz-governor", "safe"])
def test_measure__ten_tasks_in_plain_form__nine_slots_and_events_dearer(report, peer):
    gas = {(row.system, row.tasks): row.gas for row in report.rows}
    assert gas[f"{peer}-plain", 10] - gas[f"{peer}-plain", 1] > 9 * 22_100
    assert gas[peer, 10] - gas[peer, 1] < 1_000


def test_measure__again__costs_the_same():
    once, again = (
        measure(["oz-governor", "safe"], [3], [10], hardfork="cancun", say=lambda words: None) for _ in range(2)
    )
    assert once == again


def test_measure__less_than_25_members__no_vote_of_its_own(report):
    assert report.votes is None


@pytest.mark.parametrize("kind", [Governor, Safe])
def test_decide__packed__a_byte_for_each_task(chain, kind):
    system = kind(chain, MEMBERS, plain=False)
    system.decide(10)
    told = [int.from_bytes(chain.read(recorder(system), "workerOf(uint256,uint256)", 1, task)) for task in range(10)]
    assert told == [1, 2, 3, 1, 2, 3, 1, 2, 3, 1]


@pytest.mark.parametrize("kind", [Governor, Safe])
def test_decide__plain__an_address_for_each_task(chain, kind):
    system = kind(chain, MEMBERS, plain=True)
    system.decide(10)
    told = [chain.read(recorder(system), "workerOf(uint256)", task)[-20:].hex() for task in range(10_000, 10_010)]
    assert told == [worker.address[2:].lower() for worker in assignees(MEMBERS, 10)]


def recorder(system):
    return system._recorder.address


def test_measure__at_once__cheaper_than_opened_first_by_over_a_transaction(report):
    gas = {(row.system, row.tasks): row.gas for row in report.rows}
    assert all(gas["workmoot", tasks] - gas["workmoot-at-once", tasks] > 21_000 for tasks in (1, 10))


@pytest.mark.parametrize("kind", [Workmoot, WorkmootDirect, WorkmootAtOnce])
def test_decide__workmoot__tasks_are_allocated(chain, kind):
    system = kind(chain, 3)
    system.decide(10)
    states = system._reader.work_orders.tasks(OrderId(1), 0, 10)
    assert [state.status for state in states] == [Status.ALLOCATED] * 10
    assert {state.worker for state in states} == {voter.number for voter in system._voters}


@pytest.mark.parametrize("kind", [Packed, Plain])
def test_require__nothing_on_record__not_measured(chain, kind):
    with pytest.raises(NotMeasured, match="does not hold"):
        kind(chain, owner=MEMBERS[0].address, members=MEMBERS).require(1, 3)


@pytest.mark.parametrize("kind", [Packed, Plain])
def test_record__by_another_than_the_owner__refused(chain, kind):
    record = kind(chain, owner=MEMBERS[0].address, members=MEMBERS)
    (content,) = record.calls(1, 1)
    chain.send(MEMBERS[0].address, record.address, content)
    record.require(1, 1)
    with pytest.raises(NotMeasured, match="reverted"):
        chain.send(MEMBERS[1].address, record.address, content)


def test_execute__safe_with_a_vote_too_few__refused(chain):
    system = Safe(chain, MEMBERS, plain=False)
    system._members = MEMBERS[:1]
    with pytest.raises(NotMeasured, match="reverted"):
        system.decide(1)


def test_set_back__a_decision__has_not_happened(chain):
    system = Safe(chain, MEMBERS, plain=False)
    before = chain.read(system._safe, "nonce()")
    with chain.set_back():
        system.decide(1)
    assert chain.read(system._safe, "nonce()") == before


def test_call_of__no_arguments__is_the_selector():
    assert call_of("nonce()").hex() == "affed0e0"
