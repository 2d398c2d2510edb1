from collections.abc import Sequence
from typing import Any

from scripts.running.gas import BLOCKS_AT_ONCE, gas_between
from scripts.running.summary import Gas
from tests.builders import an_address
from workmoot.chain.deployment import Deployment

MANAGER, MEMBERS, WORK, DAO, OVERRIDES, MOTIONS, CLAIMS, AUDIT, INSTRUCTIONS = map(an_address, range(1, 10))
STRANGER = an_address(10)
PLANT = Deployment(
    chain_id=1337,
    block=1,
    access_manager=MANAGER,
    members=MEMBERS,
    work_orders=WORK,
    allocation_dao=DAO,
    overrides=OVERRIDES,
    motions=MOTIONS,
    claims=CLAIMS,
    ballot_audit=AUDIT,
    instructions=INSTRUCTIONS,
)


class ToldNode:
    """A node whose blocks have one transaction each: to whom, and what it used."""

    def __init__(self, *sent: tuple[str | None, int]) -> None:
        self._sent = sent
        self.questions = 0

    def ask_all(self, questions: Sequence[tuple[str, list[Any]]]) -> list[Any]:
        self.questions += 1
        return [self._answer(method, arguments) for method, arguments in questions]

    def _answer(self, method: str, arguments: list[Any]) -> Any:
        number = int(arguments[0], 16)
        if number > len(self._sent):
            return None
        to, used = self._sent[number - 1]
        if method == "eth_getTransactionReceipt":
            return {"gasUsed": hex(used)}
        return {"transactions": [{"hash": hex(number), "to": to}]}


def gas(*sent: tuple[str | None, int], last: int | None = None) -> Gas:
    return gas_between(ToldNode(*sent), PLANT, 1, last or len(sent))  # type: ignore[arg-type]


def test_gas_between__to_the_plants_contracts__all_and_those_to_the_dao():
    assert gas((WORK, 5), (DAO, 7), (MEMBERS, 11), (DAO, 13)) == Gas(total=36, deciding=20)


def test_gas_between__to_others_or_nobody__not_counted():
    assert gas((STRANGER, 5), (None, 7)) == Gas()


def test_gas_between__address_in_other_case__the_same_address():
    assert gas((DAO.upper().replace("0X", "0x"), 7)) == Gas(total=7, deciding=7)


def test_gas_between__a_block_that_is_not_there__skipped():
    assert gas((WORK, 5), last=3) == Gas(total=5)


def test_gas_between__many_blocks__asked_in_portions():
    node = ToldNode(*[(WORK, 1)] * (BLOCKS_AT_ONCE + 1))
    assert gas_between(node, PLANT, 1, BLOCKS_AT_ONCE + 1).total == BLOCKS_AT_ONCE + 1  # type: ignore[arg-type]
    assert node.questions == 4
