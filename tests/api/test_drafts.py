"""The ballot box with plans that are not opened yet: what is let in at the door, kept and shown, ballots on it too."""

import threading
import time
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.rates import Rate
from tests.api.serving import LOOPBACK, listening, notary, serve
from tests.api.story import POLICY, Story, signer
from tests.builders import an_entry
from workmoot.ballots.box import BoxedBallot, BoxedDraft
from workmoot.ballots.boxes import Boxes
from workmoot.ballots.http_box import HttpBallotBox
from workmoot.ballots.kept import MOST_DRAFTS_EACH
from workmoot.ballots.poll import next_vote
from workmoot.ballots.wire import as_json, draft_as_json
from workmoot.domain.ballots import pack_ballots
from workmoot.domain.drafts import Draft
from workmoot.domain.errors import BoxRefused, Unreachable
from workmoot.domain.ids import Address, Number, ProposalId
from workmoot.domain.motions import MotionKind, StandingChange, pack_motion
from workmoot.domain.plan import PackedPlan, pack_tree

NEXT = ProposalId(1)
BALLOTS = "/api/v1/ballots"
DRAFTS = f"{BALLOTS}/drafts"


def a_story(*, ballots: str = "at-once") -> Story:
    story = Story(ago_s=5, ballots=ballots)
    story.post()
    return story


@pytest.fixture
def story() -> Story:
    """An order was posted just now, and nothing is put to the vote."""
    return a_story()


def a_draft(story: Story, name: str = "analyst", **changes: Any) -> Draft:
    """That member's, for the next number."""
    ledger = story.ledger
    values: dict[str, Any] = {"proposal": ledger.next_proposal, "proposer": story.badge[name]}
    values |= {"roster": ledger.roster, "members": ledger.voters, "opening": story.opening(story.plan())}
    return Draft(**values | {"deadline": int(time.time()) + POLICY.voting_seconds - 1} | changes)


def signed(story: Story, draft: Draft, *, by: str) -> BoxedDraft:
    signature = signer(by).sign(notary(story).digest(draft.ballot(support=True)))
    return BoxedDraft(draft=draft, signature=signature)


def told(story: Story, name: str = "analyst", *, by: str | None = None, **changes: Any) -> dict[str, Any]:
    """The member's draft on the wire, genuine under what it says; signed by another where the test says so."""
    return draft_as_json(signed(story, a_draft(story, name, **changes), by=by or name))


def ballot(story: Story, draft: Draft, name: str, *, support: bool = True) -> BoxedBallot:
    said = draft.ballot(support=support)
    signature = signer(name).sign(notary(story).digest(said))
    return BoxedBallot(ballot=said, member=story.badge[name], signature=signature)


def put(client: TestClient, body: dict[str, Any], *, status: int, route: str = DRAFTS) -> dict[str, Any]:
    answer = client.post(route, json=body)
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


def read(client: TestClient, *, after: int = 0, route: str = DRAFTS) -> dict[str, Any]:
    answer = client.get(route, params={"proposal": NEXT, "after": after})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def test_put__a_members_draft__is_in_the_box(client: TestClient, story: Story) -> None:
    draft = a_draft(story)
    body = draft_as_json(signed(story, draft, by="analyst"))
    shown = body | {"content_hash": "0x" + draft.content_hash.hex(), "place": 1}
    assert put(client, body, status=201) == shown
    found = read(client)
    assert (found["items"], found["last"], found["more"]) == ([shown], 1, False)
    assert found["head"]["block"] == story.chain.head.number


def test_put__the_same_again__is_known_and_kept_once(client: TestClient, story: Story) -> None:
    body = told(story)
    put(client, body, status=201)
    assert put(client, body, status=200)["place"] == 1
    assert len(read(client)["items"]) == 1


def test_read__after_a_place__what_came_later(client: TestClient, story: Story) -> None:
    for name in ("analyst", "loader", "sprayer"):
        put(client, told(story, name), status=201)
    assert [item["place"] for item in read(client, after=1)["items"]] == [2, 3]


