"""Runs walks of a machine: the same ones for the same seed, until so many calls were made."""

import time

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model.machine import LawMachine

CALLS_A_WALK = 60
WALKS_AT_ONCE = 20


def walk(machine: type[LawMachine], number: int, calls: int, *, shrink: bool = True) -> str:
    """Walks until so many calls were made, and says in a line how it went."""
    machine.calls, machine.tally = 0, {}
    began, began_cpu = time.monotonic(), time.process_time()
    part = number
    while machine.calls < calls:
        _walk_some(machine, part, shrink=shrink)
        part += 1
    wall, cpu = time.monotonic() - began, time.process_time() - began_cpu
    done = sum(times for outcome, times in machine.tally.items() if outcome.endswith(" done"))
    rate = f"{machine.calls / wall:.0f} calls/s ({machine.calls / cpu:.0f} per CPU second)"
    told = f"{machine.calls:,} calls, {done:,} of them done, {len(machine.tally)} different outcomes"
    return f"model of the law, seed {number}: {told}, {rate}"


def _walk_some(machine: type[LawMachine], number: int, *, shrink: bool) -> None:
    phases = (Phase.generate, Phase.shrink) if shrink else (Phase.generate,)
    run_state_machine_as_test(
        seed(number)(machine),
        settings=settings(
            max_examples=WALKS_AT_ONCE,
            stateful_step_count=CALLS_A_WALK,
            database=None,
            deadline=None,
            phases=phases,
            report_multiple_bugs=False,
            suppress_health_check=HealthCheck.all(),
        ),
    )
