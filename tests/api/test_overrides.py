"""A human's word: drafted, signed, sent; what it displaced; and every way to get it wrong."""

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.access.access import Terms
from api.order_json import order_from, order_json
from api.views.forecast import forecast_out
from tests.api.floors import a_gateway
from tests.api.requests import REASON, a_key, an_order, get, give, preview, send, soon
from tests.api.serving import LOOPBACK, serve
from tests.api.story import Story, a_decided_plant, signer
from tests.api.visitors import peopled
from workmoot.chain.memory import ADDRESSES
from workmoot.domain.errors import GatewayRefused, GatewayUnreachable, Unreachable
from workmoot.domain.ids import OverrideId, ProposalId
from workmoot.domain.overrides import OverrideKind, SubjectType, order_digest
from workmoot.domain.payloads import PlanPart, cancel_payload, plan_payload, read_plan_payload
from workmoot.domain.plan import LAST_TICK, unpack_entry
from workmoot.domain.proposals import State
from workmoot.domain.work import mask_of
from workmoot.domain.workers import Role


def test_give__assign__another_worker_has_the_task(client: TestClient, story: Story) -> None:
    task = story.task("P4", "glue")
    given = give(client, an_order("assign", "task", task, payload={"worker": "assembler"}))
    after = get(client, f"tasks/{task}")
    assert (given["state"], given["level"], given["id"]) == ("effective", 8, 3)
    assert given["displaced"]["worker"]["id"] == "sprayer"
    assert given["epoch"] == after["epoch"]
    assert all(given["times"][name] for name in ("submitted", "mined", "effective"))
    assert after["worker"]["id"] == "assembler"
    assert after["standing_worker"]["id"] == "sprayer"


def test_give__assign__says_what_it_filled_in(client: TestClient, story: Story) -> None:
    given = give(client, an_order("assign", "task", story.task("P4", "glue"), payload={"worker": "assembler"}))
    assert given["filled"]["robots"] == {"shown": ["R-6"], "from": "the worker's offer"}
    assert set(given["filled"]) == {"helpers", "robots", "inspector", "start_s", "duration_s"}


def test_give__assign_with_everything_named__fills_nothing_in(client: TestClient, story: Story) -> None:
    everything = {"robots": ["R-6"], "helpers": [], "inspector": "grinder", "start_s": 900, "duration_s": 40}
    order = an_order("assign", "task", story.task("P4", "glue"), payload={"worker": "assembler", **everything})
    given = give(client, order)
    assert given["filled"] == {}
    assert given["payload"]["start_s"] == 900


def test_give__assign_with_an_offer__takes_the_offers_numbers() -> None:
    story = a_decided_plant()
    story.offer("grinder")
    task = story.task("P1", "glue")
    with TestClient(serve(story).app, base_url=LOOPBACK) as client:
        given = give(client, an_order("assign", "task", task, payload={"worker": "grinder"}))
    assert given["filled"]["duration_s"]["from"] == "the worker's offer"
    assert given["filled"]["robots"]["from"] == "the worker's offer"


def test_give__release__the_standing_decision_is_in_force(client: TestClient, story: Story) -> None:
    task = story.task("P3", "attach")
    before = get(client, f"tasks/{task}")
    give(client, an_order("release", "task", task, expires_at=None))
    after = get(client, f"tasks/{task}")
    assert after["worker"] == before["standing_worker"]
    assert not after["overridden"]
    assert get(client, "overrides/1")["state"] == "released"


def test_give__release_of_nothing__is_a_conflict_with_the_contracts_error(client: TestClient, story: Story) -> None:
    problem = give(client, an_order("release", "task", story.task("P6", "glue")), status=409)
    assert problem["revert"]["error"] == "NothingToRelease"
    assert "nothing to release" in problem["detail"]


def test_give__accept_of_an_open_task__says_what_it_is(client: TestClient, story: Story) -> None:
    task = story.task("P6", "unload")
    problem = give(client, an_order("accept", "task", task), status=409)
    assert problem["detail"] == f"Task {task} is allocated: accept is for one that is submitted, rework, failed."


def test_give__accept__ends_the_rework(client: TestClient, story: Story) -> None:
    task = story.task("P2", "glue")
    given = give(client, an_order("accept", "task", task))
    assert given["state"] == "done"
    assert get(client, f"tasks/{task}")["status"] == "reworked"


def test_give__plant_release__takes_two_and_says_so(client: TestClient) -> None:
    give(client, an_order("hold", "plant", expires_at=None))
    first = give(client, an_order("release", "plant"))
    held_between = get(client, "floor")["held"]
    second = give(client, an_order("release", "plant"))
    assert "step 1 of 2" in first["next_step"]
    assert held_between
    assert second["next_step"] is None
    assert second["displaced"]["what"] == "nobody: a release gives back"
    assert not get(client, "floor")["held"]


