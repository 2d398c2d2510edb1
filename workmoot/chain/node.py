"""One node, asked by raw JSON-RPC over a connection that stays open: a tenth of what web3's own path costs."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, cast

from workmoot.chain.refusals import error_of
from workmoot.domain.errors import ChainError, Malformed, Unreachable
from workmoot.domain.ids import Address
from workmoot.domain.ledger import Block

if TYPE_CHECKING:
    from collections.abc import Sequence

    from web3 import HTTPProvider

TIMEOUT_S = 30.0
Question = tuple[str, list[Any]]


class Node:
    """A node at a URL."""

    def __init__(self, url: str, *, timeout_s: float = TIMEOUT_S) -> None:
        self.url = url
        self._timeout_s = timeout_s
        self._kept: HTTPProvider | None = None

    def ask(self, method: str, *parameters: Any) -> Any:
        """One question; a contract's no is raised as Refused."""
        return self.ask_all([(method, list(parameters))])[0]

    def ask_all(self, questions: Sequence[Question]) -> list[Any]:
        """Many questions in one request; the first that failed is raised."""
        answers = self.try_all(questions)
        for answer in answers:
            if isinstance(answer, ChainError):
                raise answer
        return answers

    def try_all(self, questions: Sequence[Question]) -> list[Any]:
        """Many questions in one request; those that failed come back as their errors."""
        if not questions:
            return []
        replies = self._post(questions)
        if len(replies) != len(questions):
            raise Unreachable(f"{self.url} answered {len(replies)} of {len(questions)} questions")
        return [_answer(method, reply) for (method, _), reply in zip(questions, replies, strict=True)]

    def chain_id(self) -> int:
        """Which chain it runs."""
        return int(self.ask("eth_chainId"), 16)

    def block(self, number: int | str = "latest") -> Block | None:
        """A block; None where there is none."""
        found = self.ask_all([header_question(number)])[0]
        return as_block(found) if found else None

    def call(self, to: Address, content: bytes, *, sender: Address | None = None) -> bytes:
        """What a contract answers now, without a transaction."""
        question = {"to": to, "data": "0x" + content.hex()} | ({"from": sender} if sender else {})
        return bytes.fromhex(self.ask("eth_call", question, "latest")[2:])

    def close(self) -> None:
        """Lets the connection go; the next question opens another."""
        self._kept = None

    def _post(self, questions: Sequence[Question]) -> list[dict[str, Any]]:
        import requests
        from requests import exceptions

        try:
            if len(questions) == 1:
                return [cast("dict[str, Any]", self._provider().make_request(*cast("Any", questions[0])))]
            replies = self._provider().make_batch_request(cast("list[Any]", questions))
        except (exceptions.MissingSchema, exceptions.InvalidSchema, exceptions.InvalidURL) as error:
            raise Malformed(f"{self.url!r} is no node's address: write http://HOST:PORT") from error
        except (requests.RequestException, ValueError) as error:
            self.close()
            raise Unreachable(f"no node answers at {self.url}: {type(error).__name__}") from error
        if isinstance(replies, dict):
            raise error_of("batch", cast("dict[str, Any]", replies["error"]))
        return cast("list[dict[str, Any]]", replies)

    def _provider(self) -> HTTPProvider:
        if self._kept is None:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # web3 imports websockets.legacy
                from web3 import HTTPProvider
            from pydantic_core import from_json

            options = {"timeout": self._timeout_s}
            self._kept = HTTPProvider(self.url, request_kwargs=options, exception_retry_configuration=None)
            self._kept.decode_rpc_response = from_json  # type: ignore[method-assign,assignment]  # its own takes twice as long
        return self._kept


def header_question(number: int | str) -> Question:
    """Asks for a block without its transactions."""
    return "eth_getBlockByNumber", [as_tag(number), False]


def as_tag(number: int | str) -> str:
    """A block's number as JSON-RPC writes it."""
    return hex(number) if isinstance(number, int) else number


def as_block(found: dict[str, Any]) -> Block:
    """A block of JSON-RPC."""
    return Block(
        number=int(found["number"], 16),
        hash=bytes.fromhex(found["hash"][2:]),
        timestamp=int(found["timestamp"], 16),
    )


def _answer(method: str, reply: dict[str, Any]) -> Any:
    error = reply.get("error")
    return error_of(method, error) if error else reply.get("result")
