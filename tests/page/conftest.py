"""The page in the machine's own Chromium, over the contracts in memory."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.absent import chromium
from tests.api.serving import Served, listening, serve
from tests.api.story import a_running_plant

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PATIENCE_MS = 60_000
NOTED = """
  window.violations = [];
  document.addEventListener("securitypolicyviolation", (event) => window.violations.push(event.violatedDirective));
"""


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    program = chromium()
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=["--disable-dev-shm-usage"])
        yield launched
        launched.close()


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine follows the chain late; whoever waits for it waits until it has come."""
    monkeypatch.setattr("api.desk.SEEN_WITHIN_S", 60.0)


@pytest.fixture
def served() -> Served:
    return serve(a_running_plant())


@pytest.fixture
def page(browser: "Browser", served: Served) -> Iterator["Page"]:
    """The page, opened at 1280 px; faults in its code fail the test."""
    with listening(served) as url:
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(NOTED)
        opened = context.new_page()
        faults: list[str] = []
        opened.on("pageerror", lambda error: faults.append(str(error)))
        opened.goto(url)
        yield opened
        violations = opened.evaluate("window.violations")
        context.close()
    assert faults == []
    assert violations == []
