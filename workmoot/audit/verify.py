"""Whether a file is what its blocks prove: it is written anew from them, and every byte is compared."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from workmoot.audit.difference import Difference
from workmoot.audit.export import FORMAT, About, Account, about_line, block_line, end_line, row_line
from workmoot.audit.judge import judge
from workmoot.audit.recount import recount
from workmoot.chain.deployment import NAMES, Deployment
from workmoot.chain.proof import BlockEvidence
from workmoot.domain.errors import Malformed, WorkmootError
from workmoot.domain.hashing import checksum_address
from workmoot.domain.ids import Address

LONGEST_LINE = 64 * 1024 * 1024
"""Bytes. A block of 30,000,000 gas, all of it calldata of zeros and logs, fills less than half."""
MOST_FAULTS = 100
LONGEST_REASON = 300
LONGEST_ID = 64
ADDRESS = re.compile("0x[0-9a-fA-F]{40}")
UNSOUND = (WorkmootError, LookupError, ValueError, TypeError, AttributeError, ArithmeticError, RecursionError)
"""What bytes that no contract of ours ever wrote may bring about where they are read."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and in which line."""

    line: int
    reason: str


@dataclass(slots=True)
class Verdict:
    """What was found; it is proved where nothing is wrong, if the head is the chain's."""

    faults: list[Fault] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    """What of votes, tasks and digests is otherwise when it is counted again."""
    account: Account | None = None
    rows: int = 0
    lines: int = 0

    @property
    def is_proved(self) -> bool:
        """Whether every byte follows from the blocks, and the events hold together."""
        return self.account is not None and not self.faults and not self.differences


@dataclass(frozen=True, slots=True)
class Line:
    """One line as the file has it, with its end."""

    number: int
    content: bytes

    @property
    def kind(self) -> str:
        """What it says it is, by how it begins: lines have one form."""
        return next((kind for kind in ("about", "block", "row", "end") if self.content.startswith(_OPENING[kind])), "")


_OPENING = {kind: f'{{"kind":"{kind}"'.encode() for kind in ("about", "block", "row", "end")}


class _Stop(Exception):
    """Nothing more can be said."""


def verify(file: BinaryIO) -> Verdict:
    """Reads the file once, and does work in proportion to its size."""
    reading = _Reading(file)
    try:
        reading.run()
    except _Stop:
        pass
    except WorkmootError as fault:
        reading.end(str(fault))
    except UNSOUND as fault:
        reading.end(f"does not follow on what stands before ({type(fault).__name__}: {fault})")
    return reading.verdict


