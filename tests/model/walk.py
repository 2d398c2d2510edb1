"""A walk: arbitrary calls by arbitrary people, judged by the model and made of both worlds, which have to agree."""

from collections.abc import Callable, Iterable
from typing import Any

from tests.chain.plants import CAPABILITIES, LIMITS, POLICY, RESOURCE, ROLES, WORKERS
from tests.model import facts, members
from tests.model.law import Law
from tests.model.plants import Setup
from tests.model.worlds import MemoryWorld, World, attempt
from workmoot.domain.workers import Kind, Role, Scope, capability_mask

Judge = Callable[[Law], object]
Act = Callable[[Any], object]


class Disagreement(AssertionError):
    """The law says one thing, a world another."""


class Walk:
    """The model and the worlds side by side, at the same time of day. A world may be left out."""

    def __init__(self, setup: Setup, worlds: Iterable[World]) -> None:
        self.law = founded(setup)
        self.worlds = tuple(worlds)
        self.memory = MemoryWorld(setup)
        self.now = self.memory.plant.head().timestamp
        self._rosters = 0
        self._roles: frozenset[tuple[str, Role]] = frozenset()
        self.look()

    def step(self, what: str, judge: Judge, act: Act, *, in_memory: bool = True) -> str:
        """One call: what became of it, the same for all; and everything that can be read is the same after it."""
        block = self.memory.next_block
        self.law.block, self.law.now = block, self.now
        expected = self.law.judge(judge)
        for world in self.all_worlds(in_memory=in_memory):
            world.set_block(block, self.now)
            found = attempt(world, act)
            if found != expected:
                raise Disagreement(f"{what}: {expected or 'done'}, {type(world).__name__} says {found or 'done'}")
        return expected

    def look(self) -> None:
        """Compares all state."""
        told = list(facts.facts(self.law))
        if len(self.law.rosters) != self._rosters:
            self._rosters = len(self.law.rosters)
            told += facts.past(self.law)
        if self.law.roles != self._roles:
            self._roles = self.law.roles
            told += facts.roles(self.law)
        for world in self.all_worlds():
            if world.alarms != self.law.alarms:
                raise Disagreement(f"{self.law.alarms} alarms, {type(world).__name__} says {world.alarms}")
            for question, found in world.differences(told):
                raise Disagreement(f"{question}: {dict(told)[question]}, {type(world).__name__} says {found}")

    def all_worlds(self, *, in_memory: bool = True) -> tuple[World, ...]:
        return (self.memory, *self.worlds) if in_memory else self.worlds


def founded(setup: Setup) -> Law:
    """The plant as `Setup.found` makes it."""
    law = Law(limits=LIMITS, policy=POLICY, humans=setup.humans, capabilities=CAPABILITIES)
    law.roles = frozenset({("administrator", Role.ADMIN), *ROLES.items(), *setup.roles})
    for name, capabilities in WORKERS.items():
        members.admit(law, "administrator", name, Kind.DIGITAL, capability_mask(capabilities))
    members.admit(law, "administrator", "arm", Kind.ROBOTIC, 0)
    members.bind(law, "administrator", 4, 2, RESOURCE, Scope.COMMAND)
    for name, capabilities in setup.badges.items():
        members.admit(law, "administrator", name, Kind.HUMAN, capability_mask(capabilities))
    return law
