import asyncio
from dataclasses import replace
from typing import Any
from unittest.mock import AsyncMock

import pytest

from gateway.adapters import NoContact, Stance
from gateway.adapters.simulated import SimulatedRobots
from gateway.checks import Code
from gateway.floor import Floor, OtherGateway
from gateway.show import lease_json
from gateway.truth import Defaults, Truth
from gateway.wal import Wal
from tests.gateway.conftest import Site
from tests.gateway.floors import (
    EPOCH,
    GATEWAY,
    HELPER,
    INSPECTOR,
    R1,
    R2,
    ROBOT_EPOCH,
    SPRAYER,
    STRANGER,
    SUPERVISOR,
    TASK,
    a_command,
    a_guidance,
    a_mandate,
    a_robot,
    a_signed,
    a_signed_guidance,
    a_view,
    account,
    an_order,
    job_of,
)
from workmoot.domain.errors import GatewayRefused, OutOfGas, Refused, Unreachable
from workmoot.domain.overrides import OverrideKind, SubjectType
from workmoot.domain.work import Status

HOLD_R1 = an_order(OverrideKind.HOLD, SubjectType.ROBOT, R1)
HOLD_PLANT = an_order(OverrideKind.HOLD, SubjectType.PLANT, nonce=2)
RELEASE_R1 = an_order(OverrideKind.RELEASE, SubjectType.ROBOT, R1, nonce=1)


async def obeys(site, command, worker=SPRAYER):
    assert await site.floor.command(command, account(worker)) is None


async def refuses(site, command, worker=SPRAYER):
    refusal = await site.floor.command(command, account(worker))
    assert refusal is not None
    return refusal.code


async def runs(site):
    await obeys(site, a_command("acquire"))
    await obeys(site, a_command("run"))


async def test_collect__work_is_over__done_at_the_tick_it_was(site):
    await runs(site)
    site.watch.forward(5)
    await site.floor.collect()
    job = job_of(site.floor.state)
    assert (job.state, job.since) == ("done", 1000)
    assert job.result
    assert job.result["busy_ticks"] == 1000


async def test_collect__run_breaks_off__failed_with_its_reason(tmp_path):
    site = await Site(tmp_path / "log", Truth(seed=1, defaults=Defaults(failure=1))).begin()
    await runs(site)
    site.watch.forward(5)
    await site.floor.collect()
    assert (job_of(site.floor.state).state, job_of(site.floor.state).result) == ("failed", None)


async def test_command__chain_moved_on_a_moment_ago__looked_at_before_refusing(site):
    await obeys(site, a_command("acquire"))
    site.chain.next_block(tasks={TASK: a_mandate(epoch=EPOCH + 1)})
    await obeys(site, a_command("acquire", task_epoch=EPOCH + 1, term=1))


async def test_command__chain_away__the_floor_goes_on_with_what_it_knows(site):
    site.chain.error = Unreachable("gone")
    await site.follower.look()
    await runs(site)
    assert site.floor.trouble == "gone"


async def test_measure__finished_part__the_inspector_sees_the_truth(site):
    await runs(site)
    site.watch.forward(5)
    await site.floor.collect()
    site.chain.next_block(tasks={TASK: a_mandate(status=Status.SUBMITTED)})
    await obeys(site, a_command("measure", robot=0, resource="", robot_epoch=0, seq=5), INSPECTOR)
    (measured,) = site.floor.state.measurements[TASK]
    assert (measured.sensor, measured.by, measured.error_mm < 1) == ("V-01", INSPECTOR, True)
    again = a_command("measure", robot=0, resource="", robot_epoch=0, seq=5)
    assert await refuses(site, again, INSPECTOR) == Code.REPLAYED


async def test_command__a_team__complete_when_each_robot_is(site):
    view = a_view(a_mandate(helpers=(HELPER,), robots=(R1, R2)), commanders={(R2, "arm"): frozenset((HELPER,))})
    site.chain.next_block(tasks=view.tasks, commanders=view.commanders)
    await site.follower.look()
    await runs(site)
    await obeys(site, a_command("acquire", robot=R2), HELPER)
    await obeys(site, a_command("run", robot=R2), HELPER)
    site.watch.forward(5)
    await site.floor.collect()
    assert [job.state for job in site.floor.state.jobs_of(TASK, 1)] == ["done", "done"]


# Kill -9


async def test_join__killed_while_a_part_runs__goes_on_as_if_nothing_had_been(site):
    await runs(site)
    site.watch.forward(0.05)
    await site.killed_and_started()
    assert job_of(site.floor.state).motion(site.watch.tick(site.floor)) == 500
    site.watch.forward(5)
    await site.floor.collect()
    assert (job_of(site.floor.state).state, job_of(site.floor.state).since) == ("done", 1000)


