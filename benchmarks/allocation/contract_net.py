"""The contract net (Smith 1980), which most multi-agent schedulers are: whoever bids the earliest end gets the task."""

from benchmarks.allocation.instances import Instance


def contract_net(instance: Instance) -> int:
    """Its makespan: a task is announced when all before it are given away, the one that can begin first, first."""
    ends: dict[int, int] = {}
    free: dict[int, int] = {}
    open_ = set(range(len(instance.before)))
    while open_:
        ready = {
            operation: max((ends[other] for other in instance.before[operation]), default=0)
            for operation in open_
            if all(other in ends for other in instance.before[operation])
        }
        operation = min(ready, key=lambda it: (ready[it], it))
        bids = (
            (max(ready[operation], free.get(machine, 0)) + time, machine) for machine, time in instance.ways[operation]
        )
        ends[operation], machine = min(bids)
        free[machine] = ends[operation]
        open_.remove(operation)
    return max(ends.values(), default=0)
