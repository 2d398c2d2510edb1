"""Finding the contracts: the right chain, the right file, and clear words when not."""

import json
from dataclasses import replace

import pytest

from workmoot.chain.connection import connect
from workmoot.chain.deployment import (
    NAMES,
    Deployment,
    find_deployment,
    path_for,
    read_deployment,
    write_deployment,
)
from workmoot.domain.errors import NoDeployment, Unreachable, WrongChain
from workmoot.domain.ids import ZERO_ADDRESS


def test_read_deployment__as_written__the_same(anvil_plant, tmp_path):
    deployment = anvil_plant.connection.deployment
    path = path_for(deployment.chain_id, tmp_path)
    write_deployment(path, deployment)
    assert path.name == "31337.json"
    assert read_deployment(path) == deployment
    assert set(json.loads(path.read_text())) == {"chain_id", "block", *deployment.addresses}


def test_connect__file_named__the_contracts_are_checked(anvil_plant, tmp_path):
    path = _written(tmp_path, anvil_plant.connection.deployment)
    connection = connect(anvil_plant.node.url, deployment=path)
    assert connection.contracts().members.count() == 4


def test_find_deployment__another_chain__names_both_and_what_to_do(anvil_plant, tmp_path):
    path = _written(tmp_path, replace(anvil_plant.connection.deployment, chain_id=1))
    with pytest.raises(WrongChain, match=r"is chain 31337, the deployment is for chain 1: .*--deployment") as caught:
        find_deployment(anvil_plant.node, path)
    assert (caught.value.expected, caught.value.found) == (1, 31337)


def test_find_deployment__no_contract_there__names_it(anvil_plant, tmp_path):
    path = _written(tmp_path, replace(anvil_plant.connection.deployment, members=ZERO_ADDRESS))
    with pytest.raises(NoDeployment, match="Members of chain 31337 not found"):
        find_deployment(anvil_plant.node, path)


def test_find_deployment__no_file__says_who_writes_it(anvil_plant, tmp_path):
    with pytest.raises(NoDeployment, match=r"none\.json.*workmoot up.*--deployment"):
        find_deployment(anvil_plant.node, tmp_path / "none.json")


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"chain_id": 1}'])
def test_read_deployment__no_deployment_inside__refused(tmp_path, content):
    path = tmp_path / "1.json"
    path.write_text(content)
    with pytest.raises(NoDeployment, match="not a deployment"):
        read_deployment(path)


def test_connect__dead_node__unreachable(tmp_path):
    path = _written(tmp_path, Deployment(chain_id=1337, block=1, **dict.fromkeys(NAMES.values(), ZERO_ADDRESS)))
    with pytest.raises(Unreachable):
        connect("http://127.0.0.1:1", deployment=path)


def _written(folder, deployment):
    path = folder / "deployment.json"
    write_deployment(path, deployment)
    return path
