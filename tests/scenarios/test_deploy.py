"""The deployment script on both nodes: what the chain tells afterwards is what the plant file says."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from scripts import nodes
from scripts.deploy_settings import ROOT
from scripts.keys import ensure_signer
from workmoot.chain.abi import abi_of
from workmoot.chain.archive import raw_log
from workmoot.chain.decoder import decode_logs
from workmoot.chain.deployment import Deployment, check_node, read_deployment
from workmoot.chain.node import Node
from workmoot.domain.ledger import Ledger
from workmoot.domain.workers import Role, Scope
from workmoot.plant.plant import Plant, numbers
from workmoot.plant.scenario import load_scenario

# web3's own import of a package it does not use here.
pytestmark = pytest.mark.filterwarnings("ignore:websockets.legacy is deprecated:DeprecationWarning")

WORKSHOP = ROOT / "scenarios" / "workshop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Founded:
    """A node with the workshop on it, and where the deployment put things."""

    node: Node
    folder: Path
    deployment: Deployment
    ledger: Ledger


def deploy(url: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    told = {"KEYS": f"{folder}/keys", "DEPLOYMENT": f"{folder}/made/here.json", "SCENARIO": str(WORKSHOP), **more}
    environment = {**os.environ, **{f"WORKMOOT_{name}": value for name, value in told.items()}}
    command = [sys.executable, "-m", "scripts.deploy", "--rpc", url]
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=300)


def read_ledger(node: Node, deployment: Deployment) -> Ledger:
    span = {"fromBlock": hex(deployment.block), "toBlock": "latest", "address": list(deployment.addresses.values())}
    ledger = Ledger()
    ledger.apply_all(decode_logs(raw_log(log, 0) for log in node.ask("eth_getLogs", span)))
    head = node.block()
    assert head is not None
    ledger.head = head
    return ledger


def said(node: Node, deployment: Deployment, contract: str, view: str) -> str:
    """What a contract says of itself."""
    form = abi_of(contract).functions[view]
    [found] = form.answer(node.call(deployment.addresses[contract], form.call()))
    return str(found)


@pytest.fixture(scope="module")
def plant() -> Plant:
    return load_scenario(WORKSHOP).plant


@pytest.fixture(scope="module", params=["anvil", "ganache"])
def founded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Founded]:
    folder = tmp_path_factory.mktemp(request.param)
    with nodes.running(request.param) as running:
        ran = deploy(running.url, folder, GATEWAY_URL="http://127.0.0.1:9", API_URL="http://127.0.0.1:8", SPEED="12.5")
        assert ran.returncode == 0, ran.stderr
        deployment = read_deployment(folder / "made" / "here.json")
        node = Node(running.url)
        yield Founded(node=node, folder=folder, deployment=deployment, ledger=read_ledger(node, deployment))
        node.close()


def account(founded: Founded, name: str) -> str:
    return ensure_signer(founded.folder / "keys", name).address


def test_deploy__contracts__are_where_the_file_says(founded):
    check_node(founded.node, founded.deployment)
    assert founded.deployment.chain_id == founded.node.chain_id()


def test_deploy__first_block__is_the_first_contracts(founded):
    span = {"fromBlock": "0x0", "toBlock": "latest"}
    assert min(int(log["blockNumber"], 16) for log in founded.node.ask("eth_getLogs", span)) == founded.deployment.block


def test_deploy__members__in_the_order_of_their_badges(founded, plant):
    assert {member.id: number for number, member in founded.ledger.members.items()} == numbers(plant)
    assert founded.ledger.voters == len(plant.workers)


def test_deploy__digital_workers_and_humans__have_the_keys_in_the_folder(founded, plant):
    people = [member.id for member in (*plant.workers, *plant.humans)]
    assert all(founded.ledger.member_of(account(founded, name)).id == name for name in people)


def test_deploy__roles__humans_as_in_the_plant_and_one_administrator(founded):
    roles, owner = founded.ledger.roles, account(founded, "owner")
    assert roles[Role.ADMIN] == {account(founded, "administrator")}
    assert roles[Role.PLANNER] == roles[Role.SUPERVISOR] == {owner}
    assert not roles[Role.OPERATOR] | roles[Role.MAINTENANCE]


def test_deploy__robots__one_commander_or_a_pool(founded, plant):
    badge, bound = numbers(plant), founded.ledger.bindings_of
    scopes = {name: {(item.worker, item.scope) for item in bound(badge[name])} for name in ("drill-1", "gauge-1")}
    assert scopes["drill-1"] == {(badge["driller"], Scope.COMMAND)}
    assert scopes["gauge-1"] == {(badge["checker"], Scope.COMPUTE), (badge["clerk"], Scope.COMPUTE)}


def test_deploy__description__gateway_clock_and_capabilities(founded, plant):
    told, clock = founded.ledger.description, founded.ledger.clock
    assert told["gateway"] == {"url": "http://127.0.0.1:9", "address": account(founded, "gateway")}
    assert told["clock"] == {"speed": 12.5}
    assert clock.speed_milli == 12_500
    assert told["capabilities"] == list(plant.capabilities)


def test_deploy__an_api__describes_the_dao(founded):
    assert said(founded.node, founded.deployment, "AllocationDAO", "daoURI") == "http://127.0.0.1:8/api/v1/dao"


@pytest.mark.parametrize("contract", ["Motions", "BallotAudit"])
def test_deploy__what_is_about_proposals__is_of_the_dao_deployed_beside_it(founded, contract):
    assert said(founded.node, founded.deployment, contract, "dao") == founded.deployment.allocation_dao


def test_deploy__instructions__know_the_plants_people_and_work(founded):
    deployed = founded.deployment
    told = [said(founded.node, deployed, "Instructions", name) for name in ("authority", "members", "workOrders")]
    assert told == [deployed.access_manager, deployed.members, deployed.work_orders]


def test_deploy__everyone_who_sends__can_pay(founded, plant):
    senders = ["gateway", "relay", "administrator", *(member.id for member in (*plant.workers, *plant.humans))]
    balances = founded.node.ask_all([("eth_getBalance", [account(founded, name), "latest"]) for name in senders])
    assert min(int(balance, 16) for balance in balances) >= 100 * 10**18


def test_deploy__again_without_an_api__a_new_plant_beside_the_first_described_nowhere(founded):
    assert deploy(founded.node.url, founded.folder, DEPLOYMENT=f"{founded.folder}/second.json").returncode == 0
    second = read_deployment(founded.folder / "second.json")
    assert second.members != founded.deployment.members
    assert len(read_ledger(founded.node, second).members) == len(founded.ledger.members)
    assert said(founded.node, second, "AllocationDAO", "daoURI") == ""


def test_deploy__funder_of_its_own__pays(founded, tmp_path):
    node, rich = founded.node, ensure_signer(tmp_path, "rich")
    node_account = node.ask("eth_accounts")[1]
    node.ask(
        "eth_sendTransaction", {"from": node_account, "to": rich.address, "value": hex(9 * 10**18), "gas": "0x5208"}
    )
    ran = deploy(node.url, tmp_path, FUNDER=f"{tmp_path}/rich.key", FUND_ETHER="0.5")
    assert ran.returncode == 0, ran.stderr
    assert int(node.ask("eth_getBalance", rich.address, "latest"), 16) < 5 * 10**18


def test_deploy__no_node__says_so_and_writes_nothing(tmp_path):
    ran = deploy("http://127.0.0.1:1", tmp_path)
    assert ran.returncode == 1
    assert "http://127.0.0.1:1 does not answer. Start a node there" in ran.stderr
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize("founded", ["anvil"], indirect=True)
def test_deploy__bad_plant__exit_2_before_anything_is_sent(founded, tmp_path):
    (tmp_path / "plant.yaml").write_text("format: workmoot/plant/1\n")
    height = founded.node.ask("eth_blockNumber")
    ran = deploy(founded.node.url, tmp_path, SCENARIO=str(tmp_path))
    assert (ran.returncode, founded.node.ask("eth_blockNumber")) == (2, height)
    assert "plant.yaml: name (line 1): it is missing" in ran.stderr


def test_deploy__no_development_chain__administrator_and_grants_have_delays(tmp_path):
    live = nodes.start("anvil", chain_id=777)
    try:
        assert deploy(live.url, tmp_path, ADMIN_DELAY_S="3600").returncode == 0
        node, deployment = Node(live.url), read_deployment(tmp_path / "made" / "here.json")
        administrator = ensure_signer(tmp_path / "keys", "administrator").address
        assert _authority(node, deployment, "hasRole", Role.ADMIN, administrator) == (True, 3_600)
        node.ask("evm_increaseTime", 6 * 86_400)
        node.ask("evm_mine")
        assert _authority(node, deployment, "getRoleGrantDelay", Role.SUPERVISOR) == (86_400,)
        node.close()
    finally:
        nodes.stop(live)


def _authority(node: Node, deployment: Deployment, function: str, *arguments: object) -> tuple[object, ...]:
    form = abi_of("PlantAuthority").functions[function]
    return form.answer(node.call(deployment.access_manager, form.call(*arguments)))
