"""What the compiled contracts can do at all, read from their code: invariant 34."""

import json

import pytest

from tests.chain.plants import BUILD
from workmoot.chain.abi import DEPLOYED

PUSH1, PUSH32 = 0x60, 0x7F
WATCHED = {
    0x31: "BALANCE",
    0x32: "ORIGIN",
    0x47: "SELFBALANCE",
    0xF2: "CALLCODE",
    0xF4: "DELEGATECALL",
    0xFF: "SELFDESTRUCT",
}
# OpenZeppelin's AccessManager: `multicall` calls itself, and `execute` passes on the money that came with it.
ACCESS_MANAGER = {"PlantAuthority": {"DELEGATECALL", "SELFBALANCE"}}


def opcodes(code, count):
    """The first instructions of deployed code, without what they push."""
    found, at = [], 0
    for _ in range(count):
        found.append(code[at])
        at += 1 + (code[at] - PUSH1 + 1 if PUSH1 <= code[at] <= PUSH32 else 0)
    return found


def watched(name):
    build = json.loads((BUILD / f"{name}.json").read_text())
    code = bytes.fromhex(build["deployedBytecode"].removeprefix("0x"))
    # One entry of the source map for each instruction; data and the compiler's note, which have none, come after them.
    return [WATCHED[one] for one in opcodes(code, build["deployedSourceMap"].count(";") + 1) if one in WATCHED]


@pytest.mark.parametrize("name", DEPLOYED)
def test_code__any_contract__asks_for_no_money_or_origin_runs_no_foreign_code_and_stays(name):
    assert set(watched(name)) == ACCESS_MANAGER.get(name, set())


def test_code__access_manager__calls_itself_at_one_place():
    assert watched("PlantAuthority").count("DELEGATECALL") == 1


def test_opcodes__what_is_pushed__is_no_instruction():
    assert opcodes(bytes.fromhex("60fff4ff"), 2) == [PUSH1, 0xF4]
