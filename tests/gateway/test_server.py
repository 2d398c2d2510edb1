import asyncio
import json
from dataclasses import replace

import pytest

from gateway.records import OrderTaken
from gateway.server import BODY_LIMIT
from gateway.state import HumanOrder
from gateway.wire import guidance_body
from tests.gateway.floors import (
    GATEWAY,
    OPERATOR,
    R1,
    SPRAYER,
    SUPERVISOR,
    TASK,
    a_command,
    a_guidance,
    a_signed,
    a_signed_guidance,
    an_order,
    sign_command,
)
from workmoot.domain.errors import Unreachable
from workmoot.domain.overrides import OverrideKind, SubjectType, hash_of_orders

HOLD_R1 = an_order(OverrideKind.HOLD, SubjectType.ROBOT, R1)
HOLD_PLANT = an_order(OverrideKind.HOLD, SubjectType.PLANT)


async def runs(caller):
    await caller.command(a_command("acquire"))
    return await caller.command(a_command("run"))


async def test_post_command__acquire_and_run__the_job(caller):
    status, said = await caller.command(a_command("acquire"))
    assert (status, said["term"], said["lease"]["holder"]) == (200, 1, SPRAYER)
    status, said = await caller.command(a_command("run"))
    assert (status, said["job"]["state"], said["lease"]["seq"]) == (200, "running", 1)


async def test_post_command__refused__says_why_and_what_is(caller):
    status, said = await caller.command(a_command("acquire", term=4))
    assert (status, said["error"], said["lease"]["term"]) == (409, "FENCED", 0)


async def test_post_command__changed_after_signing__bad_signature(caller):
    command = a_command("acquire")
    assert (await caller.command(command, seq=9))[1]["error"] == "BAD_SIGNATURE"


@pytest.mark.parametrize("elsewhere", [{"chain_id": 1}, {"address": OPERATOR}])
async def test_post_command__signed_for_another_chain_or_gateway__bad_signature(caller, elsewhere):
    signature = sign_command(a_command("acquire"), SPRAYER, replace(GATEWAY, **elsewhere))
    status, said = await caller.command(a_command("acquire"), signature="0x" + signature.hex())
    assert (status, said["error"]) == (403, "BAD_SIGNATURE")


