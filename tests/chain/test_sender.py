"""Sending: what a key without money, a node that is away and a block that is late come to."""

import socket
import threading
import time

import pytest

from tests.builders import a_task
from tests.chain.moves import allocated, post, refused
from tests.chain.plants import NodePlant, account, signer
from workmoot.chain.abi import abi_of
from workmoot.chain.contract import ReadOnly
from workmoot.chain.node import Node
from workmoot.chain.sender import Sender
from workmoot.chain.signer import Signer, new_key
from workmoot.domain.errors import NotMined, OutOfGas, Refused, Unreachable
from workmoot.domain.events import MessageSent, TaskSummoned
from workmoot.domain.work import pack_tasks


@pytest.fixture(params=["anvil", "ganache"])
def node_plant(request):
    plant: NodePlant = request.getfixturevalue(f"{request.param}_plant")
    before = plant.node.ask("evm_snapshot")
    yield plant
    plant.node.ask("evm_revert", before)


@pytest.fixture
def idle_anvil(anvil_plant):
    """Anvil that mines only when told."""
    before = anvil_plant.node.ask("evm_snapshot")
    anvil_plant.node.ask("evm_setAutomine", False)
    yield anvil_plant
    anvil_plant.node.ask("evm_setAutomine", True)
    anvil_plant.node.ask("evm_revert", before)


def _saying(word: bytes) -> bytes:
    return abi_of("AllocationDAO").functions["say"].call(0, 1, word)


def _sender(plant, name="sprayer", **changes):
    return Sender(plant.node, signer(name), chain_id=plant.chain_id, **changes)


def test_send__key_without_gas__says_whose_and_how_much(node_plant):
    poor, number = Signer(new_key()), allocated(node_plant)
    with pytest.raises(OutOfGas) as caught:
        node_plant.connection.contracts(poor).work_orders.poke(number)
    assert caught.value.account == poor.address
    assert caught.value.balance == 0


def test_send__key_without_gas_but_refused_anyway__the_refusal_comes_first(node_plant):
    poor = Signer(new_key())
    with refused("NotThePlanner", poor.address):
        node_plant.connection.contracts(poor).work_orders.post(pack_tasks([a_task()]), "{}")


def test_send__key_gets_gas__goes_on(node_plant):
    rich = Signer(new_key())
    gift = {"from": account("administrator"), "to": rich.address, "value": hex(10**18)}
    node_plant.node.ask("eth_sendTransaction", gift)
    number = allocated(node_plant)
    assert node_plant.connection.contracts(rich).work_orders.poke(number).the(TaskSummoned).task == number


def test_send__refused__costs_nothing(node_plant):
    before = node_plant.node.ask("eth_getBalance", account("stranger"), "latest")
    with refused("NotThePlanner", account("stranger")):
        node_plant.by("stranger").work_orders.post(pack_tasks([a_task()]), "{}")
    assert node_plant.node.ask("eth_getBalance", account("stranger"), "latest") == before


