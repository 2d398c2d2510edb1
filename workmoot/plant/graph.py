"""Which task comes before which: a sorted order, or the cycle that rules one out."""

from collections.abc import Mapping, Sequence
from heapq import heapify, heappop, heappush


def cycle(after: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """One cycle, each name a predecessor of the next and the first again at the end; empty where there is none."""
    remaining = dict(after)
    while True:
        free = [name for name, before in remaining.items() if not any(other in remaining for other in before)]
        if not free:
            break
        for name in free:
            del remaining[name]
    return _walk(remaining) if remaining else ()


def _walk(stuck: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Going back from task to predecessor among tasks that all have one must meet a task again."""
    path = [next(iter(stuck))]
    while True:
        before = next(name for name in stuck[path[-1]] if name in stuck)
        if before in path:
            return tuple(reversed([*path[path.index(before) :], before]))
        path.append(before)


def topological(after: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Predecessors before their successors, otherwise in the order given. There must be no cycle."""
    place = {name: index for index, name in enumerate(after)}
    names = tuple(after)
    waiting = {name: len(set(before)) for name, before in after.items()}
    followers: dict[str, list[str]] = {name: [] for name in after}
    for name, before in after.items():
        for other in set(before):
            followers[other].append(name)
    ready = [place[name] for name, count in waiting.items() if not count]
    heapify(ready)
    done: list[str] = []
    while ready:
        done.append(names[heappop(ready)])
        for name in followers[done[-1]]:
            waiting[name] -= 1
            if not waiting[name]:
                heappush(ready, place[name])
    return tuple(done)
