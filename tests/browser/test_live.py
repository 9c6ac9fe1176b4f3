"""A meeting that runs, in two browsers: the chair moves on by key, the others see it without reloading."""

import pytest
from playwright.sync_api import expect

from portal.meetings.models import Turn
from tests.browser import steps

SOON = 12_000  # milliseconds: two looks and a bit


@pytest.fixture
def address(running):
    return f"{running.get_absolute_url()}live/"


def shows(page, title):
    expect(page.locator("#live-jetzt")).to_have_text(title, use_inner_text=True, timeout=SOON)


def open_page(visitor, person, address):
    page = visitor(person)
    page.goto(address)
    page.evaluate("window.stays = true")
    return page


def test_the_chair_moves_by_key_and_everybody_sees_it(visitor, lead, delegate, stranger, address):
    chair, other, outside = (open_page(visitor, person, address) for person in (lead, delegate, stranger))
    expect(chair.get_by_text("Auch mit den Tasten")).to_be_visible()
    chair.keyboard.press("ArrowRight")
    for page in (chair, other, outside):
        shows(page, "TOP 1 Punkt öffentlich")
    chair.keyboard.press("ArrowRight")
    shows(chair, "TOP 2 Punkt intern")
    shows(other, "TOP 2 Punkt intern")
    shows(outside, "Nichtöffentlicher Teil")
    expect(other.locator("#live-ansage")).to_have_text("Jetzt TOP 2: Punkt intern")
    expect(other.locator("#live-ansage")).to_have_attribute("role", "status")
    chair.keyboard.press("ArrowLeft")
    shows(other, "TOP 1 Punkt öffentlich")
    assert all(page.evaluate("window.stays") for page in (chair, other, outside))


def test_keys_do_nothing_for_others_and_while_typing(visitor, lead, delegate, address):
    chair, other = open_page(visitor, lead, address), open_page(visitor, delegate, address)
    other.keyboard.press("ArrowRight")
    chair.evaluate("document.querySelector('main').append(document.createElement('textarea'))")
    chair.locator("textarea").press("ArrowRight")
    chair.keyboard.press("Control+ArrowRight")
    chair.wait_for_timeout(500)
    assert not Turn.objects.exists()


def test_the_button_keeps_the_focus(visitor, lead, address):
    chair = open_page(visitor, lead, address)
    chair.get_by_role("button", name="Aufrufen: TOP 1").press("Enter")
    shows(chair, "TOP 1 Punkt öffentlich")
    expect(chair.get_by_role("button", name="Weiter zu TOP 2")).to_be_focused()


def hide(page):
    """Another tab lies over it, so it does not ask for news."""
    page.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")


def test_two_chairs_at_once_skip_nothing(visitor, lead, clerk, address):
    one, other = open_page(visitor, lead, address), open_page(visitor, clerk, address)
    one.keyboard.press("ArrowRight")
    shows(other, "TOP 1 Punkt öffentlich")
    hide(other)
    steps.press(one, "Weiter zu TOP 2")
    shows(one, "TOP 2 Punkt intern")
    steps.press(other, "TOP 3 aufrufen")
    expect(other.get_by_text("Es ist schon TOP 2 dran.")).to_be_visible()
    shows(other, "TOP 2 Punkt intern")


def test_a_hidden_tab_does_not_ask(visitor, delegate, address):
    page = open_page(visitor, delegate, address)
    hide(page)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(SOON)
    assert asked == []
    page.evaluate("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_timeout(500)
    assert [url for url in asked if "?stand=" in url]


def test_a_lost_network_is_told_and_made_up_for(visitor, lead, delegate, address):
    chair, other = open_page(visitor, lead, address), open_page(visitor, delegate, address)
    other.context.set_offline(True)
    chair.keyboard.press("ArrowRight")
    expect(other.get_by_text("Diese Seite holt den Stand nach")).to_be_visible(timeout=SOON)
    other.context.set_offline(False)
    shows(other, "TOP 1 Punkt öffentlich")
    expect(other.get_by_text("Diese Seite holt den Stand nach")).to_be_hidden()


def test_whoever_is_signed_out_is_led_to_the_sign_in(visitor, delegate, address):
    page = open_page(visitor, delegate, address)
    page.context.clear_cookies()
    expect(page.get_by_role("heading", level=1)).to_have_text("Anmelden", timeout=SOON)
    assert "next=" in page.url
