"""Reading: every list says its head block, and shows what the chain says."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from tests.api.requests import get
from tests.api.serving import LOOPBACK, serve
from tests.api.story import Story, a_decided_plant, a_running_plant
from workmoot.domain.overrides import OverrideKind, SubjectType

LISTS = ("orders", "tasks", "workers", "robots", "proposals", "overrides", "events/recent")


@pytest.fixture(scope="module")
def story() -> Story:
    """Nothing here changes it."""
    return a_running_plant()


@pytest.fixture(scope="module")
def client(story: Story) -> Iterator[TestClient]:
    with TestClient(serve(story).app, base_url=LOOPBACK) as made:
        yield made


@pytest.mark.parametrize("name", LISTS)
def test_list__any__says_its_head_block_and_lag(client: TestClient, story: Story, name: str) -> None:
    head = get(client, name)["head"]
    assert head["block"] == story.chain.head.number
    assert head["behind_blocks"] == 0
    assert (head["behind_s"], head["trouble"]) == (0, None)


def test_orders__one_posted__counts_tasks_and_products(client: TestClient) -> None:
    [order] = get(client, "orders")["items"]
    assert (order["tasks"], order["done"], len(order["products"]), order["products_finished"]) == (60, 22, 6, 1)


def test_order__known__has_its_tasks_with_their_names(client: TestClient) -> None:
    order = get(client, "orders/1")
    assert [task["index"] for task in order["members"]] == list(range(60))
    assert order["members"][0]["name"].endswith("· P1")
    assert order["detail"]["name"] == order["name"]


def test_task__reassigned_by_a_human__shows_both_decisions(client: TestClient, story: Story) -> None:
    task = get(client, f"tasks/{story.task('P3', 'attach')}")
    levels = {slot["level"]: slot for slot in task["slots"]}
    assert task["overridden"]
    assert levels[8]["worker"] == task["worker"]
    assert levels[16]["worker"] == task["standing_worker"]
    assert task["standing_worker"] != task["worker"]
    assert levels[8]["reason"] == "the customer asked for this worker"


def test_task__accepted__shows_its_run_and_grade(client: TestClient, story: Story) -> None:
    task = get(client, f"tasks/{story.task('P1', 'glue')}")
    assert (task["status"], task["final"], task["grade"]) == ("accepted", True, 96)
    assert [run["outcome"] for run in task["runs"]] == ["accepted"]


def test_tasks__narrowed_by_status__are_only_those(client: TestClient, story: Story) -> None:
    tasks = get(client, "tasks?status=rework")["items"]
    assert [task["id"] for task in tasks] == [story.task("P2", "glue")]


def test_task__a_vote_can_move_it_on__is_not_stuck(client: TestClient) -> None:
    assert {task["stuck"] for task in get(client, "tasks")["items"]} == {None}


def test_task__its_predecessor_was_cancelled__waits_for_a_human() -> None:
    story = a_decided_plant()
    before, task = story.task("P1", "demand"), story.task("P1", "design")
    story.order(OverrideKind.CANCEL, SubjectType.TASK, before, why="not wanted any more")
    with TestClient(serve(story).app, base_url=LOOPBACK) as client:
        assert get(client, f"tasks/{task}")["stuck"] == f"task {before}, which comes before it, was cancelled"
        assert {human["waiting"] for human in get(client, "floor")["humans"]} == {1}


@pytest.mark.parametrize(
    ("fails", "words"),
    [
        (True, "every worker that could do it has failed it"),
        (False, "no active worker has the capability"),
    ],
)
def test_task__nobody_may_take_it__waits_for_a_human(fails: bool, words: str) -> None:
    story = a_decided_plant()
    task = story.ledger.tasks[story.task("P1", "demand")]
    if fails:
        worker = story.by(story.name_of(task.worker)).work_orders
        worker.decline(task.id, task.epoch)
    for member in story.ledger.voting_members():
        if member.is_capable(task.spec.capability) and not (fails and member.number == task.worker):
            story.order(OverrideKind.SUSPEND, SubjectType.WORKER, member.number, why="not well")
    if not fails:
        story.by("relay").work_orders.poke(task.id)
    with TestClient(serve(story).app, base_url=LOOPBACK) as client:
        found = get(client, f"tasks/{task.id}")
        assert (found["status"], found["stuck"]) == ("posted", words)
        assert [who["number"] for who in found["excluded"]] == ([task.worker] if fails else [])
        assert "Needs you" in client.get("/").text
        assert words in client.get("/").text


def test_worker__by_id_and_by_number__is_the_same(client: TestClient, story: Story) -> None:
    assert get(client, "workers/sprayer") == get(client, f"workers/{story.badge['sprayer']}")


def test_worker__that_did_work__has_a_record(client: TestClient) -> None:
    records = get(client, "workers/sprayer")["records"]
    assert sum(record["done"] for record in records) > 0


def test_ranking__published__has_its_numbers(client: TestClient) -> None:
    ranking = get(client, "workers/sprayer/ranking")
    first = ranking["items"][0]
    assert ranking["worker"]["id"] == "sprayer"
    assert (first["place"], first["score"], first["energy_wh"], first["success"]) == (1, 100, 12, 0.97)
    assert first["alone_s"] > 0


def test_ranking__none_published__is_empty(client: TestClient) -> None:
    assert get(client, "workers/designer/ranking")["items"] == []


def test_robots__one_held__merges_chain_and_gateway(client: TestClient) -> None:
    robots = {robot["id"]: robot for robot in get(client, "robots")["items"]}
    assert len(robots) == 10
    assert (robots["R-6"]["state"], robots["R-6"]["held"], robots["R-6"]["human"]) == ("held", True, True)
    running = [robot for robot in robots.values() if robot["state"] == "running"]
    assert [(robot["progress"], robot["holder"] is not None) for robot in running] == [(0.45, True)]


def test_proposals__defeated_and_countered__show_votes_and_reviews(client: TestClient) -> None:
    second, first = get(client, "proposals")["items"]
    assert (first["state"], first["yes"], first["no"], first["members"], first["needed"]) == ("defeated", 1, 4, 7, 4)
    assert (second["state"], second["yes"], second["counters"]) == ("enacted", 4, 1)
    assert first["countered_by"] == [2]
    assert {entry["outcome"] for entry in second["plan"]} == {"taken"}
    changed = {review["member"]["id"]: review["changed"] for review in first["reviews"]}
    assert changed == {"assembler": True, "loader": False}


def test_overrides__two_given__say_what_they_displaced(client: TestClient) -> None:
    hold, assign = get(client, "overrides")["items"]
    assert (hold["kind"], hold["level"], hold["state"], hold["expires_at"]) == ("hold", 7, "effective", None)
    assert (assign["kind"], assign["level"], assign["state"]) == ("assign", 8, "effective")
    assert assign["displaced"]["worker"]["id"] in assign["displaced"]["what"].lower()
    assert assign["human"]["id"] == "technician"
    assert get(client, "overrides?active=false")["items"] == []


def test_override__by_number_and_by_digest__is_the_same(client: TestClient) -> None:
    by_number = get(client, "overrides/1")
    assert get(client, f"overrides/{by_number['digest']}") == by_number


def test_floor__running__places_robots_sensors_and_pairs(client: TestClient) -> None:
    floor = get(client, "floor")
    assert (len(floor["robots"]), len(floor["sensors"]), len(floor["humans"])) == (10, 25, 1)
    pairs = {pair["id"]: (pair["state"], pair["station"]) for pair in floor["pairs"]}
    assert pairs["P1"][0] == "finished"
    assert pairs["P2"][0] == "attention"
    assert pairs["P3"] == ("working", "grinding")
    assert pairs["P4"] == ("working", None)
    assert ["grinding", "glue-spraying"] in floor["flows"]


def test_schedule__running__has_plan_and_runs_in_each_lane(client: TestClient) -> None:
    schedule = get(client, "schedule")
    lanes = {lane["worker"]["id"]: lane for lane in schedule["lanes"]}
    assert len(lanes) == 7
    assert sum(len(lane["planned"]) for lane in lanes.values()) == 60
    open_bars = [bar for lane in lanes.values() for bar in lane["actual"] if bar["span"]["end_s"] is None]
    assert {bar["status"] for bar in open_bars} == {"started"}
    assert len(open_bars) == 2


def test_about__development_keys__says_so(client: TestClient) -> None:
    about = get(client, "about")
    assert about["plant"] == "FlexVega shoe line"
    assert "Development keys sign here" in about["banner"]
    assert about["capabilities"][6] == "glue-spraying"
    assert about["speed"] == 10


def test_health__alive__is_ok(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}


def test_readiness__chain_read__is_ready(client: TestClient, story: Story) -> None:
    assert client.get("/readyz").json()["head"]["block"] == story.chain.head.number
