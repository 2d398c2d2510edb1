"""A plan whose leads claim its tasks one by one: what the API says of it, and what a human does about it."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from tests.api.requests import an_order, get, give, preview
from tests.api.serving import LOOPBACK, serve
from tests.api.story import Story
from workmoot.domain.errors import Refused
from workmoot.domain.ids import ProposalId

TREE = ProposalId(1)


@pytest.fixture
def story() -> Story:
    """A tree passed; of its entries the first two were claimed."""
    story = Story()
    story.post()
    for name in ("sprayer", "assembler", "finisher"):
        story.offer(name)
    story.propose("loader", story.plan(), words="All of it, as each can.", as_tree=True)
    story.vote(TREE, analyst=True, loader=True, sprayer=True, assembler=True)
    for index in (0, 1):
        story.claim(TREE, index)
    return story


@pytest.fixture
def client(story: Story) -> Iterator[TestClient]:
    with TestClient(serve(story).app, base_url=LOOPBACK) as made:
        yield made


def test_proposal__tree__says_what_was_claimed(client: TestClient) -> None:
    told = get(client, "proposals/1")
    assert told["state"] == "enacted"
    assert [entry["outcome"] for entry in told["plan"][:3]] == ["taken", "taken", "open"]


def test_proposal__task_of_a_tree_cancelled__is_skipped(client: TestClient, story: Story) -> None:
    task = story.ledger.proposals[TREE].entries[2].task
    give(client, an_order("cancel", "task", task))
    assert get(client, "proposals/1")["plan"][2]["outcome"] == "skipped"


def test_give__veto_of_a_tree_that_passed__ends_its_claims_until_released(client: TestClient, story: Story) -> None:
    left = len(story.ledger.proposals[TREE].entries) - 2
    shown = preview(client, an_order("veto", "proposal", TREE))["displaces"]
    assert shown["what"] == f"Nobody may claim the {left} tasks that are left; 2 were claimed and stay."
    given = give(client, an_order("veto", "proposal", TREE))
    assert (given["state"], given["warnings"]) == ("effective", [])
    with pytest.raises(Refused, match="TreeVetoed"):
        story.claim(TREE, 2)
    assert get(client, f"overrides/{given['id']}")["state"] == "effective"
    release = an_order("release", "proposal", TREE, expires_at=None)
    assert preview(client, release)["displaces"]["what"] == f"The leads may claim the {left} tasks that are left."
    give(client, release)
    story.claim(TREE, 2)


def test_give__approve_of_a_tree__says_what_to_do(client: TestClient) -> None:
    answer = client.post("/api/v1/overrides?dry_run=true", json=an_order("approve", "proposal", TREE))
    error = answer.json()["errors"][0]
    assert (answer.status_code, error["pointer"]) == (422, "/kind")
    assert "assign those you mean" in error["detail"]


def test_give__veto_of_an_open_tree__ends_the_vote(story: Story) -> None:
    opened = story.propose("loader", story.plan(), words="again", as_tree=True)
    with TestClient(serve(story).app, base_url=LOOPBACK) as fresh:
        give(fresh, an_order("veto", "proposal", opened))
        assert get(fresh, f"proposals/{opened}")["state"] == "vetoed"