REFUSED: dict[str, tuple[dict[str, Any], int, str]] = {
    "another's signature": ({"by": "loader"}, 422, "invalid"),
    "a human": ({"name": "technician"}, 409, "not-in-electorate"),
    "a robot": ({"name": "R-1", "by": "analyst"}, 409, "not-in-electorate"),
    "another number": ({"proposal": ProposalId(2)}, 409, "not-the-next"),
    "another roster": ({"roster": 999}, 409, "not-the-next"),
    "other members": ({"members": 999}, 409, "not-the-next"),
    "over": ({"deadline": 1}, 409, "another-deadline"),
    "longer than a vote": ({"deadline": int(time.time()) + POLICY.voting_seconds + 9_999}, 409, "another-deadline"),
}


@pytest.mark.parametrize(("said", "status", "slug"), REFUSED.values(), ids=REFUSED)
def test_put__foreign__is_refused_and_not_kept(
    client: TestClient, story: Story, said: dict[str, Any], status: int, slug: str
) -> None:
    assert put(client, told(story, **said), status=status)["type"] == f"/problems/{slug}"
    assert read(client)["items"] == []


@pytest.mark.parametrize("part", ["assignments", "detail", "words", "deadline"])
def test_put__changed_under_the_signature__is_refused(client: TestClient, story: Story, part: str) -> None:
    genuine, other = told(story), told(story, opening=story.opening(story.plan(shift=1), words="other"))
    changed = {
        "assignments": other["assignments"],
        "detail": genuine["detail"][:-2] + "07",
        "words": other["words"],
        "deadline": genuine["deadline"] - 1,
    }
    problem = put(client, genuine | {part: changed[part]}, status=422)
    assert problem["errors"][0]["pointer"] == "/signature"


def test_put__bytes_that_follow_no_layout__is_refused(client: TestClient, story: Story) -> None:
    opening = replace(story.opening(story.plan()), plan=PackedPlan(assignments=b"\7" * 7))
    assert put(client, told(story, opening=opening), status=422)["errors"][0]["pointer"] == "/assignments"


UNDRAFTED = {
    "a motion": PackedPlan(assignments=pack_motion(StandingChange(kind=MotionKind.SUSPEND, member=Number(999)))),
    "a tree": pack_tree([an_entry()]),
}


@pytest.mark.parametrize("plan", UNDRAFTED.values(), ids=UNDRAFTED)
def test_put__what_is_not_enacted_word_by_word__is_refused(client: TestClient, story: Story, plan: PackedPlan) -> None:
    opening = replace(story.opening(story.plan()), plan=plan)
    assert put(client, told(story, opening=opening), status=422)["errors"][0]["pointer"] == "/assignments"
    assert read(client)["items"] == []


MALFORMED: dict[str, dict[str, Any]] = {
    "/proposal": {"proposal": "1"},
    "/proposer": {"proposer": 0},
    "/members": {"members": 0},
    "/assignments": {"assignments": "0x7"},
    "/detail": {"detail": "0x" + "07" * (64 * 1024 + 1)},
    "/words": {"words": 7},
    "/signature": {"signature": "0x"},
    "/more": {"more": 1},
}


