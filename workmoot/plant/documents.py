"""Reading YAML safely: no duplicate keys, no objects, and the line of everything that is wrong."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from workmoot.plant.findings import BadDocument, Finding, of_validation, path_of
from workmoot.plant.model import Part

PartT = TypeVar("PartT", bound=Part)

# A plant of a thousand members with their skills stays well below.
MAX_BYTES = 2_000_000
MAX_DEPTH = 20

_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_SafeLoader):  # type: ignore[misc]  # chosen at import: libyaml's loader where there is one
    """Safe YAML that refuses a key given twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002  # yaml's signature
        seen: set[Any] = set()
        for key, _ in node.value:
            name = self.construct_object(key, deep=True)
            if not isinstance(name, str):
                raise _fault(key, f'the key {name!r} is not text; write "{name}"')
            if name in seen:
                raise _fault(key, f"the key `{name}` stands here twice")
            seen.add(name)
        return dict(super().construct_mapping(node, deep=deep))


def _fault(at: Any, wrong: str) -> yaml.MarkedYAMLError:
    return yaml.constructor.ConstructorError(None, None, wrong, at.start_mark)


def read_all(file: Path) -> list[Any]:
    """Every document of a YAML file (they are parted by `---`), as plain lists and dicts."""
    return [value for value in _parse(str(file), text_of(file)) if value is not None]


def text_of(file: Path) -> str:
    """A document's text, or why it cannot be had."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise _refused(
            str(file), f"cannot be read ({error.strerror})", "Name a file that exists and may be read"
        ) from error
    if len(content) > MAX_BYTES:
        raise _refused(str(file), f"it has {len(content)} bytes", f"At most {MAX_BYTES}")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise _refused(str(file), "it is not UTF-8 text", "Save it as UTF-8") from error


def _refused(source: str, wrong: str, right: str, line: int = 0) -> BadDocument:
    return BadDocument(source, [Finding(path="", wrong=wrong, right=right, line=line)])


def _parse(source: str, text: str) -> list[Any]:
    try:
        _refuse_traps(text)
        return list(yaml.load_all(text, _Loader))  # a subclass of the safe loader
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise _refused(source, str(error.problem), "Mend the YAML", line) from error
    except yaml.YAMLError as error:
        raise _refused(source, str(error), "Mend the YAML") from error


def _refuse_traps(text: str) -> None:
    """A few lines of aliases can stand for billions of entries, and libyaml's loader dies of deep nesting."""
    depth = 0
    for event in yaml.parse(text, _SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise _fault(event, f"`*{event.anchor}` is an alias; write out what it stands for")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise _fault(event, f"it is nested more than {MAX_DEPTH} deep")


def parsed(kind: type[PartT], value: Any, source: str) -> PartT:
    """A plain value as a model, or everything that is wrong with it."""
    if not isinstance(value, dict):
        raise _refused(source, "it is not a group of fields", "Write `field: value` lines")
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        raise BadDocument(source, of_validation(error)) from error


def located(error: BadDocument, file: Path, document: int) -> BadDocument:
    """The same error with the line of each finding. `document` counts the file's documents from 0."""
    roots = [root for root in yaml.compose_all(text_of(file), _SafeLoader) if root.tag != "tag:yaml.org,2002:null"]
    lines = dict(_lines(roots[document], ()))
    return BadDocument(error.source, [replace(finding, line=_line(finding.path, lines)) for finding in error.findings])


def _line(path: str, lines: dict[str, int]) -> int:
    """The line of a place, or of the nearest that holds it: what is missing has no line of its own."""
    while path and path not in lines:
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return lines.get(path, 0)


def _lines(node: yaml.Node, steps: tuple[str | int, ...]) -> Iterable[tuple[str, int]]:
    yield path_of(steps), node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            for path, line in _lines(value, (*steps, str(key.value))):
                # A value that is a group of its own begins a line below its name.
                yield path, key.start_mark.line + 1 if path == path_of((*steps, str(key.value))) else line
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _lines(item, (*steps, index))
