"""The rules in plain Python, the contracts in memory and the contracts themselves agree on every call and all state."""

from importlib.util import find_spec

from tests.absent import not_run

if find_spec("pyrevm") is None:
    not_run("the model of the law beside the contracts (no pyrevm for this machine)")

from tests.model.human_rules import HumanMachine
from tests.model.walks import walk

SHORT = 1_200


def test_walk__fixed_seed__all_agree(figures):
    figures.append(walk(HumanMachine, 1, SHORT))


def test_walk__seed_of_chance__all_agree(figures, chance, steps):
    figures.append(f"the same again: .venv/bin/python -m pytest tests/model --from-seed={chance}")
    figures.append(walk(HumanMachine, chance, max(steps, SHORT)))
