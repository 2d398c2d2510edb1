"""The gateway over HTTP: commands, human orders and guidance in, the floor's state and events out. JSON, on the
loopback."""

import json
import logging
from collections.abc import Awaitable, Callable, Collection
from dataclasses import asdict

from aiohttp import web

from gateway import show
from gateway.checks import Code
from gateway.events import Events
from gateway.floor import Floor
from gateway.guidance import SignedGuidance
from gateway.human import SignedOrder
from gateway.records import Record
from gateway.view import RobotView
from gateway.wire import read_command, read_guidance, read_order
from workmoot.domain.commands import Command, command_digest
from workmoot.domain.errors import GatewayRefused, Malformed
from workmoot.domain.guidance import guidance_digest
from workmoot.domain.overrides import order_digest

log = logging.getLogger(__name__)

BODY_LIMIT = 64 * 1024
Recover = Callable[[bytes, bytes], str | None]
"""Whose signature of a digest it is; None: nobody's."""
FLOOR: web.AppKey[Floor] = web.AppKey("floor", Floor)
RECOVER: web.AppKey[Recover] = web.AppKey("recover")
STATUS = {
    "MALFORMED": 400,
    "BAD_SIGNATURE": 403,
    "NOT_ALLOWED": 403,
    "NO_MANDATE": 403,
    "NOT_HOLDER": 403,
    "NOT_FOUND": 404,
    "UNKNOWN_ROBOT": 404,
    "UNKNOWN_TASK": 404,
    "TOO_LARGE": 413,
}
"""All other refusals are conflicts with the present state: 409."""
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def application(floor: Floor, recover: Recover) -> web.Application:
    """The routes."""
    app = web.Application(middlewares=[_refusals], client_max_size=BODY_LIMIT)
    app[FLOOR] = floor
    app[RECOVER] = recover
    app.router.add_post("/commands", post_command)
    app.router.add_post("/orders", post_order)
    app.router.add_get("/orders", get_orders)
    app.router.add_post("/guidance", post_guidance)
    app.router.add_get("/robots", get_robots)
    app.router.add_get("/robots/{number:[0-9]{1,5}}", get_robot)
    app.router.add_get("/jobs/{task:[0-9]{1,10}}", get_jobs)
    app.router.add_get("/sensors", get_sensors)
    app.router.add_get("/state", get_state)
    app.router.add_get("/healthz", get_health)
    app.router.add_get("/events", get_events)
    return app


async def post_command(request: web.Request) -> web.Response:
    """A worker's signed command."""
    floor = request.app[FLOOR]
    command, signature = read_command(await _body(request))
    digest = command_digest(command, chain_id=floor.gateway.chain_id, gateway=floor.gateway.address)
    refusal = await floor.command(command, _signer(request, digest, signature))
    lease = show.lease_json(floor, command.robot, command.resource)
    if refusal:
        return _error(refusal.code, refusal.detail, lease=lease, job=_job(floor, command))
    return web.json_response(
        {
            "action": command.action,
            "robot": command.robot,
            "resource": command.resource,
            "task": command.task,
            "term": lease["term"],
            "lease": lease,
            "job": _job(floor, command),
            "measurement": _measurement(floor, command),
        }
    )


async def post_order(request: web.Request) -> web.Response:
    """A human's signed hold or release: in force at once, on the chain after."""
    floor = request.app[FLOOR]
    order, signature = read_order(await _body(request))
    gateway = floor.gateway
    digest = order_digest(order, chain_id=gateway.chain_id, overrides=gateway.overrides)
    if _signer(request, digest, signature) != order.human:
        raise GatewayRefused("BAD_SIGNATURE", f"not signed by {order.human} for this plant")
    taken = await floor.order(SignedOrder(order=order, digest=digest, signature=signature))
    if taken is None:
        return web.json_response({"digest": "0x" + digest.hex(), "state": "anchored", "reason": ""})
    return web.json_response(show.order_json("0x" + digest.hex(), taken), status=202)


async def post_guidance(request: web.Request) -> web.Response:
    """A human's signed guidance of a held robot; what its lease and stance are then."""
    floor = request.app[FLOOR]
    guidance, signature = read_guidance(await _body(request))
    digest = guidance_digest(guidance, chain_id=floor.gateway.chain_id, gateway=floor.gateway.address)
    if _signer(request, digest, signature) != guidance.human:
        raise GatewayRefused("BAD_SIGNATURE", f"not signed by {guidance.human} for this gateway")
    await floor.guide(SignedGuidance(guidance=guidance, digest=digest, signature=signature))
    robot = await _looked_at(floor, [floor.view.robots[guidance.robot]])
    return web.json_response({"digest": "0x" + digest.hex(), "action": guidance.action, "robot": robot[0]})


