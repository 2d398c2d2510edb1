"""Whose signature it is: a key's, or that of an account which is a contract and answers for itself."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from tests.builders import an_address
from tests.chain.plants import signer
from workmoot.chain.node import Node
from workmoot.chain.signatures import AT_ONCE, Signatures, is_signed_by
from workmoot.domain.errors import ChainError, NodeFault, Refused, Unreachable
from workmoot.domain.hashing import keccak, word
from workmoot.domain.ids import Address

DIGEST = keccak(b"ballot")
WALLET = an_address(5)
WORD = b"open sesame"
MAGIC = bytes.fromhex("1626ba7e").ljust(32, b"\0")


class ToldNode(Node):
    """A node on which one account answers as a test says."""

    def __init__(self, answer: bytes | ChainError) -> None:
        super().__init__("http://told")
        self._answer = answer
        self.asked: list[tuple[Address, bytes]] = []

    def call(self, to: Address, content: bytes, *, sender: Address | None = None) -> bytes:
        self.asked.append((to, content))
        if isinstance(self._answer, ChainError):
            raise self._answer
        return self._answer


def judge(node: Node) -> Signatures:
    """For whom everybody's signature matters."""
    return Signatures(node, may_matter=lambda _: True)


def test_is_signed_by__its_key__without_asking_the_node():
    node, key = ToldNode(b""), signer("sprayer")
    assert judge(node).is_signed_by(key.address, DIGEST, key.sign(DIGEST))
    assert node.asked == []


def test_is_signed_by__an_account_that_is_a_contract__is_asked_as_erc_1271_says():
    node = ToldNode(MAGIC)
    assert judge(node).is_signed_by(WALLET, DIGEST, WORD)
    padded = WORD.ljust(32, b"\0")
    assert node.asked == [(WALLET, MAGIC[:4] + DIGEST + word(64) + word(len(WORD)) + padded)]


NO = [b"", bytes(32), MAGIC[:4], b"\1" * 32, Refused("Reverted"), NodeFault("eth_call", code=3, message="no")]


@pytest.mark.parametrize("answer", NO)
def test_is_signed_by__it_says_no_or_nothing__no(answer: bytes | ChainError):
    assert not judge(ToldNode(answer)).is_signed_by(WALLET, DIGEST, WORD)


def test_is_signed_by__the_node_is_away__cannot_tell():
    with pytest.raises(Unreachable):
        judge(ToldNode(Unreachable("away"))).is_signed_by(WALLET, DIGEST, WORD)


def test_is_signed_by__account_that_does_not_matter__no_and_the_node_is_not_asked():
    node, key = ToldNode(MAGIC), signer("sprayer")
    signatures = Signatures(node, may_matter=lambda account: account != WALLET)
    assert not signatures.is_signed_by(WALLET, DIGEST, WORD)
    assert node.asked == []
    assert Signatures(node, may_matter=lambda _: False).is_signed_by(key.address, DIGEST, key.sign(DIGEST))


class SlowNode(ToldNode):
    """Answers when it is let go."""

    def __init__(self) -> None:
        super().__init__(MAGIC)
        self.go = Event()

    def call(self, to: Address, content: bytes, *, sender: Address | None = None) -> bytes:
        found = super().call(to, content, sender=sender)
        self.go.wait(60)
        return found


def test_is_signed_by__more_at_once_than_the_node_is_asked__cannot_tell_and_keeps_nobody_waiting():
    node = SlowNode()
    signatures = judge(node)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        asked = [pool.submit(signatures.is_signed_by, WALLET, DIGEST, WORD) for _ in range(AT_ONCE)]
        while len(node.asked) < AT_ONCE:
            time.sleep(0.01)
        with pytest.raises(Unreachable, match="which is the most"):
            signatures.is_signed_by(WALLET, DIGEST, WORD)
        node.go.set()
        assert all(answer.result() for answer in asked)
    assert signatures.is_signed_by(WALLET, DIGEST, WORD)


@pytest.mark.parametrize("signature", [b"", b"\7" * 65, b"\7" * 64], ids=len)
def test_is_signed_by__nobodys_signature__no(signature: bytes):
    assert not is_signed_by(signer("sprayer").address, DIGEST, signature)


def test_is_signed_by__anothers__no():
    assert not is_signed_by(signer("sprayer").address, DIGEST, signer("finisher").sign(DIGEST))