def test_give__veto_of_an_enacted_plan__nobody_has_its_open_tasks(client: TestClient, story: Story) -> None:
    give(client, an_order("veto", "proposal", 2))
    assert get(client, f"tasks/{story.task('P6', 'unload')}")["worker"] is None


def test_preview__veto_of_an_enacted_plan__names_what_it_reaches(client: TestClient) -> None:
    shown = preview(client, an_order("veto", "proposal", 2))["displaces"]
    given = give(client, an_order("veto", "proposal", 2))
    nobodys = {t["id"] for t in get(client, "tasks")["items"] if t["worker"] is None and t["overridden"]}
    assert given["state"] == "effective"
    assert set(shown["tasks"]) <= nobodys
    assert shown["tasks"]


@pytest.fixture
def five_an_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if no more than five entries of a plan went into one order."""
    monkeypatch.setattr("workmoot.domain.payloads.ENTRIES_A_PART", 5)


@pytest.mark.usefixtures("five_an_order")
def test_give__veto_of_a_large_plan__in_several_orders_and_says_so(client: TestClient, story: Story) -> None:
    planned = len(story.ledger.proposals[ProposalId(2)].entries)
    before = len(story.ledger.overrides)
    given = give(client, an_order("veto", "proposal", 2))
    orders = -(-planned // 5)
    ids = range(before + 1, before + orders + 1)
    assert given["warnings"][0] == f"Given in {orders} orders, one after the other: {', '.join(map(str, ids))}."
    assert len(given["warnings"]) == 1 + orders
    assert [story.ledger.overrides[OverrideId(number)].order.kind for number in ids] == [OverrideKind.VETO] * orders
    vetoed = [task for task in story.ledger.tasks.values() if task.slot_filled and task.worker == 0]
    assert len(vetoed) > 5


@pytest.mark.usefixtures("five_an_order")
def test_give__veto_of_a_half_enacted_plan__ends_it_and_takes_what_was_enacted() -> None:
    story = a_decided_plant()
    for name in ("sprayer", "assembler", "finisher"):
        story.offer(name)
    proposal = story.propose("analyst", story.plan(), words="Once more, from now on.")
    found = story.ledger.proposals[proposal]
    for name in ("analyst", "loader", "grinder", "designer"):
        story.by(name).dao.vote(proposal, support=True, reason="fine", rest=found.content_hash)
    story.by("loader").dao.enact(proposal, found.opening.plan.assignments, found.rest, words=2)
    with TestClient(serve(story).app, base_url=LOOPBACK) as client:
        outcomes = [entry["outcome"] for entry in get(client, f"proposals/{proposal}")["plan"]]
        assert set(outcomes[:20]) <= {"taken", "skipped"}
        assert set(outcomes[20:]) == {"open"}
        shown = preview(client, an_order("veto", "proposal", proposal))["displaces"]
        assert shown["what"].startswith("The plan that passed (4 yes, 0 no of 7) is not carried out any further; ")
        give(client, an_order("veto", "proposal", proposal))
    assert story.ledger.proposals[proposal].state is State.VETOED
    vetoed = {task.id for task in story.ledger.tasks.values() if task.slot_filled}
    assert vetoed == {entry.task for entry in found.entries[:20]}


@pytest.mark.usefixtures("five_an_order")
def test_preview__part_of_a_large_plan__is_signed_alone(client: TestClient, story: Story) -> None:
    shown = preview(client, an_order("veto", "proposal", 2, payload={"part": 2}))
    part = read_plan_payload(order_from(shown["order"]).payload)
    assert (part.first, part.last) == (5, 10)
    assert "part 2 of" in shown["warnings"][0]


def test_preview__assign_after_the_last_moment_that_a_plan_can_name__a_human_still_may(
    client: TestClient, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = time.time() + 60 * 86_400
    monkeypatch.setattr("api.projection.time.time", lambda: later)
    task, lasts = story.task("P4", "glue"), soon(61 * 86_400)
    seen = preview(client, an_order("assign", "task", task, payload={"worker": "assembler"}, expires_at=lasts))
    entry, _ = unpack_entry(bytes.fromhex(seen["order"]["payload"][2:]))
    assert entry.start == LAST_TICK


@pytest.mark.parametrize("part", [0, 99, "two"])
def test_preview__part_that_there_is_not__names_the_field(client: TestClient, part: object) -> None:
    answer = client.post("/api/v1/overrides?dry_run=true", json=an_order("veto", "proposal", 2, payload={"part": part}))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/payload/part")


@pytest.mark.parametrize("kind", ["approve", "veto"])
def test_give__nothing_is_left_of_the_plan__is_too_late(kind: str) -> None:
    story = a_decided_plant()
    cancel_all(story)
    with TestClient(serve(story).app, base_url=LOOPBACK) as client:
        problem = give(client, an_order(kind, "proposal", 2), status=409)
    assert problem["type"].endswith("/too-late")
    assert problem["detail"].endswith(f", and {kind} would change nothing.")
    assert len(story.ledger.overrides) == 1


def test_give__signed_when_something_was_left_of_the_plan__is_too_late() -> None:
    story = a_decided_plant()
    served = serve(story, signs=())
    with TestClient(served.app, base_url=LOOPBACK) as client:
        asked = an_order("veto", "proposal", 2, human="technician")
        seen = preview(client, asked)
        cancel_all(story)
        served.projection.cycle()
        answer = send(client, _signed(seen, asked, "technician"), etag=seen["etag"])
    why = "no task of the plan is as it was when this was enacted, and veto would change nothing"
    assert (answer.status_code, answer.json()["detail"]) == (409, f"Proposal 2 is enacted: {why}.")


def cancel_all(story: Story) -> None:
    """Every task of the order is cancelled, by a human's word."""
    tasks = list(story.ledger.tasks)
    mask = cancel_payload(mask_of([task & 0xFF for task in tasks]))
    story.order(OverrideKind.CANCEL, SubjectType.TASK, tasks[0], why="no longer wanted", payload=mask)


