"""What the contracts keep, read through their views at one block, many questions in a request."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from workmoot.chain.abi import abi_of
from workmoot.chain.deployment import Deployment
from workmoot.chain.node import Node, as_tag

QUESTIONS_PER_REQUEST = 400
ABIS = {"AccessManager": "PlantAuthority"}
"""Where a contract's name in the deployment is not its ABI's."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One view of one contract."""

    contract: str
    function: str
    arguments: tuple[object, ...] = ()


class Views:
    """A deployment's storage as of one block."""

    def __init__(self, node: Node, deployment: Deployment, block: int) -> None:
        self._node = node
        self._addresses = deployment.addresses
        self._block = as_tag(block)

    def read_all(self, asks: Sequence[Ask]) -> Iterator[tuple[Any, ...]]:
        """The answers in the order of the questions; a struct comes as its fields."""
        for begin in range(0, len(asks), QUESTIONS_PER_REQUEST):
            part = asks[begin : begin + QUESTIONS_PER_REQUEST]
            answers = self._node.ask_all([("eth_call", self._call(ask)) for ask in part])
            for ask, answer in zip(part, answers, strict=True):
                yield _fields(_function(ask).answer(bytes.fromhex(answer[2:])))

    def _call(self, ask: Ask) -> list[Any]:
        content = _function(ask).call(*ask.arguments)
        return [{"to": self._addresses[ask.contract], "data": "0x" + content.hex()}, self._block]


def _function(ask: Ask) -> Any:
    return abi_of(ABIS.get(ask.contract, ask.contract)).functions[ask.function]


def _fields(values: tuple[Any, ...]) -> tuple[Any, ...]:
    return values[0] if len(values) == 1 and isinstance(values[0], tuple) else values
