"""The figures of ours that a change may not make worse: benchmarks/gas-snapshot.json."""

import json
from collections.abc import Iterator
from pathlib import Path

from benchmarks.gas.chain import NotMeasured
from benchmarks.gas.report import AT_ONCE, DIRECT, OURS, Report

FILE = Path(__file__).resolve().parents[1] / "gas-snapshot.json"
TOLERANCE = 0.02
VOTE = "vote"
Figures = dict[str, int]


def figures_of(report: Report) -> Figures:
    """Our figures by name, such as `5 members, 10 tasks: gas`."""
    told: Figures = {}
    for row in report.rows:
        case = f"{row.members} members, {row.tasks} tasks"
        if row.system == OURS:
            told |= {f"{case}: gas": row.gas, f"{case}: gas_decide": row.gas_decide}
        if row.system == DIRECT:
            told |= {f"{case}: gas direct": row.gas, f"{case}: gas_decide direct": row.gas_decide}
        if row.system == AT_ONCE:
            told[f"{case}: gas at once"] = row.gas
    if report.votes and OURS in report.votes.gas:
        told[VOTE] = report.votes.gas[OURS]
    return told


def read(path: Path) -> Figures:
    """The figures that were kept."""
    try:
        kept: Figures = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise NotMeasured(f"{path}: no snapshot ({error}); `workmoot bench gas --snapshot {path}` makes one") from None
    return kept


def write(path: Path, figures: Figures) -> None:
    """Keeps them; those of cases that were not measured stay."""
    kept = read(path) if path.exists() else {}
    path.write_text(json.dumps(kept | figures, indent=2) + "\n")


def unmeasured(figures: Figures, kept: Figures) -> Iterator[str]:
    """What is kept, and a run of everything did not measure."""
    for name in (name for name in kept if name not in figures):
        yield f"{name}: the snapshot has it, and it is not measured any more"


def worse(figures: Figures, kept: Figures) -> Iterator[str]:
    """What costs over 2 % more than it did, or was never kept: a case without a figure would pass for ever."""
    for name, gas in figures.items():
        before = kept.get(name)
        if before is None:
            yield f"{name}: {gas:,}, and the snapshot does not have it"
        elif gas > before * (1 + TOLERANCE):
            yield f"{name}: {gas:,} instead of {before:,}, {gas / before - 1:.1%} more"