def test_list__veto_on_chain_that_changed_nothing__is_void_and_says_why() -> None:
    story = a_decided_plant()
    found = story.ledger.proposals[ProposalId(2)]
    whole = PlanPart(rest=found.rest, first=0, last=len(found.entries), assignments=found.opening.plan.assignments)
    cancel_all(story)
    more = {"payload": plan_payload(whole), "expires_at": int(time.time()) + 600}
    story.order(OverrideKind.VETO, SubjectType.PROPOSAL, 2, why="too slow", **more)
    with TestClient(serve(story).app, base_url=LOOPBACK) as client:
        given = get(client, "overrides/2")
    assert (given["state"], given["active"], given["floor"], given["times"]["effective"]) == ("void", False, None, None)
    assert given["void"].startswith("Nothing was left of the plan to decide: ")
    assert given["displaced"]["what"] == "nobody: nothing was left of the plan to decide"
    assert given["displaced"]["returns"] == "This act is done once; nothing is to be released."


def an_open_vote() -> Story:
    story = a_decided_plant()
    story.propose("designer", story.plan(shift=1), words="once more")
    return story


def test_preview__veto_of_an_open_vote__warns_of_a_vote_that_passes_first() -> None:
    with TestClient(serve(an_open_vote()).app, base_url=LOOPBACK) as client:
        seen = preview(client, an_order("veto", "proposal", 3))
    count = len(seen["displaces"]["tasks"])
    told = f"If the vote passes before this is in a block, {count} tasks of the plan stand without a worker, until "
    assert count
    assert seen["warnings"][0].startswith(told)
    assert seen["warnings"][0].endswith(" UTC or a human's release.")


def test_give__veto_of_an_open_vote__displaces_the_vote_alone() -> None:
    with TestClient(serve(an_open_vote()).app, base_url=LOOPBACK) as client:
        given = give(client, an_order("veto", "proposal", 3))
    assert (given["state"], given["confirmed_by"]) == ("done", "chain")
    assert (given["displaced"]["what"], given["displaced"]["tasks"]) == ("the vote of the members", [])
    assert given["displaced"]["returns"] == "This act is done once; nothing is to be released."


def test_give__veto_of_a_vote_that_passed_meanwhile__tells_whose_tasks_it_took(client: TestClient) -> None:
    given = give(client, an_order("veto", "proposal", 2))
    assert given["confirmed_by"] == "floor"
    assert given["displaced"]["what"].startswith("who had its tasks: ")
    assert given["displaced"]["tasks"]
    assert given["displaced"]["returns"].endswith(", task by task.")


@pytest.mark.parametrize(
    ("kind", "subject", "told"),
    [
        ("maintain", ("robot", "R-1"), "takes the role supervisor or maintenance"),
        ("hold", ("plant", None), None),
        ("release", ("robot", "R-6"), "takes the role operator or supervisor"),
    ],
)
def test_preview__human_without_the_role__warns_that_it_will_be_refused(
    story: Story, kind: str, subject: tuple[str, str | None], told: str | None
) -> None:
    for role in (Role.OPERATOR, Role.SUPERVISOR, Role.MAINTENANCE):
        story.chain.revoke(signer("administrator").address, role, signer("technician").address)
    with TestClient(serve(story).app, base_url=LOOPBACK) as client:
        warnings = preview(client, an_order(kind, *subject))["warnings"]
    assert [told in words for words in warnings] == ([True] if told else [])


def test_preview__suspended_human__warns_that_it_will_be_refused(story: Story) -> None:
    planner = peopled(story).ledger.numbers[signer("planner").address]
    story.order(OverrideKind.SUSPEND, SubjectType.WORKER, planner, why="a stolen key")
    with TestClient(serve(story).app, base_url=LOOPBACK) as client:
        warnings = preview(client, an_order("hold", "plant", human="planner"))["warnings"]
    assert warnings[0].endswith(" is suspended: the contracts refuse this order.")


