"""What the documents say there is, is there: commands, settings, errors, layouts, routes, tests, files."""

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import typer

from scripts.deploy_settings import PREFIX, DeploySettings
from workmoot.domain import motions, offers, plan, work
from workmoot.domain.layout import BitLayout, Layout
from workmoot.domain.proposals import DETAIL_SIZE
from workmoot.domain.refusals import IN_THE_WAY
from workmoot.planning import beliefs

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
SPECIFICATION = (ROOT / "docs" / "specification.md").read_text()
TEXTS = {str(path.relative_to(ROOT)): path.read_text() for path in DOCUMENTS}
LAYOUTS: dict[str, Layout | BitLayout] = {
    "TASK": work.TASK,
    "WORD": plan.WORD,
    "ASSIGNED": plan.ASSIGNED,
    "TEAM": plan.TEAM,
    "TIMES": plan.TIMES,
    "SLOT": plan.SLOT,
    "LEAVES": plan.LEAVES,
    "ENTRY": plan.ENTRY,
    "OFFER": offers.OFFER,
    "RANKED": offers.RANKED,
    "FINDING": beliefs.FINDING,
    "MOTION": motions.HEAD,
    "ADMISSION": motions.ADMISSION,
    "STANDING": motions.STANDING,
    "POLICY": motions.POLICY,
}
LIBRARIES = re.compile(
    r"(AccessManager|ERC721|Address|Safe|String|Checkpoint|Invalid|Failed|InsufficientBalance|VotesExpired)"
)
"""OpenZeppelin's own errors begin so."""
SOURCES = ("agents", "api", "gateway", "scripts", "workmoot")


def section(title: str) -> str:
    """A section of the specification."""
    return SPECIFICATION.split(f"\n## {title}\n")[1].split("\n## ")[0]


# Files


@pytest.mark.parametrize("name", TEXTS)
def test_document__relative_links__lead_somewhere(name):
    targets = re.findall(r"\]\(([^)\s]+)\)", TEXTS[name])
    local = [target.partition("#")[0] for target in targets if not re.match(r"[a-z]+:|#", target)]
    assert [target for target in local if not (ROOT / name).parent.joinpath(target).exists()] == []


@pytest.mark.parametrize("name", TEXTS)
def test_document__links_to_its_own_headings__lead_somewhere(name):
    headings = {slug(line.lstrip("# ")) for line in TEXTS[name].splitlines() if line.startswith("#")}
    assert set(re.findall(r"\]\(#([^)]+)\)", TEXTS[name])) <= headings


