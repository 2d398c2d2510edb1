"""The chain's no as a problem: the contract's error, its values, and what would help."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from api.problems import Problem
from workmoot.domain.errors import ChainError, NotMined, OutOfGas, Refused, Unreachable
from workmoot.domain.refusals import IN_THE_WAY
from workmoot.domain.work import Status

SENTENCES = {
    "BadSignature": "The signature is not the human's, or signs other bytes than these.",
    "NotAllowed": "The human has none of the roles that may do this, or is suspended.",
    "OrderExpired": "The order is no longer valid; draft it anew.",
    "ReasonMissing": "An override says why: a code and words.",
    "ExpiryMissing": "This kind of override says until when, at least 10 seconds from now.",
    "StaleVersion": "The subject changed since it was looked at; look again.",
    "WrongSubject": "This kind does not go with this subject.",
    "WrongLevel": "The level does not go with this kind: 1 for the plant, 5 for maintenance, 8 for all else.",
    "NothingToRelease": "No human's slot is filled here: there is nothing to release.",
    "NotCapable": "The worker is not active, or lacks the capability and no second reason is given.",
    "WrongStatus": "The task is not where this would need it to be.",
    "WrongStanding": "The worker's standing does not allow this.",
    "InvalidAccountNonce": "Its nonce is used up: this order, or another under the same nonce, was given already.",
    "MalformedPayload": "What the order carries does not fit its subject; of a plan, at most 200 entries at a time.",
    "MayNotInstruct": "The human has none of the roles that may instruct this, or is suspended.",
    "NothingToLift": "Nothing of this kind stands for the subject, or its time is over: there is nothing to lift.",
    "ProposalNotOpen": "The proposal is not open any more.",
    "PostExpired": "The signature's time is over; preview the order and sign it anew.",
    "NotThePlanner": "Only a human with the planner's or the supervisor's role posts orders.",
}


def as_problem(error: ChainError) -> Problem:
    """The problem a failed sending is."""
    if isinstance(error, Refused):
        detail = _sentence(error)
        revert = {"error": error.name, "values": [_shown(value) for value in error.arguments]}
        return Problem(409, "refused-on-chain", f"{detail} ({error})", revert=revert)
    if isinstance(error, OutOfGas):
        return Problem(503, "out-of-gas", f"The API's account cannot pay for the transaction: {error}.", retryable=True)
    if isinstance(error, NotMined):
        return Problem(
            504, "not-mined", f"{error}. It may still be mined; GET /api/v1/overrides tells.", retryable=False
        )
    if isinstance(error, Unreachable):
        detail = f"{error}. What a key signed to hold acts at the gateway all the same; what a wallet signed does not."
        return Problem(503, "chain-unavailable", detail, headers={"Retry-After": "1"}, retryable=True)
    return Problem(502, "chain-fault", str(error), retryable=False)


@contextmanager
def checking() -> Iterator[None]:
    """Where only the node could tell whether a signature is right, and it is away: come again."""
    try:
        yield
    except ChainError as silent:
        detail = f"The signature cannot be checked: {silent}."
        raise Problem(503, "chain-unavailable", detail, headers={"Retry-After": "1"}, retryable=True) from silent


def _sentence(error: Refused) -> str:
    """What the contract's no means; of a task's status, the status."""
    if error.name == "WrongStatus" and len(error.arguments) == 2:
        task, status = error.arguments
        return f"Task {task} is {Status(int(str(status))).name.lower()}: this does not go with it."
    return _meaning(error.name)


def _meaning(name: str) -> str:
    """In the words of an order; of an error that no order meets, in those that stand for it everywhere."""
    meaning = IN_THE_WAY.get(name)
    return SENTENCES.get(name) or f"The contract refused the order{f': {meaning}' if meaning else ''}."


def refused_later(reason: str, *, holds: bool) -> Problem:
    """The chain's no to an order that the gateway sent, as the gateway tells it: `Name(value, …)`."""
    name, _, values = reason.partition("(")
    detail = _meaning(name)
    stays = " The gateway keeps the hold until a human settles it." if holds else ""
    revert = {"error": name, "values": [value for value in values.rstrip(")").split(", ") if value]}
    return Problem(409, "refused-on-chain", f"{detail} ({reason}){stays}", revert=revert)


def _shown(value: object) -> Any:
    if isinstance(value, bytes):
        return "0x" + value.hex()
    return value if isinstance(value, int | str | bool) else str(value)