def test_give__approve_of_a_defeated_plan__its_workers_get_the_open_tasks(client: TestClient) -> None:
    story = a_decided_plant()
    third = story.propose("designer", story.plan(shift=1), words="once more")
    with TestClient(serve(story).app, base_url=LOOPBACK) as fresh:
        asked = give(fresh, an_order("approve", "proposal", third))
        assert asked["state"] == "asked"
        assert asked["next_step"].startswith("Nothing has changed yet")
        given = give(fresh, an_order("approve", "proposal", third))
        assert given["state"] == "effective"
        assert get(fresh, f"overrides/{asked['id']}")["state"] == "done"
        leads = {entry["task"]: entry["lead"] for entry in get(fresh, f"proposals/{third}")["plan"]}
        task = get(fresh, f"tasks/{story.task('P6', 'unload')}")
    assert task["worker"] == leads[task["id"]]


def test_give__suspend__the_worker_may_not_act(client: TestClient) -> None:
    give(client, an_order("suspend", "worker", "finisher"))
    assert get(client, "workers/finisher")["standing"] == "suspended"


def test_give__cancel_of_several__all_of_them_are_cancelled(client: TestClient, story: Story) -> None:
    tasks = [story.task("P6", step) for step in ("attach", "unlast", "unload")]
    give(client, an_order("cancel", "task", tasks[0], payload={"tasks": tasks}))
    assert {get(client, f"tasks/{task}")["status"] for task in tasks} == {"cancelled"}


def test_give__previewed_before_the_task_changed__412_with_how_it_is_now(client: TestClient, story: Story) -> None:
    task = story.task("P6", "glue")
    order = an_order("assign", "task", task, payload={"worker": "assembler"})
    seen = preview(client, order)
    give(client, an_order("assign", "task", task, payload={"worker": "grinder"}))
    answer = send(client, order, etag=seen["etag"])
    now = preview(client, order)
    assert (answer.status_code, answer.json()["type"]) == (412, "/problems/stale-version")
    assert answer.json()["current"] == {"etag": now["etag"], "displaces": now["displaces"]}
    assert get(client, f"tasks/{task}")["worker"]["id"] == "grinder"


def test_give__no_preview__428(client: TestClient, story: Story) -> None:
    order = an_order("cancel", "task", story.task("P6", "glue"))
    answer = client.post("/api/v1/overrides", json=order, headers=a_key())
    assert (answer.status_code, answer.json()["type"]) == (428, "/problems/precondition-required")
    assert "dry_run" in answer.json()["detail"]


@pytest.mark.parametrize(("kind", "status"), [("hold", 201), ("cancel", 412)])
def test_give__whatever_changed__a_hold_alone(client: TestClient, story: Story, kind: str, status: int) -> None:
    assert send(client, an_order(kind, "task", story.task("P6", "glue")), etag="*").status_code == status


def test_preview__any_but_a_hold__binds_the_epoch_that_was_seen(client: TestClient, story: Story) -> None:
    task = story.task("P6", "glue")
    epoch = get(client, f"tasks/{task}")["epoch"]
    assert preview(client, an_order("cancel", "task", task))["order"]["expectedEpoch"] == epoch
    assert preview(client, an_order("hold", "task", task))["order"]["expectedEpoch"] == 0


def test_give__signed_for_a_later_epoch__the_contract_refuses_it(client: TestClient, story: Story) -> None:
    task = story.task("P6", "glue")
    order = an_order("cancel", "task", task, human="technician")
    seen = preview(client, order)
    signed = replace(order_from(seen["order"]), expected_epoch=77)
    digest = order_digest(signed, chain_id=story.chain.chain_id, overrides=ADDRESSES["Overrides"])
    signature = "0x" + signer("technician").sign(digest).hex()
    answer = send(client, {**order, "order": order_json(signed), "signature": signature}, etag=seen["etag"])
    assert answer.status_code == 409
    assert answer.json()["revert"] == {"error": "StaleVersion", "values": [seen["epoch"], 77]}


# Previews


def test_preview__assign__changes_nothing(client: TestClient, story: Story) -> None:
    before = story.chain.head.number
    seen = preview(client, an_order("assign", "task", story.task("P4", "glue"), payload={"worker": "assembler"}))
    assert seen["displaces"]["what"].startswith("Sprayer has the task, by proposal 2; Assembler gets it.")
    assert "Sprayer" in seen["displaces"]["returns"]
    assert story.chain.head.number == before


