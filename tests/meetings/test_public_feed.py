"""The calendar that anybody may subscribe to: what it shows, who opens it, and that a closed one is none."""

from datetime import datetime, timedelta
from uuid import uuid4

import icalendar
import pytest
from django.urls import reverse
from django.utils import timezone

from portal.audit.models import Line
from portal.meetings.models import Meeting
from portal.members.actions.procedure import switch_public_calendar
from tests.cast import CAST
from tests.factories import AgendaItemFactory, AttendanceFactory, CommentFactory, MeetingFactory
from tests.meetings.calendars import libical_complaints, listed_by_khal, read_by_ical_js
from tests.meetings.letters import INTERNAL, SECRETS, TEXT, add_marked_items
from tests.meetings.pages import sign_in
from tests.meetings.test_feed import BERLIN, TIMES, at, uids, unfolded


@pytest.fixture
def address(group, lead):
    switch_public_calendar(group, by=lead, on=True)
    return reverse("meetings:public_feed", args=[group.pk])


def switch(client, group, step):
    return client.post(reverse("office:public_calendar", args=[group.pk]), {"step": step})


def test_public_calendar_holds_what_a_stranger_may_read_and_nothing_else(client, address, meeting, delegate, guest):
    internal, _ = add_marked_items(meeting)
    CommentFactory(item=internal, author=delegate, text="Geheimnis im Kommentar")
    AttendanceFactory(meeting=meeting, person=delegate, role="delegate")
    Meeting.objects.update(title="Klausurtagung", video_url="https://video.example.org/raum", intro="Vorwort")
    shown = "\n".join(unfolded(client.get(address)))
    assert "TOP 1: Punkt öffentlich" in shown
    assert shown.count("Nichtöffentlicher Teil") == 1
    hidden = (*SECRETS, TEXT, INTERNAL, "Geheimnis", "Klausur", "video", "Vorwort", "Dahlmann", "ATTENDEE", "METHOD")
    for words in (*hidden, "dahlmann@", "TOP 2", "URL:", "/sitzungen/"):
        assert words not in shown


@pytest.mark.parametrize("name", CAST)
def test_public_calendar_is_the_same_for_everybody(client, person_of, address, meeting, name):
    anonymous = client.get(address).content
    sign_in(client, person_of(name))
    assert client.get(address).content == anonymous


def test_public_calendar_holds_published_meetings_of_the_group_with_a_public_item(client, address, group, meeting):
    now = timezone.now()
    closed = MeetingFactory(organization=group)
    AgendaItemFactory(meeting=closed)
    days = {-400: "finished", 800: "invited", 40: "draft"}
    for ahead, state in days.items():
        other = at(MeetingFactory(organization=group, state=state), now + timedelta(days=ahead))
        AgendaItemFactory(meeting=other, visibility="public")
    AgendaItemFactory(meeting=MeetingFactory(), visibility="public")
    assert uids(client.get(address)) == {str(meeting.pk)}


def test_change_of_the_other_part_changes_not_a_byte(client, address, meeting, item):
    first = client.get(address)
    item.title = "Anders"
    item.save()
    meeting.save()
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    at(meeting, meeting.start + timedelta(days=1), sequence=1)
    moved = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert moved.status_code == 200
    assert "SEQUENCE:1" in unfolded(moved)
    assert moved["Cache-Control"] == "public, max-age=300"


def test_cancelled_public_meeting_says_so(client, address, meeting):
    at(meeting, meeting.start, state="cancelled", cancelled_at=timezone.now(), cancel_reason="Grund", sequence=3)
    lines = unfolded(client.get(address))
    for wanted in ("STATUS:CANCELLED", "SEQUENCE:3", f"UID:{meeting.pk}@testserver"):
        assert wanted in lines
    assert f"SUMMARY:ABGESAGT: AK Digital: {meeting.label}" in lines
    assert "NAME:Öffentliche Sitzungen Arbeitskreis Digitalisierung" in lines


@pytest.mark.parametrize(("start", "utc"), TIMES.values(), ids=TIMES)
def test_public_calendar_is_read_by_other_programs(client, address, meeting, tmp_path, start, utc):
    at(meeting, start)
    ics = client.get(address).content
    assert libical_complaints(ics) == []
    assert [entry["start"] for entry in read_by_ical_js(ics)["events"]] == [f"{start:%Y-%m-%d}T{utc}:00:00.000Z"]
    assert listed_by_khal(ics, tmp_path, f"{start:%Y-%m-%d}")[0].startswith(f"18:00 20:00 AK Digital: {meeting.label}")


def test_stamp_is_the_last_time_that_something_public_was_said(client, address, meeting):
    (entry,) = icalendar.Calendar.from_ical(client.get(address).content).walk("VEVENT")
    public = meeting.items.get(visibility="public")
    assert entry["DTSTAMP"].dt == max(meeting.invited_at, public.modified).replace(microsecond=0)
    assert isinstance(entry["DTSTART"].dt, datetime)
    assert entry["DTSTART"].dt.tzinfo.key == BERLIN.key


def test_closed_calendar_answers_like_one_that_never_was(client, address, group, lead, meeting):
    assert client.get(address).status_code == 200
    client.force_login(lead)
    switch(client, group, "off")
    client.logout()
    gone, unknown = client.get(address), client.get(reverse("meetings:public_feed", args=[uuid4()]))
    assert (gone.status_code, gone.content, gone.headers) == (404, unknown.content, unknown.headers)


@pytest.mark.parametrize("name", CAST)
def test_only_the_lead_opens_the_public_calendar(client, person_of, group, name):
    sign_in(client, person_of(name))
    switch(client, group, "on")
    group.refresh_from_db()
    assert group.has_public_calendar == (name == "lead")


def test_second_click_leaves_one_line_on_the_trail(client, lead, group):
    client.force_login(lead)
    for step in ("on", "on", "off", "off"):
        switch(client, group, step)
    verbs = Line.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["Öffentlicher Kalender eingeschaltet", "Öffentlicher Kalender ausgeschaltet"]


def test_members_find_the_address_as_long_as_there_is_one(client, delegate, lead, group, meeting, stranger):
    pages = [reverse("members:feed"), reverse("meetings:year", args=[meeting.year])]
    address = f"http://testserver/kalender/oeffentlich/{group.pk}.ics"
    shown = []
    for person, on in ((delegate, False), (delegate, True), (stranger, True)):
        switch_public_calendar(group, by=lead, on=on)
        client.force_login(person)
        shown.append([address in client.get(page).text for page in pages])
    assert shown == [[False, False], [True, True], [False, False]]


def test_public_calendar_takes_as_many_queries_for_three_meetings_as_for_one(
    client, address, group, meeting, django_assert_num_queries
):
    with django_assert_num_queries(3):
        client.get(address)
    for one in MeetingFactory.create_batch(2, organization=group):
        AgendaItemFactory(meeting=one, visibility="public")
    with django_assert_num_queries(3):
        client.get(address)
