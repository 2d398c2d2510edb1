"""Our own gas, in a few cases: no figure is over 2 % worse than the snapshot. `make gas` compares all of them."""

from benchmarks.gas import snapshot
from benchmarks.gas.run import measure


def test_snapshot__votes_as_transactions__no_worse_than_kept():
    report = measure(["workmoot-direct"], [5], [10], hardfork="cancun", say=lambda words: None)
    figures = snapshot.figures_of(report)
    assert len(figures) == 2
    assert list(snapshot.worse(figures, snapshot.read(snapshot.FILE))) == []


def test_snapshot__a_few_cases__no_worse_than_kept():
    report = measure(["workmoot", "workmoot-at-once"], [5, 25], [10, 100], hardfork="cancun", say=lambda words: None)
    figures = snapshot.figures_of(report)
    assert len(figures) == 13
    assert list(snapshot.worse(figures, snapshot.read(snapshot.FILE))) == []