def test_preview__any__has_the_exact_bytes_to_sign(client: TestClient, story: Story) -> None:
    seen = preview(client, an_order("hold", "robot", "R-1"))
    order = order_from(seen["order"])
    digest = order_digest(order, chain_id=story.chain.chain_id, overrides=ADDRESSES["Overrides"])
    assert seen["digest"] == "0x" + digest.hex()
    assert seen["typed_data"]["message"] == seen["order"]
    assert seen["typed_data"]["primaryType"] == "Order"
    assert any(order.preview)


def test_preview__assign_payload__is_one_plan_entry(client: TestClient, story: Story) -> None:
    task = story.task("P4", "glue")
    seen = preview(client, an_order("assign", "task", task, payload={"worker": "assembler"}))
    entry, end = unpack_entry(bytes.fromhex(seen["order"]["payload"][2:]))
    assert (entry.task, entry.lead, end) == (task, story.badge["assembler"], len(seen["order"]["payload"]) // 2 - 1)


def test_preview__takes_long__keeps_nobody_else_waiting(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go = threading.Event(), threading.Event()

    def long(*_: Any) -> Any:
        begun.set()
        assert go.wait(60)
        return forecast_out(*_)

    monkeypatch.setattr("api.drafts.forecast_out", long)
    with TestClient(serve(story).app, base_url=LOOPBACK) as client, ThreadPoolExecutor(1) as pool:
        asked = pool.submit(preview, client, an_order("cancel", "task", story.task("P6", "glue")))
        assert begun.wait(60)
        story.post()
        _wait_until(lambda: len(get(client, "orders")["items"]) == 2)
        go.set()
        assert asked.result()["forecast"]


def test_preview__enough_others_at_it__comes_again_but_a_hold_is_given(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.desk.FORECASTS_AT_ONCE", 0)
    monkeypatch.setattr("api.turns.TURN_WITHIN_S", 0.05)
    with TestClient(serve(story).app, base_url=LOOPBACK) as client:
        busy = client.post("/api/v1/overrides?dry_run=true", json=an_order("cancel", "task", story.task("P6", "glue")))
        assert (busy.status_code, busy.json()["type"]) == (503, "/problems/busy")
        assert int(busy.headers["Retry-After"]) > 0
        assert send(client, an_order("hold", "robot", "R-1"), etag="*").status_code == 201


# The human's own signature


@pytest.fixture
def keyless(story: Story) -> Any:
    with TestClient(serve(story, signs=()).app, base_url=LOOPBACK) as made:
        yield made


def _signed(seen: dict[str, Any], order: dict[str, Any], name: str) -> dict[str, Any]:
    signature = signer(name).sign(bytes.fromhex(seen["digest"][2:]))
    return order | {"order": seen["order"], "signature": "0x" + signature.hex()}


def test_give__signed_by_the_human__is_relayed(keyless: TestClient) -> None:
    order = an_order("hold", "robot", "R-1", human="technician")
    given = give(keyless, _signed(preview(keyless, order), order, "technician"))
    assert (given["state"], given["human"]["id"], given["banner"]) == ("effective", "technician", None)


def test_give__signed_by_a_stranger__is_refused_at_the_door(keyless: TestClient) -> None:
    order = an_order("hold", "robot", "R-1", human="technician")
    problem = give(keyless, _signed(preview(keyless, order), order, "stranger"), status=422)
    assert problem["errors"][0]["pointer"] == "/signature"


def test_give__signed_reason_that_is_no_text__is_refused_by_its_name(keyless: TestClient) -> None:
    order = an_order("hold", "robot", "R-1", human="technician")
    signed = _signed(preview(keyless, order), order, "technician")
    signed["order"] |= {"reason": "\ud800"}
    headers = a_key() | {"Content-Type": "application/json", "If-Match": '"x"'}
    refused = keyless.post("/api/v1/overrides", content=json.dumps(signed), headers=headers)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/order/reason")


def test_give__signed_order_changed__is_refused_at_the_door(keyless: TestClient, story: Story) -> None:
    order = an_order("hold", "robot", "R-1", human="technician")
    signed = _signed(preview(keyless, order), order, "technician")
    signed["order"] |= {"subject": story.badge["R-2"]}
    assert send(keyless, signed, etag="*").json()["errors"][0]["pointer"] == "/signature"


@pytest.mark.parametrize(("kind", "status"), [("requeue", 422), ("hold", 201)])
def test_give__signed_over_a_preview_that_was_never_made__is_refused_but_for_a_hold(
    keyless: TestClient, kind: str, status: int
) -> None:
    order = an_order(kind, "task", 302, human="technician")
    seen = preview(keyless, order)
    signed = replace(order_from(seen["order"]), preview=bytes(32))
    digest = order_digest(signed, chain_id=seen["head"]["chain_id"], overrides=ADDRESSES["Overrides"])
    signature = "0x" + signer("technician").sign(digest).hex()
    answer = send(keyless, order | {"order": order_json(signed), "signature": signature}, etag=seen["etag"])
    assert answer.status_code == status
    if status == 422:
        assert answer.json()["errors"][0]["pointer"] == "/order/preview"


def test_read_preview__of_an_order_signed_by_its_human__is_what_was_shown(keyless: TestClient) -> None:
    order = an_order("cancel", "task", 302, human="technician")
    began = datetime.now(UTC)
    seen = preview(keyless, order)
    previewed = datetime.now(UTC)
    given = give(keyless, _signed(seen, order, "technician"))
    shown = get(keyless, f"overrides/{given['id']}/preview")
    assert began <= datetime.fromisoformat(shown["made_at"]) <= previewed
    assert (shown["forecast"], shown["displaces"]) == (seen["forecast"], seen["displaces"])
    assert shown["preview"] == seen["order"]["preview"]


@pytest.mark.parametrize("id_", ["999", "0x00", "last"])
def test_read_preview__of_no_override__says_that_there_is_none(keyless: TestClient, id_: str) -> None:
    answer = keyless.get(f"/api/v1/overrides/{id_}/preview")
    assert (answer.status_code, answer.json()["detail"].split(".")[0]) == (404, f"There is no override {id_}")


def test_read_preview__of_an_order_not_previewed_here__says_so(keyless: TestClient, story: Story) -> None:
    story.order(OverrideKind.HOLD, SubjectType.ROBOT, story.badge["R-1"], why="signed elsewhere")
    keyless.app.state.dependencies.projection.cycle()  # type: ignore[attr-defined]
    answer = keyless.get(f"/api/v1/overrides/{max(story.ledger.overrides)}/preview")
    assert (answer.status_code, "not previewed at this API" in answer.json()["detail"]) == (404, True)


ANOTHER = {
    "subject": {"subject": {"type": "robot", "id": "R-2"}},
    "level": {"level": 8},
    "reasonCode": {"reason": {"code": "SAFETY", "text": "the glue line wavers"}},
    "reason": {"reason": {"code": "QUALITY", "text": "another"}},
    "expiresAt": {"expires_at": "2099-01-01T00:00:00Z"},
    "human": {"human": "operator"},
    "payload": {"payload": {"worker": "assembler"}},
}


@pytest.mark.parametrize(("field", "said"), ANOTHER.items(), ids=ANOTHER)
def test_give__request_says_another_than_was_signed__names_the_field(
    keyless: TestClient, field: str, said: dict[str, Any]
) -> None:
    order = an_order("hold", "robot", "R-1", human="technician")
    signed = _signed(preview(keyless, order), order, "technician")
    refused = send(keyless, signed | said, etag="*")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, f"/order/{field}")
    assert send(keyless, signed, etag="*").status_code == 201


AN_ASSIGNMENT = {"worker": "assembler", "helpers": [], "start_s": 900, "second_reason": ""}
OTHER_PAYLOADS = [
    ("cancel", {"tasks": [302, 312]}, {}),
    ("release", {"hold_only": True}, {"hold_only": False}),
    ("reprioritise", {"priority": 9}, {"priority": 10}),
    ("lift", {"kind": "reprioritise"}, {"kind": "drain"}),
    ("assign", AN_ASSIGNMENT, AN_ASSIGNMENT | {"worker": "sprayer"}),
    ("assign", {"worker": "assembler"}, {"worker": "assembler", "inspector": "assembler"}),
    ("assign", {"worker": "assembler", "duration_s": 60}, {"worker": "assembler", "duration_s": 61}),
    ("assign", {"worker": "assembler"}, {"worker": "assembler", "start_s": 1.5e306}),
]


@pytest.mark.parametrize(("kind", "payload", "said"), OTHER_PAYLOADS)
def test_give__request_says_another_payload_than_was_signed__is_refused(
    keyless: TestClient, kind: str, payload: dict[str, Any], said: dict[str, Any]
) -> None:
    order = an_order(kind, "task", 302, human="technician", payload=payload)
    seen = preview(keyless, order)
    signed = _signed(seen, order, "technician")
    refused = send(keyless, signed | {"payload": said}, etag=seen["etag"])
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/order/payload")
    assert send(keyless, signed, etag=seen["etag"]).status_code in (201, 409)


def test_give__signed_by_a_contract__goes_past_the_gateway_to_the_chain(story: Story, tmp_path: Path) -> None:
    """The chain in memory knows keys alone, and says so."""
    wallets = {signer("technician").address: b"yes"}
    with a_gateway(story, tmp_path) as (gateway, _):
        served = serve(story, signs=(), floor=gateway, verify=lambda account, _, seen: wallets.get(account) == seen)
        with TestClient(served.app, base_url=LOOPBACK) as client:
            order = an_order("hold", "robot", "R-1", human="technician")
            signed = order | {"order": preview(client, order)["order"], "signature": "0x" + b"yes".hex()}
            refused = give(client, signed, status=409)
            assert (refused["type"], refused["revert"]["error"]) == ("/problems/refused-on-chain", "BadSignature")
            give(client, signed | {"signature": "0x00"}, status=422)


@pytest.mark.parametrize(
    ("kind", "task", "told"),
    [
        ("hold", 256, "accepted"),
        ("cancel", 256, "accepted"),
        ("requeue", 256, "accepted"),
        ("rework", 302, "allocated"),
        ("accept", 302, "allocated"),
    ],
)
def test_preview__task_in_a_status_that_takes_no_such_order__is_too_late(
    client: TestClient, kind: str, task: int, told: str
) -> None:
    refused = client.post("/api/v1/overrides?dry_run=true", json=an_order(kind, "task", task))
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/too-late")
    assert f"Task {task} is {told}" in refused.json()["detail"]
    assert "none" not in refused.json()["detail"]


def test_preview__suspension_of_a_human__is_about_its_badge(keyless: TestClient, story: Story) -> None:
    order = an_order("suspend", "worker", "technician", human="technician")
    assert preview(keyless, order)["order"]["subject"] == story.badge["technician"]


@pytest.mark.parametrize("said", ["0001-01-01T00:00:00", "0001-01-01T00:00:00+01:00"])
def test_give__signed_with_a_time_that_no_clock_shows__names_the_field(keyless: TestClient, said: str) -> None:
    order = an_order("hold", "robot", "R-1", human="technician")
    refused = send(keyless, _signed(preview(keyless, order), order, "technician") | {"expires_at": said}, etag="*")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/order/expiresAt")


def test_give__the_signature_cannot_be_checked_now__is_told_to_come_again(story: Story) -> None:
    def silent(*_: object) -> bool:
        raise Unreachable("the node is away")

    with TestClient(serve(story, signs=(), verify=silent).app, base_url=LOOPBACK) as client:
        order = an_order("hold", "robot", "R-1", human="technician")
        signed = order | {"order": preview(client, order)["order"], "signature": "0x" + b"a wallet's".hex()}
        answer = send(client, signed, etag="*")
        assert (answer.status_code, answer.json()["type"]) == (503, "/problems/chain-unavailable")
        assert int(answer.headers["Retry-After"]) > 0


def test_give__signed_order_twice__is_executed_once(keyless: TestClient) -> None:
    order = an_order("hold", "robot", "R-1", human="technician")
    signed = _signed(preview(keyless, order), order, "technician")
    first, again = give(keyless, signed), give(keyless, signed)
    assert again["id"] == first["id"]
    assert [item["id"] for item in get(keyless, "overrides")["items"]].count(first["id"]) == 1


def test_give__no_key_and_no_signature__says_how_to_sign(keyless: TestClient) -> None:
    problem = give(keyless, an_order("hold", "robot", "R-1", human="technician"), status=422)
    assert problem["errors"][0]["pointer"] == "/signature"
    assert "dry_run" in problem["detail"]


def test_give__no_key_and_nobody_named__asks_for_the_human(keyless: TestClient) -> None:
    assert give(keyless, an_order("hold", "robot", "R-1"), status=422)["errors"][0]["pointer"] == "/human"


# Bad input

TASK = 261  # P1/grind, accepted
BAD = [
    ("/reason", partial(an_order, "hold", "robot", "R-1", reason=None)),
    ("/reason/text", partial(an_order, "hold", "robot", "R-1", reason={"code": "QUALITY", "text": "  "})),
    ("/reason/text", partial(an_order, "hold", "robot", "R-1", reason={"code": "QUALITY", "text": ""})),
    ("/reason/code", partial(an_order, "hold", "robot", "R-1", reason={"code": "MOOD", "text": "no"})),
    ("/expires_at", partial(an_order, "suspend", "worker", "sprayer", expires_at=None)),
    ("/expires_at", partial(an_order, "cancel", "task", 300, expires_at=soon(-60))),
    ("/expires_at", partial(an_order, "cancel", "task", 300, expires_at=soon(3))),
    ("/expires_at", partial(an_order, "cancel", "task", 300, expires_at="2030-01-01T00:00:00")),
    ("/expires_at", partial(an_order, "cancel", "task", 300, expires_at="tomorrow")),
    ("/subject/id", partial(an_order, "cancel", "task", 9_999)),
    ("/subject/id", partial(an_order, "cancel", "task")),
    ("/subject/id", partial(an_order, "cancel", "task", "one")),
    ("/subject/id", partial(an_order, "suspend", "worker", "R-1")),
    ("/subject/id", partial(an_order, "hold", "robot", "sprayer")),
    ("/subject/id", partial(an_order, "veto", "proposal", 17)),
    ("/subject/type", partial(an_order, "veto", "robot", "R-1")),
    ("/subject/type", partial(an_order, "hold", "machine", 1)),
    ("/kind", partial(an_order, "dance", "robot", "R-1")),
    ("/level", partial(an_order, "hold", "robot", "R-1", level=3)),
    ("/human", partial(an_order, "hold", "robot", "R-1", human="sprayer")),
    ("/colour", partial(an_order, "hold", "robot", "R-1", colour="red")),
    ("/payload/worker", partial(an_order, "assign", "task", 300)),
    ("/payload/worker", partial(an_order, "assign", "task", 300, payload={"worker": "nobody"})),
    (
        "/payload/second_reason",
        partial(an_order, "assign", "task", 300, payload={"worker": "analyst", "robots": ["R-1"]}),
    ),
    ("/payload/shift", partial(an_order, "assign", "task", 300, payload={"worker": "loader", "shift": 1})),
    ("/payload/start_s", partial(an_order, "assign", "task", 300, payload={"worker": "loader", "start_s": -1})),
    ("/payload/robots", partial(an_order, "assign", "task", 302, payload={"worker": "assembler", "robots": "R-6"})),
    ("/payload/tasks", partial(an_order, "cancel", "task", 300, payload={"tasks": [1]})),
    ("/order", partial(an_order, "hold", "robot", "R-1", signature="0x00")),
    ("/order/kind", partial(an_order, "hold", "robot", "R-1", order={}, signature="0x00")),
]


@pytest.mark.parametrize(("pointer", "order"), BAD, ids=[f"{n}-{pointer}" for n, (pointer, _) in enumerate(BAD)])
def test_give__bad_field__is_named(shared: TestClient, pointer: str, order: Callable[[], dict[str, Any]]) -> None:
    problem = give(shared, order(), status=422)
    assert pointer in [error["pointer"] for error in problem["errors"]]
    assert problem["detail"]


@pytest.fixture(scope="module")
def shared() -> Any:
    from tests.api.story import a_running_plant

    with TestClient(serve(a_running_plant()).app, base_url=LOOPBACK) as made:
        yield made


def test_give__finished_task__cannot_be_assigned(shared: TestClient) -> None:
    order = an_order("assign", "task", TASK, payload={"worker": "grinder"})
    assert "nothing can be assigned any more" in give(shared, order, status=409)["detail"]


# Too often


def test_give__too_often__is_told_so_while_reading_goes_on(story: Story) -> None:
    with TestClient(serve(story, terms=Terms(development=True, rate=20)).app, base_url=LOOPBACK) as client:
        statuses = [client.post("/api/v1/overrides", json={}).status_code for _ in range(40)]
        bulk = client.post("/api/v1/bulk/overrides", json={})
        assert (statuses[0], statuses[-1], bulk.status_code) == (422, 429, 429)
        assert int(bulk.headers["Retry-After"]) > 0
        assert client.get("/api/v1/tasks").status_code == 200


# The gateway first


class NoFloor:
    """A gateway that refuses or is away."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def give(self, order: dict[str, Any], signature: str) -> dict[str, str]:
        raise self.error


def test_give__hold__acts_at_the_gateway_and_is_shown_until_it_is_on_chain(
    story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.desk.SEEN_WITHIN_S", 0.2)
    with a_gateway(story, tmp_path) as (gateway, chain):
        chain.away = True
        served = serve(story, floor=gateway, words=gateway.words)
        with TestClient(served.app, base_url=LOOPBACK) as client:
            given = give(client, an_order("hold", "robot", "R-1"))
            robot = get(client, "robots/R-1")
            assert (given["state"], given["id"], given["active"]) == ("submitted", None, True)
            assert (robot["state"], robot["anchoring"], robot["held"]) == ("held", True, False)
            chain.away = False
            _wait_until(lambda: get(client, "robots/R-1")["held"])
            _wait_until(lambda: get(client, f"overrides/{given['digest']}")["state"] == "effective")
            assert not get(client, "robots/R-1")["anchoring"]


def _wait_until(condition: Any) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.05)


def test_give__hold_refused_by_the_gateway__says_why(story: Story) -> None:
    floor = NoFloor(GatewayRefused("NOT_ALLOWED", "no role"))
    with TestClient(serve(story, floor=floor).app, base_url=LOOPBACK) as client:
        assert "NOT_ALLOWED: no role" in give(client, an_order("hold", "robot", "R-1"), status=409)["detail"]


def test_give__hold_while_the_gateway_is_away__goes_to_the_chain(story: Story) -> None:
    floor = NoFloor(GatewayUnreachable("away"))
    with TestClient(serve(story, floor=floor).app, base_url=LOOPBACK) as client:
        assert give(client, an_order("hold", "robot", "R-1"))["state"] == "effective"


def test_give__reason_by_number__is_the_same_reason(client: TestClient) -> None:
    given = give(client, an_order("hold", "robot", "R-1", reason={"code": 2, "text": REASON["text"]}))
    assert given["reason"]["code"] == "SAFETY"
