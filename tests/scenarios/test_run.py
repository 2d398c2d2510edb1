"""A whole order with real processes: a daemon killed in the middle, a human's override, and the chain read again."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from scripts import nodes
from scripts.api_client import a_key
from scripts.running.folder import live_runs
from tests.scenarios.recount import Log, by_name, electorates, read_logs, taken
from workmoot.domain.plan import unpack_entry

ROOT = Path(__file__).resolve().parents[2]
WITHIN_S = 420
FINAL = ("TaskAccepted", "TaskReworked", "TaskCancelled")
KILLED = "assembler"
OVERRIDDEN_FOR_S = 45


@dataclass(slots=True)
class Story:
    """What happened in a run: its own summary, the events, and what the test did to it."""

    summary: dict[str, Any] = field(default_factory=dict)
    logs: list[Log] = field(default_factory=list)
    killed: int = 0
    override: dict[str, Any] = field(default_factory=dict)
    stderr: str = ""

    @property
    def events(self) -> dict[str, list[Log]]:
        """By name."""
        return by_name(self.logs)


@pytest.fixture(scope="module")
def story() -> Iterator[Story]:
    """FlexVega's order on a Ganache of the test's own, which `up` must leave running."""
    told = Story()
    with nodes.running("ganache") as node:
        command = [sys.executable, "-m", "scripts", "up", "--exit", "--json", "--rpc", node.url, "--speed", "20"]
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        meddler = threading.Thread(target=_meddle, args=(told, process.pid))
        meddler.start()
        try:
            stdout, told.stderr = process.communicate(timeout=WITHIN_S)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
                process.wait(60)
        meddler.join(10)
        assert process.returncode == 0, told.stderr[-3000:]
        told.summary = json.loads(stdout.splitlines()[-1])
        told.logs = read_logs(node.url, told.summary["deployment"])
        yield told


def _meddle(told: Story, pid: int) -> None:
    """Kills a daemon once work is under way, and assigns a task as a human does."""
    run = _run_of(pid)
    with httpx.Client(base_url=f"{run['api']}/api/v1", timeout=60) as client:
        _wait_for_tasks(client, done=6)
        told.killed = _kill(KILLED, run["folder"])
        told.override = _until(lambda: _overridden(client), "no task could be given to another worker")


def _until(found: Callable[[], Any], trouble: str) -> Any:
    """What comes in the end."""
    deadline = time.monotonic() + WITHIN_S
    while not (one := found()):
        if time.monotonic() > deadline:
            raise TimeoutError(trouble)
        time.sleep(0.1)
    return one


def _overridden(client: httpx.Client) -> dict[str, Any] | None:
    """The answer to the first assignment that is taken; a task may be started while a human makes up their mind."""
    for task in _tasks(client):
        if task["status"] == "allocated" and (other := _another(client, task)):
            answer = _assign(client, task, other)
            if answer.get("subject"):
                return answer
    return None


def _run_of(pid: int) -> dict[str, str]:
    def ours() -> dict[str, str] | None:
        return next((found for found in live_runs(ROOT / ".run") if found["pid"] == pid), None)

    run: dict[str, str] = _until(ours, "the run did not become ready")
    return run


def _tasks(client: httpx.Client) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = client.get("tasks").json()["items"]
    return items


def _wait_for_tasks(client: httpx.Client, *, done: int) -> None:
    def ended() -> bool:
        return sum(task["status"] in ("accepted", "reworked") for task in _tasks(client)) >= done

    _until(ended, "no work was done")


def _kill(worker: str, folder: str) -> int:
    """kill -9 to the run's daemon of that name."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            command = _command_line(entry)
            if f"{folder}/keys/{worker}.key" in command and "worker" in command:
                os.kill(int(entry.name), signal.SIGKILL)
                return int(entry.name)
    raise ProcessLookupError(worker)


def _command_line(entry: Path) -> str:
    try:
        return (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def _another(client: httpx.Client, task: dict[str, Any]) -> int | None:
    workers = client.get("workers").json()["items"]
    capable = [
        worker["number"]
        for worker in workers
        if task["capability"] in worker["capabilities"] and worker["number"] != task["worker"]["number"]
    ]
    return capable[0] if capable else None


def _assign(client: httpx.Client, task: dict[str, Any], worker: int) -> dict[str, Any]:
    until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + OVERRIDDEN_FOR_S))
    body = {
        "kind": "assign",
        "subject": {"type": "task", "id": task["id"]},
        "payload": {"worker": worker},
        "reason": {"code": "TEST", "text": "a human decides otherwise"},
        "expires_at": until,
    }
    seen = client.post("overrides?dry_run=true", json=body)
    headers = a_key() | {"If-Match": seen.headers.get("ETag", "")}
    answer: dict[str, Any] = client.post("overrides", json=body, headers=headers).json()
    return answer | {"task": task["id"], "assigned": worker}


