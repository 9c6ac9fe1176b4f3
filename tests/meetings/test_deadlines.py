"""Fristen in full days, against a second reckoning that walks from day to day as one would on a wall calendar."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portal.meetings import deadlines
from portal.meetings.deadlines import Kind, Light
from portal.meetings.models import Meeting
from portal.members.models import RulesOfProcedure

BERLIN = ZoneInfo("Europe/Berlin")
DAY = timedelta(days=1)
BEFORE = [Kind.INVITATION, Kind.SUPPLEMENT, Kind.PROPOSALS]
AFTER = [Kind.MINUTES, Kind.OBJECTIONS]
YEARS = {"min_value": datetime(2023, 1, 1), "max_value": datetime(2033, 1, 1)}  # noqa: DTZ001
moments = st.datetimes(**YEARS, timezones=st.just(UTC))
figures = st.fixed_dictionaries(
    {kind.field: st.integers(0, 60) for kind in [*BEFORE, *AFTER]}
    | {Kind.COMMENTS.field: st.none() | st.integers(0, 60)}
)
histories = st.lists(
    st.tuples(st.dates(date(2022, 6, 1), date(2033, 6, 1)), figures), max_size=4, unique_by=lambda x: x[0]
)


def rows(history):
    return [RulesOfProcedure(valid_from=day, **days) for day, days in sorted(history, key=lambda row: row[0])]


def sitting(start, **fields):
    return Meeting(start=start, end=start + timedelta(hours=2), **fields)


def berlin_day(moment):
    return moment.astimezone(BERLIN).date()


def walked_back(field, start, history):
    """The last day on which enough whole days still lie ahead, found by trying one day after the other."""
    meeting_day = berlin_day(start)
    day, whole_days = meeting_day - DAY, 0
    while True:
        held = [rules for rules in history if rules.valid_from <= day]
        wanted = getattr(held[-1] if held else RulesOfProcedure(), field)
        if whole_days >= wanted:
            return day
        day, whole_days = day - DAY, whole_days + 1


def last_comment(start, history):
    """The day of the meeting where nothing is said; else the last day that is left, going back day by day."""
    day, whole_days = berlin_day(start), -1
    while True:
        held = [rules for rules in history if rules.valid_from <= day]
        wanted = held[-1].comment_days if held else None
        if wanted is None or whole_days >= wanted:
            return day
        day, whole_days = day - DAY, whole_days + 1


def walked_on(days, event):
    day = event
    for _ in range(days):
        day += DAY
    return day


def walked_until(day):
    """The first hour that is not that day any more in Berlin, hour by hour from noon."""
    moment = datetime(day.year, day.month, day.day, 12, tzinfo=BERLIN).astimezone(UTC)
    while berlin_day(moment) == day:
        moment += timedelta(hours=1)
    return moment


@pytest.mark.parametrize("kind", BEFORE)
@given(start=moments, history=histories)
@example(start=datetime(2026, 3, 29, 0, 30, tzinfo=UTC), history=[])  # the night in which an hour is lost
@example(start=datetime(2026, 10, 25, 0, 30, tzinfo=UTC), history=[])  # the hour that comes twice
@example(start=datetime(2028, 3, 1, 16, 0, tzinfo=UTC), history=[])  # over a leap day
@example(start=datetime(2026, 12, 31, 23, 30, tzinfo=UTC), history=[])  # the new year has begun in Berlin
def test_last_day_is_the_one_found_by_walking(kind, start, history):
    rules = rows(history)
    found = deadlines.before(kind, sitting(start), rules, date(2026, 1, 1))
    assert found.last_day == walked_back(kind.field, start, rules)
    assert found.until == walked_until(found.last_day)


@given(start=moments, history=histories)
def test_comments_end_on_the_day_found_by_walking_or_with_the_meeting(start, history):
    rules, meeting = rows(history), sitting(start)
    found = deadlines.before(Kind.COMMENTS, meeting, rules, date(2026, 1, 1))
    assert found.last_day == last_comment(start, rules)
    assert found.until == (meeting.end if found.last_day == meeting.day else walked_until(found.last_day))


@pytest.mark.parametrize("kind", AFTER)
@given(event=st.dates(date(2023, 1, 1), date(2033, 1, 1)), history=histories)
@example(event=date(2028, 2, 10), history=[])
def test_frist_after_an_event_is_walked_on(kind, event, history):
    rules = rows(history)
    held = [row for row in rules if row.valid_from <= event]
    days = getattr(held[-1] if held else RulesOfProcedure(), kind.field)
    assert deadlines.after(kind, event, rules, event).last_day == walked_on(days, event)


@given(start=moments, history=histories, ahead=st.integers(-5, 70))
def test_light_is_over_exactly_on_days_after_the_last(start, history, ahead):
    rules, today = rows(history), berlin_day(start) - ahead * DAY
    found = deadlines.before(Kind.INVITATION, sitting(start), rules, today)
    assert found.is_over == (today > walked_back("invitation_days", start, rules))
    assert (found.light == Light.OVER) == found.is_over
    assert (found.light == Light.SOON) == (0 <= found.left <= 3)


@pytest.mark.parametrize(
    ("start", "days", "latest"),
    [
        (datetime(2026, 11, 26, 8, 30, tzinfo=UTC), 10, date(2026, 11, 15)),
        (datetime(2026, 11, 26, 8, 30, tzinfo=UTC), 0, date(2026, 11, 25)),
        (datetime(2026, 11, 25, 23, 30, tzinfo=UTC), 3, date(2026, 11, 22)),  # 00:30 on the 26th in Berlin
        (datetime(2026, 10, 26, 16, 0, tzinfo=UTC), 2, date(2026, 10, 23)),  # the clocks go back on the 25th
        (datetime(2027, 1, 4, 16, 0, tzinfo=UTC), 10, date(2026, 12, 24)),
        (datetime(2028, 3, 5, 16, 0, tzinfo=UTC), 7, date(2028, 2, 26)),  # a leap day between
    ],
)
def test_full_days_lie_between(start, days, latest):
    rules = [RulesOfProcedure(valid_from=date(2020, 1, 1), invitation_days=days)]
    assert deadlines.before(Kind.INVITATION, sitting(start), rules, latest).last_day == latest


def test_stricter_rules_to_come_count_from_their_day_on():
    old = RulesOfProcedure(valid_from=date(2020, 1, 1), invitation_days=10)
    new = RulesOfProcedure(valid_from=date(2027, 1, 1), invitation_days=14)
    found = deadlines.before(
        Kind.INVITATION, sitting(datetime(2027, 1, 14, 16, tzinfo=UTC)), [old, new], date(2026, 12, 1)
    )
    assert (found.last_day, found.days) == (date(2026, 12, 31), 14)


@pytest.mark.parametrize(
    ("kind", "days", "rule"),
    [
        (Kind.INVITATION, 7, "Ladung: 7 volle Tage vor der Sitzung"),
        (Kind.SUPPLEMENT, 1, "Nachtrag: 1 voller Tag vor der Sitzung"),
        (Kind.MINUTES, 21, "Niederschrift: 21 volle Tage nach der Sitzung"),
        (Kind.COMMENTS, -1, "Kommentare: bis zum Ende der Sitzung"),
    ],
)
def test_rule_is_said_in_words(kind, days, rule):
    assert deadlines.Deadline(kind, days, date(2026, 1, 1), date(2026, 1, 1)).rule == rule


@pytest.mark.parametrize(
    ("kind", "left", "is_kept", "badge", "look"),
    [
        (Kind.INVITATION, 4, None, "Noch 4 Tage", "success"),
        (Kind.INVITATION, 1, None, "Noch 1 Tag", "warning"),
        (Kind.INVITATION, 0, None, "Heute ist der letzte Tag", "warning"),
        (Kind.INVITATION, -1, None, "Frist überschritten", "danger"),
        (Kind.INVITATION, -9, True, "Eingehalten", "success"),
        (Kind.INVITATION, 9, False, "Überschritten", "danger"),
        (Kind.OBJECTIONS, -1, None, "Abgelaufen", "neutral"),
    ],
)
def test_badge_says_how_it_stands(kind, left, is_kept, badge, look):
    today = date(2026, 6, 1)
    found = deadlines.Deadline(kind, 7, today + left * DAY, today, is_kept)
    assert (found.badge, found.look) == (badge, look)


def kinds(state, today, *, minutes_on=None, **fields):
    meeting = sitting(datetime(2026, 6, 10, 15, tzinfo=UTC), state=state, **fields)
    return [
        (found.kind.name, found.last_day.isoformat(), found.light.name)
        for found in deadlines.of_meeting(meeting, [], today, minutes_on=minutes_on)
    ]


def test_each_state_of_a_meeting_has_its_fristen():
    early, sent = date(2026, 5, 1), {"invited_at": datetime(2026, 5, 1, tzinfo=UTC)}
    assert kinds("draft", early) == [
        ("INVITATION", "2026-05-30", "KEPT"),
        ("PROPOSALS", "2026-05-26", "KEPT"),
        ("COMMENTS", "2026-06-10", "KEPT"),
    ]
    assert kinds("invited", date(2026, 6, 4), late_reason="Eilt.", **sent) == [
        ("INVITATION", "2026-05-30", "OVER"),
        ("SUPPLEMENT", "2026-06-06", "SOON"),
        ("COMMENTS", "2026-06-10", "KEPT"),
    ]
    assert kinds("finished", date(2026, 6, 30), **sent) == [
        ("INVITATION", "2026-05-30", "KEPT"),
        ("MINUTES", "2026-07-01", "SOON"),
    ]
    assert kinds("finished", date(2026, 7, 30), minutes_on=date(2026, 7, 2), **sent)[1:] == [
        ("MINUTES", "2026-07-01", "OVER"),
        ("OBJECTIONS", "2026-07-16", "OVER"),
    ]
    assert kinds("cancelled", early) == []
