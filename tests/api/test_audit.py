"""The audit and products over the API: the rows are the files', a page at a time; a file proves itself."""

import csv
import json
from collections.abc import Iterator
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.exports import AT_ONCE, CHUNK, in_pieces
from api.home import Home
from api.webhooks.reach import Reach
from scripts.api_state import open_database
from scripts.audit_file import whole_file
from scripts.serve import dependencies_of
from tests.api.requests import get
from tests.api.serving import DEVELOPMENT, LOOPBACK, serve
from tests.api.story import Story
from tests.audit.blocks import CHANGED, Told, a_block, chained
from tests.chain.workshop import JOINT, Plant, running_workshop
from workmoot.audit.export import About
from workmoot.audit.verify import verify
from workmoot.chain.proof import BlockEvidence
from workmoot.domain.errors import Unprovable, Unreachable

pytestmark = pytest.mark.filterwarnings("ignore:websockets.legacy is deprecated:DeprecationWarning")


def telling(story: Story, *blocks: BlockEvidence | Exception) -> TestClient:
    return TestClient(serve(story, evidence=Told(*blocks)).app, base_url=LOOPBACK)


# Rows


def test_list_audit__humans_orders__who_what_why_displaced_and_what_it_did(client, story):
    told = get(client, "audit?act=OverrideGiven")["items"]
    assert [row["by"]["id"] for row in told] == ["technician", "technician"]
    hold, assign = told
    assert hold["subject"] == {"type": "robot", "id": story.badge["R-6"]}
    assert hold["reason"] == {"code": "QUALITY", "words": "nozzle looks clogged"}
    assert assign["displaced"]["kind"] == "digital"
    assert len(assign["effect"]) > 1
    assert assign["digest"] == get(client, "overrides/1")["digest"]


def test_list_audit__page_after_page__every_event_once_the_newest_first(client):
    page = get(client, "audit?limit=50")
    found = page["items"]
    while page["next_cursor"]:
        page = get(client, f"audit?limit=50&cursor={page['next_cursor']}")
        found += page["items"]
    places = [tuple(map(int, row["id"].split("."))) for row in found]
    assert places == sorted(set(places), reverse=True)
    assert len(found) == get(client, "about")["freshness"]["events"]


@pytest.mark.parametrize(
    ("asked", "kind"), [("order=1&act=OrderPosted", "order"), ("task=256&act=TaskStarted", "task")]
)
def test_list_audit__narrowed__only_that(client, asked, kind):
    [row] = get(client, f"audit?{asked}")["items"]
    assert row["subject"]["type"] == kind


def test_list_audit__cursor_of_another_list__refused(client):
    cursor = get(client, "events/recent?limit=1")["next_cursor"]
    assert client.get(f"/api/v1/audit?cursor={cursor}").status_code == 422


# Files


