"""Who is there while a meeting runs, who comes late and leaves early; the Niederschrift prints the same."""

from concurrent.futures import ThreadPoolExecutor
from datetime import time
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from portal.audit.models import Line
from portal.meetings import rules
from portal.meetings.actions.presence import mark_member, mark_presence
from portal.meetings.models import AgendaItem, Attendance, Mark, Meeting
from portal.members.models import RulesOfProcedure
from portal.minutes import pdf
from portal.minutes.actions import open_minutes
from tests.cast import CAST, MEMBERS
from tests.factories import AgendaItemFactory, AttendanceFactory, MinutesFactory
from tests.meetings.pages import sign_in, text_of, url

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


# Who comes unannounced ------------------------------------------------------------------------------------------------


def comes(running, person, by, mark=Mark.HERE, at=FIVE):
    return mark_member(running, person.pk, by=by, mark=mark, at=at)


def row_of(meeting, person):
    return meeting.attendances.get(person=person)


def test_page_lists_everybody_who_sits_today_before_there_are_minutes(client, running, row, deputy, clerk, staff, lead):
    client.force_login(lead)
    page = client.get(url("presence", running))
    names = [[one.person for one in page.context[part]] for part in ("rows", "unasked")]
    assert {person.pk for person in names[0]} == {person.pk for person in (row.person, clerk, staff, lead)}
    assert names[1] == [deputy]
    assert Attendance.objects.count() == 1


def test_deputy_who_comes_unannounced_takes_the_free_seat_once(client, running, row, deputy, delegate, lead):
    client.force_login(lead)
    for _ in range(2):
        address = f"{url('presence', running)}{deputy.pk}/"
        assert client.post(address, {"mark": "arrives", "clock": "17:20"}).status_code == 302
    sits = row_of(running, deputy)
    assert (sits.presence, sits.arrived, sits.in_place_of, sits.invited_at) == ("present", LATE, delegate, None)
    assert Line.objects.filter(verb="Anwesenheit vermerkt").count() == 1
    assert f"in Vertretung für {delegate}" in text_of(client.get(url("presence", running)))
    with pytest.raises(ValidationError, match="Den Sitz hat"):
        mark_presence(row, by=lead, mark=Mark.ARRIVES, at=EARLY)
    mark_presence(sits, by=lead, mark=Mark.LEAVES, at=EARLY)
    assert mark_presence(row, by=lead, mark=Mark.ARRIVES, at=EARLY)


def test_deputy_beside_the_delegate_is_there_without_the_seat(running, row, deputy, lead):
    mark_presence(row, by=lead, mark=Mark.HERE, at=FIVE)
    comes(running, deputy, lead)
    assert (row_of(running, deputy).presence, row_of(running, deputy).in_place_of) == ("present", None)


def test_minutes_go_on_with_whoever_came(running, row, deputy, delegate, clerk):
    comes(running, deputy, clerk, Mark.ARRIVES, LATE)
    comes(running, clerk, clerk)
    minutes = open_minutes(running, by=clerk)
    printed = pdf.niederschrift(minutes)["attendance"]
    found = {one["name"].split()[-1]: (one["presence"], one["period"]) for one in printed}
    assert (found["Vertreter"], found["Schreiber"]) == (("anwesend", "ab 17:20 Uhr"), ("anwesend", ""))
    assert running.attendances.filter(person=deputy).count() == 1


def test_house_rule_lets_a_deputy_who_sits_in_read(client, running, row, deputy, group, lead):
    RulesOfProcedure.objects.create(organization=group, deputy_access="when_called_in")
    item = AgendaItemFactory(meeting=running, title="Kranichzug")
    assert not AgendaItem.objects.visible_to(deputy).filter(pk=item.pk).exists()
    comes(running, deputy, lead)
    assert AgendaItem.objects.visible_to(deputy).filter(pk=item.pk).exists()
    mark_presence(row_of(running, deputy), by=lead, mark=Mark.CLEAR, at=FIVE)
    assert not AgendaItem.objects.visible_to(deputy).filter(pk=item.pk).exists()


@pytest.mark.parametrize("name", CAST)
def test_only_those_of_the_day_are_added_and_by_lead_and_clerk_alone(client, person_of, running, deputy, lead, name):
    person = person_of(name)
    sign_in(client, person)
    client.post(f"{url('presence', running)}{deputy.pk}/", {"mark": "here"})
    assert running.attendances.filter(person=deputy).exists() == (name in {"lead", "clerk"})
    client.force_login(lead)
    answer = client.post(f"{url('presence', running)}{person.pk or uuid4()}/", {"mark": "here"})
    assert answer.status_code == (302 if name in {*MEMBERS, "guest"} else 404)


@pytest.mark.parametrize("mark", ["leaves", "clear"])
def test_whoever_is_not_there_gets_no_row(client, running, deputy, lead, mark):
    client.force_login(lead)
    client.post(f"{url('presence', running)}{deputy.pk}/", {"mark": mark})
    assert not running.attendances.exists()


def test_seat_that_has_ended_is_not_added(running, deputy, lead):
    deputy.memberships.update(end_date=running.day)
    with pytest.raises(PermissionDenied):
        comes(running, deputy, lead)


@pytest.mark.parametrize("count", [1, 20])
def test_the_page_asks_the_database_as_often_for_many(client, lead, running, count, django_assert_num_queries):
    AttendanceFactory.create_batch(count, meeting=running)
    client.force_login(lead)
    client.get(url("presence", running))
    with django_assert_num_queries(8):
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
