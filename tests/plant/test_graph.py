from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from workmoot.plant.graph import cycle, topological


def test_cycle__none__empty():
    assert cycle({"a": (), "b": ("a",), "c": ("a", "b")}) == ()


def test_cycle__of_three__named_from_predecessor_to_successor():
    ring = cycle({"start": (), "a": ("c", "start"), "b": ("a",), "c": ("b",), "after": ("c",)})
    assert ring[0] == ring[-1]
    assert " ".join(ring) in ("a b c a", "b c a b", "c a b c")


def test_cycle__of_one__named():
    assert cycle({"a": ("a",)}) == ("a", "a")


def test_topological__sorted_already__kept():
    assert topological({"b": (), "a": ("b",), "c": ()}) == ("b", "a", "c")


def test_topological__successor_first__moved_behind():
    assert topological({"c": ("a", "b"), "b": ("a",), "a": ()}) == ("a", "b", "c")


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, list[str]]:
    names = [str(number) for number in range(draw(st.integers(1, 12)))]
    return {name: draw(st.lists(st.sampled_from(names), max_size=3)) for name in names}


@given(graphs())
def test_cycle__any_graph__found_exactly_when_it_cannot_be_sorted(after: dict[str, list[str]]):
    ring = cycle(after)
    assert bool(ring) == (len(topological(after)) < len(after))
    assert all(before in after[name] for before, name in pairwise(ring))


@given(graphs())
def test_topological__any_graph__predecessors_come_first(after: dict[str, list[str]]):
    order = topological(after)
    place = {name: index for index, name in enumerate(order)}
    assert all(place[before] < place[name] for name in order for before in after[name])
