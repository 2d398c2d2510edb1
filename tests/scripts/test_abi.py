import json

import pytest

from scripts.abi import compiled, write, written


def a_build(name, *, source=None, bytecode="0x60"):
    abi = [{"type": "error", "name": "AlreadyVoted"}, {"type": "function", "name": "vote"}]
    return {"contractName": name, "sourcePath": source or f"contracts/{name}.sol", "bytecode": bytecode, "abi": abi}


@pytest.fixture
def builds(tmp_path):
    def store(*entries):
        for entry in entries:
            (tmp_path / f"{entry['contractName']}.json").write_text(json.dumps(entry))
        return tmp_path

    return store


def test_compiled__a_contract__its_abi_an_entry_a_line(builds):
    text = compiled(builds(a_build("Members")))["Members.json"]
    assert [entry["name"] for entry in json.loads(text)] == ["AlreadyVoted", "vote"]
    assert len(text.splitlines()) == 4


def test_compiled__interface_library_and_dependency__left_out(builds):
    folder = builds(
        a_build("IMembers", bytecode=""),
        a_build("Majority", source="contracts/libraries/Majority.sol"),
        a_build("EIP712", source="node_modules/@openzeppelin/contracts/utils/cryptography/EIP712.sol"),
    )
    assert compiled(folder) == {}


def test_write__a_contract_is_gone__its_file_goes_too(tmp_path):
    write({"Old.json": "[]\n"}, tmp_path)
    write({"New.json": "[]\n"}, tmp_path)
    assert written(tmp_path) == {"New.json": "[]\n"}