@pytest.mark.parametrize(
    "changes",
    [
        {"robot": -1},
        {"robot": 1 << 16},
        {"robot": "one"},
        {"robot": True},
        {"mandate": "0x12"},
        {"signature": "0xzz"},
        {"action": "dance"},
        {"parameters": "x" * 5000},
        {"parameters": "\ud800"},
        {"colour": "red"},
    ],
)
async def test_post_command__does_not_fit__malformed_by_the_fields_name(caller, changes):
    status, said = await caller.command(a_command("acquire"), **changes)
    assert (status, said["error"]) == (400, "MALFORMED")
    assert next(iter(changes)) in said["detail"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff\xfe", b"[" * 50_000])
@pytest.mark.parametrize("path", ["/commands", "/orders", "/guidance"])
async def test_post__no_json_object__malformed(caller, path, body):
    async with caller.client.post(path, data=body) as response:
        assert (response.status, (await response.json())["error"]) == (400, "MALFORMED")


async def test_post__body_too_large__refused(caller):
    async with caller.client.post("/commands", data=b"x" * (BODY_LIMIT + 1)) as response:
        assert (response.status, (await response.json())["error"]) == (413, "TOO_LARGE")


async def test_post_order__hold__held_before_it_is_anchored(caller):
    await runs(caller)
    status, said = await caller.order(HOLD_R1, a_signed(HOLD_R1).signature)
    assert (status, said["state"], said["act"]) == (202, "anchoring", "hold")
    _, robot = await caller.get(f"/robots/{R1}")
    assert (robot["mode"], robot["held"], robot["job"]["state"]) == ("held", True, "paused")


async def test_post_order__signed_by_another__bad_signature(caller):
    status, said = await caller.order(HOLD_R1, a_signed(HOLD_R1, "operator").signature)
    assert (status, said["error"]) == (403, "BAD_SIGNATURE")


async def test_post_order__operator_releases_the_plant__not_allowed(caller):
    order = an_order(OverrideKind.RELEASE, SubjectType.PLANT, human=OPERATOR)
    status, said = await caller.order(order, a_signed(order, "operator").signature)
    assert (status, said["error"]) == (403, "NOT_ALLOWED")


async def test_post_order__on_the_chain_already__anchored(caller):
    caller.site.chain.execute(HOLD_R1, b"")
    await caller.site.follower.look()
    status, said = await caller.order(HOLD_R1, a_signed(HOLD_R1).signature)
    assert (status, said["state"]) == (200, "anchored")


async def guide(caller, guidance, by="supervisor", **changes):
    body = guidance_body(guidance) | {"signature": "0x" + a_signed_guidance(guidance, by).signature.hex()} | changes
    async with caller.client.post("/guidance", json=body) as response:
        return response.status, await response.json()


async def test_post_guidance__taken_jogged_given_back__the_robot_tells(caller):
    await runs(caller)
    await caller.order(HOLD_R1, a_signed(HOLD_R1).signature)
    status, said = await guide(caller, a_guidance("take", term=2))
    arm = said["robot"]["resources"]["arm"]
    assert (status, arm["human"], arm["alive"]) == (200, SUPERVISOR, True)
    assert arm["from"] == {"worker": SPRAYER, "human": None}
    await guide(caller, a_guidance("jog", term=3))
    caller.site.watch.forward(0.1)
    _, robot = await caller.get(f"/robots/{R1}")
    arm = robot["resources"]["arm"]
    assert arm["stance"] == {
        "pose_mm": {"x": 25.0, "y": 0.0, "z": 0.0},
        "moves_to_mm": {"x": 100.0, "y": 0.0, "z": 0.0},
        "manual": True,
        "enabling_device": True,
        "simulated": True,
    }
    _, said = await guide(caller, a_guidance("return", term=3, seq=2))
    arm = said["robot"]["resources"]["arm"]
    assert (arm["human"], arm["stance"]["moves_to_mm"], said["robot"]["held"]) == (None, None, True)
    assert [act["action"] for act in arm["guided"]] == ["return", "jog", "take"]
    assert arm["guided"][0]["parameters"] == '{"outcome":"redo"}'
    assert [
        (act["reason_code"], act["reason"]) for act in (arm["last_take"], arm["last_return"], arm["guided"][1])
    ] == [
        *[(1, "a part slipped")] * 2,
        (0, ""),
    ]


async def test_post_guidance__taken_without_a_reason__says_what_is_right(caller):
    await caller.order(HOLD_R1, a_signed(HOLD_R1).signature)
    status, said = await guide(caller, a_guidance("take", reason_code=0, reason=""))
    assert (status, said["error"]) == (400, "MALFORMED")
    assert "a reasonCode that is not 0, and a reason in words" in said["detail"]


async def test_post_guidance__signed_by_another__bad_signature(caller):
    assert await guide(caller, a_guidance("take"), "operator") == (
        403,
        {"error": "BAD_SIGNATURE", "detail": f"not signed by {SUPERVISOR} for this gateway"},
    )


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"action": "dance"}, 400, "MALFORMED"),
        ({"human": "0x12"}, 400, "MALFORMED"),
        ({"parameters": "[]"}, 403, "BAD_SIGNATURE"),
        ({"colour": "red"}, 400, "MALFORMED"),
        ({"reasonCode": 1 << 16}, 400, "MALFORMED"),
        ({"reason": "x" * 4097}, 400, "MALFORMED"),
    ],
)
async def test_post_guidance__does_not_fit__refused(caller, changes, status, code):
    found, said = await guide(caller, a_guidance("take"), **changes)
    assert (found, said["error"]) == (status, code)


async def test_post_guidance__not_held__a_conflict(caller):
    status, said = await guide(caller, a_guidance("take", term=0))
    assert (status, said["error"]) == (409, "NOT_HELD")


async def test_get_jobs__done__result_of_the_whole_run(caller):
    await runs(caller)
    caller.site.watch.forward(5)
    status, said = await caller.get(f"/jobs/{TASK}")
    assert (status, said["state"], said["complete"], said["busy_ticks"]) == (200, "done", True, 1000)
    assert said["result"]["within_criterion"]
    assert said["parts"][0]["ended_tick"] == 1000