def test_up__whole_order__every_task_ends_once(story: Story) -> None:
    ended = [log.values["task"] for name in FINAL for log in story.events[name]]
    posted = sum(len(log.values["tasks"]) // 52 for log in story.events["OrderPosted"])
    assert len(ended) == len(set(ended)) == posted == 60


def test_up__summary__agrees_with_a_second_count_of_the_events(story: Story) -> None:
    events, said = story.events, story.summary
    counted = {
        "accepted": len(events["TaskAccepted"]),
        "reworked": len(events["TaskReworked"]),
        "cancelled": len(events["TaskCancelled"]),
        "proposals": len(events["ProposalCreated"]),
        "votes": len(events["VoteCast"]),
        "overrides": len(events["OverrideGiven"]),
        "passed": len(
            {log.values["id"] for log in events["ProposalSettled"] if log.values["state"] == 2}
            | {log.values["proposalId"] for log in events["ProposalExecuted"]}
        ),
        "defeated": sum(log.values["state"] == 4 for log in events["ProposalSettled"]),
        "reallocated": sum(log.values["next"] == 1 and log.values["failure"] != 6 for log in events["TaskFailed"]),
    }
    assert counted == {name: said[name] for name in counted}
    assert said["tasks"] == said["accepted"] + said["reworked"] + said["cancelled"]
    assert said["votes"] == said["votes_for"] + said["votes_against"]


def test_up__every_decision__was_a_majority_of_all_members(story: Story) -> None:
    yes: dict[int, set[str]] = {}
    for log in story.events["VoteCast"]:
        if log.values["support"] == 1:
            yes.setdefault(log.values["proposalId"], set()).add(log.values["voter"])
    members = electorates(story.logs)
    enacted = [log.values["proposal"] for log in story.events["PlanEnacted"]]
    assert enacted
    assert all(2 * len(yes[proposal]) > members[proposal] for proposal in enacted)


def test_up__every_started_run__was_decided_by_the_dao_or_a_human(story: Story) -> None:
    decided: dict[int, int] = {}
    for log in story.logs:
        if log.name == "PlanEnacted":
            decided |= {task: lead for task, lead, _ in taken(log, story.logs)}
        elif log.name == "InForceChanged":
            decided[log.values["task"]] = log.values["worker"]
        elif log.name == "TaskStarted":
            assert decided[log.values["task"]] == log.values["worker"], log


def test_up__the_inspector__is_never_the_worker(story: Story) -> None:
    accounts = {log.values["number"]: log.values["account"] for log in story.events["MemberAdmitted"]}
    judged = [log.values for log in story.events["TaskAccepted"] if not log.values["human"]]
    assert judged
    assert all(accounts[values["worker"]] != values["by"] for values in judged)


def test_up__some_tasks__were_done_jointly(story: Story) -> None:
    helped = {task for log in story.events["PlanEnacted"] for task, _, helpers in taken(log, story.logs) if helpers}
    done = {log.values["task"] for log in story.events["TaskAccepted"] + story.events["TaskReworked"]}
    assert story.summary["joint"] > 0
    assert len(helped & done) >= story.summary["joint"]


def test_up__a_daemon_killed_in_the_middle__goes_on_from_the_chain(story: Story) -> None:
    assert story.killed
    assert story.summary["restarts"] == {KILLED: 1}


def _assigned_in(log: Log) -> int:
    """Others assign tasks too."""
    return unpack_entry(log.values["order"]["payload"])[0].lead


def test_override__given_while_the_plant_runs__holds_until_it_is_released_or_expires(story: Story) -> None:
    task, worker = story.override["task"], story.override["assigned"]
    begin = next(
        log
        for log in story.events["OverrideGiven"]
        if log.values["subject"] == task and log.values["order"]["kind"] == 3 and _assigned_in(log) == worker
    )
    identity = begin.values["id"]
    ends = [
        log
        for name in ("OverrideReleased", "OverrideExpired", "OverrideSuperseded")
        for log in story.events[name]
        if log.values["id"] == identity
    ]
    until = (ends[0].block, ends[0].index) if ends else (10**9, 0)
    under = [log for log in story.logs if (begin.block, begin.index) < (log.block, log.index) < until]
    workers = {
        log.values["worker"]
        for log in under
        if log.name in ("InForceChanged", "TaskStarted", "TaskAccepted") and log.values["task"] == task
    }
    assert workers <= {worker}


def test_up__at_its_end__leaves_a_node_it_did_not_start_running(story: Story) -> None:
    assert story.logs
