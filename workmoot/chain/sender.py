"""Sends one account's transactions: checked first, signed once, sent until they are in a block."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from workmoot.chain.archive import raw_log
from workmoot.chain.decoder import decode_logs
from workmoot.chain.node import Node, Question, header_question
from workmoot.chain.signer import Signer
from workmoot.domain.errors import ChainError, NodeFault, NotMined, OutOfGas, Refused, Unreachable
from workmoot.domain.ids import Address
from workmoot.domain.ports import Receipt

MINED_WITHIN_S = 60.0
RESEND_AFTER_S = 2.0
FIRST_PAUSE_S = 0.004
LONGEST_PAUSE_S = 0.25
GAS_A_SECOND = 1_000_000
"""What a busy Ganache may need a second for. Bytes sent again while it runs them are run twice, the second in vain."""
TIP_WEI = 1_000_000_000
LARGEST_GAS = 16_000_000
SPARE_GAS = 100_000
POSSIBLE_GAS = 500_000
ANSWERED_WITHIN_S = 5.0
LONGEST_ANSWER_S = 40.0
"""A busy node needs long to try a plan of many tasks: a sender that gave up waits twice as long the next time."""
TAKEN_WITHIN_S = 1.5
"""Ganache now and then keeps a transaction, and whoever sent it, waiting; the same bytes sent again get both going."""
GAS_A_BYTE = 1_500
"""What a call may cost for each byte of its own, where it is not estimated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What the node said about a call before it becomes a transaction."""

    gas: int
    nonce: int
    fee: int
    balance: int


class Sender:
    """One account at one node. Calls from several threads wait for each other: nonces are in a row."""

    def __init__(
        self,
        node: Node,
        signer: Signer,
        *,
        chain_id: int,
        mined_within_s: float = MINED_WITHIN_S,
        resend_after_s: float = RESEND_AFTER_S,
    ) -> None:
        self.node = node
        self.signer = signer
        self._patience_s = ANSWERED_WITHIN_S
        self._door = Node(node.url, timeout_s=ANSWERED_WITHIN_S)
        self._slot = Node(node.url, timeout_s=TAKEN_WITHIN_S)
        self._estimates: bool | None = None
        self._chain_id = chain_id
        self._mined_within_s = mined_within_s
        self._resend_after_s = resend_after_s
        self._lock = threading.Lock()

    @property
    def address(self) -> Address:
        """The account."""
        return self.signer.address

    def send(self, to: Address, content: bytes, *, spare_gas: int = SPARE_GAS, tried: bool = True) -> Receipt:
        """Sends a call and returns when it is in a block.

        What the contract refuses is raised before anything is spent. `spare_gas` is for calls that may cost more by
        the time they are mined than they would now, such as a vote that turns out to be the deciding one. What depends
        on the block it will be in, such as what is overdue by then, is not `tried` on Ganache, which tries calls as of
        its last block.
        """
        with self._lock:
            draft = self._draft(to, content, spare_gas, tried=tried)
            raw, tx = self._signed(to, content, draft)
            self._publish(raw)
            mined = self._wait(raw, tx, gas=draft.gas)
        if int(mined["status"], 16) == 0:
            raise self._reason(to, content, tx)
        return self._receipt(mined)

    def _draft(self, to: Address, content: bytes, spare_gas: int, *, tried: bool) -> Draft:
        call = {"from": self.address, "to": to, "data": "0x" + content.hex()}
        if not self._can_estimate():
            trial: list[Question] = [("eth_call", [call, "latest"])] if tried else []
            answers = self._ask([*trial, *self._questions()])[len(trial) :]
            return _draft_of(min(LARGEST_GAS, spare_gas + POSSIBLE_GAS + GAS_A_BYTE * len(content)), answers)
        estimate, *answers = self._ask([("eth_estimateGas", [call]), *self._questions()])
        gas = int(estimate, 16)
        return _draft_of(min(gas * 5 // 4 + spare_gas, max(LARGEST_GAS, gas)), answers)

    def _ask(self, questions: list[Question]) -> list[Any]:
        """The answers. Nothing is sent yet: where the node kept us waiting for too long, it is asked once more."""
        try:
            return self._asked_patiently(questions)
        except Unreachable:
            return self._asked_patiently(questions)

    def _asked_patiently(self, questions: list[Question]) -> list[Any]:
        """Where the node kept us waiting for too long, there is more time for the next ones."""
        try:
            return self._door.ask_all(questions)
        except Unreachable:
            self._patience_s = min(2 * self._patience_s, LONGEST_ANSWER_S)
            self._door = Node(self.node.url, timeout_s=self._patience_s)
            raise

    def _can_estimate(self) -> bool:
        """Ganache 7.9.2 leaves one eth_estimateGas in thirty unanswered while it mines: a call is tried instead."""
        if self._estimates is None:
            self._estimates = not str(self._ask([("web3_clientVersion", [])])[0]).startswith("Ganache")
        return self._estimates

    def _questions(self) -> list[Question]:
        return [
            ("eth_getTransactionCount", [self.address, "pending"]),
            ("eth_getBalance", [self.address, "latest"]),
            header_question("latest"),
        ]

    def _signed(self, to: Address, content: bytes, draft: Draft) -> tuple[bytes, str]:
        needed = draft.gas * draft.fee
        if draft.balance < needed:
            raise OutOfGas(self.address, balance=draft.balance, needed=needed)
        transaction = {
            "type": 2,
            "chainId": self._chain_id,
            "nonce": draft.nonce,
            "to": to,
            "value": 0,
            "data": content,
            "gas": draft.gas,
            "maxFeePerGas": draft.fee,
            "maxPriorityFeePerGas": TIP_WEI,
        }
        return self.signer.sign_transaction(transaction)

    def _publish(self, raw: bytes) -> None:
        """Sends the bytes. Ganache reports a revert here although it mined the transaction: the receipt tells."""
        try:
            self._slot.ask("eth_sendRawTransaction", "0x" + raw.hex())
        except (Refused, Unreachable):
            return
        except NodeFault as fault:
            if not _is_known(fault.message):
                raise

    def _wait(self, raw: bytes, tx: str, *, gas: int) -> dict[str, Any]:
        """The receipt; the same bytes are sent again while it is missing, also over a node that is away a while."""
        started = time.monotonic()
        patience_s = self._resend_after_s + gas / GAS_A_SECOND
        resend_at = started + patience_s
        pause_s = FIRST_PAUSE_S
        while time.monotonic() - started < self._mined_within_s:
            found = _or_none(lambda: self.node.ask("eth_getTransactionReceipt", tx))
            if found:
                return dict(found)
            if time.monotonic() > resend_at:
                _or_none(lambda: self._publish(raw))
                resend_at = time.monotonic() + patience_s
            time.sleep(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
        raise NotMined(tx, seconds=self._mined_within_s)

    def _reason(self, to: Address, content: bytes, tx: str) -> ChainError:
        """Why a transaction failed in its block: the same call says it now, in all likelihood."""
        call = {"from": self.address, "to": to, "data": "0x" + content.hex()}
        answer = self.node.try_all([("eth_call", [call, "latest"])])[0]
        return answer if isinstance(answer, ChainError) else Refused("Reverted", tx)

    def _receipt(self, mined: dict[str, Any]) -> Receipt:
        block = self.node.block(int(mined["blockNumber"], 16))
        logs = (raw_log(log, block.timestamp if block else 0) for log in mined["logs"])
        return Receipt(
            tx=mined["transactionHash"],
            block=int(mined["blockNumber"], 16),
            gas_used=int(mined["gasUsed"], 16),
            events=tuple(decode_logs(logs)),
        )


def _draft_of(gas: int, answers: Sequence[Any]) -> Draft:
    nonce, balance, head = answers
    fee = 2 * int(head.get("baseFeePerGas", "0x0"), 16) + TIP_WEI
    return Draft(gas=gas, nonce=int(nonce, 16), fee=fee, balance=int(balance, 16))


def _is_known(message: str) -> bool:
    lowered = message.lower()
    return "already" in lowered or "known" in lowered or "nonce too low" in lowered


def _or_none(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except (Unreachable, NodeFault):
        return None
