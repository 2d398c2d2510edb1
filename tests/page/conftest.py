"""The page in the machine's own Chromium, over the contracts in memory."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.absent import chromium
from tests.api.serving import Served, listening, serve
from tests.api.story import a_running_plant

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NOTED = """
  window.violations = [];
  document.addEventListener("securitypolicyviolation", (event) => window.violations.push(event.violatedDirective));
"""


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    program = chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=["--disable-dev-shm-usage"])
        yield launched
        launched.close()


@pytest.fixture
def served() -> Served:
    return serve(a_running_plant())


@pytest.fixture
def page(browser: "Browser", served: Served) -> Iterator["Page"]:
    """The page, opened at 1280 px; faults in its code fail the test."""
    with listening(served) as url:
        context = browser.new_context(viewport={"width": 1280, "height": 900})
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
