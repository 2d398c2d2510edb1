"""Files that no export ever wrote: each is refused with line and reason, whatever it costs its maker."""

import json
from io import BytesIO
from typing import Any

import pytest

from tests.audit.blocks import (
    CHANGED,
    MEMBERS,
    ONE,
    ROSTER,
    STRANGER,
    a_block,
    a_receipt,
    a_transaction,
    about,
    chained,
)
from tests.chain.mutations import sealed
from workmoot.audit import verify as verifying
from workmoot.audit.export import About, Account, about_line, block_line, export, line_of
from workmoot.audit.verify import MOST_FAULTS, Fault, verify
from workmoot.chain.abi import abi_of
from workmoot.chain.proof import BlockEvidence, content_faults, read_header
from workmoot.domain.errors import Unprovable

SUSPENDED = next(form.topic for form in abi_of("Members").events.values() if form.name == "MemberSuspended")


def written(blocks: list[BlockEvidence], told: About | None = None) -> bytes:
    """The file of these blocks."""
    return "".join(export(told or about(), blocks)).encode()


def reasons(content: bytes) -> list[str]:
    return [fault.reason for fault in verify(BytesIO(content)).faults]


def with_blocks(*blocks: BlockEvidence) -> bytes:
    """A file whose blocks nobody checked."""
    return "".join([about_line(about()), *map(block_line, blocks)]).encode()


def test_verify__sound_file__proved_with_its_rows():
    verdict = verify(BytesIO(written(chained([CHANGED], [], [CHANGED, CHANGED]))))
    assert (verdict.faults, verdict.rows, verdict.is_proved) == ([], 3, True)
    assert [event.at.position for event in verdict.account.events] == [(5, 0), (7, 0), (7, 1)]  # type: ignore[union-attr]


def test_verify__logs_of_others_in_between__counted_and_left_out():
    foreign = (STRANGER, [ROSTER, ONE], ONE)
    verdict = verify(BytesIO(written(chained([foreign, CHANGED]))))
    assert [event.at.position for event in verdict.account.events] == [(5, 1)]  # type: ignore[union-attr]


@pytest.mark.parametrize("content", [b"", b"\n", b"x", b"{}\n", b"\xff\xfe", b"[1]\n", b"null\n", b"[" * 100_000])
def test_verify__no_export__said_of_line_1(content):
    [fault] = verify(BytesIO(content)).faults
    assert fault.line <= 1
    assert fault.reason


CONTRACTS = about().deployment.addresses
NO_ADDRESS = "a contract is an address: 0x and 40 hexadecimal digits"
NOT_ALL = f"contracts are {', '.join(CONTRACTS)}"


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("chain_id", "1337", "chain_id and block are numbers"),
        ("block", None, "chain_id and block are numbers"),
        ("product", [], "a product is ORDER.PRODUCT, or null"),
        ("contracts", {**CONTRACTS, "Members": 7}, NO_ADDRESS),
        ("contracts", {**CONTRACTS, "Members": "0x" + "zz" * 20}, NO_ADDRESS),
        ("contracts", {**CONTRACTS, "Members": "0x" + "0" * 41}, NO_ADDRESS),
        ("contracts", {"Members": CONTRACTS["Members"]}, NOT_ALL),
        ("contracts", {**CONTRACTS, "More": CONTRACTS["Members"]}, NOT_ALL),
        ("contracts", [], NOT_ALL),
        ("format", "workmoot/audit/1", "this is no workmoot/audit/2"),
    ],
)
def test_verify__first_line_of_wrong_values__refused_with_its_reason(field: str, value: Any, reason: str):
    first, *others = written(chained([CHANGED])).splitlines(keepends=True)
    changed = line_of(json.loads(first) | {field: value}).encode()
    assert verify(BytesIO(sealed([changed, *others]))).faults == [Fault(1, reason)]


def test_verify__line_without_end__not_read_to_its_end(monkeypatch):
    monkeypatch.setattr(verifying, "LONGEST_LINE", 2_000)
    endless = about_line(about()).encode() + b'{"kind":"block","header":"0x' + b"0" * 10_000
    assert reasons(endless) == ["is longer than 2000 bytes"]


