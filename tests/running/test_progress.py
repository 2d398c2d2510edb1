from io import StringIO

import pytest
from rich.console import Console

from scripts.running import progress as module
from scripts.running.progress import Progress, _table
from tests.builders import a_task, an_entry
from tests.workshop import SPRAYER, WORKERS, Workshop
from workmoot.domain.overrides import OverrideKind

PAGE = "http://127.0.0.1:1/"


@pytest.fixture
def progress(monkeypatch: pytest.MonkeyPatch) -> Progress:
    """Never waits between two lines."""
    monkeypatch.setattr(module, "LINE_EVERY_S", -1.0)
    monkeypatch.setenv("COLUMNS", "200")
    return Progress()


def test_step__words__after_the_time_on_standard_error(progress: Progress, capsys: pytest.CaptureFixture[str]):
    progress.step("ready: [/here]")
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "   0.0 s ready: [/here]\n")


def test_show__some_done__how_far_in_one_line(progress: Progress, capsys: pytest.CaptureFixture[str]):
    workshop = Workshop()
    first, second, _ = workshop.post(*(a_task() for _ in range(3)), tasks=[{"product": "pair-1"}])
    workshop.allocate(first, "sprayer")
    workshop.do(first)
    workshop.order(OverrideKind.HOLD, second)
    progress.show(workshop.ledger, PAGE)
    line = "1 of 3 tasks, 1 of 1 products · 2 posted · 1 proposal, 2 votes · 1 override"
    assert capsys.readouterr().err.endswith(f"{line}\n")


def test_show__a_vote_ran_out_of_time__counted(progress: Progress, capsys: pytest.CaptureFixture[str]):
    workshop = Workshop()
    (task,) = workshop.post(a_task())
    workshop.let_run_out(an_entry(task, SPRAYER))
    progress.show(workshop.ledger, PAGE)
    assert "1 proposal (1 ran out of time), 0 votes" in capsys.readouterr().err


def test_show__nothing_changed__says_it_once(progress: Progress, capsys: pytest.CaptureFixture[str]):
    workshop = Workshop()
    workshop.post(a_task())
    for _ in range(3):
        progress.show(workshop.ledger, PAGE)
    assert capsys.readouterr().err.count("0 of 1 tasks") == 1


def test_table__some_at_work__who_is_at_what():
    workshop = Workshop()
    (task,) = workshop.post(a_task(), tasks=[{"key": "pair-1/glue [/fine]"}])
    workshop.allocate(task, "sprayer")
    workshop.start(task)
    assert shown(workshop) == {"scanner": "idle", "sprayer": "pair-1/glue [/fine]", "finisher": "idle"}


def shown(workshop: Workshop) -> dict[str, str]:
    """The live table's rows of workers, as text."""
    output = StringIO()
    Console(file=output, width=120).print(_table(workshop.ledger, PAGE))
    rows = [line.split(maxsplit=1) for line in output.getvalue().splitlines()]
    return {row[0]: row[1].strip() for row in rows if row and row[0] in WORKERS}