async def test_join__killed_after_a_command__it_cannot_be_replayed(site):
    await runs(site)
    await site.killed_and_started()
    await site.follower.look()
    assert await refuses(site, a_command("run")) == Code.REPLAYED


async def test_join__killed_with_the_chain_away__holds_stay_and_nobody_commands(site):
    await runs(site)
    await site.floor.order(a_signed(HOLD_R1))
    site.chain.error = Unreachable("gone")
    await site.killed_and_started()
    await site.follower.look()
    assert await refuses(site, a_command("acquire", term=2)) == Code.UNKNOWN_ROBOT
    assert site.order_states() == ["anchoring"]
    assert job_of(site.floor.state).state == "paused"


async def test_join__killed_with_the_chain_away__humans_may_still_hold(site):
    site.chain.error = Unreachable("gone")
    await site.killed_and_started()
    await site.floor.order(a_signed(HOLD_R1))
    assert site.first_order().holds


async def test_join__killed_before_anchoring__anchored_after(site):
    await site.floor.order(a_signed(HOLD_R1))
    await site.killed_and_started()
    assert await site.follower.anchor_next()
    assert (site.order_states(), site.chain.executed) == (["anchored"], [HOLD_R1])


async def test_floor__log_of_another_gateway__refused(site):
    site.wal.close()
    wal = Wal(site.path)
    with pytest.raises(OtherGateway):
        Floor(replace(GATEWAY, address=STRANGER), wal, site.watch)
    wal.close()
    site.wal = Wal(site.path)


# Humans


async def test_order__hold__stands_still_before_any_block(site):
    await runs(site)
    taken = await site.floor.order(a_signed(HOLD_R1))
    assert (taken.state, job_of(site.floor.state).state) == ("anchoring", "paused")
    assert await refuses(site, a_command("acquire", term=2)) == Code.HELD


async def test_order__the_same_again__one_order(site):
    await site.floor.order(a_signed(HOLD_R1))
    await site.floor.order(a_signed(HOLD_R1))
    assert len(site.floor.state.orders) == 1


async def test_order__on_the_chain_already__not_held_again(site):
    site.chain.execute(HOLD_R1, b"")
    await site.follower.look()
    assert await site.floor.order(a_signed(HOLD_R1)) is None
    assert not site.floor.state.orders


async def test_order__role_granted_a_moment_ago__looked_at_before_refusing(site):
    order = replace(HOLD_R1, human=STRANGER)
    site.chain.next_block(roles={**site.chain.view.roles, STRANGER: site.chain.view.roles[HOLD_R1.human]})
    assert await site.floor.order(a_signed(order, "stranger"))


async def test_order__no_role__refused(site):
    with pytest.raises(GatewayRefused, match="NOT_ALLOWED"):
        await site.floor.order(a_signed(replace(HOLD_R1, human=STRANGER), "stranger"))


async def test_order__release__free_only_once_the_chain_says_so(site):
    await site.floor.order(a_signed(HOLD_R1))
    await site.follower.anchor_next()
    site.chain.next_block(robots=a_robot(site.chain.view, R1, held=True, epoch=ROBOT_EPOCH + 1))
    await site.follower.look()
    await site.floor.order(a_signed(RELEASE_R1))
    fresh = a_command("acquire", term=1, robot_epoch=ROBOT_EPOCH + 2)
    assert await refuses(site, fresh) == Code.HELD
    await site.follower.anchor_next()
    site.chain.next_block(robots=a_robot(site.chain.view, R1, held=False, epoch=ROBOT_EPOCH + 2))
    await site.follower.look()
    await obeys(site, fresh)


async def test_anchor_next__chain_away__tried_again_until_it_is_there(site):
    await site.floor.order(a_signed(HOLD_R1))
    site.chain.error = Unreachable("gone")
    assert not await site.follower.anchor_next()
    site.chain.error = OutOfGas("0x1", balance=0, needed=1)
    assert not await site.follower.anchor_next()
    assert site.order_states() == ["anchoring"]
    site.chain.error = None
    assert await site.follower.anchor_next()
    assert site.order_states() == ["anchored"]


async def test_anchor_next__chain_refuses_a_hold__stays_in_force_and_says_why(site, monkeypatch):
    def refuse(order, signature):
        raise Refused("StaleVersion", 3, 2)

    monkeypatch.setattr(site.chain, "execute", refuse)
    await site.floor.order(a_signed(HOLD_R1))
    await site.follower.anchor_next()
    assert (site.first_order().state, site.first_order().reason) == ("refused", "StaleVersion(3, 2)")
    assert await refuses(site, a_command("acquire", term=1)) == Code.HELD


