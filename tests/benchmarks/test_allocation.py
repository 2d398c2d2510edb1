"""The allocation benchmark: how instances are read, what is told of them, and that every plan it writes holds."""

import json
import os
from itertools import pairwise
from pathlib import Path

import pytest
from typer.testing import CliRunner

from benchmarks.allocation.community import decide
from benchmarks.allocation.contract_net import contract_net
from benchmarks.allocation.instances import Instance, read_bounds, read_instance
from benchmarks.allocation.run import measure_solo
from benchmarks.allocation.solo import solve
from benchmarks.allocation.work import policy_of
from scripts.bench import app
from tests.absent import not_run
from workmoot.domain.errors import Malformed

FJS = "# two jobs\n2 2 1.5\n\n2 1 0 3 2 0 4 1 2\n1 2 0 5 1 6\n"
FAJS = "4 3 2\n0 2\n1 2\n2 3\n1 0 3\n1 1 4\n2 0 5 1 6\n1 1 7\n"
TABLE = "name,format,file,lb,ub\nsmall,fjs,small.txt,6,7\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "small.txt").write_text(FJS)
    (tmp_path / "bounds.csv").write_text(TABLE)
    return tmp_path


def read(tmp_path: Path, text: str, form: str = "fjs") -> Instance:
    (tmp_path / "instance").write_text(text)
    return read_instance(tmp_path / "instance", form)


def faults(instance: Instance, assignments: list[tuple[int, int, int, int]]) -> list[str]:
    """What is wrong with a plan: checked here without any of what made it."""
    ends = {operation: end for operation, _, _, end in assignments}
    found = [] if sorted(ends) == list(range(len(instance.ways))) else ["not every operation once"]
    for operation, machine, start, end in assignments:
        if (machine, end - start) not in instance.ways[operation]:
            found.append(f"{operation} is not done so")
        if any(start < ends[before] for before in instance.before[operation]):
            found.append(f"{operation} does not wait")
    for machine in {machine for _, machine, _, _ in assignments}:
        times = sorted((start, end) for _, other, start, end in assignments if other == machine)
        found += [f"{machine} does two at once" for (_, end), (start, _) in pairwise(times) if start < end]
    return found


def test_read_instance__fjs__each_waits_for_the_one_before_in_its_job(tmp_path: Path):
    found = read(tmp_path, FJS)
    assert (found.before, found.jobs) == (((), (0,), ()), ((0, 1), (2,)))
    assert found.ways == (((0, 3),), ((0, 4), (1, 2)), ((0, 5), (1, 6)))


def test_read_instance__fajs__each_waits_for_what_the_arcs_say(tmp_path: Path):
    found = read(tmp_path, FAJS, "fajs")
    assert (found.before, found.jobs) == (((), (), (0, 1), (2,)), ((0, 1, 2, 3),))
    assert found.ways[2:] == (((0, 5), (1, 6)), ((1, 7),))


@pytest.mark.parametrize(
    ("text", "form", "why"),
    [
        ("2 2\n1 1 0 3\n", "fjs", "it ends too early"),
        ("1 1\n1 2 0 3\n", "fjs", "it ends too early"),
        ("1 1\n1 0\n", "fjs", "no machine can do operation 0"),
        ("1 1\n1 1 0 -3\n", "fjs", "no machine can do operation 0"),
        ("1 1\none\n", "fjs", "one"),
        ("", "fjs", "not enough values"),
        ("2 1 1\n0 2\n1 0 3\n1 0 3\n", "fajs", "no arc from 0 to 2 among 2"),
        ("2 2 1\n0 1\n1 0\n1 0 3\n1 0 3\n", "fajs", "wait for each other"),
        ("", "jsp", "none of fjs, fajs: jsp"),
    ],
)
def test_read_instance__not_of_its_format__says_what_is_wrong(tmp_path: Path, text: str, form: str, why: str):
    with pytest.raises(Malformed, match=why):
        read(tmp_path, text, form)


def test_read_instance__no_such_file__says_so(tmp_path: Path):
    with pytest.raises(Malformed, match="No such file"):
        read_instance(tmp_path / "nothing", "fjs")


