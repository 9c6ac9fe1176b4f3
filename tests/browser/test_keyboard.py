"""Working without a mouse: the focus never gets lost, and stands where the next word or key belongs."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser import steps
from tests.factories import AgendaItemFactory, CommentFactory


def focused(page):
    return page.locator(":focus")


def tab_to(page, target, *, at_most=60):
    """Press Tab until this is reached."""
    for _ in range(at_most):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"{target} is not reached by Tab")


def test_menu_of_a_phone_gives_the_focus_back(visitor, delegate):
    page = visitor(delegate, viewport={"width": 390, "height": 844})
    page.goto("/")
    menu = page.get_by_role("button", name="Menü")
    tab_to(page, menu)
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(focused(page)).to_have_text("Übersicht")
    page.keyboard.press("Escape")
    expect(menu).to_be_focused()
    expect(page.get_by_role("link", name="Sitzungen", exact=True)).not_to_be_visible()


def test_item_is_moved_step_by_step_and_keeps_the_focus(visitor, lead, draft):
    for title in ("Zweiter", "Dritter"):
        AgendaItemFactory(meeting=draft, title=title)
    page = visitor(lead)
    page.goto(draft.get_absolute_url())
    tab_to(page, page.get_by_role("button", name="TOP 3 nach oben"))
    page.evaluate("window.untouched = true")
    for number in (2, 1):
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name=f"TOP {number} nach oben")).to_be_focused()
        expect(page.get_by_role("status").filter(has_text=f"„Dritter“ ist jetzt TOP {number}.")).to_be_attached()
    assert page.evaluate("window.untouched")
    assert draft.items.get(number=1).title == "Dritter"


def test_comment_is_written_and_the_focus_tells_that_it_is_saved(visitor, delegate, item):
    page = visitor(delegate)
    page.goto(item.get_absolute_url())
    tab_to(page, page.get_by_label("Ihr Kommentar"))
    page.keyboard.type("Bitte vertagen.")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Kommentar veröffentlichen")).to_be_focused()
    page.keyboard.press("Enter")
    steps.standing(page, "Bitte vertagen.")
    expect(focused(page)).to_contain_text("Ihr Kommentar ist gespeichert.")


def test_reply_form_opens_with_the_focus_in_it(visitor, delegate, item):
    question = CommentFactory(item=item, text="Was kostet das?")
    page = visitor(delegate)
    page.goto(item.get_absolute_url())
    tab_to(page, steps.standing(page, question.text).get_by_role("link", name="Antworten"))
    page.keyboard.press("Enter")
    expect(page.get_by_label("Ihre Antwort an")).to_be_focused()
    page.keyboard.type("Zehntausend Euro.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    steps.standing(page, "Zehntausend Euro.")
    expect(focused(page)).to_contain_text("Zehntausend Euro.")


def test_refused_comment_takes_the_focus_to_the_errors(visitor, delegate, item):
    page = visitor(delegate)
    page.goto(item.get_absolute_url())
    tab_to(page, page.get_by_role("button", name="Kommentar veröffentlichen"))
    page.keyboard.press("Enter")
    expect(focused(page)).to_contain_text("Schreiben Sie Ihren Kommentar.")


def test_minutes_are_saved_by_two_keys_and_go_on(visitor, clerk, minutes):
    first, second = minutes.entries.order_by("item__number")[:2]
    page = visitor(clerk)
    page.goto(reverse("minutes:entry", args=[first.pk]))
    expect(page.get_by_role("textbox", name="Niederschrift")).to_be_focused()
    page.keyboard.type("Der Punkt wurde beraten.")
    page.keyboard.press("Control+Enter")
    steps.told(page, "TOP 1 ist gespeichert.")
    expect(page.get_by_role("heading", level=1)).to_have_text(second.item.title)
    expect(page.get_by_role("textbox", name="Niederschrift")).to_be_focused()
    first.refresh_from_db()
    assert first.text == "Der Punkt wurde beraten."
