"""Whether guidance that an API drafted is what was asked for: judged here, before a human's key signs it."""

from collections.abc import Iterator, Mapping
from typing import Any

from api.guidance import DRAFT_S
from scripts.order_check import code_of
from workmoot.domain.guidance import Act, Guidance, write_parameters

CLOCKS_DIFFER_S = 5
"""A motion is signed for the moment: clocks that differ by more are set first."""


def differences(robot: str, act: Act, asked: Mapping[str, Any], guidance: Guidance, *, now: float) -> Iterator[str]:
    """The fields in which it is another. Which number a name stands for, the API says; numbers are not its to say."""
    carries = {"outcome": asked["outcome"]} if act is Act.RETURN else asked.get("parameters", {})
    reason = asked.get("reason")
    same = {
        "robot": not robot.isdecimal() or guidance.robot == int(robot),
        "resource": asked.get("resource") in (None, guidance.resource),
        "action": guidance.action is act,
        "parameters": guidance.parameters == write_parameters(act, carries),
        "reasonCode": guidance.reason_code == (code_of(reason["code"]) if reason else 0),
        "reason": guidance.reason == (reason["text"].strip() if reason else ""),
        "notAfter": guidance.not_after <= now + DRAFT_S + CLOCKS_DIFFER_S,
    }
    yield from (field for field, is_same in same.items() if not is_same)
