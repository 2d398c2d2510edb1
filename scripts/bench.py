"""`workmoot bench`: measures what the documents' figures are about."""

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scripts.setup import ROOT

if TYPE_CHECKING:
    from benchmarks.gas.report import Report

app = typer.Typer(no_args_is_help=True, help="Measure what the documents' figures are about.")

WORSE = 1
TABLE_WIDTH = 120


class System(StrEnum):
    """What decides."""

    WORKMOOT = "workmoot"
    WORKMOOT_DIRECT = "workmoot-direct"
    WORKMOOT_AT_ONCE = "workmoot-at-once"
    OZ_GOVERNOR = "oz-governor"
    OZ_GOVERNOR_PLAIN = "oz-governor-plain"
    SAFE = "safe"
    SAFE_PLAIN = "safe-plain"


SYSTEMS = list(System)
MEMBERS = [3, 5, 10, 25, 100]
TASKS = [1, 10, 100, 1_000]


class Members(StrEnum):
    """The machines that have a daemon."""

    ALL = "all"


class Hardfork(StrEnum):
    """The rules of the chain that it is measured on; OpenZeppelin 5.7 needs Cancun."""

    CANCUN = "cancun"
    PRAGUE = "prague"
    OSAKA = "osaka"


@app.callback()
def bench() -> None:
    """Measure what the documents' figures are about."""


@app.command()
def gas(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    system: Annotated[list[System], typer.Option(help="Only these; again for another.")] = SYSTEMS,
    members: Annotated[list[int], typer.Option(min=3, max=500, help="How many decide.")] = MEMBERS,
    tasks: Annotated[list[int], typer.Option(min=1, max=1_000, help="About how many tasks.")] = TASKS,
    hardfork: Annotated[Hardfork, typer.Option(help="The rules of the chain.")] = Hardfork.CANCUN,
    snapshot: Annotated[Path | None, typer.Option(help="Keep our figures in this file; with --check, read it.")] = None,
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="Exit 1 when ours is over 2 % worse than the snapshot, lacks a figure or misses a target."
        ),
    ] = False,
    chart: Annotated[Path | None, typer.Option(help="Draw the figures into this SVG file.")] = None,
) -> None:
    """Measure what a decision costs, from receipts: ours, OpenZeppelin's Governor's and a Safe's, in one run.

    `gas` is everything from the proposal to the assignments on record, `gas_decide` the deciding transaction alone.
    Ours thrice: opened by one transaction and decided by the next; opened, and voted on by a transaction of each
    member; and opened and decided at once, by a single one.
    Starts an Anvil of its own; progress goes to standard error.
    """
    sys.path.insert(0, str(ROOT))  # cchecksum, which web3 brings along, installs another package called benchmarks
    from benchmarks.gas.run import measure

    report = measure([it.value for it in system], members, tasks, hardfork=hardfork.value, say=_say)
    if as_json:
        typer.echo(json.dumps(report.as_object(), indent=2))
    else:
        _show(report)
    if chart:
        _draw(report, chart)
    if snapshot or check:
        whole = {*SYSTEMS} <= {*system} and {*MEMBERS} <= {*members} and {*TASKS} <= {*tasks}
        _compare(report, snapshot, check=check, whole=whole)


@app.command()
def api(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    events: Annotated[int, typer.Option(min=1_000, help="How many the chain has when it is read.")] = 100_000,
    check: Annotated[bool, typer.Option("--check", help="Exit 1 when a target is missed, and say which.")] = False,
) -> None:
    """Measure the API's reads, its indexing and its stream, beside bare ones in the same run.

    A page of 50 beside a FastAPI route that answers with the same JSON, indexing beside the bare eth_getLogs of the
    same blocks (`ratio`: ours to theirs), and the time from a block to the stream. Machines compare by ratios alone.
    Starts an Anvil and servers of its own; progress goes to standard error.
    """
    sys.path.insert(0, str(ROOT))  # cchecksum, which web3 brings along, installs another package called benchmarks
    from benchmarks.api.run import measure

    report = measure(events, say=_say)
    told = report.as_object()
    typer.echo(json.dumps(told, indent=2) if as_json else "\n".join(_lines(told)))
    if check:
        _require_none(report.missed())


