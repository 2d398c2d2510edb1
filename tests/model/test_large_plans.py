"""What walks do not come to by chance: more entries than one order may act on."""

from importlib.util import find_spec

import pytest

from tests.absent import not_run

if find_spec("pyrevm") is None:
    not_run("the model of the law beside the contracts (no pyrevm for this machine)")

from tests.model.human_rules import HumanMachine
from tests.model.humans import MOST_ENTRIES, Order, Part
from tests.model.law import Entry
from tests.model.plants import TRUSTING
from tests.model.proposals import Given
from tests.model.tasks import Ask
from workmoot.domain.overrides import OverrideKind, SubjectType

COUNT = MOST_ENTRIES + 10


@pytest.fixture
def enacted():
    """A plan of many tasks, enacted."""
    machine = HumanMachine()
    machine.found(TRUSTING)
    machine.post_all("planner", [Ask(capability=1)] * COUNT)
    plan = tuple(Entry(256 + index, 1, 1, 0) for index in range(COUNT))
    machine.propose_all("scanner", plan)
    machine.decide_with_all(1)
    return machine


@pytest.mark.parametrize(("first", "last", "outcome"), [(0, MOST_ENTRIES + 1, "MalformedPayload"), (10, COUNT, "")])
def test_veto__part_of_a_plan__of_150_entries_at_most(enacted, first, last, outcome):
    order = Order(
        kind=OverrideKind.VETO,
        on=SubjectType.PROPOSAL,
        subject=1,
        payload=Part(Given(1, 1), first, last),
        valid_until=2**40,
        human="supervisor",
        signer="supervisor",
        key=1,
    )
    assert enacted.execute(order) == outcome