@pytest.mark.parametrize(("pointer", "wrong"), MALFORMED.items(), ids=MALFORMED)
def test_put__malformed__names_the_field(client: TestClient, story: Story, pointer: str, wrong: dict[str, Any]) -> None:
    assert put(client, told(story) | wrong, status=422)["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize("wrong", [{"assignments": "0x" + "07" * 64 * 1024}, {"words": "ä" * 4_096}])
def test_put__too_large_all_together__is_refused(client: TestClient, story: Story, wrong: dict[str, Any]) -> None:
    assert "This is no draft" in put(client, told(story) | wrong, status=422)["detail"]


def test_put__a_large_body__is_cut_off(client: TestClient, story: Story) -> None:
    large = dict.fromkeys(("assignments", "detail"), "0x" + "07" * 40 * 1024)
    put(client, told(story) | large, status=413)


def test_put__a_suspended_member__is_refused(story: Story) -> None:
    story.by("administrator").members.suspend(story.badge["loader"])
    with TestClient(serve(story).app, base_url=LOOPBACK) as client:
        assert put(client, told(story, "loader"), status=409)["type"] == "/problems/not-in-electorate"


def test_put__the_number_was_taken__is_refused(story: Story) -> None:
    body = told(story)
    served = serve(story)
    with TestClient(served.app, base_url=LOOPBACK) as client:
        story.propose("loader", story.plan(), words="first")
        assert served.projection.wait_for(lambda ledger: bool(ledger.proposals), timeout_s=60)
        assert put(client, body, status=409)["type"] == "/problems/not-the-next"


def test_put__the_number_is_taken_while_it_is_checked__is_refused_and_the_next_ones_stay(story: Story) -> None:
    late, verify = signed(story, a_draft(story), by="analyst"), notary(story).verify
    first = threading.Event()

    def slowly(account: Address, digest: bytes, signature: bytes) -> bool:
        if not first.is_set():
            first.set()
            story.propose("loader", story.plan(), words="first")
            assert served.projection.wait_for(lambda ledger: bool(ledger.proposals), timeout_s=60)
            put(client, told(story, "sprayer"), status=201)
        return verify(account, digest, signature)

    served = serve(story, verify=slowly)
    with TestClient(served.app, base_url=LOOPBACK) as client:
        assert put(client, draft_as_json(late), status=409)["type"] == "/problems/not-the-next"
        found = client.get(DRAFTS, params={"proposal": NEXT + 1}).json()["items"]
        assert [item["proposer"] for item in found] == [story.badge["sprayer"]]


@pytest.mark.parametrize("ballots", ["direct", "signed"])
def test_put__the_plant_opens_everything_on_chain__is_refused(ballots: str) -> None:
    story = a_story(ballots=ballots)
    with TestClient(serve(story).app, base_url=LOOPBACK) as client:
        assert put(client, told(story), status=409)["type"] == "/problems/not-at-once"


def test_put__known_under_another_signature__the_first_is_shown_and_kept(client: TestClient, story: Story) -> None:
    body = told(story)
    put(client, body, status=201)
    assert put(client, body | {"signature": "0x07"}, status=200)["signature"] == body["signature"]
    assert [item["signature"] for item in read(client)["items"]] == [body["signature"]]


def test_put__forged_again_and_again__takes_nothing_of_what_genuine_drafts_may_cost(story: Story) -> None:
    forged, genuine = told(story, by="loader"), told(story)
    with TestClient(serve(story, draft_rate=Rate(0.001, at_once=1)).app, base_url=LOOPBACK) as client:
        for _ in range(2):
            put(client, forged, status=422)
        put(client, genuine, status=201)


def test_put__forged__is_refused_before_its_plan_is_read(client: TestClient, story: Story) -> None:
    opening = replace(story.opening(story.plan()), plan=PackedPlan(assignments=b"\7" * 7))
    problem = put(client, told(story, by="loader", opening=opening), status=422)
    assert problem["errors"][0]["pointer"] == "/signature"


def test_put__more_signatures_than_are_checked__is_told_to_come_again(story: Story) -> None:
    with TestClient(serve(story, rate=Rate(0.001, at_once=1)).app, base_url=LOOPBACK) as client:
        put(client, told(story, by="loader"), status=422)
        assert put(client, told(story), status=429)["type"] == "/problems/too-many-ballots"


def test_put__more_than_a_member_may_have__takes_nothing_of_what_others_may_cost(story: Story) -> None:
    opening, rate = story.opening(story.plan()), Rate(0.001, at_once=MOST_DRAFTS_EACH + 1)
    with TestClient(serve(story, draft_rate=rate).app, base_url=LOOPBACK) as client:
        for place in range(MOST_DRAFTS_EACH + 2):
            status = 201 if place < MOST_DRAFTS_EACH else 429
            put(client, told(story, opening=replace(opening, words=str(place))), status=status)
        put(client, told(story, "loader"), status=201)


def test_put__a_member_makes_one_after_the_other__is_told_to_stop(client: TestClient, story: Story) -> None:
    opening = story.opening(story.plan())
    for place in range(MOST_DRAFTS_EACH):
        put(client, told(story, opening=replace(opening, words=str(place))), status=201)
    problem = put(client, told(story, opening=replace(opening, words="more")), status=429)
    assert problem["type"] == "/problems/too-many-drafts"
    put(client, told(story, "loader"), status=201)


def test_put__too_many_at_once__is_told_to_come_again(story: Story) -> None:
    body = told(story)
    with TestClient(serve(story, draft_rate=Rate(0.001, at_once=1)).app, base_url=LOOPBACK) as client:
        put(client, body, status=201)
        problem = put(client, told(story, "loader"), status=429)
        assert (problem["type"], problem["retryable"]) == ("/problems/too-many-drafts", True)
        put(client, body, status=200)


def test_put__the_signature_cannot_be_checked_now__is_told_to_come_again(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> bool:
        raise Unreachable("no node answers")

    monkeypatch.setattr("tests.api.serving.is_signed_by", away)
    with TestClient(serve(story).app, base_url=LOOPBACK) as client:
        assert put(client, told(story), status=503)["type"] == "/problems/chain-unavailable"


@pytest.mark.parametrize("query", ["", "?proposal=0", "?proposal=x", "?proposal=1&after=-1"])
def test_read__no_number__is_a_problem(client: TestClient, query: str) -> None:
    assert client.get(f"{DRAFTS}{query}").status_code == 422


# Ballots on drafts


def test_put_ballot__on_a_draft_that_is_here__is_in_the_box(client: TestClient, story: Story) -> None:
    draft = a_draft(story)
    put(client, draft_as_json(signed(story, draft, by="analyst")), status=201)
    put(client, as_json(ballot(story, draft, "loader")), status=201, route=BALLOTS)
    put(client, as_json(ballot(story, draft, "sprayer", support=False)), status=201, route=BALLOTS)
    found = read(client, route=BALLOTS)
    assert [(item["member"], item["support"]) for item in found["items"]] == [
        (story.badge["loader"], True),
        (story.badge["sprayer"], False),
    ]


def test_put_ballot__on_a_draft_that_is_not_here__is_not_found(client: TestClient, story: Story) -> None:
    put(client, as_json(ballot(story, a_draft(story), "loader")), status=404, route=BALLOTS)


def test_put_ballot__on_a_draft_with_another_deadline__is_refused(client: TestClient, story: Story) -> None:
    draft = a_draft(story)
    put(client, draft_as_json(signed(story, draft, by="analyst")), status=201)
    other = as_json(ballot(story, draft, "loader")) | {"deadline": draft.deadline - 1}
    assert put(client, other, status=409, route=BALLOTS)["type"] == "/problems/another-content"


def test_put_ballot__on_a_draft_whose_time_is_over__is_refused(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = a_draft(story)
    with TestClient(serve(story).app, base_url=LOOPBACK) as client:
        put(client, draft_as_json(signed(story, draft, by="analyst")), status=201)
        monkeypatch.setattr("api.projection.time.time", lambda: draft.deadline + 1.0)
        late = as_json(ballot(story, draft, "loader"))
        assert put(client, late, status=409, route=BALLOTS)["type"] == "/problems/proposal-not-open"


def test_box__over_http__carries_a_decision_at_once(story: Story) -> None:
    draft = a_draft(story)
    boxed = signed(story, draft, by="analyst")
    with listening(serve(story)) as url:
        box = HttpBallotBox(url)
        boxes = Boxes([box], notary(story), now_s=time.time, patience_s=60, pause_s=0)
        boxes.put_draft(boxed)
        (found,) = boxes.hear([], next_vote(story.ledger)).drafts
        voters = [story.name_of(member.number) for member in story.ledger.voting_members()]
        for name in voters:
            boxes.put(ballot(story, draft, name))
        heard = boxes.hear([], next_vote(story.ledger)).ballots[draft.content]
        with pytest.raises(BoxRefused, match="409"):
            box.put_draft(signed(story, replace(draft, proposal=ProposalId(2)), by="analyst"))
    box.close()
    assert (found, len(heard)) == (draft, len(voters))
    ballots = pack_ballots(found.boxed.signed for found in heard)
    story.chain.advance(30)
    story.by("analyst").dao.decide_at_once(draft.proposal, draft.deadline, draft.opening, ballots)
    assert story.ledger.proposals[NEXT].content_hash == draft.content_hash