async def test_anchor_next__chain_refuses_a_hold_of_a_task_that_is_done_with__over_without_another_block(
    site, monkeypatch
):
    def refuse(order, signature):
        raise Refused("WrongStatus", TASK, int(Status.ACCEPTED))

    monkeypatch.setattr(site.chain, "execute", refuse)
    site.chain.next_block(tasks={TASK: a_mandate(status=Status.ACCEPTED)})
    await site.follower.look()
    await site.floor.order(a_signed(an_order(OverrideKind.HOLD, SubjectType.TASK, TASK)))
    await site.follower.anchor_next()
    assert (site.first_order().state, site.first_order().over) == ("settled", f"task {TASK} is accepted")


async def test_anchor_next__somebody_else_relayed_it__anchored(site, monkeypatch):
    def used(order, signature):
        raise Refused("InvalidAccountNonce")

    await site.floor.order(a_signed(HOLD_R1))
    site.chain.execute(HOLD_R1, b"")
    monkeypatch.setattr(site.chain, "execute", used)
    await site.follower.anchor_next()
    assert site.order_states() == ["anchored"]


async def test_look__chain_never_answers__not_waited_for(site, monkeypatch):
    monkeypatch.setattr("gateway.follower.PATIENCE_SECONDS", 0.05)
    waiting = asyncio.Event()

    async def stuck():
        await waiting.wait()

    monkeypatch.setattr(site.follower, "_look", stuck)
    assert await refuses(site, a_command("acquire", term=9)) == Code.FENCED
    waiting.set()
    await site.follower.look()


# Contact


class Mute:
    """Robots that may not answer."""

    def __init__(self, robots):
        self.robots, self.answers, self.held = robots, False, 0

    def __getattr__(self, name):
        async def call(*arguments, **named):
            if not self.answers:
                raise NoContact
            self.held += name == "hold"
            return await getattr(self.robots, name)(*arguments, **named)

        return call


async def test_align__robot_does_not_answer__told_again_until_it_does(site):
    await runs(site)
    mute = Mute(site.floor.adapter)
    await site.floor.join(mute)
    await site.floor.order(a_signed(HOLD_R1))
    assert not site.floor.has_answered(R1)
    await site.floor.collect()
    assert (mute.held, site.floor.out_of_contact) == (0, {R1})
    mute.answers = True
    await site.floor.collect()
    assert (mute.held, site.floor.out_of_contact) == (1, set())
    assert site.floor.has_answered(R1)


async def test_align__robot_takes_its_time__has_not_answered_until_it_has(site):
    begun, go = asyncio.Event(), asyncio.Event()

    async def slowly(job):
        begun.set()
        await go.wait()

    await runs(site)
    site.floor.adapter.hold = slowly
    ordered = asyncio.create_task(site.floor.order(a_signed(HOLD_R1)))
    await begun.wait()
    assert not site.floor.has_answered(R1)
    go.set()
    await ordered
    assert site.floor.has_answered(R1)


# A human guides


async def guides(site, action, **changes):
    await site.floor.guide(a_signed_guidance(a_guidance(action, **changes)))


async def test_guide__taken_and_jogged__survives_a_kill_with_lease_numbers_and_pose(site):
    await runs(site)
    await site.floor.order(a_signed(HOLD_R1))
    await guides(site, "take", term=2)
    await guides(site, "jog", term=3)
    site.watch.forward(0.1)
    await site.killed_and_started()
    await site.follower.look()
    await site.floor.look_at(site.floor.view.robots.values())
    assert site.floor.stances[R1, "arm"].pose == (25_000, 0, 0)
    with pytest.raises(GatewayRefused, match="REPLAYED"):
        await guides(site, "stop", term=3)
    await guides(site, "stop", term=3, seq=2)
    site.watch.forward(5)
    await site.killed_and_started()
    await site.follower.look()
    await site.floor.look_at(site.floor.view.robots.values())
    assert site.floor.stances[R1, "arm"].pose == (25_000, 0, 0)
    assert job_of(site.floor.state).state == "paused"
    assert await refuses(site, a_command("acquire", term=3, seq=9)) == Code.HELD


async def test_guide__held_on_chain_a_moment_ago__looked_at_before_refusing(site):
    site.chain.next_block(robots=a_robot(site.chain.view, R1, held=True))
    await guides(site, "take", term=0)
    assert site.floor.state.lease(R1, "arm").human == SUPERVISOR


