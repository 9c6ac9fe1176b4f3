"""Holidays and rhythms: what is published, what is not known, and days found by walking."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from portal.meetings import almanac
from portal.meetings.almanac import Rhythm
from tests.meetings.pages import text_of

DAY = timedelta(days=1)


def test_school_holidays_of_a_year_reach_over_its_ends():
    assert [str(found) for found in almanac.breaks_of(2027)] == [
        "Weihnachtsferien (23.12. bis 06.01.2027)",
        "Osterferien (22.03. bis 03.04.2027)",
        "Pfingstferien (18.05.2027)",
        "Sommerferien (19.07. bis 31.08.2027)",
        "Herbstferien (23.10. bis 06.11.2027)",
        "Weihnachtsferien (24.12. bis 08.01.2028)",
    ]


@pytest.mark.parametrize(
    ("day", "notes"),
    [
        (date(2026, 11, 26), []),
        (date(2026, 6, 4), ["Der 04.06.2026 ist ein gesetzlicher Feiertag: Fronleichnam."]),
        (date(2027, 3, 6), ["Der 06.03.2027 ist ein Samstag."]),
        (date(2026, 10, 20), ["Der 20.10.2026 liegt in den Schulferien: Herbstferien (17.10. bis 31.10.2026)."]),
        (
            date(2026, 11, 1),
            ["Der 01.11.2026 ist ein gesetzlicher Feiertag: Allerheiligen."],
        ),
        (
            date(2026, 12, 25),
            [
                "Der 25.12.2026 ist ein gesetzlicher Feiertag: Erster Weihnachtstag.",
                "Der 25.12.2026 liegt in den Schulferien: Weihnachtsferien (23.12. bis 06.01.2027).",
            ],
        ),
    ],
)
def test_what_speaks_against_a_day(day, notes):
    assert almanac.notes_on(day) == notes


def test_what_is_not_published_is_said():
    later = almanac.known_until() + DAY
    while later.weekday() > 4 or almanac.public_holiday(later):
        later += DAY
    assert almanac.notes_on(later) == [
        f"Die Schulferien sind im Portal erst bis zum {almanac.known_until():%d.%m.%Y} bekannt."
    ]
    assert almanac.known_until() >= date(2029, 8, 14)
    assert almanac.breaks_of(almanac.known_until().year + 2) == []


@given(
    first=st.dates(date(2025, 1, 1), date(2029, 1, 1)),
    length=st.integers(0, 800),
    weekday=st.integers(0, 6),
    nth=st.sampled_from([1, 2, 3, 4, -1]),
)
def test_rhythm_gives_the_days_found_by_walking(first, length, weekday, nth):
    last = first + length * DAY
    walked, day = [], first
    while day <= last:
        is_nth = (day.day - 1) // 7 == nth - 1 if nth > 0 else (day + 7 * DAY).month != day.month
        if day.weekday() == weekday and is_nth:
            walked.append(day)
        day += DAY
    assert almanac.days_of(Rhythm(nth, weekday, 1), first, last) == walked


@pytest.mark.parametrize(
    ("typed", "words"),
    [("2026-12-25", "Erster Weihnachtstag"), ("2026-11-26", ""), ("2026-13-40", ""), ("gestern", ""), ("", "")],
)
def test_part_of_the_form_warns(client, staff, typed, words):
    client.force_login(staff)
    page = text_of(client.get(reverse("meetings:day_notes"), {"day": typed}))
    assert words in page
    assert ("kern-alert" in page) == bool(words)


def test_form_for_another_day_warns_and_does_not_refuse(client, staff, draft):
    client.force_login(staff)
    typed = {"version": draft.version, "day": "2027-10-26", "starts": "17:00", "ends": "19:00", "format": "praesenz"}
    page = client.post(reverse("meetings:edit", args=[draft.pk]), typed, follow=True)
    assert "Herbstferien (23.10. bis 06.11.2027)" in text_of(page)
    form = client.get(reverse("meetings:edit", args=[draft.pk]))
    assert "Herbstferien (23.10. bis 06.11.2027)" in text_of(form)
