"""What a person sees first, and how an override is given with mouse and keyboard."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from playwright.sync_api import expect

from api.views.snapshot import GatewayWords
from tests.api.requests import an_order, get, give
from tests.api.serving import Served
from tests.api.story import FloorWords
from workmoot.domain.overrides import STRICT, OverrideKind, SubjectType

if TYPE_CHECKING:
    from playwright.sync_api import Page


def test_page__opened__shows_the_whole_line(page: "Page") -> None:
    expect(page.locator("#plan-drawing .station")).to_have_count(7)
    expect(page.locator("#plan-drawing .robot")).to_have_count(10)
    expect(page.locator("#plan-drawing .sensor")).to_have_count(25)
    expect(page.locator("#plan-drawing .person")).to_have_count(1)
    expect(page.locator("#plan-drawing .pair")).to_have_count(6)
    expect(page.locator("#plan-drawing .robot.human")).to_have_attribute("id", "robot-6")


def test_page__opened__warns_of_development_keys(page: "Page") -> None:
    expect(page.locator("#banner")).to_contain_text("Development keys sign here")


def test_page__strangers_words__are_text(page: "Page") -> None:
    page.locator("#proposal-1-talk summary").click()
    expect(page.locator("#proposal-1-talk")).to_contain_text("<b>R-8</b> took 1.5 times")


def test_page__override_given__is_shown_without_a_reload(page: "Page", served: Served) -> None:
    task = served.story.task("P4", "glue")
    page.locator(f"#task-{task} button").click()
    page.locator("#order-worker option").first.wait_for(state="attached")
    page.locator("#order-worker").select_option(str(served.story.badge["assembler"]))
    page.locator("#order-text").fill("<i>nozzle</i> of R-5 looks clogged")
    expect(page.locator("#order-preview")).to_contain_text("Sprayer has the task")
    page.locator("#order-send:enabled").click()
    expect(page.locator("#order-steps")).to_contain_text("✓ effective")
    page.locator("#order-cancel").click()
    expect(page.locator("#overrides")).to_contain_text("<i>nozzle</i> of R-5 looks clogged")
    expect(page.locator(f"#task-{task}")).to_contain_text("human")


def test_page__keyboard_alone__holds_a_robot_and_the_plan_shows_it(page: "Page") -> None:
    page.locator("#robot-1").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("somebody stands there")
    expect(page.locator("#order-preview")).to_contain_text("stops at once")
    page.locator("#order-send:enabled").press("Enter")
    expect(page.locator("#order-steps")).to_contain_text("✓ effective")
    page.keyboard.press("Escape")
    expect(page.locator("#robot-1.human")).to_be_visible()


@pytest.fixture
def words(served: Served) -> dict[int, dict[str, Any]]:
    """What the gateway says of robots otherwise than all is well, as the test changes it."""
    said: dict[int, dict[str, Any]] = {}
    floor = FloorWords(served.story)

    def words() -> GatewayWords:
        truth = floor.words()
        return replace(
            truth, robots={number: {**robot, **said.get(number, {})} for number, robot in truth.robots.items()}
        )

    served.projection._gateway = words
    return said


def test_page__robot_confirms_later__the_step_is_shown_when_it_comes(
    page: "Page", served: Served, words: dict[int, dict[str, Any]]
) -> None:
    words[int(served.story.badge["R-1"])] = {"contact": False}
    page.locator("#robot-1").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("somebody stands there")
    page.locator("#order-send:enabled").press("Enter")
    expect(page.locator("#order-steps")).to_contain_text("✓ acknowledged   … effective")
    expect(page.locator("#order-preview")).to_contain_text("R-1 is out of contact")
    words.clear()
    expect(page.locator("#order-steps")).to_contain_text("✓ effective")
    expect(page.locator("#order-preview")).not_to_contain_text("out of contact")


def test_page__no_reason__nothing_can_be_sent(page: "Page") -> None:
    page.get_by_role("button", name="Plant hold (software)").click()
    expect(page.locator("#order-send")).to_be_disabled()


def test_page__work_goes_on__the_pair_moves(page: "Page", served: Served) -> None:
    story = served.story
    story.chain.advance(1)
    story.submit(story.task("P3", "grind"))
    story.inspect(story.task("P3", "grind"))
    story.start(story.task("P3", "glue"))
    expect(page.locator("#pair-1-P3 title")).to_contain_text("spray the glue")


def test_page__chain_no_longer_read__is_called_stale(page: "Page", served: Served) -> None:
    expect(page.locator("#stale")).to_be_hidden()
    served.projection.stop()
    expect(page.locator("#stale")).to_contain_text("STALE since")


def test_page__at_390_px__nothing_sticks_out(page: "Page") -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    expect(page.get_by_role("button", name="Plant hold (software)")).to_be_in_viewport()


def test_page__shelved_alarm__is_lifted(page: "Page", served: Served) -> None:
    for _ in range(STRICT.alarm_orders + 1):
        served.story.order(OverrideKind.HOLD, SubjectType.ROBOT, served.story.badge["R-1"], why="once more")
    served.projection.read_on(timeout_s=60)
    with httpx2.Client(base_url=page.url, timeout=60) as client:
        (alarm,) = get(client, "alarms")["items"]  # type: ignore[arg-type]
        give(client, an_order("shelve", "alarm", alarm["id"]))  # type: ignore[arg-type]
    page.locator("#overrides button", has_text="Lift").click()
    page.locator("#order-text").fill("it is seen to")
    expect(page.locator("#order-preview")).to_contain_text("shelved")
    page.locator("#order-send:enabled").click()
    expect(page.locator("#overrides button", has_text="Lift")).to_have_count(0)


def test_page__question__nothing_is_sent_without_its_form_or_with_an_emptied_number(
    page: "Page", served: Served
) -> None:
    served.story.ask("finisher", served.story.task("P4", "load"))
    page.route("**/api/v1/questions/*", lambda route: route.fulfill(status=503, json={"detail": "Come again."}))
    page.locator("#queue button", has_text="Answer").click()
    expect(page.locator("#order-preview")).to_contain_text("The form does not come: Come again.")
    expect(page.locator("#answer-fields")).to_be_empty()
    page.unroute("**/api/v1/questions/*")
    page.locator("#order-text").fill("I looked at it")
    page.locator("#order-send:enabled").wait_for()
    page.locator("#answer-offset").fill("")
    expect(page.locator("#order-preview")).to_contain_text("offset is no number yet.")
    expect(page.locator("#order-send")).to_be_disabled()


def test_page__question__is_answered_by_its_form(page: "Page", served: Served) -> None:
    served.story.ask("finisher", served.story.task("P4", "load"))
    page.locator("#queue button", has_text="Answer").click()
    page.locator("#answer-verdict").select_option("accept")
    page.locator("#answer-offset").fill("3")
    page.locator("#order-text").fill("I looked at it")
    expect(page.locator("#order-preview")).to_contain_text("The answer: note: , offset: 3, verdict: accept.")
    page.locator("#order-send:enabled").click()
    expect(page.locator("#order-steps")).to_contain_text("✓ effective")
    expect(page.locator("#queue")).not_to_contain_text("finisher asks")
    (asked,) = served.story.ledger.questions.values()
    assert asked.outcome == {"verdict": "accept", "offset": 3, "note": ""}