async def get_orders(request: web.Request) -> web.Response:
    """Humans' orders that came here, and how far their anchoring is."""
    return web.json_response(show.orders_json(request.app[FLOOR].state))


async def get_robots(request: web.Request) -> web.Response:
    """All robots."""
    floor = await _collected(request)
    return web.json_response(await _looked_at(floor, floor.view.robots.values()))


async def get_robot(request: web.Request) -> web.Response:
    """One robot."""
    floor = await _collected(request)
    robot = floor.view.robots.get(int(request.match_info["number"]))
    if robot is None:
        raise GatewayRefused("UNKNOWN_ROBOT", f"the plant has no robot {request.match_info['number']}")
    return web.json_response((await _looked_at(floor, [robot]))[0])


async def get_jobs(request: web.Request) -> web.Response:
    """All parts of a task's present run."""
    floor = await _collected(request)
    return web.json_response(show.jobs_json(floor, int(request.match_info["task"])))


async def get_sensors(request: web.Request) -> web.Response:
    """All sensors."""
    floor = await _collected(request)
    return web.json_response([show.sensor_json(floor, sensor) for sensor in floor.view.sensors])


async def get_state(request: web.Request) -> web.Response:
    """The gateway itself."""
    return web.json_response(show.state_json(request.app[FLOOR]))


async def get_health(_: web.Request) -> web.Response:
    """That it answers; what it knows is in /state."""
    return web.json_response({"status": "ok"})


async def get_events(request: web.Request) -> web.StreamResponse:
    """The log as server-sent events; `Last-Event-ID` (or ?after=) goes on where a watcher left off."""
    events = request.app[FLOOR].events
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    await response.prepare(request)
    try:
        async for item in events.follow(_after(request, events)):
            await response.write(b": quiet\n\n" if item is None else _event(*item))
    except ConnectionResetError:
        log.debug("a watcher left")
    return response


@web.middleware
async def _refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every refusal has a name."""
    try:
        return await handler(request)
    except GatewayRefused as refused:
        return _error(refused.code, refused.detail)
    except Malformed as malformed:
        return _error(Code.MALFORMED, str(malformed))
    except web.HTTPRequestEntityTooLarge:
        return _error("TOO_LARGE", f"a body has at most {BODY_LIMIT} bytes")
    except web.HTTPNotFound:
        return _error("NOT_FOUND", f"there is no {request.path}")


def _signer(request: web.Request, digest: bytes, signature: bytes) -> str:
    signer = request.app[RECOVER](digest, signature)
    if signer is None:
        raise GatewayRefused("BAD_SIGNATURE", "this is nobody's signature")
    return signer


async def _body(request: web.Request) -> object:
    try:
        return json.loads(await request.text())
    except (ValueError, RecursionError):
        raise Malformed("body: no JSON") from None


async def _collected(request: web.Request) -> Floor:
    floor = request.app[FLOOR]
    await floor.collect()
    return floor


async def _looked_at(floor: Floor, robots: Collection[RobotView]) -> list[show.Json]:
    """Robots, as they stand now."""
    await floor.look_at(robots)
    return [show.robot_json(floor, robot) for robot in robots]


def _error(code: str, detail: str, **more: object) -> web.Response:
    return web.json_response({"error": str(code), "detail": detail} | more, status=STATUS.get(code, 409))


def _job(floor: Floor, command: Command) -> show.Json | None:
    job = floor.state.jobs.get((command.task, command.robot))
    return show.part_json(floor, job) if job else None


def _measurement(floor: Floor, command: Command) -> show.Json | None:
    mine = [m for m in floor.state.measurements.get(command.task, ()) if m.seq == command.seq]
    return show.measurement_json(mine[-1]) if command.action == "measure" and mine else None


def _after(request: web.Request, events: Events) -> int:
    """Where to begin: after the last event the watcher saw, else with what comes next."""
    given = request.headers.get("Last-Event-ID") or request.query.get("after", "")
    return int(given) if given.isascii() and given.isdecimal() else events.count


def _event(place: int, record: Record) -> bytes:
    return f"id: {place}\nevent: {type(record).__name__}\ndata: {json.dumps(asdict(record))}\n\n".encode()