def test_verify__lists_in_lists_without_end__refused():
    nested = b"\x80"
    for _ in range(5_000):
        size = len(nested)
        prefix = bytes([0xC0 + size]) if size < 56 else bytes([0xF7 + (size.bit_length() + 7) // 8])
        nested = prefix + (b"" if size < 56 else size.to_bytes((size.bit_length() + 7) // 8, "big")) + nested
    [reason] = reasons(with_blocks(BlockEvidence(nested)))
    assert reason.startswith("header: ")


@pytest.mark.parametrize(
    "line",
    [
        b'{"kind":"block"}',
        b'{"kind":"block","header":7}',
        b'{"kind":"block","header":"0xzz"}',
        b'{"kind":"block","header":"0x"}',
        b'{"kind":"block","header":"0xc0"}',
        b'{"kind":"block","header":' + b"[" * 50_000,
    ],
)
def test_verify__block_that_is_none__refused(line):
    [fault] = verify(BytesIO(about_line(about()).encode() + line + b"\n")).faults
    assert fault.line == 2


def test_verify__many_faults__it_is_enough_at_some_point():
    apart = [a_block(number) for number in range(5, 5 + 3 * MOST_FAULTS)]
    verdict = verify(BytesIO(with_blocks(*apart)))
    assert len(verdict.faults) == MOST_FAULTS
    assert verdict.faults[0] == Fault(3, "block 6 does not follow on the block before: its parent is 0x" + "00" * 32)


@pytest.mark.parametrize("id_", ["x" * 65, ["5.0"], {"5": 0}, None, 5.0])
def test_verify__row_of_no_id__is_compared_with_none_of_the_rows(monkeypatch, id_):
    content = written(chained([CHANGED] * 3)).splitlines(keepends=True)
    content.insert(2, json.dumps({"kind": "row", "id": id_}, separators=(",", ":")).encode() + b"\n")
    dump = json.dumps
    monkeypatch.setattr(
        json, "dumps", lambda value, **how: pytest.fail(str(id_)) if value == id_ else dump(value, **how)
    )
    fault = verify(BytesIO(b"".join(content))).faults[0]
    assert fault == Fault(3, "no event of the contracts tells of this row")


def test_verify__no_block__said():
    assert reasons(about_line(about()).encode() + b'{"kind":"end"}\n') == ["here the first block should be"]


# What a node may tell wrongly, or somebody leave out


def faults(*blocks: BlockEvidence) -> list[str]:
    account, found = Account(about()), []
    for block in blocks:
        found += account.take(block)
    return found


def test_take__blocks_begin_later__said():
    assert faults(a_block(6)) == ["the blocks begin with 6, not with the deployment's, 5"]


def test_take__block_left_out__said():
    first, _, third = chained([CHANGED], [], [CHANGED])
    told = faults(first, third)
    assert told[0].startswith("block 7 does not follow on the block before")
    assert told[1] == "block 7 follows on block 5"


def test_take__receipts_left_out_where_contracts_may_have_spoken__said():
    [block] = chained([CHANGED])
    assert faults(BlockEvidence(block.header)) == [
        "block 5 may hold events of the contracts, and its receipts are missing"
    ]


def test_take__other_receipts__said():
    [block] = chained([CHANGED])
    forged = block._replace(receipts=(a_receipt(CHANGED, CHANGED),))
    assert faults(forged) == ["the receipts of block 5 are not those of its header"]


def test_take__receipt_that_is_none__said_beside_its_root():
    [block] = chained([CHANGED])
    forged = block._replace(receipts=(a_receipt(CHANGED)[:-1],))
    assert faults(forged) == ["the receipts of block 5 are not those of its header", "receipt: DecodingError"]


def test_take__other_transactions__said():
    [block] = chained([CHANGED])
    forged = block._replace(transactions=(a_transaction(nonce=1),))
    assert faults(forged) == ["the transactions of block 5 are not those of its header"]


def test_take__transaction_of_another_chain__said():
    assert faults(a_block(5, CHANGED, chain_id=5)) == ["block 5 has a transaction for another chain than 1337"]


@pytest.mark.parametrize(
    ("receipts", "transactions"),
    [
        ((a_receipt(CHANGED),) * 3, (a_transaction(),) * 3),
        ((a_receipt(CHANGED),), (a_transaction(),) * 2),
        ((a_receipt(CHANGED)[:250],), (a_transaction(),)),
    ],
    ids=["too many", "not as many", "too short"],
)
def test_take__receipts_that_no_block_has__no_work_is_done_for_them(monkeypatch, receipts, transactions):
    monkeypatch.setattr("workmoot.chain.proof.MOST_TRANSACTIONS", 2)
    monkeypatch.setattr("workmoot.chain.proof.root_of", lambda values: pytest.fail("the work was done"))
    header = read_header(chained([CHANGED])[0].header)
    told = about().deployment
    evidence = BlockEvidence(b"", receipts, transactions)
    [reason] = content_faults(evidence, header, addresses=list(told.addresses.values()), chain_id=told.chain_id)
    assert reason.startswith("block 5 does not have one receipt for each of at most 2 transactions")


@pytest.mark.parametrize(
    "log",
    [
        (MEMBERS, [ROSTER], b""),
        (MEMBERS, [ROSTER, ONE], b"\1"),
        (MEMBERS, [SUSPENDED, ONE], b"\xff" * 64),
        (MEMBERS, [SUSPENDED, ONE], bytes(64)),
    ],
    ids=["no values", "too short", "no address", "nobody"],
)
def test_verify__sound_blocks_with_logs_no_contract_writes__refused_in_their_line(log):
    fault = verify(BytesIO(with_blocks(*chained([CHANGED], [log])))).faults[0]
    assert fault.line == 3
    assert fault.reason.startswith(("a log follows no layout", "does not follow on what stands before "))


def test_export__node_tells_what_does_not_hang_together__refused():
    with pytest.raises(Unprovable, match="does not follow"):
        list(export(about(), [a_block(5), a_block(6)]))


def test_verify__product_that_was_never_ordered__refused():
    content = written(chained([CHANGED])).replace(b'"product":null', b'"product":"1.P1"')
    assert "There is no product '1.P1': its id is ORDER.PRODUCT, such as 1.P1." in reasons(content)
