"""Exports written to files, and what became of a file that was verified."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import typer

from scripts.api_client import newest_run, node_of
from scripts.audit_report import deployment_object
from scripts.plain import plain
from workmoot.audit.export import About, Account, export
from workmoot.audit.rows import rows_of
from workmoot.audit.sheet import sheet
from workmoot.audit.verify import Fault, Verdict, verify
from workmoot.chain.connection import Connection, connect
from workmoot.chain.deployment import Deployment, read_deployment
from workmoot.chain.evidence import NodeEvidence
from workmoot.chain.node import Node, as_tag


@dataclass(slots=True, kw_only=True)
class FileReport:
    """What was found in a file, and what it was compared with."""

    found: Verdict
    compared: list[str] = field(default_factory=list)
    knows_head: bool
    knows_contracts: bool

    @property
    def is_proved(self) -> bool:
        """Whether nothing is wrong."""
        return self.found.is_proved

    def lines(self) -> Iterator[str]:
        """Each thing that is wrong."""
        for fault in self.found.faults:
            yield plain(f"line {fault.line}: {fault.reason}")
        for difference in self.found.differences:
            yield f"{difference.subject}, {difference.what}: {difference.events!r}, counted again {difference.other!r}"

    def verdict(self) -> str:
        """The last line."""
        account, wrong = self.found.account, len(self.found.faults) + len(self.found.differences)
        if wrong or account is None:
            return f"not proved: {wrong} fault{'s' * (wrong != 1)}"
        rows = f"{self.found.rows} rows{_part(account)}"
        told = f"proved: {rows} follow from {len(account.events)} events in {account.blocks} blocks"
        compared = f"; compared with {', '.join(self.compared)}" if self.compared else ""
        return told + compared + "".join(f"; true if {condition}" for condition in self._conditions(account))

    def _conditions(self, account: Account) -> Iterator[str]:
        """What was compared with nothing, and is to be trusted."""
        head, deployed = account.ledger.head, account.about.deployment
        if not self.knows_head:
            yield f"0x{head.hash.hex()} is the hash of block {head.number} of chain {deployed.chain_id} (--head, --rpc)"
        if not self.knows_contracts:
            began = f"the first of them came to be in block {deployed.block}"
            yield f"the contracts are those of line 1 and {began} (--deployment)"

    def as_object(self) -> dict[str, Any]:
        """The report as JSON has it."""
        account = self.found.account
        told = {"ok": self.is_proved, "faults": [asdict(fault) for fault in self.found.faults]}
        told |= {"differences": [difference.as_object() for difference in self.found.differences]}
        told |= {"compared_with": self.compared, "rows": self.found.rows}
        return told | ({"true_if": list(self._conditions(account)), **_of(account)} if account else {})


def _part(account: Account) -> str:
    product = account.about.product
    return f" of product {plain(product)} alone" if product is not None else ""


def _of(account: Account) -> dict[str, Any]:
    head = account.ledger.head
    return {
        "blocks": account.blocks,
        "events": len(account.events),
        "block": head.number,
        "block_hash": "0x" + head.hash.hex(),
        "product": account.about.product,
        "deployment": deployment_object(account.about.deployment),
    }


def connection_of(rpc: str | None, deployment: Path | None) -> Connection:
    """The node that is named, else the newest run's."""
    url, file = node_of({} if rpc else newest_run(), rpc, deployment)
    return connect(url, deployment=file)


def whole_file(connection: Connection, about: About) -> Iterator[str]:
    """An export of everything up to the node's head."""
    return export(about, NodeEvidence(connection.node, connection.deployment).blocks())


def sheet_lines(connection: Connection) -> Iterator[str]:
    """The rows alone, as a spreadsheet takes them."""
    follower = connection.follower()
    events = follower.catch_up()
    return sheet(row.as_object() for row in rows_of(follower.ledger, events))


def write_lines(file: Path, lines: Iterable[str]) -> int:
    """Writes a file whole or not at all; how many lines."""
    part, count = file.with_name(f"{file.name}.part"), 0
    try:
        with part.open("w", encoding="utf-8", newline="") as written:
            for count, line in enumerate(lines, 1):  # noqa: B007 (how many there were)
                written.write(line)
        part.replace(file)
    except OSError as error:
        raise typer.BadParameter(f"{file}: {error.strerror}") from None
    finally:
        part.unlink(missing_ok=True)
    return count


def file_report(file: Path, *, rpc: str | None, deployment: Path | None, head: str | None) -> FileReport:
    """Verifies a file, and compares it with what is trusted."""
    try:
        with file.open("rb") as opened:
            return report_on(opened, rpc=rpc, deployment=deployment, head=head)
    except OSError as error:
        raise typer.BadParameter(f"{file}: {error.strerror}", param_hint="FILE") from None


def report_on(opened: BinaryIO, *, rpc: str | None, deployment: Path | None, head: str | None) -> FileReport:
    """The same of a file that is open."""
    report = FileReport(
        found=verify(opened),
        knows_head=head is not None or rpc is not None,
        knows_contracts=deployment is not None,
    )
    if account := report.found.account:
        for name, reason in _compared(account, rpc=rpc, deployment=deployment, head=head):
            report.compared.append(name)
            report.found.faults += [Fault(report.found.lines, reason)] if reason else []
    return report


def _compared(
    account: Account, *, rpc: str | None, deployment: Path | None, head: str | None
) -> Iterator[tuple[str, str]]:
    """What the file was compared with, and why that does not agree; no words: it does."""
    last, deployed = account.ledger.head, account.about.deployment
    if head is not None:
        same = head.lower().removeprefix("0x") == last.hash.hex()
        yield "the head", "" if same else f"the file's last block is 0x{last.hash.hex()}, not {head}"
    if deployment is not None:
        same = read_deployment(deployment) == deployed
        yield str(deployment), "" if same else f"line 1 has other contracts than {deployment}"
    if rpc is not None:
        yield rpc, _against_node(Node(rpc), account)


def _against_node(node: Node, account: Account) -> str:
    """Why a node does not agree: it has another head, or the contracts were there before the first block."""
    last, deployed = account.ledger.head, account.about.deployment
    found = node.block(last.number) if node.chain_id() == deployed.chain_id else None
    if found != last:
        return f"{node.url} has another block {last.number}: {_named(found)}"
    older = ", ".join(_older(node, deployed))
    return f"the beginning is missing: {node.url} has {older} before block {deployed.block}" if older else ""


def _older(node: Node, deployed: Deployment) -> list[str]:
    """The contracts that were there before the deployment's block, as far as the node still knows."""
    if not deployed.block:
        return []
    before = as_tag(deployed.block - 1)
    codes = node.try_all([("eth_getCode", [address, before]) for address in deployed.addresses.values()])
    told = zip(deployed.addresses, codes, strict=True)
    return [name for name, code in told if isinstance(code, str) and code not in ("0x", "0x0")]


def _named(block: Any) -> str:
    return f"0x{block.hash.hex()}" if block else "none, or is of another chain"
