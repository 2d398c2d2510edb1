"""A brownie script: puts the contracts on a chain and founds a scenario's plant there.

`brownie run deploy --network NAME`, or `python -m scripts.deploy --rpc URL` for a node that brownie has no name for.
docs/deployment.md has the settings; each is an environment variable.
"""

import argparse
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from brownie import accounts, chain, network, project, web3
from brownie._config import CONFIG
from brownie.network.transaction import TransactionReceipt

from scripts.deploy_settings import ROOT, DeploySettings
from scripts.keys import ensure_signer, key_file
from workmoot.chain.deployment import Deployment, path_for, write_deployment
from workmoot.domain.hashing import checksum_address, keccak
from workmoot.domain.workers import Kind, Role
from workmoot.plant.findings import BadDocument
from workmoot.plant.founding import admissions, bindings, cosigned, grants, with_ballot_boxes
from workmoot.plant.packing import compact
from workmoot.plant.plant import Clock, Plant
from workmoot.plant.scenario import PLANT_FILE, load_plant
from workmoot.plant.staffing import staffed
from workmoot.plant.views import description

DEVELOPMENT_CHAINS = (1337, 31337)
DEVELOPMENT_ETHER = 1_000
LIVE_ETHER = 0.05
DEPLOYMENT_GAS = 64_000_000  # twice what the FlexVega plant takes: prices rise
LIVE_GRANT_DELAY_S = 86_400
OFFICES = ("administrator", "gateway", "relay")
BAD_INPUT = 2
MINED_WITHIN_S = 120


@dataclass(frozen=True, slots=True)
class Contracts:
    """What was deployed, and the block it began in."""

    block: int
    authority: Any
    members: Any
    work_orders: Any
    dao: Any
    overrides: Any
    motions: Any
    claims: Any
    ballot_audit: Any
    instructions: Any


def main() -> None:
    """Deploy to the network brownie is connected to, as the environment says."""
    settings = DeploySettings.of_environment()
    plant = _plant(settings)
    holders = {name: ensure_signer(settings.keys, name).address for name in _key_names(plant)}
    ensure_signer(settings.keys, "deployer")
    deployer = _account(key_file(settings.keys, "deployer"))
    fund(settings, deployer.address, list(holders.values()))
    contracts = deploy(plant, deployer)
    found(contracts, plant, settings.gateway_url, deployer, holders)
    if settings.dao_uri:
        _send(deployer, contracts.dao.setDaoURI, settings.dao_uri)
    hand_over(contracts.authority, deployer, holders["administrator"], settings.admin_delay_s)
    print(f"deployed to chain {chain.id}: {write(contracts, settings.deployment)}")


def _plant(settings: DeploySettings) -> Plant:
    try:
        plant = load_plant(settings.scenario / PLANT_FILE)
        plant = staffed(plant, settings.workers) if settings.workers else plant
    except BadDocument as bad:
        print(bad, file=sys.stderr)
        sys.exit(BAD_INPUT)
    plant = plant.model_copy(update={"clock": Clock(speed=settings.speed)}) if settings.speed else plant
    return with_ballot_boxes(plant, settings.ballot_box)


def _key_names(plant: Plant) -> list[str]:
    return [*OFFICES, *(member.id for group in (plant.workers, plant.humans) for member in group)]


# Money


def fund(settings: DeploySettings, deployer: str, others: list[str]) -> None:
    """Give each account what it lacks; where the funder has less, all get the same part of what they should have."""
    funder = _funder(settings)
    each = int((settings.fund_ether or (DEVELOPMENT_ETHER if _is_development() else LIVE_ETHER)) * 10**18)
    wanted = {deployer: max(each, DEPLOYMENT_GAS * web3.eth.gas_price), **dict.fromkeys(others, each)}
    lacking = {address: max(0, wei - web3.eth.get_balance(address)) for address, wei in wanted.items()}
    part = min(1.0, funder.balance() * 0.9 / max(1, sum(lacking.values())))
    for address, wei in lacking.items():
        if wei:
            _mined(funder.transfer(address, int(wei * part), required_confs=0, silent=True))


def _funder(settings: DeploySettings) -> Any:
    if settings.funder:
        return _account(settings.funder)
    if settings.mnemonic:
        return accounts.from_mnemonic(settings.mnemonic.get_secret_value(), count=1)
    if not accounts:
        sys.exit("Nobody pays: the node has no account of its own. Set WORKMOOT_FUNDER or WORKMOOT_MNEMONIC.")
    return max(accounts, key=lambda account: account.balance())


def _account(file: Path) -> Any:
    return accounts.add(file.read_text().strip())


def _is_development() -> bool:
    return chain.id in DEVELOPMENT_CHAINS


# The law


