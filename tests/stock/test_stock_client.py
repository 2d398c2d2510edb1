"""A client that knows the standards alone reads and joins our votes: ethers on real nodes, beside our own reads."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from scripts.nodes import BIN, Kind, end_with_parent, running
from tests.builders import a_task, an_entry
from tests.chain.moves import Opened, post, propose
from tests.chain.plants import (
    FINISHER,
    POLICY,
    SPRAYER,
    WORKERS,
    NodePlant,
    account,
    deploy,
    found,
    key,
    signer,
)
from workmoot.chain.abi import abi_of
from workmoot.chain.deployment import write_deployment
from workmoot.chain.node import Node
from workmoot.chain.sender import Sender
from workmoot.domain.events import VoteCast
from workmoot.domain.hashing import keccak
from workmoot.domain.proposals import State, pack_detail

CLIENT = Path(__file__).with_name("client.mjs")
NODES: tuple[Kind, ...] = ("anvil", "ganache")
ANSWERS_WITHIN_S = 120
Told = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Two proposals, and what the client said when the finisher used it on them."""

    plant: NodePlant
    first: Opened
    second: Opened
    told: Told

    @property
    def opened(self) -> tuple[Opened, Opened]:
        return self.first, self.second


def ask(plant: NodePlant, voter: str | None = None, *, relay: str = "stranger") -> Told:
    """What the client says; without a voter it reads only."""
    keys = {"VOTER_KEY": "0x" + key(voter).hex(), "RELAY_KEY": "0x" + key(relay).hex()} if voter else {}
    done = subprocess.run(
        [BIN / "node", CLIENT, plant.node.url, plant.addresses["AllocationDAO"]],
        env=keys,
        capture_output=True,
        text=True,
        timeout=ANSWERS_WITHIN_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told: Told = json.loads(done.stdout)
    return told


@pytest.fixture(scope="module", params=NODES)
def plant(request: pytest.FixtureRequest) -> Iterator[NodePlant]:
    """Three voters; so much time has passed that the electorate is history."""
    with running(request.param) as process:
        founded = NodePlant(deploy(Node(process.url)))
        found(founded)
        founded.advance(2)
        yield founded


@pytest.fixture(scope="module")
def story(plant: NodePlant) -> Story:
    """The client comes in the very second of the opening, as far as the node's clock knows."""
    task = post(plant, a_task())[0]
    first = propose(plant, an_entry(task, SPRAYER), by="scanner", words="the sprayer is free")
    second = propose(plant, an_entry(task, FINISHER), by="sprayer", words="the finisher is nearer")
    return Story(plant=plant, first=first, second=second, told=ask(plant, "finisher"))


# What it is told


def test_claims__interfaces__are_the_complete_ones(story):
    dao, members = story.told["claims"], story.told["electorate"]["claims"]
    assert {name for name, claimed in dao.items() if claimed} == {"erc165", "erc4824", "erc5267", "erc6372"}
    assert {name for name, claimed in members.items() if claimed} == {
        *("erc165", "erc721", "erc721Metadata", "erc5192", "erc6372", "votes"),
    }


def test_rules__as_stock_clients_parse_them__are_the_policys(story):
    rules = story.told["rules"]
    assert (rules["name"], rules["version"], rules["daoURI"]) == ("Workmoot AllocationDAO", "1", "")
    assert rules["clock"]["mode"] == story.told["electorate"]["clock"]["mode"] == "timestamp"
    assert rules["counting"] == {"support": "bravo", "quorum": "for"}
    assert (rules["votingDelay"], rules["votingPeriod"]) == (0, POLICY.voting_seconds)
    assert (rules["proposalThreshold"], rules["quorum"]) == (1, 2)


def test_domain__from_the_contract_alone__is_ours(story):
    assert story.told["domain"] == {
        "fields": "0x0f",
        "name": "Workmoot AllocationDAO",
        "version": "1",
        "chainId": story.plant.chain_id,
        "verifyingContract": story.plant.addresses["AllocationDAO"],
    }


def test_proposals__listed_by_their_events__are_ours_to_the_byte(story):
    assert story.told["latestProposalId"] == story.second.id
    for told, opened in zip(story.told["proposals"], story.opened, strict=True):
        created = opened.created
        plan = opened.plan
        assert told["proposalId"] == opened.id
        assert told["proposer"] == told["readProposer"] == created.proposer
        assert (told["targets"], told["values"], told["signatures"]) == ([], [], [])
        parts = [bytes.fromhex(part[2:]) for part in told["calldatas"]]
        assert parts == [plan.assignments, pack_detail(created.opening)]
        assert told["description"] == created.opening.words
        assert told["voteStart"] == told["snapshot"] == created.at.timestamp
        assert told["voteEnd"] == told["deadline"] == opened.deadline


def test_proposals__just_opened__their_figures_can_be_read(story):
    for told, opened in zip(story.told["proposals"], story.opened, strict=True):
        assert (told["state"], told["needsQueuing"], told["eta"]) == ("Active", False, 0)
        assert told["votes"] == {"against": 0, "for": 0, "abstain": 0}
        assert told["quorum"] == opened.members // 2 + 1
        assert (told["voterVotes"], told["voterVoted"]) == (1, False)


def test_electorate__found_by_token__is_the_members(story):
    told = story.told["electorate"]
    assert told["address"] == story.plant.addresses["Members"]
    assert told["pastTotalSupply"] == story.first.members == 3
    assert (told["votes"], told["pastVotes"], told["delegate"]) == (1, 1, account("finisher"))
    assert told["delegation"] == selector("NobodyDelegates()")


def test_badge__as_a_token__is_locked_to_its_owner(story):
    told = story.told["badge"]
    assert (told["tokenId"], told["balance"], told["owner"]) == (FINISHER, 1, account("finisher"))
    assert (told["locked"], told["lockTold"]) == (True, True)
    assert told["transfer"] == selector("Soulbound(uint256)")


# What it does


def test_ballot__signed_and_relayed__counts_once(story):
    told, kept = story.told["signed"], story.plant.by("stranger").dao.proposal(story.first.id)
    assert (told["voter"], told["proposalId"], told["support"], told["weight"], told["reason"]) == (
        *(account("finisher"), story.first.id, 1, 1, ""),
    )
    assert told["from"] == told["relay"] == account("stranger")
    assert told["ballot"]["nonce"] == 0
    assert told["replay"] == selector("BadSignature(address)")
    assert (kept.state, kept.yes, kept.no) == (State.OPEN, 1, 0)


def test_ballot__cast_directly__counts(story):
    told, kept = story.told["direct"], story.plant.by("stranger").dao.proposal(story.second.id)
    assert (told["from"], told["voter"], told["support"]) == (account("finisher"), account("finisher"), 0)
    assert (kept.state, kept.yes, kept.no) == (State.OPEN, 0, 1)


def test_tallies__after_its_ballots__are_our_own(story):
    dao = story.plant.by("stranger").dao
    for told in story.told["after"]:
        kept = dao.proposal(told["proposalId"])
        assert told["votes"] == {"against": kept.no, "for": kept.yes, "abstain": 0}
        assert told["voterVoted"]


def test_cast__every_ballot__is_in_our_ledger(story):
    follower = story.plant.follower()
    ours = [event for event in follower.catch_up() if isinstance(event, VoteCast)]
    assert [(cast["voter"], cast["proposalId"], cast["support"]) for cast in story.told["cast"]] == [
        (event.voter, event.proposal_id, event.support) for event in ours
    ]


def test_states__as_the_votes_end__are_a_governors(story):
    before = story.plant.node.ask("evm_snapshot")
    told = ask(story.plant, "sprayer")
    assert states(told["after"]) == ["Succeeded", "Defeated"]
    story.plant.by("stranger").dao.enact(story.first.id, story.first.assignments, story.first.rest, words=1)
    assert states(ask(story.plant)["proposals"]) == ["Executed", "Defeated"]
    story.plant.node.ask("evm_revert", before)


def test_dao_uri__of_an_api__leads_to_what_is_on_chain(story, tmp_path):
    before = story.plant.node.ask("evm_snapshot")
    with served(story.plant, tmp_path / "deployment.json") as url:
        set_dao_uri(story.plant, f"{url}/api/v1/dao")
        told = ask(story.plant)["described"]
    story.plant.node.ask("evm_revert", before)
    dao = f"eip155:{story.plant.chain_id}:{story.plant.addresses['AllocationDAO']}"
    assert (told["type"], told["name"], told["membersURI"]) == ("DAO", "tests", f"{url}/api/v1/dao/members")
    assert [member["id"] for member in told["members"]["members"]] == [account(name) for name in WORKERS]
    assert [(proposal["id"], proposal["name"]) for proposal in told["proposals"]["proposals"]] == [
        (f"{dao}?proposalId={opened.id}", opened.created.opening.words) for opened in reversed(story.opened)
    ]
    acts = [(act["id"].partition("-")[0], act["member"]["id"]) for act in told["activityLog"]["activities"]]
    assert acts == [
        *(("propose", account("scanner")), ("propose", account("sprayer"))),
        *[("vote", account("finisher"))] * 2,
    ]
    assert {item["name"]: item["id"] for item in told["contracts"]["contracts"]} == story.plant.addresses
    assert told["governance"].startswith("# ")


@contextmanager
def served(plant: NodePlant, deployment: Path) -> Iterator[str]:
    """The plant's API in a process of its own; the URL it says it answers at."""
    write_deployment(deployment, plant.connection.deployment)
    told = ["--rpc", plant.node.url, "--deployment", str(deployment), "--port", "0"]
    with subprocess.Popen(
        [sys.executable, "-m", "scripts", "serve", *told],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        preexec_fn=end_with_parent,
    ) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def set_dao_uri(plant: NodePlant, uri: str) -> None:
    content = abi_of("AllocationDAO").functions["setDaoURI"].call(uri)
    sender = Sender(plant.node, signer("administrator"), chain_id=plant.chain_id)
    sender.send(plant.addresses["AllocationDAO"], content)


def states(proposals: list[Told]) -> list[str]:
    return [proposal["state"] for proposal in proposals]


def selector(signature: str) -> str:
    """The first bytes of an error, as a client without its ABI sees it."""
    return "0x" + keccak(signature.encode())[:4].hex()
