"""The calendar that programs fetch: what it shows, and to whom its address opens."""

import logging
from datetime import datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import icalendar
import pytest
from django.urls import reverse
from django.utils import timezone

from arbeitskreis.log import WithoutKeys
from portal.meetings.models import Meeting
from portal.members.actions import profile as actions
from portal.members.models import Body, RulesOfProcedure
from tests.factories import AttendanceFactory, CommentFactory, MeetingFactory, MembershipFactory
from tests.meetings.calendars import libical_complaints, listed_by_khal, read_by_ical_js
from tests.meetings.letters import INTERNAL, SECRETS, TEXT, add_marked_items

BERLIN = ZoneInfo("Europe/Berlin")
TIMES = {
    "summer": (datetime(2027, 7, 1, 18, tzinfo=BERLIN), "16"),
    "winter": (datetime(2027, 1, 7, 18, tzinfo=BERLIN), "17"),
}


@pytest.fixture
def feed_of(client):
    """The answer to a calendar program that has just got the person's address; it is not signed in."""

    def fetch(person, **headers):
        token = actions.open_feed(person)
        return client.get(reverse("meetings:feed", args=[token]), headers=headers)

    return fetch


def uids(response):
    return {
        str(entry["UID"]).partition("@")[0] for entry in icalendar.Calendar.from_ical(response.content).walk("VEVENT")
    }


def unfolded(response):
    return response.content.decode().replace("\r\n ", "").split("\r\n")


def at(meeting, start, **fields):
    Meeting.objects.filter(pk=meeting.pk).update(start=start, end=start + timedelta(hours=2), **fields)
    meeting.refresh_from_db()
    return meeting


@pytest.mark.parametrize("name", ["lead", "delegate", "deputy", "guest"])
@pytest.mark.parametrize("house_rule", ["always", "when_called_in"])
def test_feed_shows_nobody_more_than_public_items(feed_of, person_of, meeting, group, delegate, name, house_rule):
    RulesOfProcedure.objects.create(organization=group, deputy_access=house_rule)
    person = person_of(name)
    internal, _ = add_marked_items(meeting)
    CommentFactory(item=internal, author=delegate, text="Geheimnis im Kommentar")
    Meeting.objects.filter(pk=meeting.pk).update(title="Klausurtagung")
    shown = "\n".join(unfolded(feed_of(person)))
    assert "TOP 1: Punkt öffentlich" in shown
    assert "Nichtöffentlicher Teil" in shown
    for hidden in (*SECRETS, TEXT, INTERNAL, "Geheimnis", "intern", "vertraulich", "Klausur", "Dahlmann", "ATTENDEE"):
        assert hidden not in shown


def test_feed_holds_the_published_meetings_of_the_person_and_no_other(feed_of, delegate, guest, meeting, draft, group):
    second = MeetingFactory(organization=group)
    old = at(MeetingFactory(organization=group), timezone.now() - timedelta(days=400), state="finished")
    MeetingFactory()
    assert uids(feed_of(delegate)) == {str(meeting.pk), str(second.pk)}
    assert uids(feed_of(guest)) == {str(meeting.pk)}
    assert str(old.pk) not in uids(feed_of(delegate))


def test_feed_of_somebody_in_two_groups_shows_each_meeting_once(feed_of, delegate, meeting):
    other = MeetingFactory()
    MembershipFactory(person=delegate, organization=other.organization)
    meeting.guests.create(person=delegate)
    response = feed_of(delegate)
    assert uids(response) == {str(meeting.pk), str(other.pk)}
    assert response.content.count(b"BEGIN:VEVENT") == 2


def test_cancelled_meeting_says_so_and_keeps_its_number(feed_of, delegate, meeting):
    at(meeting, meeting.start, state="cancelled", cancelled_at=timezone.now(), cancel_reason="Grund", sequence=3)
    lines = unfolded(feed_of(delegate))
    assert "STATUS:CANCELLED" in lines
    assert "SEQUENCE:3" in lines
    assert f"UID:{meeting.pk}@testserver" in lines
    assert f"SUMMARY:ABGESAGT: AK Digital: {meeting.label}" in lines


def test_feed_is_a_named_calendar_without_method(feed_of, delegate, meeting):
    Body.objects.update(name="Stadt Musterhausen")
    lines = unfolded(feed_of(delegate))
    assert not [line for line in lines if line.startswith("METHOD")]
    for wanted in (
        "NAME:Sitzungen Stadt Musterhausen",
        "X-WR-CALNAME:Sitzungen Stadt Musterhausen",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        "X-PUBLISHED-TTL:PT6H",
        "TZID:Europe/Berlin",
    ):
        assert wanted in lines