class _Reading:
    """One pass: first line, blocks, rows, last line."""

    def __init__(self, file: BinaryIO) -> None:
        self.verdict = Verdict()
        self._lines = _lines_of(file)
        self._hash = hashlib.sha256()
        self.line = Line(0, b"")

    def run(self) -> None:
        self._next()
        about = _about_of(self.line)
        self._compare(about_line(about))
        account = Account(about)
        self._next()
        while self.line.kind == "block":
            self._take(account)
            self._next()
        if not account.blocks:
            self._stop("here the first block should be")
        self.verdict.account = account
        self._rows({row["id"]: row_line(row).encode() for row in account.rows()})
        self._end(account)
        if not self.verdict.faults:
            told = account.events
            self.verdict.differences = judge(told, account.ledger, recount(told), account.about.deployment)

    def _add(self, number: int, reason: str) -> None:
        self.verdict.faults.append(Fault(number, reason))
        if len(self.verdict.faults) == MOST_FAULTS:
            raise _Stop

    def _next(self) -> None:
        self._hash.update(self.line.content)
        found = next(self._lines, None)
        if found is None:
            self._stop("the file ends here; its last line is missing")
            return
        self.line = found
        self.verdict.lines = found.number
        if len(found.content) > LONGEST_LINE:
            self._stop(f"is longer than {LONGEST_LINE} bytes")

    def end(self, reason: str) -> None:
        """The last fault that is told."""
        self.verdict.faults.append(Fault(self.line.number, reason[:LONGEST_REASON]))

    def _stop(self, reason: str) -> None:
        self.end(reason)
        raise _Stop

    def _compare(self, expected: str) -> None:
        if self.line.content != expected.encode():
            self._add(self.line.number, "is not written as an export writes it")

    def _take(self, account: Account) -> None:
        evidence = _evidence_of(self.line)
        for reason in account.take(evidence):
            self._add(self.line.number, reason)
        self._compare(block_line(evidence))

    def _rows(self, expected: Mapping[str, bytes]) -> None:
        """Each row's line against those that follow from the blocks, by id; found again after a gap."""
        places, at = {line: place for place, line in enumerate(expected.values())}, 0
        while self.line.kind != "end":
            place = places.get(self.line.content)
            if place is None:
                self._add(self.line.number, self._difference(expected))
            elif place < at:
                self._add(self.line.number, f"row {_id_of(self.line)} stands here again or out of order")
            else:
                at = place + 1
            self.verdict.rows += 1
            self._next()
        self._count(expected)

    def _count(self, expected: Mapping[str, bytes]) -> None:
        if self.verdict.rows != len(expected):
            self._add(self.line.number, f"{self.verdict.rows} rows stand before it, the blocks tell of {len(expected)}")

    def _difference(self, expected: Mapping[str, bytes]) -> str:
        line = expected.get(_id_of(self.line))
        if line is None:
            return "no event of the contracts tells of this row"
        found, wanted = _parsed(self.line), json.loads(line)
        wrong = [name for name in wanted if found.get(name) != wanted[name]]
        more = ", ".join(wrong) or "the way it is written"
        return f"row {wanted['id']} differs from its event in {more}"

    def _end(self, account: Account) -> None:
        expected = end_line(account, rows=self.verdict.rows, digest=self._hash.hexdigest())
        if self.line.content != expected.encode():
            self._add(self.line.number, f"the end does not fit what stands before it; it would be {expected.strip()}")
        if next(self._lines, None) is not None:
            self._add(self.line.number + 1, "something follows on the end")


def _lines_of(file: BinaryIO) -> Iterator[Line]:
    number = 0
    while content := file.readline(LONGEST_LINE + 1):
        number += 1
        yield Line(number, content)


def _parsed(line: Line) -> dict[str, Any]:
    """A line's object; what is none has no fields."""
    try:
        found = json.loads(line.content)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _about_of(line: Line) -> About:
    found = _parsed(line)
    if found.get("format") != FORMAT:
        raise Malformed(f"this is no {FORMAT}")
    contracts, product = found.get("contracts"), found.get("product")
    if not isinstance(contracts, dict) or contracts.keys() != NAMES.keys():
        raise Malformed(f"contracts are {', '.join(NAMES)}")
    addresses = {name: _address(contracts[key]) for key, name in NAMES.items()}
    if not all(isinstance(found.get(name), int) for name in ("chain_id", "block")):
        raise Malformed("chain_id and block are numbers")
    if not isinstance(product, str | None):
        raise Malformed("a product is ORDER.PRODUCT, or null")
    return About(deployment=Deployment(chain_id=found["chain_id"], block=found["block"], **addresses), product=product)


def _address(told: Any) -> Address:
    if not isinstance(told, str) or not ADDRESS.fullmatch(told):
        raise Malformed("a contract is an address: 0x and 40 hexadecimal digits")
    return Address(checksum_address(told))


def _evidence_of(line: Line) -> BlockEvidence:
    found = _parsed(line)
    whole = [_all_bytes(found[name]) if name in found else None for name in ("receipts", "transactions")]
    return BlockEvidence(_bytes(found.get("header")), *whole)


def _all_bytes(told: Any) -> tuple[bytes, ...]:
    if not isinstance(told, list):
        raise Malformed("receipts and transactions are lists")
    return tuple(map(_bytes, told))


def _bytes(told: Any) -> bytes:
    if not isinstance(told, str) or not told.startswith("0x"):
        raise Malformed("this is no block: its bytes are written 0x…")
    try:
        return bytes.fromhex(told[2:])
    except ValueError:
        raise Malformed("this is no block: its bytes are written in hexadecimal") from None


def _id_of(line: Line) -> str:
    """What a row says it is; what cannot be an id is none."""
    found = _parsed(line).get("id")
    return found if isinstance(found, str) and len(found) <= LONGEST_ID else ""
