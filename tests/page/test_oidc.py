"""Signing in at the page by the company's identity provider, which is another site."""

from typing import TYPE_CHECKING

from scripts.nodes import free_port
from tests.api.provider import a_company, terms_with
from tests.api.serving import listening, serve
from tests.api.story import a_decided_plant
from tests.page.conftest import NOTED, PATIENCE_MS

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def test_oidc__entered_at_the_provider__the_page_opens(browser: "Browser") -> None:
    from playwright.sync_api import expect

    port = free_port()
    with a_company() as company:
        company.asks = True
        served = serve(a_decided_plant(), signs=(), terms=terms_with(company), url=f"http://127.0.0.1:{port}")
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(NOTED)
        with listening(served, port=port) as url:
            page = context.new_page()
            page.goto(url)
            page.get_by_role("link", name="Sign in with the company's account").click()
            page.wait_for_url(f"{company.url}/authorize**")
            page.get_by_role("link", name="Enter").click()
            page.wait_for_url(f"{url}/")
            expect(page.locator("#me")).to_contain_text("· read only")
            expect(page.locator("#stale")).to_be_hidden()
            assert "workmoot" not in page.evaluate("document.cookie")
            page.locator("#robot-1").click()
            page.locator("#order-text").fill("somebody stands there")
            expect(page.locator("#order-preview")).to_contain_text("has read. Sign in with a wallet.")
            expect(page.locator("#order-send")).to_be_disabled()
            page.locator("#order-cancel").click()
            assert page.evaluate("window.violations") == []
            page.get_by_role("button", name="Sign out").click()
            page.wait_for_url("**/sign-in")
            context.close()