@pytest.mark.parametrize(("table", "why"), [("name,format\na,fjs\n", "file"), (TABLE.replace("6", "low"), "low")])
def test_read_bounds__not_such_a_table__says_what_is_wrong(tmp_path: Path, table: str, why: str):
    (tmp_path / "bounds.csv").write_text(table)
    with pytest.raises(Malformed, match=why):
        read_bounds(tmp_path / "bounds.csv", tmp_path)


def test_read_bounds__no_such_file__says_so(tmp_path: Path):
    with pytest.raises(Malformed, match="No such file"):
        read_bounds(tmp_path / "bounds.csv", tmp_path)


def test_solve__two_jobs__the_best_plan_there_is(tmp_path: Path):
    instance = read(tmp_path, FJS)
    found = solve(instance, seconds=0.01, seed=1)
    assert (found.makespan, faults(instance, list(found.assignments))) == (7, [])


def test_solve__a_graph__the_best_plan_there_is(tmp_path: Path):
    instance = read(tmp_path, FAJS, "fajs")
    found = solve(instance, seconds=0.01, seed=1)
    assert (found.makespan, faults(instance, list(found.assignments))) == (16, [])


def test_solve__nothing_to_do__refused(tmp_path: Path):
    with pytest.raises(Malformed, match="nothing to do"):
        solve(read(tmp_path, "0 0\n"), seconds=0, seed=1)


def test_decide__two_jobs__the_best_plan_there_is_by_a_majority(tmp_path: Path):
    instance = read(tmp_path, FJS)
    found = decide(instance, seconds=2, seed=1, policy=policy_of(2))
    assert (found.makespan, faults(instance, list(found.assignments))) == (7, [])
    assert (found.members, found.proposals, found.passed) == (2, 1, 1)
    assert found.first_s is not None
    assert 0 < found.first_s <= 2


def test_decide__a_graph_and_a_machine_without_work__the_best_plan_there_is(tmp_path: Path):
    instance = read(tmp_path, FAJS.replace("4 3 2", "4 3 9"), "fajs")
    found = decide(instance, seconds=2, seed=1, policy=policy_of(2))
    assert (found.makespan, faults(instance, list(found.assignments))) == (16, [])
    assert found.members == 2


def test_decide__no_time__nothing(tmp_path: Path):
    found = decide(read(tmp_path, FJS), seconds=0.01, seed=1, policy=policy_of(0.01))
    assert (found.makespan, found.assignments, found.first_s) == (None, (), None)


def test_decide__a_job_too_long_for_an_order__refused(tmp_path: Path):
    with pytest.raises(Malformed, match="a job of 257 operations: a work order has at most 256 tasks"):
        decide(read(tmp_path, "1 1\n257 " + "1 0 1 " * 257 + "\n"), seconds=1, seed=1, policy=policy_of(1))


def test_contract_net__the_quickest_is_another_tasks_only_machine__takes_it_all_the_same(tmp_path: Path):
    instance = read(tmp_path, "2 2\n1 2 0 2 1 3\n1 1 0 4\n")
    assert (contract_net(instance), solve(instance, seconds=0.01, seed=1).makespan) == (6, 4)


def test_allocation__in_process__rows_with_what_it_is_held_against(folder: Path):
    where = ["--instances", str(folder), "--bounds", str(folder / "bounds.csv"), "--out", str(folder / "plans")]
    done = CliRunner().invoke(
        app, ["allocation", "--in-process", "--members", "all", "--seconds", "2", "--json", *where]
    )
    told = json.loads(done.stdout)
    (row,) = told["rows"]
    assert 0 < row.pop("first_decision_s") <= 2
    assert row.pop("cpu_s") > 0
    expected = {"name": "small", "makespan": 7, "lb": 6, "ub": 7, "gap_pct": 0.0, "first_gap_pct": 0.0, "tasks": 3}
    expected |= {
        "members": 2,
        "proposals": 1,
        "passed": 1,
        "gas": None,
        "contract_net_gap_pct": 0.0,
        "solo_gap_pct": 0.0,
    }
    assert row == expected
    assert (told["mean_gap_pct"], told["mean_contract_net_gap_pct"], told["mean_solo_gap_pct"]) == (0.0, 0.0, 0.0)
    assert json.loads((folder / "plans" / "small.json").read_text())["assignments"]