class Taught(SimulatedRobots):
    """Robots that tell what they were told, and stand as the test says."""

    def __init__(self, site, stance=None):
        super().__init__(site.truth, site.floor.now)
        self.asked, self.told, self.stands = [], [], stance

    async def stance(self, robot, resource, motion):
        self.asked.append((robot, resource))
        if self.stands is None:
            raise NoContact
        return self.stands

    async def guide(self, robot, resource, motion):
        self.told.append(motion)
        if self.stands is None:
            raise NoContact


TEACHING = Stance(pose=(7_000, 0, 0), manual=True, enabling_device=True)


def shown(site) -> Any:
    """Robot 1's lease, as everybody reads it."""
    return lease_json(site.floor, R1, "arm")


async def a_taught_site(site, stance=TEACHING):
    robots = Taught(site, stance)
    await site.floor.join(robots)
    await site.floor.order(a_signed(HOLD_R1))
    await guides(site, "take")
    return robots


async def test_guide__robot_that_reports_its_pose__moves_from_there_and_stops_with_a_hold(site):
    robots = await a_taught_site(site)
    await guides(site, "jog", term=2)
    await site.floor.order(a_signed(HOLD_PLANT))
    moved, stopped = robots.told
    assert (moved.start, moved.to, moved.lasts_ms) == ((7_000, 0, 0), (107_000, 0, 0), 400)
    assert stopped.lasts_ms == 0


@pytest.mark.parametrize(
    ("stance", "code"),
    [
        (None, "NO_CONTACT"),
        (replace(TEACHING, enabling_device=False), "NO_ENABLING_DEVICE"),
        (replace(TEACHING, manual=False), "NO_ENABLING_DEVICE"),
    ],
)
async def test_guide__robot_without_manual_mode_and_enabling_device__is_not_moved(site, stance, code):
    robots = await a_taught_site(site, stance)
    with pytest.raises(GatewayRefused, match=code):
        await guides(site, "jog", term=2)
    assert robots.told == []


async def test_guide__robot_that_has_not_taken_the_hold__is_told_again_and_moved_only_then(site, monkeypatch):
    await runs(site)
    robots, holds = Taught(site, TEACHING), AsyncMock(side_effect=NoContact)
    monkeypatch.setattr(robots, "hold", holds)
    await site.floor.join(robots)
    await site.floor.order(a_signed(HOLD_R1))
    await guides(site, "take", term=2)
    with pytest.raises(GatewayRefused, match="NO_CONTACT"):
        await guides(site, "jog", term=3)
    assert robots.told == []
    holds.side_effect = None
    await guides(site, "jog", term=3)
    assert [motion.lasts_ms for motion in robots.told] == [400]


async def test_guide__robot_the_plant_does_not_have__its_adapter_is_not_asked(site):
    robots = await a_taught_site(site, None)
    for changes in ({"robot": 99}, {"resource": "wings"}):
        with pytest.raises(GatewayRefused, match="UNKNOWN_ROBOT"):
            await guides(site, "jog", term=2, **changes)
    assert (robots.asked, robots.told) == ([], [])


async def test_guide__robot_that_does_not_answer__is_stopped_as_far_as_it_can_be_told(site):
    robots = await a_taught_site(site)
    await guides(site, "jog", term=2)
    assert shown(site)["told"]
    robots.stands = None
    await guides(site, "stop", term=2, seq=2)
    assert [motion.lasts_ms for motion in robots.told] == [400, 0]
    assert not shown(site)["told"]


async def test_guide__robot_that_does_not_take_its_motion__is_not_said_to_move(site, monkeypatch):
    robots = await a_taught_site(site)
    monkeypatch.setattr(robots, "guide", AsyncMock(side_effect=NoContact))
    await guides(site, "jog", term=2)
    await site.floor.look_at(site.floor.view.robots.values())
    assert (shown(site)["told"], shown(site)["stance"]["moves_to_mm"]) == (False, None)
    monkeypatch.undo()
    await guides(site, "jog", term=2, seq=2)
    assert shown(site)["told"]
    assert shown(site)["stance"]["moves_to_mm"] == {"x": 107.0, "y": 0.0, "z": 0.0}


async def test_guide__robot_busy_for_longer_than_the_motion__is_not_told_it_any_more(site):
    robots = await a_taught_site(site)
    async with site.floor._locks[R1]:
        moving = asyncio.create_task(guides(site, "jog", term=2))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        site.watch.forward(1)
    await moving
    assert (robots.told, shown(site)["told"]) == ([], False)
