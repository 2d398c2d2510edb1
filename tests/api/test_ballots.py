"""The ballot box: what is let in at the door, what is kept, and what readers are shown."""

from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.rates import Rate
from tests.api.serving import LOOPBACK, listening, notary, serve
from tests.api.story import POLICY, Story, signer
from workmoot.ballots.box import BoxedBallot
from workmoot.ballots.boxes import Boxes
from workmoot.ballots.http_box import HttpBallotBox
from workmoot.ballots.kept import KeptBallots
from workmoot.ballots.poll import Notary, poll_of
from workmoot.ballots.wire import as_json
from workmoot.domain.errors import BoxRefused, Unreachable
from workmoot.domain.ids import Number, ProposalId

PROPOSAL = ProposalId(1)
ROUTE = "/api/v1/ballots"


@pytest.fixture
def story() -> Story:
    """A plan was put to the vote just now."""
    story = Story(ago_s=5)
    story.post()
    story.propose("analyst", story.plan(), words="quickest")
    return story


def ballot(story: Story, name: str, *, support: bool = True, by: str | None = None, **changes: Any) -> dict[str, Any]:
    """The member's ballot on the wire, genuine under what it says; signed by another where the test says so."""
    poll = poll_of(story.ledger, story.ledger.proposals[PROPOSAL])
    said = replace(poll.ballot(support=support), **changes)
    signature = signer(by or name).sign(notary(story).digest(said))
    return as_json(BoxedBallot(ballot=said, member=story.badge[name], signature=signature))


def put(client: TestClient, told: dict[str, Any], *, status: int) -> dict[str, Any]:
    answer = client.post(ROUTE, json=told)
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    return body


def read(client: TestClient, *, after: int = 0) -> dict[str, Any]:
    answer = client.get(ROUTE, params={"proposal": PROPOSAL, "after": after})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def test_put__a_members_ballot__is_in_the_box(client: TestClient, story: Story) -> None:
    told = ballot(story, "analyst")
    assert put(client, told, status=201) == told | {"place": 1, "equivocates": False}
    found = read(client)
    assert found["items"] == [told | {"place": 1, "equivocates": False}]
    assert (found["last"], found["more"], found["equivocators"]) == (1, False, [])
    assert found["head"]["block"] == story.chain.head.number


def test_put__the_same_again__is_known_and_kept_once(client: TestClient, story: Story) -> None:
    told = ballot(story, "analyst")
    put(client, told, status=201)
    assert put(client, told, status=200)["place"] == 1
    assert len(read(client)["items"]) == 1


def test_put__the_contrary__is_kept_as_evidence_and_both_are_marked(client: TestClient, story: Story) -> None:
    put(client, ballot(story, "analyst"), status=201)
    assert put(client, ballot(story, "analyst", support=False), status=201)["equivocates"]
    found = read(client)
    assert [(item["support"], item["equivocates"]) for item in found["items"]] == [(True, True), (False, True)]
    assert [who["id"] for who in found["equivocators"]] == ["analyst"]
    put(client, ballot(story, "analyst", support=False), status=200)


def test_read__after_a_place__what_came_later(client: TestClient, story: Story) -> None:
    for name in ("analyst", "loader", "sprayer"):
        put(client, ballot(story, name), status=201)
    assert [item["place"] for item in read(client, after=1)["items"]] == [2, 3]


REFUSED: dict[str, tuple[dict[str, Any], int, str]] = {
    "another's signature": ({"name": "analyst", "by": "loader"}, 422, "invalid"),
    "a human": ({"name": "technician"}, 409, "not-in-electorate"),
    "a robot": ({"name": "R-1", "by": "analyst"}, 409, "not-in-electorate"),
    "another content": ({"name": "analyst", "content_hash": bytes(32)}, 409, "another-content"),
    "another roster": ({"name": "analyst", "roster": 999}, 409, "another-content"),
    "another deadline": ({"name": "analyst", "deadline": 1}, 409, "another-content"),
    "no such proposal": ({"name": "analyst", "proposal": ProposalId(2)}, 404, "not-found"),
}


@pytest.mark.parametrize(("said", "status", "slug"), REFUSED.values(), ids=REFUSED)
def test_put__foreign__is_refused_and_not_kept(
    client: TestClient, story: Story, said: dict[str, Any], status: int, slug: str
) -> None:
    problem = put(client, ballot(story, **said), status=status)
    assert problem["type"] == f"/problems/{slug}"
    assert read(client)["items"] == []


@pytest.mark.parametrize("other", ["chain_id", "dao"])
def test_put__signed_for_another_chain_or_contract__is_refused(client: TestClient, story: Story, other: str) -> None:
    elsewhere = {"chain_id": 1, "dao": "0x" + "11" * 20}[other]
    foreign: Notary = replace(notary(story), **{other: elsewhere})  # type: ignore[arg-type]
    said = poll_of(story.ledger, story.ledger.proposals[PROPOSAL]).ballot(support=True)
    signature = signer("analyst").sign(foreign.digest(said))
    told = as_json(BoxedBallot(ballot=said, member=story.badge["analyst"], signature=signature))
    assert put(client, told, status=422)["errors"][0]["pointer"] == "/signature"


def test_put__replayed_as_the_contrary__is_refused(client: TestClient, story: Story) -> None:
    put(client, ballot(story, "analyst") | {"support": False}, status=422)


