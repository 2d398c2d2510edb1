"""The domain's events and structs have the names and the order of the contracts' ABIs."""

import json
from dataclasses import fields
from importlib.resources import files

import pytest
from eth_abi.abi import encode

from workmoot.chain.abi import DEPLOYED, abi_of, values_of
from workmoot.chain.decoder import snake_case
from workmoot.domain import events
from workmoot.domain.instructions import Instruction, Standing
from workmoot.domain.overrides import HumanOrder, Slot
from workmoot.domain.ports import TaskState
from workmoot.domain.proposals import ProposalState

FOR_STOCK_CLIENTS = {
    *("Transfer", "Approval", "ApprovalForAll", "Locked", "Unlocked", "EIP712DomainChanged"),
    *("DelegateChanged", "DelegateVotesChanged", "DAOURIUpdate"),
}
"""Events of the standards, on which nothing of ours depends."""


@pytest.mark.parametrize("contract", [name for name in DEPLOYED if name != "PlantAuthority"])
def test_events__of_our_contracts__each_has_its_dataclass_with_its_fields(contract):
    for form in abi_of(contract).events.values():
        if form.name not in FOR_STOCK_CLIENTS:
            kind = getattr(events, form.name)
            names = tuple(field.name for field in fields(kind) if field.name != "at")
            assert names == tuple(snake_case(name) for name in form.fields), form.name


def test_events__every_dataclass__is_an_event_of_some_contract():
    told = {form.name for contract in DEPLOYED for form in abi_of(contract).events.values()}
    assert set(events.__all__) - {"Event", "Place"} <= told


@pytest.mark.parametrize(
    ("contract", "function", "kind"),
    [
        ("WorkOrders", "task", TaskState),
        ("AllocationDAO", "proposal", ProposalState),
        ("Overrides", "execute", HumanOrder),
        ("Overrides", "slot", Slot),
        ("Instructions", "give", Instruction),
        ("Instructions", "standing", Standing),
    ],
)
def test_structs__of_our_contracts__are_dataclasses_in_the_same_order(contract, function, kind):
    struct = _struct(contract, function)
    assert [snake_case(part["name"]) for part in struct["components"]] == [field.name for field in fields(kind)]


def test_propose__its_parts__are_told_in_the_same_order():
    function = abi_of("AllocationDAO").functions["propose"]
    assert function.inputs == ("bytes", "bytes", "string")


def _struct(contract, function):
    entries = json.loads(files("workmoot.chain").joinpath("abi", f"{contract}.json").read_text())
    entry = next(entry for entry in entries if entry["type"] == "function" and entry["name"] == function)
    parameters = [*entry["inputs"], *entry["outputs"]]
    return next(parameter for parameter in parameters if parameter["type"] == "tuple")


@pytest.mark.parametrize(("told", "read"), [("é{}".encode(), "é{}"), (b"\xff{}", "\ufffd{}")])
def test_values_of__text__whatever_its_bytes(told, read):
    packed = encode(("bytes", "(bytes,uint8)", "bytes[]"), (told, (told, 3), [told]))
    assert values_of(("string", "(string,uint8)", "string[]"), packed) == (read, (read, 3), (read,))
