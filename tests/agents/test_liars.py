"""A community of which almost half lies: it decides all the same, nothing that cannot be, and nearly as well."""

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from agents.actions import Action, CastVote, Propose, PublishOffers
from agents.daemon import Daemon
from agents.execution import perform
from agents.policy.proposing import opening_of, think
from agents.policy.thinking import have_spoken, problem_of
from benchmarks.allocation import community
from benchmarks.allocation.instances import Instance
from benchmarks.allocation.work import policy_of
from tests.benchmarks.test_allocation import faults
from workmoot.domain.errors import WorkmootError
from workmoot.domain.hashing import ZERO_HASH
from workmoot.domain.ids import ProposalId
from workmoot.domain.plan import pack_plan, unpack_plan
from workmoot.domain.proposals import State

MACHINES, JOBS, LIARS = 5, 6, 2
SECONDS = 5.0
"""Of processor time."""
WORSE_PCT = 5.0
"""More than the noise of so little time; without a working check a liar's plan is worse by far."""


def instance() -> Instance:
    """A flexible job shop: each operation on one of two machines, drawn."""
    drawn = Random(5)
    before: list[tuple[int, ...]] = []
    ways: list[tuple[tuple[int, int], ...]] = []
    for _ in range(JOBS):
        for place in range(MACHINES):
            before.append((len(before) - 1,) if place else ())
            ways.append(tuple((machine, drawn.randint(5, 40)) for machine in drawn.sample(range(MACHINES), 2)))
    return Instance(before=tuple(before), ways=tuple(ways))


def infeasible(action: Action, _: Random) -> list[Action]:
    """Puts plans to the vote in which all begins at once, with the figures and evidence of what it had in mind."""
    if not isinstance(action, Propose):
        return [action]
    entries = tuple(replace(entry, start=0) for entry in unpack_plan(action.opening.plan))
    return [replace(action, opening=replace(action.opening, plan=pack_plan(entries)))]


def stale(action: Action, _: Random) -> list[Action]:
    """Puts plans to the vote for the tasks as they will be."""
    if not isinstance(action, Propose):
        return [action]
    entries = tuple(replace(entry, version=entry.version + 1) for entry in unpack_plan(action.opening.plan))
    return [replace(action, opening=replace(action.opening, plan=pack_plan(entries)))]


def at_random(action: Action, drawn: Random) -> list[Action]:
    """Votes as a coin falls."""
    if not isinstance(action, CastVote):
        return [action]
    return [
        CastVote(proposal=action.proposal, support=drawn.random() < 0.5, reason="", assignments=b"", rest=ZERO_HASH)
    ]


def silent(action: Action, _: Random) -> list[Action]:
    """Offers, so that there is something to decide, and says nothing more."""
    return [action] if isinstance(action, PublishOffers) else []


class Liar(Daemon):
    """A daemon that does otherwise than its policy says, and speaks first, out of turn, once all have offered."""

    lie: Callable[[Action, Random], list[Action]]
    drawn: Random
    has_spoken: bool

    def cycle(self) -> None:
        view = self.look()
        if view is not None and not self.has_spoken and view.to_decide and have_spoken(view, view.to_decide):
            self.has_spoken = True
            problem = problem_of(view)
            found = think(view, problem)
            opening = found and opening_of(view, problem, found, counters=ProposalId(0), words="quickly")
            if opening:
                self._act(Propose(opening=opening))
        super().cycle()

    def _act(self, action: Action) -> None:
        for done in self.lie(action, self.drawn):
            try:
                perform(self._hands, done)  # type: ignore[arg-type]
            except WorkmootError:
                return


@pytest.fixture(scope="module")
def honest() -> int:
    """What they find where nobody lies."""
    found = community.decide(instance(), seconds=SECONDS, seed=1, policy=policy_of(SECONDS)).makespan
    assert found is not None
    return found


@pytest.mark.parametrize("lie", [infeasible, stale, at_random, silent])
def test_decide__almost_half_lie__nothing_infeasible_and_nearly_as_good(
    honest: int, lie: Any, monkeypatch: pytest.MonkeyPatch
):
    proposals = _with_liars(monkeypatch, lie)
    found = community.decide(instance(), seconds=SECONDS, seed=1, policy=policy_of(SECONDS))
    assert found.makespan is not None
    assert faults(instance(), list(found.assignments)) == []
    assert 100 * (found.makespan - honest) / honest <= WORSE_PCT
    by_liars = {it.state for it in proposals() if it.proposer <= LIARS}
    if lie is infeasible:
        assert State.DEFEATED in by_liars
    if lie in (infeasible, stale):  # what is stale is refused as it is put to the vote
        assert not by_liars & {State.PASSED, State.ENACTED}


def _with_liars(monkeypatch: pytest.MonkeyPatch, lie: Any) -> Callable[[], list[Any]]:
    """The first members lie from now on; what comes of it."""
    made, plants = community._Plant._daemon, []

    def daemon(plant: Any, machine: int, seed: int) -> Daemon:
        found = made(plant, machine, seed)
        if machine < LIARS:
            found.__class__ = Liar
            found.lie, found.drawn, found.has_spoken = lie, Random(machine), False  # type: ignore[attr-defined]
        plants.append(plant)
        return found

    monkeypatch.setattr(community._Plant, "_daemon", daemon)
    return lambda: list(plants[-1]._eyes.seen.proposals.values())