def test_put__a_suspended_member__is_refused(story: Story) -> None:
    told = ballot(story, "loader")
    story.by("administrator").members.suspend(story.badge["loader"])
    with TestClient(serve(story).app, base_url=LOOPBACK) as client:
        assert put(client, told, status=409)["type"] == "/problems/not-in-electorate"


def test_put__decided_meanwhile__is_refused_and_what_is_in_stays_readable(story: Story) -> None:
    served = serve(story)
    with TestClient(served.app, base_url=LOOPBACK) as client:
        put(client, ballot(story, "analyst"), status=201)
        told = ballot(story, "loader")
        story.vote(PROPOSAL, analyst=False, loader=False, sprayer=False, assembler=False)
        assert served.projection.wait_for(lambda ledger: not ledger.open_proposals(), timeout_s=60)
        assert put(client, told, status=409)["type"] == "/problems/proposal-not-open"
        assert len(read(client)["items"]) == 1


def test_put__its_time_is_over__is_refused() -> None:
    story = Story(ago_s=POLICY.voting_seconds + 60)
    story.post()
    story.propose("analyst", story.plan(), words="quickest")
    with TestClient(serve(story).app, base_url=LOOPBACK) as client:
        assert put(client, ballot(story, "analyst"), status=409)["type"] == "/problems/proposal-not-open"


MALFORMED: dict[str, dict[str, Any]] = {
    "/content_hash": {"content_hash": "0x12"},
    "/roster": {"roster": "4"},
    "/support": {"support": 1},
    "/member": {"member": 0},
    "/signature": {"signature": "0x" + "07" * 1_025},
    "/more": {"more": 1},
}


@pytest.mark.parametrize(("pointer", "wrong"), MALFORMED.items(), ids=MALFORMED)
def test_put__malformed__names_the_field(client: TestClient, story: Story, pointer: str, wrong: dict[str, Any]) -> None:
    assert put(client, ballot(story, "analyst") | wrong, status=422)["errors"][0]["pointer"] == pointer


def test_put__a_large_body__is_cut_off(client: TestClient, story: Story) -> None:
    put(client, ballot(story, "analyst") | {"signature": "0x" + "07" * 4_096}, status=413)


def test_put__too_many_at_once__is_told_to_come_again(story: Story) -> None:
    with TestClient(serve(story, rate=Rate(0.001, at_once=1)).app, base_url=LOOPBACK) as client:
        put(client, ballot(story, "analyst"), status=201)
        problem = put(client, ballot(story, "loader"), status=429)
        assert (problem["type"], problem["retryable"]) == ("/problems/too-many-ballots", True)
        put(client, ballot(story, "analyst"), status=200)


def test_put__the_box_is_full_of_ballots_on_it__is_told_so(story: Story) -> None:
    with TestClient(serve(story, kept=KeptBallots(most=1)).app, base_url=LOOPBACK) as client:
        put(client, ballot(story, "analyst"), status=201)
        assert put(client, ballot(story, "loader"), status=429)["type"] == "/problems/too-many-ballots"


def test_put__the_signature_cannot_be_checked_now__is_told_to_come_again(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> bool:
        raise Unreachable("no node answers")

    monkeypatch.setattr("tests.api.serving.is_signed_by", away)
    with TestClient(serve(story).app, base_url=LOOPBACK) as client:
        assert put(client, ballot(story, "analyst"), status=503)["type"] == "/problems/chain-unavailable"


@pytest.mark.parametrize(
    ("query", "status"),
    [("", 422), ("?proposal=0", 422), ("?proposal=x", 422), ("?proposal=1&after=-1", 422), ("?proposal=9", 404)],
)
def test_read__no_such_vote__is_a_problem(client: TestClient, query: str, status: int) -> None:
    assert client.get(f"{ROUTE}{query}").status_code == status


def test_box__over_http__is_used_by_a_member(story: Story) -> None:
    poll = poll_of(story.ledger, story.ledger.proposals[PROPOSAL])
    with listening(serve(story)) as url:
        box = HttpBallotBox(url)
        boxes = Boxes([box], notary(story), now_s=lambda: 0.0, patience_s=60, pause_s=0)
        for name in ("analyst", "loader"):
            said = poll.ballot(support=name == "loader")
            signature = signer(name).sign(notary(story).digest(said))
            boxes.put(BoxedBallot(ballot=said, member=story.badge[name], signature=signature))
        heard = boxes.hear([poll]).ballots[poll.content]
        with pytest.raises(BoxRefused, match="422"):
            box.put(BoxedBallot(ballot=said, member=Number(story.badge["sprayer"]), signature=signature))
    box.close()
    found = [(found.boxed.member, found.boxed.ballot.support) for found in heard]
    assert found == [(story.badge["analyst"], False), (story.badge["loader"], True)]


def test_rate__so_many_at_once_and_then_so_many_a_second() -> None:
    now = [0.0]
    rate = Rate(2, at_once=3, clock=lambda: now[0])
    assert [rate.take() for _ in range(4)] == [True, True, True, False]
    now[0] = 1.0
    assert [rate.take() for _ in range(3)] == [True, True, False]
    now[0] = 100.0
    assert [rate.take() for _ in range(4)] == [True, True, True, False]
