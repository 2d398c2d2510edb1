"""The gateway as a process, with Anvil, the contracts, and the client that the workers have."""

import signal
from collections.abc import Iterator

import pytest

from tests.gateway.running import RunningGateway, running_gateway, until
from workmoot.domain.errors import GatewayRefused
from workmoot.domain.overrides import OverrideKind, SubjectType
from workmoot.domain.work import Status

# web3's own import of a package it does not use here.
pytestmark = pytest.mark.filterwarnings("ignore:websockets.legacy is deprecated:DeprecationWarning")

AWHILE = 400_000
"""Ten wall seconds of work: time for a hold to come while it lasts."""
MOVED = {"x": 1.0, "y": 0.0, "z": 0.0}
HOLD, RELEASE = OverrideKind.HOLD, OverrideKind.RELEASE


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    with running_gateway(tmp_path_factory.mktemp("gateway")) as site:
        yield site


def run(site, task, worker="driller"):
    robots, found = site.robots_of(worker), site.task(task)
    robots.run(found, found.robots[0], capability=found.spec.capability, work_ticks=found.spec.work, part="a part")


def parts(site, task):
    return site.robots_of("driller").parts(site.task(task))


def orders(site):
    return {order["digest"]: order["state"] for order in site.http.get("/orders").json()}


def held(site, robot):
    return site.http.get(f"/robots/{site.badges[robot]}").json()["held"]


def arm(site, robot):
    """Its lease and stance; a human's lease may run out meanwhile."""
    ((_, found),) = site.http.get(f"/robots/{robot}").json()["resources"].items()
    return found | {"alive": None}


def give(site, kind, subject_type, subject):
    """An order that acts here at once and is on the chain a little later."""
    answer = site.tell_gateway(site.order(kind, subject_type, subject))
    assert answer.status_code == 202
    until(lambda: orders(site)[answer.json()["digest"]] == "anchored")


def test_run__assigned_started_run_submitted_measured__accepted(site):
    task = site.given_task("driller", "drill-1", "clerk", work=4_000)
    run(site, task)
    until(lambda: all(part.is_over for part in parts(site, task)))
    (part,) = parts(site, task)
    site.contracts("driller").work_orders.submit(task, site.task(task).epoch, part.grade, part.ticks, b"\1" * 32)
    finding = site.robots_of("clerk").measure(site.task(task))
    assert finding.accepted
    site.contracts("clerk").work_orders.inspect(
        task, site.task(task).epoch, b"\1" * 32, accepted=True, grade=finding.grade, findings=b"\2" * 32
    )
    assert site.task(task).status is Status.ACCEPTED


def test_run__by_a_worker_the_chain_does_not_name__refused(site):
    task = site.given_task("driller", "drill-1", "clerk", work=4_000)
    with pytest.raises(GatewayRefused, match="NO_MANDATE"):
        run(site, task, "checker")


def test_order__hold_while_it_runs__stands_still_until_released_and_commanded_again(site):
    task, robot = site.given_task("driller", "drill-1", "clerk", work=AWHILE), site.badges["drill-1"]
    run(site, task)
    give(site, HOLD, SubjectType.ROBOT, robot)
    assert site.ledger().is_robot_held(robot)
    assert [part.state for part in parts(site, task)] == ["paused"]
    with pytest.raises(GatewayRefused, match="HELD"):
        run(site, task)
    give(site, RELEASE, SubjectType.ROBOT, robot)
    assert not held(site, "drill-1")
    assert [part.state for part in parts(site, task)] == ["paused"]
    run(site, task)
    until(lambda: [part.state for part in parts(site, task)] == ["done"])


def test_order__plant_resumed__in_two_steps(site):
    give(site, HOLD, SubjectType.PLANT, 0)
    assert held(site, "saw-1")
    give(site, RELEASE, SubjectType.PLANT, 0)
    assert held(site, "saw-1")
    give(site, RELEASE, SubjectType.PLANT, 0)
    assert not held(site, "saw-1")


def test_order__refused_by_the_chain__stays_held_until_a_human_settles_it(site):
    robot = site.badges["saw-1"]
    site.tell_gateway(site.order(HOLD, SubjectType.ROBOT, robot, expected_epoch=99))
    until(lambda: "refused" in orders(site).values())
    assert held(site, "saw-1")
    give(site, HOLD, SubjectType.ROBOT, robot)
    give(site, RELEASE, SubjectType.ROBOT, robot)
    until(lambda: not held(site, "saw-1"))


def test_kill__while_it_runs_and_a_hold_is_not_anchored__goes_on_from_the_log(site):
    task, robot = site.given_task("driller", "drill-1", "clerk", work=AWHILE), site.badges["drill-1"]
    run(site, task)
    site.tell_gateway(site.order(HOLD, SubjectType.ROBOT, robot))
    site.guide(robot, "take")
    assert site.guide(robot, "jog", axis="x", distance_mm=1, speed_mm_s=4).is_success
    before = arm(site, robot)
    site.end(signal.SIGKILL)
    site.start()
    assert held(site, "drill-1")
    assert arm(site, robot) == before | {"stance": before["stance"] | {"pose_mm": MOVED, "moves_to_mm": None}}
    assert [part.state for part in parts(site, task)] == ["paused"]
    until(lambda: set(orders(site).values()) <= {"anchored", "settled"})
    assert site.ledger().is_robot_held(robot)
    assert site.guide(robot, "return", outcome="resume").is_success
    give(site, RELEASE, SubjectType.ROBOT, robot)
    run(site, task)
    until(lambda: [part.state for part in parts(site, task)] == ["done"])


def test_reorganisation__epochs_fall__the_robot_is_held_until_a_human_settles_it(site):
    robot = site.badges["saw-1"]
    snapshot = site.connection.node.ask("evm_snapshot")
    give(site, HOLD, SubjectType.ROBOT, robot)
    give(site, RELEASE, SubjectType.ROBOT, robot)
    until(lambda: not held(site, "saw-1"))
    site.connection.node.ask("evm_revert", snapshot)
    site.connection.node.ask("evm_mine")
    until(lambda: "reorganisation" in " ".join(site.http.get(f"/robots/{robot}").json()["held_why"]))
    until(lambda: set(orders(site).values()) <= {"anchored", "settled"})
    assert held(site, "saw-1")
    give(site, HOLD, SubjectType.ROBOT, robot)
    give(site, RELEASE, SubjectType.ROBOT, robot)
    until(lambda: not held(site, "saw-1"))