def test_allocation__nothing_decided_in_time__a_hundred_percent(folder: Path):
    where = ["--instances", str(folder), "--bounds", str(folder / "bounds.csv")]
    done = CliRunner().invoke(app, ["allocation", "--in-process", "--seconds", "0.01", *where])
    assert [line.split() for line in done.stdout.splitlines()] == [
        ["small", "nothing", "best", "known", "7", "100.00", "%"],
        ["mean", "100.00", "%"],
    ]


def test_allocation__two_ways__refused(folder: Path):
    where = ["--instances", str(folder), "--bounds", str(folder / "bounds.csv")]
    done = CliRunner().invoke(app, ["allocation", "--solo", "--in-process", *where])
    assert (done.exit_code, "say one of --solo and --in-process" in done.stderr) == (2, True)


def test_allocation__daemons_on_a_node__the_accepted_plan_is_read_back(folder: Path):
    where = ["--instances", str(folder), "--bounds", str(folder / "bounds.csv"), "--out", str(folder / "plans")]
    done = CliRunner().invoke(app, ["allocation", "--seconds", "5", "--json", *where])
    (row,) = json.loads(done.stdout)["rows"]
    assert (row["makespan"], row["members"], row["passed"]) == (7, 2, 1)
    assert 0 < row["first_decision_s"] < 5
    assert row["gas"] > 0
    written = json.loads((folder / "plans" / "small.json").read_text())
    assert faults(read_instance(folder / "small.txt", "fjs"), written["assignments"]) == []


def test_allocation__json__rows_and_the_mean(folder: Path):
    where = ["--instances", str(folder), "--bounds", str(folder / "bounds.csv"), "--out", str(folder / "plans")]
    done = CliRunner().invoke(app, ["allocation", "--solo", "--seconds", "0.01", "--json", *where])
    told = json.loads(done.stdout)
    (row,) = told["rows"]
    assert row.pop("cpu_s") > 0
    assert row == {"name": "small", "makespan": 7, "lb": 6, "ub": 7, "gap_pct": 0.0, "tasks": 3}
    assert told["mean_gap_pct"] == 0.0
    written = json.loads((folder / "plans" / "small.json").read_text())
    assert written["name"] == "small"
    assert faults(read_instance(folder / "small.txt", "fjs"), written["assignments"]) == []


def test_allocation__for_people__a_line_each(folder: Path):
    where = ["--instances", str(folder), "--bounds", str(folder / "bounds.csv")]
    done = CliRunner().invoke(app, ["allocation", "--solo", "--seconds", "0.01", *where])
    assert [line.split() for line in done.stdout.splitlines()] == [
        ["small", "7", "best", "known", "7", "0.00", "%"],
        ["mean", "0.00", "%"],
    ]


def test_measure_solo__better_than_known__a_negative_gap(folder: Path):
    (folder / "bounds.csv").write_text(TABLE.replace("6,7", "6,10"))
    found = measure_solo(folder, folder / "bounds.csv", seconds=0.01, seed=1, out=None, say=print)
    assert (found.rows[0].gap_pct, found.mean_gap_pct) == (-30.0, -30.0)


PUBLIC = {"mk01", "mk04", "mk08", "la16_rdata", "dafjs07"}
WORST_PCT = 4.0


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_solve__a_public_instance__close_to_the_best_known(name: str):
    """A fifth of the effort that the documents' figures are from; processor time, so a busy machine decides nothing."""
    if "FJSP_INSTANCES" not in os.environ:
        not_run("FJSP_INSTANCES")
    folder = Path(os.environ["FJSP_INSTANCES"])
    known = next(it for it in read_bounds(folder / "bounds.csv", folder) if it.name == name)
    instance = read_instance(known.path, known.form)
    found = solve(instance, seconds=0.2, seed=1)
    assert faults(instance, list(found.assignments)) == []
    assert known.lower <= found.makespan
    assert known.gap_pct(found.makespan) <= WORST_PCT
