"""What `daoURI` leads to: the documents of ERC-4824, each in its shape and with what the chain says."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.models.common import Head
from api.views.dao import dao_description, dao_name, governance
from api.views.snapshot import Snapshot
from tests.api.requests import get
from tests.api.serving import LOOPBACK, serve
from tests.api.story import Story, a_decided_plant, signer
from workmoot.chain.memory import ADDRESSES
from workmoot.domain.ledger import Ledger
from workmoot.domain.overrides import OverrideKind, SubjectType

CONTEXT = "https://www.daostar.org/schemas"
PARTS = ("members", "proposals", "activities", "contracts")


@pytest.fixture(scope="module")
def story() -> Story:
    """Nothing here changes it."""
    return a_decided_plant()


@pytest.fixture(scope="module")
def client(story: Story) -> Iterator[TestClient]:
    with TestClient(serve(story).app, base_url=LOOPBACK) as made:
        yield made


def proposal_id(story: Story, number: int) -> str:
    return f"eip155:{story.chain.chain_id}:{ADDRESSES['AllocationDAO']}?proposalId={number}"


def test_dao__document__is_the_standards(client: TestClient, story: Story) -> None:
    dao = get(client, "dao")
    assert (dao.pop("@context"), dao.pop("type")) == ("http://www.daostar.org/schemas", "DAO")
    assert (dao.pop("name"), dao.pop("description")) == (story.plant.name, story.plant.about)
    assert set(dao) == {"membersURI", "proposalsURI", "activityLogURI", "governanceURI", "contractsURI"}
    assert {uri.startswith(f"{LOOPBACK}/api/v1/dao/") for uri in dao.values()} == {True}


def test_dao__every_uri_of_the_document__answers(client: TestClient) -> None:
    uris = [uri for key, uri in get(client, "dao").items() if key.endswith("URI")]
    assert [client.get(uri).status_code for uri in uris] == [200] * 5


@pytest.mark.parametrize("part", PARTS)
def test_dao__its_parts__are_linked_data_of_the_same_name(client: TestClient, story: Story, part: str) -> None:
    found = get(client, f"dao/{part}")
    assert (found["@context"], found["type"], found["name"]) == (CONTEXT, "DAO", story.plant.name)
    assert set(found) == {"@context", "type", "name", part}


def test_members__those_that_vote__by_account(client: TestClient, story: Story) -> None:
    members = get(client, "dao/members")["members"]
    assert members == [{"type": "EthereumAddress", "id": signer(worker.id).address} for worker in story.plant.workers]


def test_members__one_suspended__is_none_any_more() -> None:
    story = a_decided_plant()
    story.order(OverrideKind.SUSPEND, SubjectType.WORKER, story.badge["sprayer"], why="not well")
    with TestClient(serve(story).app, base_url=LOOPBACK) as client:
        accounts = [member["id"] for member in get(client, "dao/members")["members"]]
    assert signer("sprayer").address not in accounts
    assert len(accounts) == len(story.plant.workers) - 1


def test_proposals__each__by_its_caip_10_id(client: TestClient, story: Story) -> None:
    second, first = get(client, "dao/proposals")["proposals"]
    assert first == {
        "type": "proposal",
        "id": proposal_id(story, 1),
        "name": "Quickest first; both presses shared.",
        "contentURI": f"{LOOPBACK}/api/v1/proposals/1",
        "status": "defeated",
    }
    assert (second["id"], second["status"]) == (proposal_id(story, 2), "enacted")
    assert client.get(second["contentURI"]).json()["id"] == 2


def test_activities__proposals_reviews_and_votes__in_the_chains_order(client: TestClient, story: Story) -> None:
    acts = get(client, "dao/activities")["activities"]
    assert {act["type"] for act in acts} == {"activity"}
    assert len({act["id"] for act in acts}) == len(acts)
    assert [(_what(act), act["proposal"]["id"]) for act in acts] == [
        ("propose", proposal_id(story, 1)),
        ("propose", proposal_id(story, 2)),
        *[("review", proposal_id(story, 1))] * 2,
        *[("vote", proposal_id(story, 1))] * 5,
        *[("vote", proposal_id(story, 2))] * 5,
    ]
    assert acts[0]["member"] == {"type": "EthereumAddress", "id": signer("analyst").address}


def _what(act: dict[str, Any]) -> str:
    return str(act["id"].partition("-")[0])


def test_contracts__all__with_what_they_are_for(client: TestClient) -> None:
    contracts = get(client, "dao/contracts")["contracts"]
    assert {contract["name"]: contract["id"] for contract in contracts} == ADDRESSES
    assert all(contract["description"] and contract["type"] == "EthereumAddress" for contract in contracts)


def test_governance__in_words__has_the_plants_own_figures(client: TestClient) -> None:
    answer = client.get("/api/v1/dao/governance.md")
    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
    for words in ("7 digital workers vote", "say yes: 4 today", "open for 60 seconds", "have 2 proposals open"):
        assert words in answer.text


def test_dao__plant_not_described_yet__still_has_a_name_and_a_purpose() -> None:
    head = Head(chain_id=1, block=1, hash="0x", at=None, behind_blocks=0, behind_s=0)
    bare = Snapshot(ledger=Ledger(), head=head, now=0)
    assert dao_name(bare) == "Workmoot"
    assert dao_description(bare).startswith("Workers of a plant propose and vote")
    assert "- A vote is open" not in governance(bare)