@pytest.mark.parametrize(("start", "utc"), TIMES.values(), ids=TIMES)
def test_feed_is_read_at_the_right_time_by_other_programs(feed_of, delegate, meeting, tmp_path, start, utc):
    at(meeting, start)
    ics = feed_of(delegate).content
    assert libical_complaints(ics) == []
    assert [entry["start"] for entry in read_by_ical_js(ics)["events"]] == [f"{start:%Y-%m-%d}T{utc}:00:00.000Z"]
    assert listed_by_khal(ics, tmp_path, f"{start:%Y-%m-%d}")[0].startswith(f"18:00 20:00 AK Digital: {meeting.label}")


def test_unchanged_feed_is_not_sent_again(client, delegate, meeting):
    address = reverse("meetings:feed", args=[actions.open_feed(delegate)])
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    at(meeting, meeting.start + timedelta(days=1), sequence=1)
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200


def ended(person):
    person.memberships.update(end_date=timezone.localdate())


def closed(person):
    person.is_active = False
    person.save()


GONE = {"ended membership": ended, "closed account": closed, "revoked": actions.close_feed}


@pytest.mark.parametrize("happens", GONE.values(), ids=GONE)
def test_feed_that_has_ended_answers_like_one_that_never_was(client, delegate, meeting, happens):
    address = reverse("meetings:feed", args=[actions.open_feed(delegate)])
    assert client.get(address).status_code == 200
    happens(delegate)
    unknown = client.get(reverse("meetings:feed", args=["x" * 43]))
    gone = client.get(address)
    assert (gone.status_code, gone.content, gone.headers) == (404, unknown.content, unknown.headers)


def test_feed_of_a_guest_ends_seven_days_after_the_meeting(feed_of, guest, meeting):
    at(meeting, timezone.now() - timedelta(days=6), state="finished")
    assert uids(feed_of(guest)) == {str(meeting.pk)}
    at(meeting, timezone.now() - timedelta(days=8))
    assert feed_of(guest).status_code == 404


def test_address_goes_into_no_cache_no_referer_and_no_index(client, feed_of, delegate):
    for response in (feed_of(delegate), client.get(reverse("meetings:feed", args=["x" * 43]))):
        assert response["Cache-Control"] == "private, no-store"
        assert response["Referrer-Policy"] == "no-referrer"
        assert response["X-Robots-Tag"] == "noindex, nofollow"


@pytest.mark.parametrize(
    "path",
    [
        "/kalender/GEHEIM.ics",
        "/antwort/GEHEIM/",
        "/terminantwort/GEHEIM/",
        "/abbestellen/GEHEIM/",
        "/konto/einladung/GEHEIM/",
        "/konto/password/reset/key/1-GEHEIM/",
    ],
)
def test_log_holds_no_key(path):
    record = logging.LogRecord("django.request", logging.WARNING, "", 1, "%s: %s", ("Not Found", path), None)
    WithoutKeys().filter(record)
    assert "GEHEIM" not in record.getMessage()
    assert record.getMessage().startswith(f"Not Found: {path[: path.index('GEHEIM') - 2]}")


def test_console_of_the_portal_leaves_keys_out(client, db):
    (console,) = [one for one in logging.getLogger().handlers if one.name == "console"]
    written = console.setStream(StringIO())
    try:
        client.get(reverse("meetings:feed", args=["GEHEIM"]))
        lines = console.stream.getvalue()
    finally:
        console.setStream(written)
    assert "/kalender/…" in lines
    assert "GEHEIM" not in lines


def test_feed_takes_as_many_queries_for_three_meetings_as_for_one(
    client, delegate, group, meeting, django_assert_num_queries
):
    address = reverse("meetings:feed", args=[actions.open_feed(delegate)])
    with django_assert_num_queries(5):
        client.get(address)
    MeetingFactory.create_batch(2, organization=group)
    with django_assert_num_queries(5):
        client.get(address)


def test_deputy_who_is_called_in_has_the_meeting_once(feed_of, deputy, meeting):
    AttendanceFactory(meeting=meeting, person=deputy, role="deputy")
    assert feed_of(deputy).content.count(b"BEGIN:VEVENT") == 1