@app.command()
def allocation(
    instances: Annotated[Path, typer.Option(help="The folder of the instances.")],
    bounds: Annotated[Path, typer.Option(help="A CSV file: name, format (fjs or fajs), file, lb and ub of each.")],
    solo: Annotated[bool, typer.Option("--solo", help="By one process without a chain.")] = False,
    in_process: Annotated[
        bool, typer.Option("--in-process", help="By the daemons in one process, on the contracts in memory.")
    ] = False,
    _members: Annotated[Members, typer.Option("--members", help="Which machines have a daemon.")] = Members.ALL,
    seconds: Annotated[float, typer.Option(min=0, help="For each instance; of processor time, but on a node.")] = 10.0,
    seed: Annotated[int, typer.Option(help="Another one finds other plans.")] = 1,
    out: Annotated[Path | None, typer.Option(help="Write each plan into this folder.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure how good the plans are on public instances of the flexible job shop, against the best that is known.

    A daemon for each machine on an Anvil of its own, each a process with its own key, which knows its own times alone;
    the accepted plan is read back from the chain's events. `gap_pct` is 100·(makespan - ub)/ub, of all instances the
    mean; 100 where nothing was decided in time. Beside it stand the contract net and one process with as much
    processor time and no chain. With --out each plan is a JSON file of its operations, their machines, starts and
    ends. Progress goes to standard error.
    """
    if solo and in_process:
        raise typer.BadParameter("say one of --solo and --in-process, or neither")
    sys.path.insert(0, str(ROOT))  # cchecksum, which web3 brings along, installs another package called benchmarks
    from benchmarks.allocation.run import measure_community, measure_daemons, measure_solo

    measure = measure_solo if solo else measure_community if in_process else measure_daemons
    report = measure(instances, bounds, seconds=seconds, seed=seed, out=out, say=_say)
    typer.echo(json.dumps(report.as_object(), indent=2) if as_json else "\n".join(report.lines()))


@app.command()
def flexvega(
    seeds: Annotated[int, typer.Option(min=1, help="How many days.")] = 20,
    first: Annotated[int, typer.Option(min=0, help="The seed of the first; the others follow.")] = 1,
    calm: Annotated[
        bool, typer.Option("--calm", help="No robot is down, nothing fails, no order is in a rush.")
    ] = False,
    honest: Annotated[bool, typer.Option("--honest", help="Nobody misreports.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure what the shoe line gets done when not all goes as planned, decided in four ways.

    By the community's daemons on the contracts in memory, by a plan that is never changed, by bids as work arrives, and
    by an optimiser that knows beforehand what will happen. Each day has a robot down for a while, failures, a rush
    order, a member that promises half of what it takes and one that breaks off half of its runs; all four meet the
    same. `closeness` is 0 at the better of the two in the middle, 1 at the optimiser. Progress goes to standard error.
    """
    sys.path.insert(0, str(ROOT))  # cchecksum, which web3 brings along, installs another package called benchmarks
    from benchmarks.flexvega.run import measure

    report = measure(range(first, first + seeds), disturbed=not calm, misreporting=not honest, say=_say)
    typer.echo(json.dumps(report.as_object(), indent=2) if as_json else "\n".join(report.lines()))


def _lines(report: dict[str, Any], before: str = "") -> list[str]:
    """A line for each figure."""
    lines = []
    for name, value in report.items():
        lines += _lines(value, f"{before}{name}.") if isinstance(value, dict) else [f"{before}{name:<30} {value:>12,}"]
    return lines


def _say(words: str) -> None:
    typer.secho(words, err=True, dim=True)


def _show(report: "Report") -> None:
    from rich.console import Console
    from rich.table import Table

    from benchmarks.gas.report import accepted, ratio_table, row_table

    console = Console(width=max(TABLE_WIDTH, Console().width))
    for titles, *lines in (row_table(report.rows), ratio_table(report)):
        table = Table(box=None, padding=(0, 2, 0, 0))
        for title in titles:
            table.add_column(title, justify="left" if title in ("system", "ratio", "") else "right", no_wrap=True)
        for line in lines:
            table.add_row(*line)
        if lines:
            console.print(table)
    if report.votes:
        told = ", ".join(f"{system} {gas:,}" for system, gas in report.votes.gas.items())
        console.print(f"One vote of {report.votes.members}, neither first nor deciding: {told}")
    for name, reason in accepted(report).items():
        typer.echo(f"{name} is missed, and accepted: {reason}")


def _draw(report: "Report", path: Path) -> None:
    from benchmarks.gas.chart import svg

    path.write_text(svg(report.rows))


def _compare(report: "Report", path: Path | None, *, check: bool, whole: bool) -> None:
    from benchmarks.gas import snapshot
    from benchmarks.gas.report import missed

    figures = snapshot.figures_of(report)
    if not check:
        return snapshot.write(path or snapshot.FILE, figures)
    kept = snapshot.read(path or snapshot.FILE)
    gone = snapshot.unmeasured(figures, kept) if whole else ()
    if not figures:
        return _require_none(["none of our own figures was measured"])
    return _require_none([*snapshot.worse(figures, kept), *gone, *missed(report)])


def _require_none(missed: list[str]) -> None:
    for line in missed:
        typer.secho(line, err=True, fg="red")
    if missed:
        raise typer.Exit(WORSE)