async def test_get_jobs__nothing_begun__none(caller):
    _, said = await caller.get(f"/jobs/{TASK}")
    assert (said["state"], said["parts"], said["missing_robots"]) == ("none", [], [R1])


async def test_get_jobs__running__progress(caller):
    await runs(caller)
    caller.site.watch.forward(0.025)
    _, said = await caller.get(f"/jobs/{TASK}")
    assert (said["state"], said["parts"][0]["progress"], said["result"]) == ("running", 0.25, None)


async def test_get_robots__all_with_places(caller):
    _, said = await caller.get("/robots")
    assert [(robot["number"], robot["position"]["x"], robot["mode"]) for robot in said] == [
        (1, 1.0, "idle"),
        (2, 3.0, "idle"),
    ]


async def test_get_sensors__at_the_station__sees_the_part(caller):
    await runs(caller)
    _, said = await caller.get("/sensors")
    assert [len(sensor["sees"]) for sensor in said] == [1, 0]


async def test_get_state__chain_away_and_plant_held__says_so(caller):
    caller.site.chain.error = Unreachable("gone")
    await caller.site.follower.look()
    await caller.order(HOLD_PLANT, a_signed(HOLD_PLANT).signature)
    _, said = await caller.get("/state")
    assert (said["chain"]["reachable"], said["chain"]["trouble"], said["chain"]["block"]) == (False, "gone", 7)
    assert (said["plant_held"], said["anchoring"]) == (True, 1)


async def test_get_state__orders_on_the_chain__are_counted_and_named_by_a_hash(caller):
    caller.site.chain.execute(HOLD_R1, b"")
    await caller.site.follower.look()
    _, said = await caller.get("/state")
    assert said["chain"]["orders"] == 1
    assert said["chain"]["orders_hash"] == hash_of_orders([a_signed(HOLD_R1).digest])


async def test_get_state__orders_settled_long_ago__are_left_out(caller, monkeypatch):
    state = caller.site.floor.state
    for number in range(4):
        order = OrderTaken(
            digest=f"0x{number}", release=False, subject_type=0, subject=0, human="", order={}, signature="0xaa", at=0
        )
        state.orders[order.digest] = HumanOrder(order=order, state="settled" if number else "anchoring")
    monkeypatch.setattr("gateway.show.SETTLED_SHOWN", 2)
    _, said = await caller.get("/state")
    assert [order["digest"] for order in said["orders"]] == ["0x0", "0x2", "0x3"]
    assert said["orders"][0]["signature"] == "0xaa"


@pytest.mark.parametrize(("path", "code"), [("/robots/99", "UNKNOWN_ROBOT"), ("/nowhere", "NOT_FOUND")])
async def test_get__not_there__named(caller, path, code):
    status, said = await caller.get(path)
    assert (status, said["error"]) == (404, code)


async def events(caller, count, after):
    """Server-sent events after a place."""
    found: list[tuple[int, str, dict[str, object]]] = []
    async with caller.client.get("/events", headers={"Last-Event-ID": str(after)}) as response:
        while len(found) < count:
            lines = (await asyncio.wait_for(response.content.readuntil(b"\n\n"), 60)).decode().strip().splitlines()
            fields = dict(line.split(": ", 1) for line in lines)
            found.append((int(fields["id"]), fields["event"], json.loads(fields["data"])))
    return found


async def test_get_events__watcher_comes_back__goes_on_where_it_left(caller):
    count = caller.site.floor.events.count
    await runs(caller)
    found = await events(caller, 3, after=count)
    assert [kind for _, kind, _ in found] == ["LeaseGranted", "CommandAccepted", "JobStarted"]
    assert [place for place, _, _ in found] == [count + 1, count + 2, count + 3]
    assert (await events(caller, 1, after=count + 2))[0][1] == "JobStarted"


async def test_get_events__something_happens__told_at_once(caller):
    watching = asyncio.create_task(events(caller, 1, after=caller.site.floor.events.count))
    await asyncio.sleep(0.05)
    await caller.command(a_command("acquire"))
    assert (await watching)[0][1] == "LeaseGranted"
