import json
import sys
from xml.etree import ElementTree

import pytest
import typer
from typer.testing import CliRunner

from benchmarks.api.run import Indexing, Reading
from benchmarks.api.run import Report as ApiReport
from benchmarks.gas import snapshot
from benchmarks.gas.chain import Cost, Decision, NotMeasured
from benchmarks.gas.report import TARGETS, Report, Votes, ratios, row_of
from benchmarks.gas.run import SYSTEMS
from scripts import bench


def a_row(system="workmoot", members=5, tasks=10, *, gas=(70_000, 50_000)):
    return row_of(system, members, tasks, Decision(costs=tuple(Cost(gas=it, calldata=100) for it in gas)))


def a_report(*rows, votes=None):
    return Report(hardfork="cancun", rows=rows, votes=votes)


@pytest.fixture
def run(monkeypatch):
    """Runs the command with a report at hand instead of a measurement."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    app = typer.Typer()
    app.command()(bench.gas)

    def invoke(report, *options):
        monkeypatch.setattr("benchmarks.gas.run.measure", lambda *arguments, **options: report)
        return CliRunner().invoke(app, options)

    return invoke


# A row


def test_row__two_transactions__sums_and_shares():
    assert a_row().as_object() == {
        "system": "workmoot",
        "members": 5,
        "tasks": 10,
        "gas": 120_000,
        "gas_decide": 50_000,
        "gas_per_task": 12_000,
        "gas_per_member": 24_000,
        "calldata_bytes": 200,
        "tx": 2,
        "over_cap": False,
    }


@pytest.mark.parametrize(("gas", "over"), [((1 << 24, 1 << 24), False), (((1 << 24) + 1, 1), True)])
def test_row__one_transaction_over_the_cap__said(gas, over):
    assert a_row(gas=gas).over_cap is over


# Ratios


def test_ratios__both_measured__the_target_beside_it():
    told = ratios(a_report(a_row(), a_row("oz-governor", gas=(300_000, 60_000))))
    assert told == {
        "n5_t10_vs_governor": {"ours": 120_000, "peer": 360_000, "ratio": 0.3333, "target": 0.3333, "met": True}
    }


def test_ratios__a_gas_too_much__missed():
    (told,) = ratios(a_report(a_row(gas=(70_001, 50_000)), a_row("oz-governor", gas=(300_000, 60_000)))).values()
    assert not told["met"]


def test_ratios__against_a_safe__the_deciding_transaction_alone():
    told = ratios(a_report(a_row(members=25, tasks=100), a_row("safe", 25, 100, gas=(50_000,))))
    assert told["n25_t100_decide_vs_safe"]["ratio"] == 1


def test_ratios__at_once__beside_the_other_form_under_names_of_their_own():
    at_once, governor = a_row("workmoot-at-once", gas=(100_000,)), a_row("oz-governor", gas=(300_000, 60_000))
    told = ratios(a_report(a_row(), at_once, governor))
    assert list(told) == ["n5_t10_vs_governor", "n5_t10_at_once_vs_governor"]
    assert told["n5_t10_at_once_vs_governor"] | {"ours": 100_000, "met": True} == told["n5_t10_at_once_vs_governor"]


def test_ratios__votes_as_transactions__all_of_them_under_a_name_of_its_own():
    direct, governor = a_row("workmoot-direct", gas=(70_000, 40_000, 60_000)), a_row("oz-governor", gas=(300_000,))
    (name, told), *others = ratios(a_report(direct, governor)).items()
    assert (name, told["ours"], told["met"], others) == ("n5_t10_direct_vs_governor", 170_000, True, [])


def test_ratios__peer_not_measured__none():
    assert ratios(a_report(a_row())) == {}


def test_ratios__votes__one_more():
    votes = Votes(members=25, gas={"workmoot": 44_001, "oz-governor": 66_000})
    assert ratios(a_report(votes=votes))["vote_vs_governor"]["met"] is False


def test_targets__names__are_their_own():
    assert len({target.name for target in TARGETS}) == len(TARGETS) == 18


# The snapshot


def test_worse__two_percent_more__is_within_bounds():
    assert list(snapshot.worse({"a": 102}, {"a": 100})) == []


def test_worse__more_than_that__named():
    assert list(snapshot.worse({"a": 1_021}, {"a": 1_000})) == ["a: 1,021 instead of 1,000, 2.1% more"]


def test_unmeasured__kept_and_not_measured__named():
    assert list(snapshot.unmeasured({"a": 1}, {"a": 1, "b": 1})) == [
        "b: the snapshot has it, and it is not measured any more"
    ]


def test_worse__never_kept__named():
    assert list(snapshot.worse({"a": 1}, {})) == ["a: 1, and the snapshot does not have it"]


def test_figures_of__peers__are_not_ours():
    votes = Votes(members=25, gas={"workmoot": 40_000, "oz-governor": 66_000})
    direct, at_once = a_row("workmoot-direct", gas=(70_000, 40_000, 60_000)), a_row("workmoot-at-once", gas=(90_000,))
    assert snapshot.figures_of(a_report(a_row(), direct, at_once, a_row("safe"), votes=votes)) == {
        "5 members, 10 tasks: gas": 120_000,
        "5 members, 10 tasks: gas_decide": 50_000,
        "5 members, 10 tasks: gas direct": 170_000,
        "5 members, 10 tasks: gas_decide direct": 60_000,
        "5 members, 10 tasks: gas at once": 90_000,
        "vote": 40_000,
    }


def test_write__some_cases__the_others_stay(tmp_path):
    snapshot.write(tmp_path / "kept", {"a": 1, "b": 2})
    snapshot.write(tmp_path / "kept", {"b": 3})
    assert snapshot.read(tmp_path / "kept") == {"a": 1, "b": 3}


def test_read__no_file__says_how_to_make_one(tmp_path):
    with pytest.raises(NotMeasured, match="workmoot bench gas --snapshot"):
        snapshot.read(tmp_path / "none")


# The command


def test_systems__of_the_command__are_the_benchmarks():
    assert [system.value for system in bench.System] == list(SYSTEMS)


def test_gas__json__one_object(run):
    told = json.loads(run(a_report(a_row()), "--json").stdout)
    assert told["rows"] == [a_row().as_object()]
    assert told["vote"] is None


def test_gas__without_json__a_table(run):
    votes = Votes(members=25, gas={"workmoot": 40_000, "oz-governor": 66_000})
    said = run(a_report(a_row(), a_row("oz-governor"), votes=votes)).stdout
    assert "120,000" in said
    assert "workmoot 40,000" in said


def test_gas__chart__a_line_for_each_system_in_each_panel(run, tmp_path):
    rows = [a_row(system, members, tasks) for system in SYSTEMS for members in (3, 5) for tasks in (1, 10)]
    run(a_report(*rows), "--chart", tmp_path / "gas.svg")
    drawn = ElementTree.parse(tmp_path / "gas.svg").getroot()
    lines = [line.attrib["points"] for line in drawn.iter("{http://www.w3.org/2000/svg}polyline")]
    assert [len(points.split()) for points in lines] == [2] * 14


def test_gas__snapshot__kept(run, tmp_path):
    assert run(a_report(a_row()), "--snapshot", tmp_path / "kept").exit_code == 0
    assert snapshot.read(tmp_path / "kept")["5 members, 10 tasks: gas_decide"] == 50_000


def test_gas__check_and_no_worse__exits_0(run, tmp_path):
    run(a_report(a_row()), "--snapshot", tmp_path / "kept")
    assert run(a_report(a_row(gas=(70_000, 49_000))), "--snapshot", tmp_path / "kept", "--check").exit_code == 0


def test_gas__check_and_worse__exits_1_and_names_it(run, tmp_path):
    run(a_report(a_row()), "--snapshot", tmp_path / "kept")
    result = run(a_report(a_row(gas=(70_000, 55_000))), "--snapshot", tmp_path / "kept", "--check")
    assert result.exit_code == 1
    assert "gas_decide: 55,000 instead of 50,000" in result.output


@pytest.mark.parametrize(("gas", "code"), [((180_000, 91_000), 0), ((180_000, 93_000), 1)])
def test_gas__check_and_a_target__exits_1_where_it_is_missed(run, tmp_path, gas, code):
    peer = a_row("oz-governor", 25, 100, gas=(1_088_000,))
    run(a_report(ours := a_row("workmoot", 25, 100, gas=gas)), "--snapshot", tmp_path / "kept")
    result = run(a_report(ours, peer), "--snapshot", tmp_path / "kept", "--check")
    assert result.exit_code == code
    assert ("n25_t100_vs_governor: " in result.output) == bool(code)


def test_gas__check_and_a_target_out_of_reach__exits_0(run, tmp_path):
    run(a_report(a_row()), "--snapshot", tmp_path / "kept")
    result = run(a_report(a_row(), a_row("oz-governor", gas=(200_000,))), "--snapshot", tmp_path / "kept", "--check")
    assert result.exit_code == 0
    assert "n5_t10_vs_governor is missed, and accepted: two transactions cannot" in result.stdout


def test_gas__json_and_a_target_out_of_reach__named_with_its_reason(run):
    missed, met = a_row("oz-governor", gas=(200_000,)), a_row("oz-governor", gas=(400_000,))
    assert (
        "0014" in json.loads(run(a_report(a_row(), missed), "--json").stdout)["accepted_misses"]["n5_t10_vs_governor"]
    )
    assert json.loads(run(a_report(a_row(), met), "--json").stdout)["accepted_misses"] == {}


@pytest.mark.parametrize(("options", "code"), [((), 1), (("--members", "5"), 0)])
def test_gas__check_and_a_kept_figure_is_not_measured__exits_1_unless_less_was_asked_for(run, tmp_path, options, code):
    run(a_report(a_row(), a_row(members=25)), "--snapshot", tmp_path / "kept")
    result = run(a_report(a_row()), "--snapshot", tmp_path / "kept", "--check", *options)
    assert result.exit_code == code
    assert ("25 members, 10 tasks: gas: the snapshot has it" in result.output) == bool(code)


def test_gas__check_without_our_own_figures__exits_1(run, tmp_path):
    run(a_report(a_row()), "--snapshot", tmp_path / "kept")
    assert run(a_report(a_row("safe")), "--snapshot", tmp_path / "kept", "--check").exit_code == 1


# The API's pace


def a_pace(*, page=0.2, indexing=0.5, to_stream_ms=250.0):
    """By default as the targets have it, to the last digit."""
    return ApiReport(
        events=100_000,
        blocks=5_000,
        indexing=Indexing(events_per_s=1, get_logs_per_s=2, ratio=indexing),
        reading={
            name: Reading(reads_per_s=1, p99_ms=5, bare_per_s=5, bare_p99_ms=1, bytes=9, ratio=ratio)
            for name, ratio in (("tasks", page), ("events", 0.01))
        },
        block_to_stream_p95_ms=to_stream_ms,
    )


@pytest.fixture
def run_api(monkeypatch):
    """Likewise `bench api`."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    app = typer.Typer()
    app.command()(bench.api)

    def invoke(report, *options):
        monkeypatch.setattr("benchmarks.api.run.measure", lambda *arguments, **options: report)
        return CliRunner().invoke(app, options)

    return invoke


def test_api__check_and_every_target_met__exits_0(run_api):
    result = run_api(a_pace(), "--check", "--json")
    assert (result.exit_code, json.loads(result.stdout)["indexing"]["ratio"]) == (0, 0.5)


@pytest.mark.parametrize(
    ("worse", "words"),
    [
        ({"page": 0.199}, "reading.tasks: 0.199 of the bare route's rate, at least 0.2"),
        ({"indexing": 0.499}, "indexing: 0.499 of the bare eth_getLogs, at least 0.5"),
        ({"to_stream_ms": 250.1}, "block_to_stream_p95_ms: 250.1, at most 250"),
    ],
)
def test_api__check_and_a_target_missed__exits_1_and_names_it_alone(run_api, worse, words):
    result = run_api(a_pace(**worse), "--check")
    assert (result.exit_code, result.stderr.splitlines()) == (1, [words])


def test_api__target_missed_and_nobody_checks__exits_0(run_api):
    assert run_api(a_pace(page=0.1)).exit_code == 0
