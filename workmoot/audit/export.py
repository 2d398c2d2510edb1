"""The file that proves itself: what it is about, the blocks as a node told them, the rows that follow, how it ends."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from workmoot.audit.product import belongs_to, find_product
from workmoot.audit.rows import everything, moment_words, rows_of
from workmoot.chain.deployment import Deployment
from workmoot.chain.proof import (
    BlockEvidence,
    Header,
    content_faults,
    events_of,
    link_faults,
    logs_of,
    read_header,
)
from workmoot.domain.errors import Malformed, Unprovable
from workmoot.domain.events import Event
from workmoot.domain.ledger import Block, Ledger

FORMAT = "workmoot/audit/2"


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Of which deployment, and of which product alone."""

    deployment: Deployment
    product: str | None = None


@dataclass(slots=True)
class Account:
    """What the blocks tell, taken in one after the other."""

    about: About
    header: Header | None = None
    blocks: int = 0
    events: list[Event] = field(default_factory=list)
    ledger: Ledger = field(default_factory=Ledger)

    def take(self, evidence: BlockEvidence) -> list[str]:
        """Enters the next block; what is wrong with it."""
        deployed, header = self.about.deployment, read_header(evidence.header)
        addresses = list(deployed.addresses.values())
        faults = [*link_faults(header, self.header)]
        if self.header is None and header.number != deployed.block:
            faults.append(f"the blocks begin with {header.number}, not with the deployment's, {deployed.block}")
        faults += content_faults(evidence, header, addresses=addresses, chain_id=deployed.chain_id)
        told: list[Event] = []
        try:
            told = events_of(logs_of(evidence, header, addresses))
        except Malformed as fault:
            faults.append(str(fault))
        self.header, self.blocks = header, self.blocks + 1
        self.ledger.apply_all(told)
        self.ledger.head = Block(number=header.number, hash=header.hash, timestamp=header.timestamp)
        self.events += told
        return faults

    def rows(self) -> Iterator[dict[str, Any]]:
        """The rows of everything taken in, or of one product's part of it."""
        wanted: Callable[[Event], bool] = everything
        if self.about.product is not None:
            wanted = belongs_to(self.ledger, find_product(self.ledger, self.about.product))
        return (row.as_object() for row in rows_of(self.ledger, self.events, wanted))


class Digest:
    """SHA-256 over every line so far: `head -n -1 FILE | sha256sum` tells it as well."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self.lines = 0

    def over(self, lines: Iterable[str]) -> Iterator[str]:
        """The lines, counted in."""
        for line in lines:
            self._hash.update(line.encode())
            self.lines += 1
            yield line

    def hex(self) -> str:
        """Over what went through."""
        return self._hash.hexdigest()


def export(about: About, blocks: Iterable[BlockEvidence]) -> Iterator[str]:
    """The file's lines; refused where the node's own data does not prove them."""
    digest, account = Digest(), Account(about)
    yield from digest.over([about_line(about)])
    yield from digest.over(_taken_in(account, blocks))
    before = digest.lines
    yield from digest.over(map(row_line, account.rows()))
    yield end_line(account, rows=digest.lines - before, digest=digest.hex())


def _taken_in(account: Account, blocks: Iterable[BlockEvidence]) -> Iterator[str]:
    for evidence in blocks:
        faults = account.take(evidence)
        if faults:
            raise Unprovable("; ".join(faults))
        yield block_line(evidence)


def about_line(about: About) -> str:
    """The first line."""
    deployed = about.deployment
    return line_of(
        {
            "kind": "about",
            "format": FORMAT,
            "chain_id": deployed.chain_id,
            "block": deployed.block,
            "contracts": deployed.addresses,
            "product": about.product,
        }
    )


def block_line(evidence: BlockEvidence) -> str:
    """A block's line; receipts and transactions only where it has them."""
    whole = {} if evidence.receipts is None else {"receipts": evidence.receipts, "transactions": evidence.transactions}
    shown = {name: ["0x" + item.hex() for item in items or ()] for name, items in whole.items()}
    return line_of({"kind": "block", "header": "0x" + evidence.header.hex(), **shown})


def row_line(row: Mapping[str, Any]) -> str:
    """A row's line."""
    return line_of({"kind": "row", **row})


def end_line(account: Account, *, rows: int, digest: str) -> str:
    """The last line: what a reader has to trust, and how much there has to be."""
    head = account.ledger.head
    told = {"block": head.number, "hash": "0x" + head.hash.hex(), "at": moment_words(head.timestamp)}
    return line_of({"kind": "end", "blocks": account.blocks, "rows": rows, "head": told, "sha256": digest})


def line_of(value: Mapping[str, Any]) -> str:
    """JSON in the one form there is of it: in the order given, without blanks, ASCII alone."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=True) + "\n"
