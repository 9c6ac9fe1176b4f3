"""Who is there while a meeting runs, who comes late and leaves early; the Niederschrift prints the same."""

from concurrent.futures import ThreadPoolExecutor
from datetime import time

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from portal.audit.models import Line
from portal.meetings import rules
from portal.meetings.actions.presence import mark_presence
from portal.meetings.models import Mark, Meeting
from portal.minutes import pdf
from tests.cast import CAST
from tests.factories import AttendanceFactory, MinutesFactory
from tests.meetings.pages import text_of, url

pytestmark = pytest.mark.django_db
FIVE, LATE, EARLY = time(17), time(17, 20), time(18, 5)


@pytest.fixture
def row(running, delegate, fraktion):
    return AttendanceFactory(meeting=running, person=delegate, role="delegate", on_behalf_of=fraktion)


@pytest.fixture
def stand_in(running, deputy, fraktion):
    """The deputy who has said yes."""
    seat = {"role": "deputy", "on_behalf_of": fraktion, "rank": 1, "answer": "accepted"}
    return AttendanceFactory(meeting=running, person=deputy, **seat)


def facts(row):
    row.refresh_from_db()
    return row.presence, row.arrived, row.left


@pytest.mark.parametrize("state", Meeting.State)
def test_lead_and_clerk_note_it_while_the_meeting_runs(person_of, meeting, state):
    meeting.state = state
    allowed = {name for name in CAST if rules.may_mark_presence(person_of(name), meeting)}
    assert allowed == ({"lead", "clerk"} if state == "running" else set())


def test_late_arrival_and_early_leaving(row, clerk):
    assert mark_presence(row, by=clerk, mark=Mark.ARRIVES, at=LATE)
    assert facts(row) == ("present", LATE, None)
    assert mark_presence(row, by=clerk, mark=Mark.LEAVES, at=EARLY)
    assert facts(row) == ("present", LATE, EARLY)
    assert [line.detail for line in Line.objects.filter(verb="Anwesenheit vermerkt").order_by("at")] == [
        {"presence": "present", "arrived": "17:20", "left": ""},
        {"presence": "present", "arrived": "17:20", "left": "18:05"},
    ]


@pytest.mark.parametrize(
    ("marks", "wanted"),
    [
        (["here"], ("present", None, None)),
        (["remote"], ("remote", None, None)),
        (["here", "leaves"], ("present", None, LATE)),
        (["here", "leaves", "here"], ("present", None, None)),
        (["here", "leaves", "clear"], ("", None, None)),
        (["here", "arrives"], ("present", None, None)),
    ],
)
def test_marks_follow_each_other(row, lead, marks, wanted):
    for mark in marks:
        mark_presence(row, by=lead, mark=Mark(mark), at=LATE)
    assert facts(row) == wanted


@pytest.mark.parametrize("mark", ["arrives", "leaves"])
def test_a_second_click_keeps_the_first_time(row, lead, mark):
    if mark == "leaves":
        mark_presence(row, by=lead, mark=Mark.HERE, at=FIVE)
    assert [mark_presence(row, by=lead, mark=Mark(mark), at=at) for at in (LATE, EARLY)] == [True, False]
    assert LATE in facts(row)


def test_nobody_leaves_before_coming(row, lead):
    with pytest.raises(ValidationError, match="vorher da gewesen"):
        mark_presence(row, by=lead, mark=Mark.LEAVES, at=LATE)
    mark_presence(row, by=lead, mark=Mark.ARRIVES, at=EARLY)
    with pytest.raises(ValidationError, match="kam um 18:05 Uhr"):
        mark_presence(row, by=lead, mark=Mark.LEAVES, at=LATE)


def test_a_deputy_sits_in_and_hands_the_seat_back(row, stand_in, delegate, lead):
    mark_presence(stand_in, by=lead, mark=Mark.HERE, at=FIVE)
    stand_in.refresh_from_db()
    assert stand_in.in_place_of == delegate
    with pytest.raises(ValidationError, match="Den Sitz hat"):
        mark_presence(row, by=lead, mark=Mark.ARRIVES, at=LATE)
    assert facts(row) == ("", None, None)
    mark_presence(stand_in, by=lead, mark=Mark.LEAVES, at=LATE)
    assert mark_presence(row, by=lead, mark=Mark.ARRIVES, at=LATE)


@pytest.mark.parametrize("name", ["staff", "delegate", "second_group_member", "superuser"])
def test_others_note_nothing(client, person_of, row, name):
    person = person_of(name)
    with pytest.raises(PermissionDenied):
        mark_presence(row, by=person, mark=Mark.HERE, at=LATE)
    client.force_login(person)
    assert client.post(url("mark_presence", row), {"mark": "here"}).status_code == 403
    assert client.get(url("presence", row.meeting)).status_code == 403


def test_after_the_end_the_page_only_shows(client, row, lead, running):
    Meeting.objects.update(state="finished")
    client.force_login(lead)
    assert "Ist da" not in text_of(client.get(url("presence", running)))
    answer = client.post(url("mark_presence", row), {"mark": "here"})
    assert answer.status_code == 422
    assert "Die Sitzung steht auf „Beendet“" in text_of(answer)
    assert facts(row) == ("", None, None)


def test_a_wrong_time_is_told_beside_the_field(client, row, lead):
    client.force_login(lead)
    answer = client.post(url("mark_presence", row), {"mark": "arrives", "clock": "25:00"})
    assert answer.status_code == 422
    assert "Geben Sie die Uhrzeit so an: 17:20." in text_of(answer)
    assert 'value="25:00"' in text_of(answer)


def test_the_niederschrift_prints_it(row, running, clerk, lead):
    guest = AttendanceFactory(meeting=running, role="guest")
    mark_presence(row, by=lead, mark=Mark.ARRIVES, at=LATE)
    mark_presence(guest, by=lead, mark=Mark.HERE, at=FIVE)
    mark_presence(guest, by=lead, mark=Mark.LEAVES, at=EARLY)
    printed = pdf.niederschrift(MinutesFactory(meeting=running, clerk=clerk))["attendance"]
    assert [(one["presence"], one["period"]) for one in printed] == [
        ("anwesend", "ab 17:20 Uhr"),
        ("anwesend", "bis 18:05 Uhr"),
    ]


@pytest.mark.parametrize("count", [1, 20])
def test_the_page_asks_the_database_as_often_for_many(client, lead, running, count, django_assert_num_queries):
    AttendanceFactory.create_batch(count, meeting=running)
    client.force_login(lead)
    client.get(url("presence", running))
    with django_assert_num_queries(6):
        client.get(url("presence", running))


@pytest.mark.django_db(transaction=True)
def test_many_clicks_at_once_are_one_line(row, lead, clerk):
    def press(number):
        try:
            return mark_presence(row, by=(lead, clerk)[number % 2], mark=Mark.ARRIVES, at=time(17, number))
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(press, range(12)))[-2:] == [False, True]
    assert Line.objects.filter(verb="Anwesenheit vermerkt").count() == 1