def deploy(plant: Plant, deployer: Any) -> Contracts:
    """Deploy the contracts. They know each other from birth: an account's next addresses follow from its nonce."""
    code = project.get_loaded_projects()[0]
    places = [deployer.get_deployment_address(deployer.nonce + place) for place in range(9)]
    authority, members, work_orders, dao, overrides, motions, claims, *_ = places
    limits = (plant.limits.acknowledge_s, plant.limits.heartbeat_s, plant.limits.inspect_s)
    given = plant.policy.weights
    weights = (given.makespan, given.tardiness, given.cost, given.energy, given.risk)
    policy = (plant.policy.voting_s, plant.policy.open_limit, plant.policy.absent_after, weights)
    humans = (cosigned(plant), plant.policy.second_s, plant.policy.alarm_orders, plant.policy.alarm_s)
    block = chain.height + 1
    made = (
        (code.PlantAuthority, deployer.address, members, overrides, humans),
        (code.Members, authority, work_orders, dao, overrides, motions),
        (code.WorkOrders, authority, members, dao, overrides, limits),
        (code.AllocationDAO, members, work_orders, overrides, motions, claims),
        (code.Overrides, authority, members, work_orders, dao),
        (code.Motions, members, dao, policy),
        (code.Claims, members, work_orders, dao, overrides),
        (code.BallotAudit, members, dao),
        (code.Instructions, authority, members, work_orders),
    )
    for container, *arguments in made:
        _send(deployer, container.deploy, *arguments)
    return Contracts(block, *(container.at(place) for (container, *_), place in zip(made, places, strict=True)))


def _send(sender: Any, function: Any, *arguments: Any) -> None:
    _mined(function(*arguments, {"from": sender, "required_confs": 0}, silent=True))


def _mined(sent: Any) -> None:
    """Wait until it is mined. brownie's own waiting takes a transaction for lost where Anvil counts it a moment before
    it shows the receipt."""
    if isinstance(sent, TransactionReceipt):
        receipt = web3.eth.wait_for_transaction_receipt(sent.txid, timeout=MINED_WITHIN_S, poll_latency=0.02)
        if receipt["status"] != 1:
            sys.exit(f"Transaction {sent.txid} was reverted; nothing is written.")


# The plant


def found(contracts: Contracts, plant: Plant, gateway_url: str, deployer: Any, holders: Mapping[str, str]) -> None:
    """Describe the plant, admit its members in their badges' order, bind the robots, give the humans their roles."""
    told = description(plant, gateway_url=gateway_url, gateway_address=holders["gateway"], accounts=holders)
    speed_milli = round(plant.clock.speed * 1000)
    now_ms, count = int(time.time() * 1000), len(plant.capabilities)
    _send(deployer, contracts.work_orders.describe, compact(told), count, now_ms, speed_milli)
    for role, human in grants(plant):
        _send(deployer, contracts.authority.grantRole, role, holders[human], 0)
    for member in admissions(plant):
        account = _robot_account(holders["gateway"], member.id) if member.kind is Kind.ROBOTIC else holders[member.id]
        who = (account, member.kind, member.capabilities, member.profile)
        _send(deployer, contracts.members.admit, *who)
    for binding in bindings(plant):
        what = (binding.robot, binding.worker, binding.resource, binding.scope)
        _send(deployer, contracts.members.bind, *what)


def _robot_account(gateway: str, robot: str) -> str:
    """A robot signs nothing: its account only tells it apart, and nobody has a key to it."""
    return checksum_address("0x" + keccak(f"{gateway}/{robot}".encode())[12:].hex())


def hand_over(authority: Any, deployer: Any, administrator: str, delay_s: int) -> None:
    """Leave the plant to its administrator. Off development chains its acts and its grants take time, to be vetoed."""
    if not _is_development():
        for role in Role:
            _send(deployer, authority.setGrantDelay, role, LIVE_GRANT_DELAY_S)
    _send(deployer, authority.grantRole, Role.ADMIN, administrator, 0 if _is_development() else delay_s)
    _send(deployer, authority.renounceRole, Role.ADMIN, deployer.address)


def write(contracts: Contracts, file: Path | None) -> Path:
    """The addresses, in place at once or not at all."""
    target = file or path_for(chain.id, ROOT / "deployments")
    deployment = Deployment(
        chain_id=chain.id,
        block=contracts.block,
        access_manager=contracts.authority.address,
        members=contracts.members.address,
        work_orders=contracts.work_orders.address,
        allocation_dao=contracts.dao.address,
        overrides=contracts.overrides.address,
        motions=contracts.motions.address,
        claims=contracts.claims.address,
        ballot_audit=contracts.ballot_audit.address,
        instructions=contracts.instructions.address,
    )
    draft = target.with_suffix(f".{os.getpid()}")
    write_deployment(draft, deployment)
    draft.replace(target)
    return target


# Without a name for the network


def _connect(url: str) -> None:
    """Connect to any node. brownie neither starts nor stops it."""
    CONFIG.networks["rpc"] = {"id": "rpc", "name": url, "host": url, "cmd": "none", "cmd_settings": {}, "timeout": 120}
    network.connect("rpc", launch_rpc=False)
    if not network.is_connected():
        sys.exit(f"{url} does not answer. Start a node there, or name another with --rpc.")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description="Deploy the contracts and found a scenario's plant.")
    arguments.add_argument(
        "--rpc", required=True, metavar="URL", help="a node's address, such as http://127.0.0.1:8545"
    )
    url = arguments.parse_args().rpc
    project.load(ROOT).load_config()
    _connect(url)
    main()