def test_export__csv__the_rows_of_the_list(client):
    answer = client.get("/api/v1/audit/export?format=csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="audit.csv"'
    table = list(csv.DictReader(StringIO(answer.text, newline="")))
    listed = get(client, "audit?limit=200")["items"]
    assert [row["id"] for row in reversed(table)][:200] == [row["id"] for row in listed]


def test_export__csv_of_a_product__the_rows_of_its_history(client):
    table = list(csv.DictReader(StringIO(client.get("/api/v1/audit/export?format=csv&product=1.P2").text)))
    listed = get(client, "products/1.P2/history")["items"]
    assert [row["id"] for row in reversed(table)][: len(listed)] == [row["id"] for row in listed]


def test_export__jsonl__is_what_the_blocks_prove(story):
    with telling(story, *chained([CHANGED], [], [CHANGED])) as client:
        answer = client.get("/api/v1/audit/export")
    assert answer.headers["content-type"] == "application/jsonl"
    assert "etag" not in answer.headers, "it was held back until it was whole"
    verdict = verify(BytesIO(answer.content))
    assert (verdict.faults, verdict.rows) == ([], 2)


@pytest.mark.parametrize(
    ("blocks", "status", "slug"),
    [
        ((Unreachable("no node answers"),), 503, "chain-unavailable"),
        ((Unprovable("block 5 does not hash"),), 502, "chain-fault"),
        ((a_block(6),), 502, "chain-fault"),
    ],
    ids=["silent", "lying", "another chain"],
)
def test_export__node_does_not_tell__a_problem_that_says_so(story, blocks, status, slug):
    with telling(story, *blocks) as client:
        answer = client.get("/api/v1/audit/export")
    assert answer.status_code == status
    assert answer.json()["type"] == f"/problems/{slug}"


def test_export__no_node_at_all__503(client):
    assert client.get("/api/v1/audit/export").status_code == 503


def test_export__node_falls_silent_in_the_middle__the_answer_breaks_off(story, monkeypatch):
    monkeypatch.setattr("api.exports.CHUNK", 1)
    with telling(story, *chained([CHANGED]), Unreachable("gone")) as client, pytest.raises(Unreachable):
        client.get("/api/v1/audit/export")


def test_export__more_at_once_than_there_is_room__429_until_one_ends(story):
    served = serve(story, evidence=Told(*chained([CHANGED])))
    exports = served.app.state.dependencies.exports
    under_way = [exports._pieces(iter(["a line"])) for _ in range(AT_ONCE)]
    for file in under_way:
        next(file)
    with TestClient(served.app, base_url=LOOPBACK) as client:
        refused = client.get("/api/v1/audit/export")
        assert (refused.status_code, refused.json()["type"]) == (429, "/problems/exports-under-way")
        assert refused.headers["retry-after"] == "5"
        under_way.pop().close()
        assert client.get("/api/v1/audit/export").status_code == 200


def test_export__unknown_format__refused(client):
    assert client.get("/api/v1/audit/export?format=xlsx").status_code == 422


def test_in_pieces__many_lines__the_same_text_in_few():
    lines = [f"{number}\n" for number in range(50_000)]
    pieces = list(in_pieces(iter(lines)))
    assert "".join(pieces) == "".join(lines)
    assert len(pieces) == len("".join(lines)) // CHUNK + 1


# Products


def test_read_product__its_tasks_and_where_the_rest_is(client):
    found = get(client, "products/1.P2")
    assert (found["id"], found["order"], found["document"]["id"]) == ("1.P2", 1, "P2")
    assert {task["product"] for task in found["tasks"]} == {"P2"}
    assert len(found["tasks"]) == 10
    assert client.get(found["history"]).json()["items"]
    assert found["file"] == "/api/v1/audit/export?product=1.P2"


@pytest.mark.parametrize("path", ["products/1.P99", "products/x", "products/1.P99/history"])
def test_read_product__unknown__404_with_those_there_are(client, path):
    answer = client.get(f"/api/v1/{path}")
    assert answer.status_code == 404
    assert "1.P1" in answer.json()["detail"]


@pytest.mark.parametrize("format_", ["csv", "jsonl"])
def test_export__unknown_product__404(client, format_):
    assert client.get(f"/api/v1/audit/export?format={format_}&product=1.P99").status_code == 404


def test_product_history__a_page__the_newest_first_and_only_its_own(client, story):
    first = get(client, "products/1.P2/history?limit=5")
    rest = get(client, f"products/1.P2/history?limit=200&cursor={first['next_cursor']}")
    rows = [*first["items"], *rest["items"]]
    places = [tuple(map(int, row["id"].split("."))) for row in rows]
    assert places == sorted(set(places), reverse=True)
    assert story.task("P1", "glue") not in {row["subject"]["id"] for row in rows}
    assert rows[-1]["act"] == "OrderPosted"


# Over a real node


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    with running_workshop("anvil", tmp_path_factory.mktemp("served")) as plant:
        yield plant


@pytest.fixture
def served(workshop: Plant, database_url: str) -> Iterator[TestClient]:
    deployed = workshop.connection.deployment
    tables, home = open_database(database_url, deployed, file=None), Home(url=LOOPBACK, chain_id=deployed.chain_id)
    app = create_app(dependencies_of(workshop.connection, None, None, tables, home, DEVELOPMENT, Reach()))
    with TestClient(app, base_url=LOOPBACK) as client:
        yield client
    tables.close()


@pytest.mark.parametrize("product", [None, "1.P1"])
def test_export__from_a_node__to_the_byte_what_the_command_writes_and_proved(workshop, served, product):
    asked = f"/api/v1/audit/export{f'?product={product}' if product else ''}"
    content = served.get(asked).content
    assert verify(BytesIO(content)).faults == []
    there = About(deployment=workshop.connection.deployment, product=product)
    assert content == "".join(whole_file(workshop.connection, there)).encode()


def test_list_audit__from_a_node__the_rows_of_the_file(workshop, served):
    lines = served.get("/api/v1/audit/export").text.splitlines()
    rows = [line for line in map(json.loads, lines) if line.pop("kind") == "row"]
    assert get(served, "audit?limit=200")["items"] == rows[::-1]
    joint = get(served, f"audit?task={JOINT}&act=TaskFailed")["items"]
    assert [row["by"]["id"] for row in joint] == ["driller"]


def test_product_history__from_a_node__the_rows_of_its_file(workshop, served, tmp_path: Path):
    lines = served.get("/api/v1/audit/export?product=1.P1").text.splitlines()
    rows = [line for line in map(json.loads, lines) if line.pop("kind") == "row"]
    assert get(served, "products/1.P1/history?limit=200")["items"] == rows[::-1]
