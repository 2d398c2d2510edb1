"""Solidity with one small fault: every place of a contract where an engineer could have slipped."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

SWAPS = {
    "==": ("!=",), "!=": ("==",), "<=": ("<", ">"), ">=": (">", "<"), "<": ("<=", ">="), ">": (">=", "<="),
    "&&": ("||",), "||": ("&&",), "++": ("--",), "--": ("++",), "+=": ("-=",), "-=": ("+=",), "|=": ("&=",),
    "<<": (">>",), ">>": ("<<",), "+": ("-",), "-": ("+",), "*": ("+",), "/": ("*",), "%": ("*",), "&": ("|",),
    "|": ("&",), "~": ("",), "!": ("",),
}  # fmt: skip
_SILENT = re.compile(
    r"//[^\n]*|/\*.*?\*/|\"[^\"\n]*\"|^\s*(?:import|pragma|using|event|error)\b[^;]*;", re.DOTALL | re.MULTILINE
)
_OPERATOR = re.compile(r"=>|" + "|".join(re.escape(sign) for sign in sorted([*SWAPS, "="], key=len, reverse=True)))
_LITERAL = re.compile(r"(?<![\w.])\d[\d_]*(?![\w.])")
_CONDITION = re.compile(r"\bif \(")
_REFUSAL = re.compile(r"^ +(?:if \(.*\) )?revert [^;]*;|^ +require\([^;]*;|^ +_require\w*\([^;]*;", re.MULTILINE)
_STATEMENT = re.compile(r"^ +(?!return|revert|if|else|for|require|_require|_;)[\w.\[\]()+-]+[^\n{}]*;$", re.MULTILINE)
_DECLARATION = re.compile(r"^ +\w+(?:\.\w+)?(?:\[\])? (?:memory |storage |calldata )?\w+(?: =|;)")
_ANSWER = re.compile(r"\breturn ([^;{]+);")
_COMPARISON = re.compile(r"==|!=|[<>]=?(?![<>])")
_BOOLEAN = re.compile(r"==|!=|&&|\|\||(?<![<>])[<>](?![<>])")
_BODY = re.compile(r"^    (?:function|constructor|modifier)\b[^;{]*\{.*?^    \}", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """`was` at `begin` becomes `now`; its name is the line before and after, so that it outlives other changes."""

    name: str
    kind: str
    begin: int
    was: str
    now: str

    def of(self, source: str) -> str:
        assert source.startswith(self.was, self.begin)
        return source[: self.begin] + self.now + source[self.begin + len(self.was) :]


def mutants(source: str) -> list[Mutant]:
    """Every mutant of a file, each different from the others."""
    quiet = _SILENT.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), source)
    seen: Counter[str] = Counter()
    found: dict[str, Mutant] = {}
    for kind, begin, was, now in sorted(_places(quiet), key=lambda place: (place[1], place[0], place[3])):
        text = source[begin : begin + len(was)]
        mutant = Mutant(name="", kind=kind, begin=begin, was=text, now=now)
        whole = mutant.of(source)
        if whole in found:
            continue
        name = _named(source, begin, text, now)
        seen[name] += 1
        name = name if seen[name] == 1 else f"{name} ({seen[name]})"
        found[whole] = Mutant(name=name, kind=kind, begin=begin, was=text, now=now)
    return list(found.values())


def _places(quiet: str) -> Iterator[tuple[str, int, str, str]]:
    for body in _BODY.finditer(quiet):
        base, text = body.start(), body[0]
        for place in _in_body(text[text.index("{") :]):
            kind, begin, was, now = place
            yield kind, base + text.index("{") + begin, was, now
    for constant in re.finditer(r"^ +\w+ (?:\w+ )*constant \w+ = (\d[\d_]*);", quiet, re.MULTILINE):
        yield from _around(constant[1], constant.start(1))


def _in_body(body: str) -> Iterator[tuple[str, int, str, str]]:
    for found in _OPERATOR.finditer(body):
        yield from (("operator", found.start(), found[0], other) for other in SWAPS.get(found[0], ()))
    for found in _LITERAL.finditer(body):
        yield from _around(found[0], found.start())
    for found in _REFUSAL.finditer(body):
        yield "refusal", found.start(), found[0], ""
    yield from _conditions(body)
    yield from _statements(body)
    for found in _ANSWER.finditer(body):
        yield from _answers(found[1], found.start(1))


def _conditions(body: str) -> Iterator[tuple[str, int, str, str]]:
    for found in _CONDITION.finditer(body):
        inner = _inside(body, found.end())
        if not _is_one_comparison(inner):
            yield "condition", found.end(), inner, f"!({inner})"


def _statements(body: str) -> Iterator[tuple[str, int, str, str]]:
    for found in _STATEMENT.finditer(body):
        if not _DECLARATION.match(found[0]):
            yield "statement", found.start(), found[0], ""


def _around(literal: str, begin: int) -> Iterator[tuple[str, int, str, str]]:
    value = int(literal.replace("_", ""))
    yield "constant", begin, literal, str(value + 1)
    if value:
        yield "constant", begin, literal, str(value - 1)


def _answers(answer: str, begin: int) -> Iterator[tuple[str, int, str, str]]:
    if answer in ("true", "false"):
        yield "answer", begin, answer, "false" if answer == "true" else "true"
    elif _BOOLEAN.search(answer) and not _is_one_comparison(answer) and "," not in answer:
        yield "answer", begin, answer, f"!({answer})"


def _is_one_comparison(text: str) -> bool:
    """Whether swapping its sign negates the text already."""
    return len(_COMPARISON.findall(text)) == 1 and not re.search(r"&&|\|\||<<|>>", text)


def _inside(text: str, begin: int) -> str:
    """What stands between the bracket before `begin` and its partner."""
    depth = 1
    for at in range(begin, len(text)):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if depth == 0:
            return text[begin:at]
    raise ValueError(text[begin : begin + 80])


def _named(source: str, begin: int, was: str, now: str) -> str:
    first = source.rfind("\n", 0, begin) + 1
    last = source.find("\n", begin + len(was))
    before = " ".join(source[first:last].split())
    after = " ".join((source[first:begin] + now + source[begin + len(was) : last]).split())
    return f"{before} → {after or 'nothing'}"
