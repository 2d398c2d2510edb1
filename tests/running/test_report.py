from typing import Any

import pytest

from scripts.running.report import print_summary
from scripts.running.summary import Gas, summarize
from tests.builders import a_task, an_entry
from tests.workshop import SPRAYER, Workshop

PAGE = "http://127.0.0.1:1/"


def printed(capsys: pytest.CaptureFixture[str], *, stays: bool = False, **more: Any) -> str:
    """What standard output says of a workshop with one task done."""
    workshop = Workshop()
    (task,) = workshop.post(a_task())
    workshop.allocate(task, "sprayer")
    workshop.do(task)
    shown(workshop, stays=stays, **more)
    return " ".join(capsys.readouterr().out.split())


def shown(workshop: Workshop, *, stays: bool = False, **more: Any) -> None:
    found = summarize(workshop.ledger, workshop.events, Gas(total=1_234_567), wall_s=1.0)
    print_summary(found, {"demo_supervisor": False, "restarts": {}} | more, page=PAGE, stays=stays)


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "200")


def test_print_summary__a_run__its_figures(capsys: pytest.CaptureFixture[str]):
    said = printed(capsys)
    assert "1: 1 accepted, 0 reworked by a human, 0 cancelled" in said
    assert "1,234,567 in all" in said


def test_print_summary__the_demo_supervisor_acted__named_as_a_program(capsys: pytest.CaptureFixture[str]):
    assert "reworked by the demo supervisor, a program that uses the public API" in printed(
        capsys, demo_supervisor=True
    )


def test_print_summary__something_was_restarted__says_what(capsys: pytest.CaptureFixture[str]):
    assert "sprayer restarted" in printed(capsys, restarts={"sprayer": 2})


@pytest.mark.parametrize("stays", [True, False])
def test_print_summary__the_plant_stays__names_the_page(capsys: pytest.CaptureFixture[str], stays: bool):
    assert (PAGE in printed(capsys, stays=stays)) is stays


def test_print_summary__most_votes_ran_out_of_time__says_what_to_do(capsys: pytest.CaptureFixture[str]):
    workshop = Workshop()
    (task,) = workshop.post(a_task())
    workshop.let_run_out(an_entry(task, SPRAYER))
    shown(workshop)
    assert "1 of 1 votes ran out of time" in " ".join(capsys.readouterr().out.split())
