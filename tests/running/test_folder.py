import json
import os
import stat
from pathlib import Path

import pytest

from scripts.running import folder as module
from scripts.running.folder import KEPT_RUNS, RUN_FILE, RunFolder, live_runs, new_folder, point_back, point_to

NO_PID = 2**22 + 1
"""Beyond the largest process id that Linux gives."""


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty place for runs."""
    monkeypatch.setattr(module, "RUNS", tmp_path / "runs")
    return tmp_path / "runs"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def old_runs(runs: Path, count: int, pid: int = NO_PID) -> list[Path]:
    """Runs of former days, oldest first."""
    made = [runs / f"20240101-{number:06d}-{pid}" for number in range(count)]
    for run in made:
        run.mkdir(parents=True)
    return made


def test_new_folder__first_run__with_a_place_for_logs_that_is_ours_alone(runs: Path):
    folder = new_folder()
    assert folder.log("api").parent.is_dir()
    assert (folder.path.parent, folder.path.name.rpartition("-")[2]) == (runs, str(os.getpid()))


def test_new_folder__many_old_runs__keeps_the_newest_few(runs: Path):
    old = old_runs(runs, KEPT_RUNS + 2)
    folder = new_folder()
    assert sorted(entry for entry in runs.iterdir()) == [*old[3:], folder.path]


def test_new_folder__an_old_run_still_runs__kept(runs: Path):
    alive = old_runs(runs, 1, os.getpid())
    old_runs(runs, KEPT_RUNS + 1)
    new_folder()
    assert alive[0].is_dir()


def test_new_folder__something_else_lies_there__left_alone(runs: Path):
    old_runs(runs, KEPT_RUNS + 1)
    (runs / "notes").mkdir()
    (runs / "latest.json").write_text("{}")
    new_folder()
    assert {"notes", "latest.json"} <= {entry.name for entry in runs.iterdir()}


@pytest.mark.parametrize("name", ["truth.json", "profiles/sprayer.json"])
def test_write__anything__read_by_its_owner_alone(runs: Path, name: str):
    folder = new_folder()
    target = folder.write(name, {"pace": 1.1, "name": "Müller"})
    assert (mode(target), json.loads(target.read_text())) == (0o600, {"pace": 1.1, "name": "Müller"})


def test_write__a_shorter_one_over_a_longer__nothing_of_the_old_remains(runs: Path):
    folder = new_folder()
    folder.write("truth.json", {"a": "long" * 100})
    assert json.loads(folder.write("truth.json", {}).read_text()) == {}


def test_write__a_folder_for_it__only_its_owner_enters(runs: Path):
    assert mode(new_folder().write("profiles/sprayer.json", {}).parent) == 0o700


def test_places__of_a_run__all_below_its_folder(tmp_path: Path):
    folder = RunFolder(tmp_path)
    places = (folder.keys, folder.deployment, folder.log("api"))
    assert [str(place.relative_to(tmp_path)) for place in places] == ["keys", "deployment.json", "logs/api.log"]


def test_point_to__newest_run__its_addresses_and_process(runs: Path):
    folder = new_folder()
    point_to(folder, {"api": "http://127.0.0.1:1"})
    found = json.loads((runs / "latest.json").read_text())
    assert found == {"api": "http://127.0.0.1:1", "folder": str(folder.path), "pid": os.getpid()}


def test_point_to__twice__the_last_and_no_drafts(runs: Path):
    folder = new_folder()
    for port in (1, 2):
        point_to(folder, {"port": port})
    assert json.loads((runs / "latest.json").read_text())["port"] == 2
    assert [entry.name for entry in runs.iterdir() if entry.name.startswith("latest.")] == ["latest.json"]


def running(runs: Path, name: str, pid: int) -> None:
    (runs / name).mkdir(parents=True)
    (runs / name / RUN_FILE).write_text(json.dumps({"pid": pid, "api": name}))


def test_live_runs__one_of_two_is_alive__that_one(runs: Path):
    running(runs, "20260101-000000-1", os.getpid())
    running(runs, "20260101-000001-2", NO_PID)
    assert [run["api"] for run in live_runs(runs)] == ["20260101-000000-1"]


def test_point_back__another_run_goes_on__that_is_found_again(runs: Path):
    running(runs, "20260101-000000-1", os.getppid())
    point_to(new_folder(), {"api": "ours"})
    point_back()
    assert json.loads((runs / "latest.json").read_text())["api"] == "20260101-000000-1"