def slug(heading: str) -> str:
    """A heading as GitHub makes an anchor of it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_readme__fits_one_screen():
    assert len(TEXTS["README.md"].splitlines()) <= 60


def test_readme__folder_map__names_folders_that_are_there():
    named = re.findall(r"^( *)([a-z]+)/ ", TEXTS["README.md"], re.MULTILINE)
    paths = [ROOT / ("workmoot" if indent else "") / folder for indent, folder in named]
    assert [path for path in paths if not path.is_dir()] == []


# Commands


def commands_of(app: typer.Typer) -> set[str]:
    """Every command of the command line, with its group."""
    click_app: Any = typer.main.get_command(app)
    return {f"workmoot {path}" for path in _paths(click_app)}


def _paths(group: Any, before: str = "") -> list[str]:
    inside = getattr(group, "commands", {})
    return [path for name, command in inside.items() for path in _paths(command, f"{before}{name} ")] or [
        before.strip()
    ]


@pytest.fixture(scope="module")
def commands() -> set[str]:
    from scripts.cli import app

    return commands_of(app)


def documented_commands(text: str) -> set[str]:
    return {f"workmoot {words.strip()}" for words in re.findall(r"workmoot ((?:[a-z]+(?:-[a-z]+)* ?)+)", _code(text))}


def _code(text: str) -> str:
    """What stands in code, spans and blocks, less the remarks."""
    blocks = [re.sub(r" #.*", "", block) for block in re.findall(r"```.*?```", text, re.DOTALL)]
    return "\n".join([*blocks, *re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))])


@pytest.mark.parametrize("name", TEXTS)
def test_document__commands__are_the_command_lines(name, commands):
    unknown = {told for told in documented_commands(TEXTS[name]) if not any(_fits(told, real) for real in commands)}
    assert unknown == set()


def _fits(told: str, real: str) -> bool:
    """A command, a group of them, or a command with an argument."""
    return told == real or real.startswith(f"{told} ") or told.startswith(f"{real} ")


def test_specification__every_command__documented(commands):
    listed = section("Commands")
    words = set(re.findall(r"`([a-z]+)`", listed))
    told = documented_commands(listed) | {f"workmoot override {word}" for word in words}
    assert commands <= told


def test_documented_commands__in_code__found():
    assert documented_commands("see `workmoot up --exit` and\n```\n.venv/bin/workmoot order list  # x\n```") == {
        "workmoot up",
        "workmoot order list",
    }


@pytest.mark.parametrize("name", TEXTS)
def test_document__make_targets__are_in_the_makefile(name):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    told = set(re.findall(r"\bmake ([a-z][a-z-]+)", _code(TEXTS[name])))
    assert told <= targets


# Settings


def test_documents__settings__are_those_the_code_reads():
    told = set().union(*(re.findall(r"\bWORKMOOT_[A-Z_]+\b", text) for text in TEXTS.values()))
    source = "\n".join(path.read_text() for folder in SOURCES for path in (ROOT / folder).rglob("*.py"))
    read = set(re.findall(r"\"(WORKMOOT_[A-Z_]+)\"", source)) - {PREFIX}
    assert told == read | {PREFIX + name.upper() for name in DeploySettings.model_fields}


# Contracts


def abi(kind: str) -> set[str]:
    files = (ROOT / "workmoot" / "chain" / "abi").glob("*.json")
    return {entry["name"] for path in files for entry in json.loads(path.read_text()) if entry["type"] == kind}


def test_specification__errors__are_the_contracts_own():
    told = set(re.findall(r"^\| `(\w+)` \|", section("Errors"), re.MULTILINE))
    assert told == {name for name in abi("error") if not LIBRARIES.match(name)}


def test_specification__errors__mean_what_the_program_says():
    assert dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", section("Errors"), re.MULTILINE)) == IN_THE_WAY


def test_specification__events_of_a_tasks_life__are_in_the_abi():
    told = set(re.findall(r"`([A-Z]\w+)`", section("The life of a task"))) - {"WorkerGone", "Overridden"}
    assert {name for name in told if name != "AllocationDAO"} <= abi("event")


@pytest.mark.parametrize("name", LAYOUTS)
def test_specification__layout__is_the_codecs(name):
    line = re.search(rf"^{name} +(.+)$", section("Byte layouts"), re.MULTILINE)
    assert line
    fields = [field.split() for field in line[1].split(" | ") if "…" not in field]
    layout = LAYOUTS[name]
    unit = 1 if isinstance(layout, BitLayout) else 8
    told = [(snake_case(field), int(width[1:])) for field, width in fields]
    assert told == [(field, unit * width) for field, width in layout.fields]


def snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def test_specification__sizes__are_the_codecs():
    text = section("Byte layouts")
    told = {int(size) for size in re.findall(r"(\d+)(?: \+ 2\(?[hr+]+\)?)? bytes each", text)}
    assert told == {layout.size for layout in LAYOUTS.values() if layout is not plan.ASSIGNED}
    assert {int(bits) for bits in re.findall(r"(\d+) bits each", text)} == {plan.ASSIGNED.bits}
    assert f"**Detail** of a proposal, {DETAIL_SIZE} bytes" in text


@pytest.mark.parametrize("module", ["overrides", "instructions", "commands", "guidance"])
def test_specification__signed_types__are_the_domains(module):
    from workmoot.domain import commands, guidance, instructions, overrides

    structs = {
        "overrides": (overrides.ORDER, overrides.POST),
        "instructions": (instructions.INSTRUCTION,),
        "commands": (commands.COMMAND,),
        "guidance": (guidance.GUIDANCE,),
    }[module]
    assert [struct.signature for struct in structs if struct.signature not in section("Signatures")] == []


# Routes


def test_specification__api_routes__are_the_open_apis():
    from api.app import create_app

    found = create_app(SimpleNamespace(watched=())).openapi()["paths"]  # type: ignore[arg-type]
    real = {(method.upper(), path) for path, methods in found.items() for method in methods}
    told = set()
    for method, paths in re.findall(r"^\| (GET|POST|DELETE) \| (.+?) \|", section("The API"), re.MULTILINE):
        told |= {(method, path) for path in re.findall(r"`(/[^`?]+)`", paths)}
    assert told == real


def test_specification__gateway_routes__are_the_servers():
    from gateway.server import application

    app = application(None, lambda digest, signature: None)  # type: ignore[arg-type]
    served = {(route.method, _bare(route.resource.canonical)) for route in app.router.routes() if route.resource}
    told = set()
    for cell in re.findall(r"^\| (`(?:GET|POST).+?) \|", section("The gateway"), re.MULTILINE):
        method = "GET"
        for word in re.findall(r"GET|POST|/[^\s`]*", cell):
            method = word if word in ("GET", "POST") else method
            told |= {(method, word)} if word.startswith("/") else set()
    assert told == {(method, path) for method, path in served if method != "HEAD"}


def _bare(path: str) -> str:
    return re.sub(r":[^}]*}", "}", path)


# Tests


@pytest.mark.parametrize(("name", "least"), [("docs/specification.md", 40), ("docs/risks.md", 30)])
def test_document__tests_named__exist(name, least):
    named = set(re.findall(r"`((?:test|testFuzz|check|invariant)_\w+)`", TEXTS[name]))
    files = [*(ROOT / "tests").rglob("*.py"), *(ROOT / "tests").rglob("*.sol")]
    written = set(re.findall(r"(?:def|function) ((?:test|testFuzz|check|invariant)_\w+)", "\n".join(map(_read, files))))
    assert named - written == set()
    assert len(named) > least


def test_risks__top_ten__a_row_and_tests_for_each():
    rows = re.findall(r"^\| (\d+) \S.*\| (`test_\w+`[^|]*) \|$", TEXTS["docs/risks.md"], re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 11))


def _read(path: Path) -> str:
    return path.read_text()


def test_specification__invariants__all_35_with_tests():
    rows = re.findall(r"^\| (\d+) \|.*\|(.*)\|$", section("Invariants"), re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 36))
    assert [number for number, tests in rows if "`" not in tests] == []


# Figures of a run


def test_specification__keys_of_a_run__are_the_summarys():
    summary = pytest.importorskip("scripts.running.summary", reason="the run's summary is not written yet").Summary
    told = set(re.findall(r"`([a-z_]+)`", section("`up --json`"))) - {"workmoot", "chain_id"}
    more = {"demo_supervisor", "restarts", "deployment"}
    assert told - more - {"hint"} == set(summary.__dataclass_fields__)
