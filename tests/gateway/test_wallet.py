"""A human whose account is a contract (ERC-1271): the API, a node and a gateway, all of them real."""

from collections.abc import Iterator
from typing import Any

import pytest
from eth_abi.abi import encode
from fastapi.testclient import TestClient

from api.access.access import Terms
from api.app import create_app
from api.home import Home
from api.webhooks.reach import Reach
from scripts.api_state import open_database
from scripts.serve import dependencies_of
from tests.api.requests import an_order, get, give, preview
from tests.gateway.running import RunningGateway, running_gateway, until
from tests.model.compiler import wallet as creation_code
from workmoot.chain.sender import Sender
from workmoot.domain.hashing import checksum_address, keccak
from workmoot.domain.ids import Address
from workmoot.domain.workers import Kind, Role

# web3's own import of a package it does not use here.
pytestmark = pytest.mark.filterwarnings("ignore:websockets.legacy is deprecated:DeprecationWarning")

LOOPBACK = "http://127.0.0.1:8600"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    with running_gateway(tmp_path_factory.mktemp("wallet")) as site:
        yield site


@pytest.fixture(scope="module")
def wallet(site: RunningGateway) -> Address:
    """A supervisor with a badge."""
    node, deployment = site.connection.node, site.connection.deployment
    account = node.ask("eth_accounts")[0]
    creation = {"from": account, "data": "0x" + creation_code().hex(), "gas": hex(2_000_000)}
    tx = node.ask("eth_sendTransaction", creation)
    receipt = until(lambda: node.ask("eth_getTransactionReceipt", tx))
    made = Address(checksum_address(receipt["contractAddress"]))
    site.contracts("administrator").members.admit(made, Kind.HUMAN, 0, '{"id": "safe"}')
    grant = keccak(b"grantRole(uint64,address,uint32)")[:4]
    grant += encode(["uint64", "address", "uint32"], [int(Role.SUPERVISOR), made, 0])
    administrator = Sender(node, site.signer("administrator"), chain_id=deployment.chain_id)
    administrator.send(deployment.access_manager, grant)
    return made


@pytest.fixture(scope="module")
def client(site: RunningGateway, wallet: Address) -> Iterator[TestClient]:
    """The API, joined as `workmoot serve` joins it once the wallet is known, with no key but that which pays."""
    deployment = site.connection.deployment
    database = open_database(None, deployment, file=site.folder / "deployment.json")
    home = Home(url=LOOPBACK, chain_id=deployment.chain_id)
    terms, reach = Terms(development=True), Reach(loopback=True)
    given = dependencies_of(site.connection, None, site.key("relay"), database, home, terms, reach)
    with TestClient(create_app(given), base_url=LOOPBACK) as made:
        yield made
    database.close()


def signed(client: TestClient, order: dict[str, Any]) -> dict[str, Any]:
    """The order with what this wallet says yes to: the very hash."""
    seen = preview(client, order)
    return order | {"order": seen["order"], "signature": seen["digest"]}


def is_held(site: RunningGateway) -> bool:
    held: bool = site.http.get(f"/robots/{site.badges['saw-1']}").json()["held"]
    return held


def state_of(client: TestClient, given: dict[str, Any]) -> str:
    found: str = get(client, f"overrides/{given['id']}")["state"]
    return found


def test_hold__signed_by_a_contract__reaches_the_robot_by_the_chain(
    site: RunningGateway, client: TestClient, wallet: Address
) -> None:
    hold = signed(client, an_order("hold", "robot", "saw-1", human=wallet))
    told = site.http.post("/orders", json={name: hold[name] for name in ("order", "signature")})
    assert (told.is_success, is_held(site)) == (False, False)
    given = give(client, hold)
    assert (given["account"], given["block"] is not None) == (wallet, True)
    until(lambda: is_held(site))
    assert site.ledger().is_robot_held(site.badges["saw-1"])
    until(lambda: state_of(client, given) == "effective")
    released = give(client, signed(client, an_order("release", "robot", "saw-1", human=wallet)))
    until(lambda: not is_held(site))
    until(lambda: state_of(client, released) == "done")


def test_hold__that_the_contract_did_not_sign__is_refused_at_the_door(
    site: RunningGateway, client: TestClient, wallet: Address
) -> None:
    hold = signed(client, an_order("hold", "robot", "saw-1", human=wallet))
    refused = give(client, hold | {"signature": "0x" + "11" * 32}, status=422)
    assert refused["errors"][0]["pointer"] == "/signature"
    assert not is_held(site)
