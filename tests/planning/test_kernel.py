"""The compiled search against the timetable in Python: the same figures bit for bit, and plans that hold."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.planning.problems import FIRST, SECOND, a_mode, a_problem, an_open_task
from workmoot.domain.errors import NoKernel
from workmoot.domain.ids import Number, TaskId
from workmoot.domain.proposals import Weights
from workmoot.planning import kernel
from workmoot.planning.problem import Mode, Problem
from workmoot.planning.schedule import as_promised
from workmoot.planning.search import Candidate, Search, candidate_of, evaluate, recombined

ROOT = Path(__file__).parents[2]
NOBODY = 65_534
MINDS = [Number(number) for number in range(1, 6)]
ROBOTS = [Number(number) for number in range(11, 15)]


@st.composite
def modes(draw):
    lead, *helpers = draw(st.permutations(MINDS))[: draw(st.integers(1, 3))]
    robots = tuple(draw(st.lists(st.sampled_from(ROBOTS), max_size=2)))
    money = {"energy": draw(st.one_of(st.integers(0, 5_000), st.just(2**32 - 1)))}
    money |= {"cost": draw(st.one_of(st.integers(0, 5_000), st.just(2**48 - 1)))}
    success = draw(st.integers(0, 0xFFFF))
    p50 = draw(st.one_of(st.just(0), st.integers(0, 9), st.integers(0, 2**32 - 1)))
    return a_mode(lead, p50, helpers=tuple(helpers), robots=robots, success=success, **money)


@st.composite
def problems(draw):
    ids = [TaskId(FIRST + index) for index in range(draw(st.integers(1, 9)))]
    tasks = [
        an_open_task(
            task,
            *draw(st.lists(modes(), min_size=1, max_size=3, unique=True)),
            after=tuple(draw(st.lists(st.sampled_from(ids[:place]), max_size=3, unique=True)) if place else ()),
            release=draw(st.integers(0, 30)),
            due=draw(st.integers(0, 30)),
            priority=draw(st.integers(0, 255)),
        )
        for place, task in enumerate(ids)
    ]
    weights = {name: draw(st.integers(0, 65_535)) for name in ("makespan", "tardiness", "energy", "cost", "risk")}
    times = {name: draw(st.integers(0, 20)) for name in ("base", "now")}
    times |= {"handover": draw(st.sampled_from([0, 0, 7]))}
    busy = draw(st.dictionaries(st.sampled_from([*MINDS, *ROBOTS]), st.integers(0, 40)))
    return a_problem(*tasks, weights=Weights(**weights), busy=busy, **times)


@st.composite
def plans(draw, problem: Problem):
    chosen: dict[TaskId, Mode] = {task: draw(st.sampled_from(found.modes)) for task, found in problem.tasks.items()}
    ready = draw(st.permutations(list(problem.tasks)))
    order: list[TaskId] = []
    while ready:
        order.append(next(task for task in ready if set(problem.tasks[task].predecessors) <= set(order)))
        ready.remove(order[-1])
    return evaluate(problem, tuple(order), chosen, as_promised)


def assert_holds(problem: Problem, plan: Candidate) -> None:
    ends = {slot.task: slot.end for slot in plan.slots}
    assert sorted(plan.order) == sorted(problem.tasks)
    for slot in plan.slots:
        found = problem.tasks[slot.task]
        assert slot.mode in found.modes
        assert all(slot.start >= ends[before] + problem.handover for before in found.predecessors)
    for resource in {resource for slot in plan.slots for resource in slot.mode.resources}:
        used = [slot for slot in plan.slots if resource in slot.mode.resources]
        assert all(later.start >= former.end + problem.handover for former, later in pairwise(used))


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_search__any_plan__weighs_as_in_python_bit_for_bit(data: st.DataObject):
    plan = data.draw(plans(problem := data.draw(problems())))
    with Search(problem, plan, as_promised, seed=1) as search:
        assert search.objective == plan.objective


@settings(max_examples=100, deadline=None)
@given(data=st.data(), seed=st.integers(0, 2**80), rounds=st.integers(1, 3_000))
def test_search__any_problem__its_best_holds_and_weighs_what_it_says(data: st.DataObject, seed: int, rounds: int):
    plan = data.draw(plans(problem := data.draw(problems())))
    with Search(problem, plan, as_promised, seed=seed) as search:
        search.run(rounds)
        assert (search.objective, search.objective <= plan.objective) == (search.best.objective, True)
        assert_holds(problem, search.best)


@settings(max_examples=50, deadline=None)
@given(data=st.data(), pause=st.integers(0, 3_000))
def test_search__paused__goes_on_as_if_it_had_not(data: st.DataObject, pause: int):
    plan = data.draw(plans(problem := data.draw(problems())))
    with Search(problem, plan, as_promised, seed=5) as at_once, Search(problem, plan, as_promised, seed=5) as paused:
        at_once.run(3_000)
        paused.run(pause)
        paused.run(3_000 - pause)
        assert paused.best == at_once.best


@settings(max_examples=50, deadline=None)
@given(data=st.data(), rounds=st.integers(0, 3_000))
def test_recombined__two_plans__never_worse_than_the_better(data: st.DataObject, rounds: int):
    problem = data.draw(problems())
    one, other = data.draw(plans(problem)), data.draw(plans(problem))
    found = recombined(problem, one, other, as_promised, seed=1, rounds=rounds)
    assert found.objective <= min(one.objective, other.objective)
    assert_holds(problem, found)


def test_recombined__plans_of_different_tasks__refused():
    mode = a_mode(Number(1), 1_000)
    problem = a_problem(an_open_task(FIRST, mode), an_open_task(SECOND, mode))
    one, other = (candidate_of(problem, {task: (0, mode)}, as_promised) for task in (FIRST, SECOND))
    with pytest.raises(ValueError, match="different tasks"):
        recombined(problem, one, other, as_promised, seed=1, rounds=1)


def test_compiled__already__not_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / kernel.compiled(kernel.FOLDER).name).write_bytes(b"")
    monkeypatch.setattr(subprocess, "run", None)
    assert kernel.compiled(tmp_path).read_bytes() == b""


def test_kernel__a_library_that_does_not_load__says_which_to_delete(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    broken = tmp_path / "search.so"
    broken.write_bytes(b"")
    monkeypatch.setattr(kernel, "compiled", lambda _: broken)
    with pytest.raises(NoKernel, match=f"delete {broken}"):
        kernel.kernel.__wrapped__()


def test_compiled__the_compiler_refuses__says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(kernel, "OPTIONS", ("--no-such-option",))
    with pytest.raises(NoKernel, match=r"the search could not be compiled: (.|\n)*no-such-option"):
        kernel.compiled(tmp_path)


def test_compiled__nowhere_to_put_it__says_where(tmp_path: Path):
    (tmp_path / "kernel").write_text("a file")
    with pytest.raises(NoKernel, match=f"{tmp_path}/kernel"):
        kernel.compiled(tmp_path / "kernel")


SLOW_COMPILER = """
import sys, time
time.sleep(0.5)
out = sys.argv[sys.argv.index("-o") + 1]
open(out, "w").write("compiled")
open(sys.argv[1], "a").write("once ")
"""
COME_AT_ONCE = """
import sys
from pathlib import Path
from workmoot.planning import kernel
kernel.COMPILER = ("-P", *sys.argv[2:])
print(kernel.compiled(Path(sys.argv[1])))
"""


def test_compiled__ten_processes_at_once__one_compiles_and_all_have_it(tmp_path: Path):
    compiler, log, folder = tmp_path / "compiler.py", tmp_path / "log", tmp_path / "kernel"
    compiler.write_text(SLOW_COMPILER)
    command = [sys.executable, "-c", COME_AT_ONCE, str(folder), str(compiler), str(log)]
    processes = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(10)]
    told = {process.communicate(timeout=60)[0].strip() for process in processes}
    assert log.read_text() == "once "
    assert [Path(path).read_text() for path in told] == ["compiled"]
    assert {path.name for path in folder.iterdir()} == {"lock", *(Path(path).name for path in told)}


@pytest.fixture
def read_only(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that this process may read and not write, also where root runs the tests."""
    monkeypatch.setattr(kernel, "_fingerprint", lambda: "0")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "kernel"
        folder.mkdir()
        (folder / "search-0.so").touch()
        Path(name).chmod(0o755)
        folder.chmod(0o555)
        me = os.geteuid()
        if me == 0:
            os.seteuid(NOBODY)
        try:
            yield folder
        finally:
            os.seteuid(me)


def test_compiled__there_and_read_only__taken_as_it_is(read_only: Path):
    assert kernel.compiled(read_only) == read_only / "search-0.so"


def test_compiled__read_only_and_not_there__says_where(read_only: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(kernel, "_fingerprint", lambda: "1")
    with pytest.raises(NoKernel, match=f"{read_only}: Permission denied"):
        kernel.compiled(read_only)