def test_send__many_threads_with_one_key__all_mined_in_a_row(node_plant):
    sender, receipts = _sender(node_plant), []

    def say(word):
        receipts.append(sender.send(node_plant.addresses["AllocationDAO"], _saying(word)))

    threads = [threading.Thread(target=say, args=(bytes((number,)),)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(receipt.the(MessageSent).message for receipt in receipts) == [bytes((n,)) for n in range(5)]


def test_send__no_block_in_time__not_mined_and_the_next_one_follows(idle_anvil):
    target = idle_anvil.addresses["AllocationDAO"]
    with pytest.raises(NotMined):
        _sender(idle_anvil, mined_within_s=0.1).send(target, _saying(b"first"))
    idle_anvil.node.ask("evm_mine")
    idle_anvil.node.ask("evm_setAutomine", True)
    follower = idle_anvil.follower()
    _sender(idle_anvil).send(target, _saying(b"second"))
    follower.catch_up()
    assert [message.message for message in follower.ledger.messages][-2:] == [b"first", b"second"]


def test_send__the_node_lost_it__the_same_bytes_are_sent_again(idle_anvil):
    target, receipts = idle_anvil.addresses["AllocationDAO"], []
    sender = _sender(idle_anvil, resend_after_s=0.05)
    thread = threading.Thread(target=lambda: receipts.append(sender.send(target, _saying(b"again"))))
    thread.start()
    (lost,) = _pending(idle_anvil)
    idle_anvil.node.ask("anvil_dropTransaction", lost)
    assert _pending(idle_anvil) == [lost]
    idle_anvil.node.ask("evm_mine")
    thread.join(timeout=60)
    assert receipts[0].tx == lost


def test_send__overtaken_in_its_block__refused_with_the_reason(idle_anvil, monkeypatch):
    both, publish = threading.Barrier(2), Sender._publish
    idle_anvil.node.ask("evm_setAutomine", True)
    number = allocated(idle_anvil)
    monkeypatch.setattr(Sender, "_publish", _after(both, publish))
    idle_anvil.node.ask("evm_setAutomine", False)
    outcomes = []

    def poke(name):
        try:
            outcomes.append(idle_anvil.by(name).work_orders.poke(number))
        except Exception as refusal:  # noqa: BLE001  the thread hands over whatever came of it
            outcomes.append(refusal)

    threads = [threading.Thread(target=poke, args=(name,)) for name in ("stranger", "scanner")]
    for thread in threads:
        thread.start()
    assert len(_pending(idle_anvil, count=2)) == 2
    idle_anvil.node.ask("evm_mine")
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Receipt", "Refused"]
    (refusal,) = (outcome for outcome in outcomes if type(outcome).__name__ == "Refused")
    assert refusal.name == "NotOverdue"


def test_send__without_a_key__read_only(node_plant):
    post(node_plant, a_task())
    contracts = node_plant.connection.contracts()
    assert contracts.work_orders.plant().orders == 1
    with pytest.raises(ReadOnly, match=r"WorkOrders\.poke"):
        contracts.work_orders.poke(256)


def test_ask__dead_node__unreachable_with_its_address():
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1:1"):
        Node("http://127.0.0.1:1").ask("eth_chainId")


def _after(both, publish):
    """Publishes when both have tried their call and found nothing against it."""

    def publish_together(sender, raw):
        both.wait(timeout=60)
        publish(sender, raw)

    return publish_together


def _pending(plant, *, count=1):
    """The transactions that wait, once there are so many."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        pool = plant.node.ask("txpool_content")["pending"]
        found = [waiting["hash"] for by_nonce in pool.values() for waiting in by_nonce.values()]
        if len(found) >= count:
            return found
        time.sleep(0.01)
    raise AssertionError("nothing waits")


def test_send__node_too_busy_to_answer__waits_longer_the_next_time(monkeypatch):
    monkeypatch.setattr("workmoot.chain.sender.ANSWERED_WITHIN_S", 0.2)
    waits, ask_all = [], Node.ask_all

    def noting(node, questions):
        waits.append(node._timeout_s)
        return ask_all(node, questions)

    monkeypatch.setattr(Node, "ask_all", noting)
    with socket.create_server(("127.0.0.1", 0)) as busy:
        where = f"http://127.0.0.1:{busy.getsockname()[1]}"
        sender = Sender(Node(where), Signer(new_key()), chain_id=1)
        for _ in range(2):
            with pytest.raises(Unreachable):
                sender.send(account("sprayer"), b"")
    assert waits == [0.2, 0.4, 0.8, 1.6]


def test_send__node_answers_the_second_time__the_answer_counts(monkeypatch):
    asked = []

    def second_time(node, questions):
        asked.append(questions)
        if len(asked) == 1:
            raise Unreachable(f"no node answers at {node.url}: ReadTimeout")
        raise Refused("NotAllowed")

    monkeypatch.setattr(Node, "ask_all", second_time)
    with pytest.raises(Refused, match="NotAllowed"):
        Sender(Node("http://127.0.0.1:1"), Signer(new_key()), chain_id=1).send(account("sprayer"), b"")
    assert asked[0] == asked[1]
