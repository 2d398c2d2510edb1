"""What may happen to an export: by accident, or by somebody who writes the last line anew so that it fits."""

import hashlib
import json
from collections.abc import Callable
from random import Random
from typing import Any

Lines = list[bytes]
Mutation = Callable[[Lines, Random], bytes]


def mutated(original: bytes, chance: Random) -> tuple[str, bytes]:
    """The name of a mutation and what it made of the file; never the file itself."""
    while True:
        mutation = chance.choice(MUTATIONS)
        made = mutation(original.splitlines(keepends=True), chance)
        if made != original:
            return mutation.__name__, made


def flip_a_bit(lines: Lines, chance: Random) -> bytes:
    content = bytearray(b"".join(lines))
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    return bytes(content)


def delete_bytes(lines: Lines, chance: Random) -> bytes:
    content, at = b"".join(lines), chance.randrange(sum(map(len, lines)))
    return content[:at] + content[at + chance.randrange(1, 40) :]


def insert_bytes(lines: Lines, chance: Random) -> bytes:
    content, at = b"".join(lines), chance.randrange(sum(map(len, lines)) + 1)
    return content[:at] + chance.randbytes(chance.randrange(1, 40)) + content[at:]


def swap_bytes(lines: Lines, chance: Random) -> bytes:
    content = bytearray(b"".join(lines))
    one, other = (chance.randrange(len(content)) for _ in range(2))
    content[one], content[other] = content[other], content[one]
    return bytes(content)


def cut_the_file(lines: Lines, chance: Random) -> bytes:
    content = b"".join(lines)
    return content[: chance.randrange(len(content))]


def delete_a_line(lines: Lines, chance: Random) -> bytes:
    del lines[chance.randrange(len(lines))]
    return b"".join(lines)


def repeat_a_line(lines: Lines, chance: Random) -> bytes:
    at = chance.randrange(len(lines))
    return b"".join([*lines[: at + 1], *lines[at:]])


def swap_lines(lines: Lines, chance: Random) -> bytes:
    one, other = (chance.randrange(len(lines)) for _ in range(2))
    lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


# By somebody who knows the format: the last line fits again.


def forge_a_field(lines: Lines, chance: Random) -> bytes:
    at = chance.randrange(len(lines) - 1)
    value = json.loads(lines[at])
    _change(value, chance)
    lines[at] = _line(value)
    return sealed(lines)


def forge_a_byte_of_evidence(lines: Lines, chance: Random) -> bytes:
    at = chance.choice([place for place, line in enumerate(lines) if b'"kind":"block"' in line])
    value = json.loads(lines[at])
    name = chance.choice([name for name in value if name != "kind" and value[name]])
    part = chance.randrange(len(value[name])) if isinstance(value[name], list) else None
    told = value[name] if part is None else value[name][part]
    place = chance.randrange(2, len(told))
    told = told[:place] + chance.choice("0123456789abcdefABCDEF") + told[place + 1 :]
    if part is None:
        value[name] = told
    else:
        value[name][part] = told
    lines[at] = _line(value)
    return sealed(lines)


def write_a_line_otherwise(lines: Lines, chance: Random) -> bytes:
    at = chance.randrange(len(lines) - 1)
    lines[at] = json.dumps(json.loads(lines[at])).encode() + b"\n"
    return sealed(lines)


def leave_out_lines(lines: Lines, chance: Random) -> bytes:
    at = chance.randrange(1, len(lines) - 1)
    del lines[at : at + chance.randrange(1, 4)]
    return sealed(lines if b'"kind":"end"' in lines[-1] else [*lines, b'{"kind":"end"}\n'])


def leave_out_the_newest(lines: Lines, chance: Random) -> bytes:
    """The blocks from one on and their rows: what is left was true once, under another head."""
    blocks = [line for line in lines if b'"kind":"block"' in line]
    rows = [line for line in lines if b'"kind":"row"' in line]
    keep = chance.randrange(1, len(blocks))
    last = json.loads(lines[0])["block"] + keep - 1
    return sealed([lines[0], *blocks[:keep], *(r for r in rows if json.loads(r)["block"] <= last), lines[-1]])


def cut_the_beginning(lines: Lines, chance: Random) -> bytes:
    """The blocks before one and their rows, with that one for the deployment's."""
    blocks = [line for line in lines if b'"kind":"block"' in line]
    return begun_later(lines, chance.randrange(1, len(blocks)))


def begun_later(lines: Lines, left_out: int) -> bytes:
    """Without so many of the first blocks, which line 1 does not miss."""
    about = json.loads(lines[0])
    about["block"] += left_out
    blocks = [line for line in lines if b'"kind":"block"' in line]
    rows = [line for line in lines if b'"kind":"row"' in line and json.loads(line)["block"] >= about["block"]]
    return sealed([_line(about), *blocks[left_out:], *rows, lines[-1]])


def make_up_a_row(lines: Lines, chance: Random) -> bytes:
    row = json.loads(chance.choice([line for line in lines if b'"kind":"row"' in line]))
    row["id"] = f"{row['block']}.{chance.randrange(50, 99)}"
    lines.insert(len(lines) - 1, _line(row))
    return sealed(lines)


def reorder_rows(lines: Lines, chance: Random) -> bytes:
    first = next(place for place, line in enumerate(lines) if b'"kind":"row"' in line)
    rows = lines[first:-1]
    chance.shuffle(rows)
    return sealed([*lines[:first], *rows, lines[-1]])


def append_something(lines: Lines, chance: Random) -> bytes:
    return b"".join([*lines, chance.choice([b"\n", b" ", lines[-1], b"{}\n"])])


MUTATIONS: tuple[Mutation, ...] = (
    flip_a_bit,
    delete_bytes,
    insert_bytes,
    swap_bytes,
    cut_the_file,
    delete_a_line,
    repeat_a_line,
    swap_lines,
    forge_a_field,
    forge_a_byte_of_evidence,
    write_a_line_otherwise,
    leave_out_lines,
    leave_out_the_newest,
    cut_the_beginning,
    make_up_a_row,
    reorder_rows,
    append_something,
)


def _change(value: dict[str, Any], chance: Random) -> None:
    """Another value for one field, however deep."""
    name = chance.choice([name for name in value if name != "kind"])
    old = value[name]
    if isinstance(old, dict) and chance.random() < 0.8:
        _change(old, chance)
        return
    others: list[Any] = [
        None,
        0,
        7,
        "",
        "x",
        [],
        {},
        "0x00",
        "1.P1",
        -1,
        old * 2 if isinstance(old, str | list) else old,
    ]
    value[name] = chance.choice([other for other in others if other != old])


def sealed(lines: Lines) -> bytes:
    """With a last line that fits what stands before it, where that is possible at all."""
    before = lines[:-1]
    end = json.loads(lines[-1])
    end |= {"rows": sum(b'"kind":"row"' in line for line in before)}
    end |= {"blocks": sum(b'"kind":"block"' in line for line in before)}
    end["sha256"] = hashlib.sha256(b"".join(before)).hexdigest()
    return b"".join([*before, _line(end)])


def _line(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode() + b"\n"
