"""Signing in at the page, with a wallet in the browser."""

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from api.access.access import Terms
from api.access.message import digest_of
from scripts.nodes import free_port
from tests.api.serving import listening, serve
from tests.api.story import Story, a_decided_plant, signer
from tests.api.visitors import peopled
from tests.page.conftest import NOTED, PATIENCE_MS
from workmoot.domain.hashing import keccak

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

WALLET = """
  const refuse = (code, message) => { throw Object.assign(new Error(message), { code }); };
  window.ethereum = { request: async ({ method, params }) => {
    if (method === "eth_requestAccounts") return ["ACCOUNT"];
    if (method === "personal_sign" && KNOWS_PERSONAL_SIGN) return window.signed(params[0]);
    if (method === "eth_sign") return (await window.signed(params[1])).replace(/1b$/, "00").replace(/1c$/, "01");
    if (method === "eth_signTypedData_v4") return window.signedOrder(params[1]);
    refuse(-32601, `The method ${method} is not supported.`);
  } };
"""
Opened = Callable[..., "Page"]


@pytest.fixture
def story() -> Story:
    return peopled(a_decided_plant())


@pytest.fixture
def opened(browser: "Browser", story: Story) -> Iterator[Opened]:
    """Opens the page of an API where people sign in, with the wallet of somebody in the browser."""
    port = free_port()
    served = serve(story, signs=(), terms=Terms(rate=10_000), url=f"http://127.0.0.1:{port}")
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE_MS)
    context.add_init_script(NOTED)
    with listening(served, port=port) as url:

        def open_page(name: str | None, *, personal_sign: bool = True) -> "Page":
            page = context.new_page()
            if name is not None:
                key = signer(name)
                signed = lambda text: "0x" + key.sign(digest_of(bytes.fromhex(text[2:]).decode())).hex()  # noqa: E731
                page.expose_function("signed", signed)
                page.expose_function("signedOrder", lambda text: "0x" + key.sign(typed_digest(text)).hex())
                wallet = WALLET.replace("ACCOUNT", key.address.lower())
                page.add_init_script(wallet.replace("KNOWS_PERSONAL_SIGN", str(personal_sign).lower()))
            page.goto(url)
            return page

        yield open_page
        assert [page.evaluate("window.violations") for page in context.pages] == [[] for _ in context.pages]
        context.close()


def typed_digest(text: str) -> bytes:
    """What a wallet signs of typed data, by another's code."""
    from eth_account.messages import encode_typed_data

    signable = encode_typed_data(full_message=json.loads(text))
    return keccak(b"\x19" + signable.version + signable.header + signable.body)


@pytest.mark.parametrize("personal_sign", [True, False], ids=["personal_sign", "eth_sign"])
def test_sign_in__wallet_signs__the_page_opens(opened: Opened, personal_sign: bool) -> None:
    from playwright.sync_api import expect

    page = opened("planner", personal_sign=personal_sign)
    page.wait_for_url("**/sign-in")
    page.get_by_role("button", name="Sign in with a wallet").click()
    expect(page.locator("#me")).to_contain_text("signed in as planner · planner")
    expect(page.locator("#stale")).to_be_hidden()
    assert "workmoot" not in page.evaluate("document.cookie")


def test_sign_out__signed_in__leads_back(opened: Opened) -> None:
    from playwright.sync_api import expect

    page = opened("operator")
    page.get_by_role("button", name="Sign in with a wallet").click()
    page.wait_for_url(lambda url: url.endswith("/"))
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    page.wait_for_load_state("networkidle")
    page.goto(page.url.removesuffix("sign-in"))
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_sign_out__in_another_tab__leads_back_here_too(opened: Opened) -> None:
    page = opened("operator")
    page.get_by_role("button", name="Sign in with a wallet").click()
    page.wait_for_url(lambda url: url.endswith("/"))
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")


def test_sign_in__stranger__is_told_why_and_what_was_signed(opened: Opened) -> None:
    from playwright.sync_api import expect

    page = opened("stranger")
    page.get_by_role("button", name="Sign in with a wallet").click()
    expect(page.locator("#said")).to_contain_text("neither a badge nor a role")
    expect(page.locator("#message")).to_contain_text("wants you to sign in with your Ethereum account")


def test_sign_in__no_wallet__says_so(opened: Opened) -> None:
    from playwright.sync_api import expect

    page = opened(None)
    page.get_by_role("button", name="Sign in with a wallet").click()
    expect(page.locator("#said")).to_contain_text("no wallet")


def test_order__signed_in__the_wallet_signs_what_was_shown(opened: Opened, story: Story) -> None:
    from playwright.sync_api import expect

    page = opened("operator")
    page.get_by_role("button", name="Sign in with a wallet").click()
    page.wait_for_url(lambda url: url.endswith("/"))
    page.locator("#robot-1").click()
    page.locator("#order-text").fill("somebody stands there")
    page.locator("#order-send:enabled").click()
    expect(page.locator("#order-steps")).to_contain_text("✓ effective")
    (given,) = story.ledger.overrides.values()
    assert (given.order.human, given.order.reason) == (signer("operator").address, "somebody stands there")
