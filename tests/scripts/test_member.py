"""Who may be admitted, and what is said to whom may not."""

import pytest
import typer
from typer.testing import CliRunner

from scripts.member import _require_free, _require_hands, app
from tests.workshop import SCAN, SPRAY, Workshop, account
from workmoot.domain.workers import Kind


@pytest.fixture
def workshop() -> Workshop:
    made = Workshop()
    made.admit("latecomer", SPRAY, kind=Kind.ROBOTIC)
    return made


@pytest.mark.parametrize(
    ("id_", "key", "words"),
    [
        ("sprayer", "stranger", "is called sprayer already"),
        ("my worker", "stranger", "is no id"),
        ("helper", "sprayer", "this key is that of member"),
    ],
)
def test_require_free__taken_or_no_id__says_why(workshop, id_, key, words):
    with pytest.raises(typer.BadParameter, match=words):
        _require_free(workshop.ledger, id_, account(key))


def test_require_free__new__passes(workshop):
    _require_free(workshop.ledger, "helper", account("stranger"))


def test_require_hands__floor_work_without_a_robot__names_those_that_can(workshop):
    with pytest.raises(typer.BadParameter, match="spraying takes a robot; name one with --robot: latecomer"):
        _require_hands(workshop.ledger, "spraying", SPRAY, [])


def test_require_hands__with_the_robot_or_work_of_the_mind__passes(workshop):
    robot = workshop.ledger.numbers[account("latecomer")]
    _require_hands(workshop.ledger, "spraying", SPRAY, [robot])
    _require_hands(workshop.ledger, "scanning", SCAN, [])


def test_list__unknown_kind__names_the_kinds():
    result = CliRunner().invoke(app, ["list", "--kind", "martian"])
    assert result.exit_code == 2
    assert "robotic" in result.stderr
