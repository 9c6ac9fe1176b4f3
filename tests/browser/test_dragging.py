"""The agenda in the hand: an item is dropped where it belongs, or put back by Escape."""

import pytest
from playwright.sync_api import expect

from tests.factories import AgendaItemFactory


@pytest.fixture
def page(visitor, lead, draft):
    for title in ("Zweiter", "Dritter"):
        AgendaItemFactory(meeting=draft, title=title)
    page = visitor(lead)
    page.goto(draft.get_absolute_url())
    return page


def drag_third_to_the_top(page):
    rows = page.get_by_role("region", name="Tagesordnung").get_by_role("listitem")
    rows.nth(2).get_by_title("Ziehen").hover()
    page.mouse.down()
    first = rows.first.bounding_box()
    page.mouse.move(first["x"] + 20, first["y"] + 5, steps=8)


def test_dragged_item_stays_where_it_is_dropped(page, draft):
    drag_third_to_the_top(page)
    page.mouse.up()
    expect(page.get_by_role("status").filter(has_text="Die neue Reihenfolge ist gespeichert.")).to_be_attached()
    assert draft.items.get(number=1).title == "Dritter"


def test_escape_puts_a_dragged_item_back(page, draft):
    drag_third_to_the_top(page)
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(page.get_by_role("heading", level=4).last).to_have_text("Dritter")
    assert draft.items.get(number=3).title == "Dritter"
