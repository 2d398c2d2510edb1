"""A worker's way to the robots: signed commands to the gateway over HTTP."""

import json
from collections.abc import Callable
from typing import Any

import httpx

from agents.robots import Finding, RobotPart
from workmoot.domain.commands import Command, command_digest, command_values
from workmoot.domain.errors import GatewayRefused, GatewayUnreachable
from workmoot.domain.ids import Number
from workmoot.domain.ledger import Ledger, Task
from workmoot.domain.plan import mandate_of

TIMEOUT_S = 5.0
GOOD_FOR_S = 30
Sign = Callable[[bytes], bytes]
_MEASURED = {"grade": (0, 100), "error_mm": (-1_000_000, 1_000_000), "criterion_mm": (0, 1_000_000)}
"""What a measurement says, and from what to what it can be."""


class Gateway:
    """The robots, as the gateway at the plant's address lets a worker have them; a `Robots` port."""

    def __init__(self, ledger: Ledger, sign: Sign, *, chain_id: int, now_s: Callable[[], float]) -> None:
        described = (ledger.description or {}).get("gateway")
        place: dict[str, str] = described if isinstance(described, dict) else {}
        self._ledger = ledger
        self._sign = sign
        self._chain_id = chain_id
        self._address = place.get("address", "")
        self._now_s = now_s
        self._http = httpx.Client(base_url=place.get("url", ""), timeout=TIMEOUT_S)

    def parts(self, task: Task) -> tuple[RobotPart, ...]:
        """The parts of the task's present attempt."""
        found = self._get(f"/jobs/{task.id}")
        return tuple(_part(part) for part in found["parts"] if part["attempt"] == task.attempt)

    def run(self, task: Task, robot: Number, *, capability: int, work_ticks: int, part: str) -> None:
        """Take the robot's lease and have it do its part."""
        known = self._get(f"/robots/{robot}")
        resource, lease = next(iter(known["resources"].items()))
        granted = self._command(task, robot, resource, "acquire", lease["term"], lease["seq"] + 1, {})["lease"]
        order = {"capability": capability, "work_ticks": work_ticks, "part": part}
        self._command(task, robot, resource, "run", granted["term"], granted["seq"] + 1, order)

    def measure(self, task: Task) -> Finding:
        """Have the sensors look at the finished task."""
        seen = self._command(task, Number(0), "", "measure", 0, int(self._now_s() * 1000), {})["measurement"]
        if seen is None:
            raise GatewayRefused("NO_MANDATE", "nothing was measured")
        _require_numbers(seen)
        return Finding(grade=int(seen["grade"]), accepted=bool(seen["within_criterion"]), report=seen)

    def _command(
        self, task: Task, robot: Number, resource: str, action: str, term: int, seq: int, parameters: dict[str, Any]
    ) -> dict[str, Any]:
        command = Command(
            robot=robot,
            resource=resource,
            task=task.id,
            task_epoch=task.epoch,
            robot_epoch=self._ledger.robot_epoch(robot) if robot else 0,
            mandate=mandate_of(task.entry) if task.entry else bytes(32),
            term=term,
            seq=seq,
            not_after=int(self._now_s()) + GOOD_FOR_S,
            action=action,
            parameters=json.dumps(parameters),
        )
        signature = self._sign(command_digest(command, chain_id=self._chain_id, gateway=self._address))
        values = {name: _json(value) for name, value in command_values(command).items()}
        return self._answer("POST", "/commands", values | {"signature": "0x" + signature.hex()})

    def _get(self, path: str) -> dict[str, Any]:
        return self._answer("GET", path, None)

    def _answer(self, method: str, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
        try:
            response = self._http.request(method, path, json=body)
            found: dict[str, Any] = response.json()
        except (httpx.HTTPError, ValueError) as silent:
            raise GatewayUnreachable(f"{self._http.base_url}: {type(silent).__name__}") from silent
        if response.is_error:
            raise GatewayRefused(str(found.get("error", response.status_code)), str(found.get("detail", "")))
        return found


def _require_numbers(seen: dict[str, Any]) -> None:
    """A sensor's numbers are what may go into a verdict or a question: a gateway may say anything."""
    for name, (least, most) in _MEASURED.items():
        value = seen.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            raise GatewayRefused("MALFORMED", f"{name} is {value!r:.40}, not a number from {least} to {most}")


def _part(part: dict[str, Any]) -> RobotPart:
    result = part["result"] or {}
    ended = part["ended_tick"]
    return RobotPart(
        robot=Number(part["robot"]),
        state=part["state"],
        ticks=max(0, ended - part["started_tick"]) if ended is not None else 0,
        grade=int(result.get("grade", 0)),
        report={
            "robot": part["robot"],
            "attempt": part["attempt"],
            "started_tick": part["started_tick"],
            "ended_tick": ended,
            "state": part["state"],
            "result": result,
        },
    )


def _json(value: object) -> object:
    return "0x" + value.hex() if isinstance(value, bytes) else value
