"""A year is planned in minutes, and nobody is invited late by accident."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from portal.mail.models import Message
from portal.meetings import almanac
from portal.meetings.models import Meeting
from portal.ui.templatetags.ui import day as words
from tests.browser.steps import press
from tests.meetings.pages import url

YEAR = timezone.localdate().year + 1


def fill_in(page):
    """Every second Tuesday of next year, but not in the holidays."""
    page.goto("/sitzungen/")
    page.get_by_role("link", name="Serie planen").click()
    page.get_by_label("Immer am").select_option("zweiten")
    page.get_by_label("Wochentag").select_option("Dienstag")
    page.get_by_label("Von").fill(f"{YEAR}-01-01")
    page.get_by_label("Bis").fill(f"{YEAR}-12-31")
    page.get_by_label("Beginn").fill("17:00")
    page.get_by_label("Ende").fill("19:00")
    press(page, "Termine ansehen")


def free_days():
    days = almanac.days_of(almanac.Rhythm(2, 1, 1), date(YEAR, 1, 1), date(YEAR, 12, 31))
    return [day for day in days if not almanac.school_break(day) and not almanac.public_holiday(day)]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_series_is_planned_in_one_go(visitor, staff, scripts):
    page = visitor(staff, java_script_enabled=scripts)
    fill_in(page)
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(len(free_days()) + 2)  # and both rules
    first = free_days()[0]
    page.get_by_role("checkbox", name=words(first)).uncheck()
    press(page, "Gewählte als Entwürfe anlegen")
    expect(page.get_by_text(f"{len(free_days()) - 1} Entwürfe sind angelegt.")).to_be_visible()
    assert [meeting.day for meeting in Meeting.objects.order_by("start")] == free_days()[1:]


def test_series_is_accessible_and_a_double_click_plans_once(visitor, everywhere, staff):
    page = visitor(staff)
    fill_in(page)
    assert everywhere(page) == []
    page.get_by_role("button", name="Gewählte als Entwürfe anlegen").dblclick()
    page.wait_for_url("**/sitzungen/")
    assert Meeting.objects.count() == len(free_days())
    page.goto(f"/sitzungen/jahr/{YEAR}/")
    assert everywhere(page) == []
    page.get_by_role("link", name="1. Sitzung").first.click()
    expect(page.get_by_role("heading", name=f"1. Sitzung {YEAR}")).to_be_visible()


def test_holiday_is_pointed_out_while_the_day_is_chosen(visitor, everywhere, staff):
    page = visitor(staff)
    page.goto("/sitzungen/neu/")
    page.get_by_label("Datum").fill(f"{YEAR}-12-25")
    page.get_by_label("Beginn").focus()
    expect(page.get_by_text("gesetzlicher Feiertag: Erster Weihnachtstag")).to_be_visible()
    assert everywhere(page) == []
    page.get_by_label("Datum").fill(f"{YEAR}-11-{'17' if date(YEAR, 11, 17).weekday() < 5 else '19'}")
    page.get_by_label("Beginn").focus()
    expect(page.get_by_text("gesetzlicher Feiertag")).to_have_count(0)


def test_late_invitation_asks_for_the_reason_and_prints_it(visitor, everywhere, draft, lead, delegate):
    soon = timezone.now() + timedelta(days=5)
    Meeting.objects.filter(pk=draft.pk).update(start=soon, end=soon + timedelta(hours=1))
    page = visitor(lead)
    page.goto(draft.get_absolute_url())
    expect(page.get_by_text("Frist überschritten").first).to_be_visible()
    assert everywhere(page) == []
    page.goto(url("invite", draft))
    press(page, "Einladung verschicken")
    expect(page.get_by_role("link", name="Geben Sie den Grund für die kurze Frist an.")).to_be_visible()
    assert not Message.objects.exists()
    page.get_by_label("Grund für die verkürzte Ladungsfrist").fill("Der Förderantrag läuft ab.")
    press(page, "Einladung verschicken")
    expect(page.get_by_text("Verkürzte Ladungsfrist: Der Förderantrag läuft ab.")).to_be_visible()
    assert everywhere(page) == []
    assert "Verkürzte Ladungsfrist: Der Förderantrag läuft ab." in Message.objects.get(to=delegate.email).text
