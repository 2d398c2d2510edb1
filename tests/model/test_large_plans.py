"""What walks do not come to by chance: more entries than one order may act on, many words of one order."""

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
from workmoot.domain.proposals import State

COUNT = MOST_ENTRIES + 10
WORDS = COUNT // 10


@pytest.fixture
def proposed():
    """A plan of many tasks."""
    machine = HumanMachine()
    machine.found(TRUSTING)
    machine.post_all("planner", [Ask(capability=1)] * COUNT)
    machine.propose_all("scanner", tuple(Entry(256 + index, 1, 1, 0) for index in range(COUNT)))
    return machine


@pytest.fixture
def enacted(proposed):
    proposed.decide_with_all(1)
    return proposed


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


def test_enact__word_by_word__each_part_from_where_the_last_one_ended(proposed):
    proposed.decide_with_all(1, hashed=True)
    given = Given(1, 1)
    outcomes = [proposed.enact_part(1, given, words) for words in (0, 1, 3, 7, WORDS, WORDS)]
    assert outcomes == ["NothingEnacted", "", "", "", "", "ProposalNotOpen"]
    assert proposed.law.proposals[1].state is State.ENACTED
