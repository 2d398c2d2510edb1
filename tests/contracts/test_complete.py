"""Nothing the contracts can say goes untested: each custom error and each event is expected somewhere beside here."""

import re
from pathlib import Path

import pytest
from brownie import AllocationDAO, BallotAudit, Claims, Instructions, Members, Motions, Overrides, WorkOrders

HERE = Path(__file__).parent
OPENZEPPELIN = re.compile(
    r"ERC721|EIP712|ECDSA|Nonce|ShortString|String|Checkpoint|SafeCast|Approval|Transfer|InvalidShort|Unlocked|"
    r"DelegateChanged|VotesExpiredSignature"
)
IN_FORGE = {"RosterFull", "RostersOver", "RollNotWritten", "FutureLookup", "DeadlineTooLate"}
"""It does in a blink what takes 1,023 admissions, two million rosters, little gas or a still clock."""


def own(kind):
    """The names of our errors or events, without those of OpenZeppelin."""
    contracts = (AllocationDAO, BallotAudit, Claims, Instructions, Members, Motions, Overrides, WorkOrders)
    names = {entry["name"] for contract in contracts for entry in contract.abi if entry["type"] == kind}
    return {name for name in names if not OPENZEPPELIN.match(name)}


def named(function):
    """The names that the tests give to `refused` or `told`."""
    texts = "".join(path.read_text() for path in HERE.glob("test_*.py"))
    return set(re.findall(rf'\b{function}\(\s*(?:[\w.]+,\s+)?"(\w+)"', texts))


@pytest.mark.parametrize(("kind", "function", "elsewhere"), [("error", "refused", IN_FORGE), ("event", "told", set())])
def test_contracts__every_error_and_event__is_expected_in_a_test(kind, function, elsewhere):
    assert own(kind) - named(function) == elsewhere
