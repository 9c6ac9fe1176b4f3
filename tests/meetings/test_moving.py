from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from portal.audit.models import Line
from portal.audit.versions import Stale
from portal.meetings.actions import agenda, invitation
from portal.meetings.models import Location, Meeting
from portal.ui.templatetags.ui import day
from tests.cast import CAST
from tests.factories import AgendaItemFactory, LocationFactory, MeetingFactory, MembershipFactory
from tests.meetings.calendars import read_by_ical_js
from tests.meetings.letters import event_of, everything_in, mail_to, mails, readers

WINTER = datetime(2027, 10, 28, 16, 0, tzinfo=UTC)  # 18:00 in Berlin, summer time until the 31st
SUMMER = datetime(2027, 11, 4, 17, 0, tzinfo=UTC)  # 18:00 in Berlin, a week later and winter time


@pytest.fixture
def invited(draft, lead, delegate):
    """The meeting after its first invitation, which the delegate has accepted."""
    invitation.invite(draft, by=lead, version=draft.version)
    draft.refresh_from_db()
    draft.attendances.filter(person=delegate).update(answer="accepted", answered_at=timezone.now(), note="Gern")
    return draft


def move(meeting, by, **wanted):
    """Move the meeting; what is not named stays as it is."""
    meeting.refresh_from_db()
    as_it_is = {name: getattr(meeting, name) for name in ("start", "end", "location", "format", "video_url")}
    revision = invitation.move(meeting, by=by, version=meeting.version, **(as_it_is | wanted))
    meeting.refresh_from_db()
    return revision


def by(days=0, hours=0):
    return timedelta(days=days, hours=hours)


def test_whoever_has_gone_reads_of_the_date_they_knew(invited, lead, delegate):
    old = invited.start
    delegate.memberships.update(end_date=timezone.localdate(old) + by(days=1))
    move(invited, lead, start=old + by(days=7), end=invited.end + by(days=7))
    mail = mail_to(delegate, kind="Abmeldung")
    assert day(timezone.localtime(old)) in mail.subject
    assert day(timezone.localtime(old)) in mail.text
    event = event_of(mail)
    assert (event["DTSTART"].dt, event["SEQUENCE"]) == (old.replace(microsecond=0), invited.sequence)
    assert event["DESCRIPTION"] == "Dieser Termin entfällt."


def test_move_keeps_the_uid_counts_up_and_asks_again(invited, lead, delegate):
    first = event_of(mail_to(delegate))
    old, new = invited.start, invited.start + by(days=7)
    revision = move(invited, lead, start=new, end=invited.end + by(days=7), note="Der Saal ist belegt.")
    assert (revision.number, invited.sequence, invited.revision, invited.start) == (2, 1, 2, new)
    attendance = invited.attendances.get(person=delegate)
    assert (attendance.answer, attendance.answered_at, attendance.note) == ("", None, "")
    mail = mail_to(delegate, key__contains=":2:")
    assert mail.subject.startswith(f"Verlegt: {invited.label} auf ")
    event = event_of(mail)
    assert event["UID"] == first["UID"]
    assert (event["SEQUENCE"], event["ATTENDEE"].params["PARTSTAT"]) == (1, "NEEDS-ACTION")
    assert event["DTSTART"].dt == new.replace(microsecond=0)
    for body in (" ".join(mail.text.split()), " ".join(mail.html.split())):
        assert f"bisher: {day(timezone.localtime(old))}" in body
        assert f"jetzt: {day(timezone.localtime(new))}" in body
        assert "Der Saal ist belegt." in body
        assert "antworten Sie noch einmal" in body
    line = Line.objects.get(verb="Sitzung verlegt")
    assert (line.actor, line.detail) == (lead, {"revision": 2, "people": 2})


def test_another_place_counts_up_and_keeps_the_answers(invited, lead, delegate):
    move(invited, lead, location=LocationFactory(name="Bürgerhaus", room="Saal 1"))
    assert invited.sequence == 1
    assert invited.attendances.get(person=delegate).answer == "accepted"
    mail = mail_to(delegate, key__contains=":2:")
    assert mail.subject.startswith("Geändert: ")
    assert "Ihre Zusage gilt weiter" in mail.text
    assert "jetzt: Bürgerhaus, Saal 1" in mail.text
    event = event_of(mail)
    assert (event["SEQUENCE"], event["ATTENDEE"].params["PARTSTAT"]) == (1, "ACCEPTED")
    assert str(event["LOCATION"]).startswith("Bürgerhaus")


def test_later_end_keeps_the_answers_and_counts_up(invited, lead, delegate):
    move(invited, lead, end=invited.end + by(hours=1))
    assert (invited.sequence, invited.attendances.get(person=delegate).answer) == (1, "accepted")


def test_move_to_a_video_conference_tells_its_address(invited, lead, delegate):
    move(invited, lead, format="digital", location=None, video_url="https://video.example.org/ak")
    content = everything_in(mail_to(delegate, key__contains=":2:"))
    assert "https://video.example.org/ak" in content
    assert event_of(mail_to(delegate, key__contains=":2:"))["LOCATION"] == "Videokonferenz"


def test_place_that_was_typed_in_is_stored_once(invited, lead):
    typed = {"name": "Feuerwache", "room": "", "street": "Ring 1", "postal_code": "40822", "city": "Beispielhausen"}
    move(invited, lead, location=Location(**typed))
    move(invited, lead, location=Location(**typed), end=invited.end + by(hours=1))
    assert Location.objects.filter(name="Feuerwache").count() == 1
    assert invited.location.name == "Feuerwache"


def test_move_takes_the_changes_of_the_agenda_along(invited, lead, delegate):
    agenda.add_item(invited, by=lead, title="Glasfaser")
    move(invited, lead, start=invited.start + by(hours=1), end=invited.end + by(hours=1))
    assert "Nachtrag: TOP 2: Glasfaser" in mail_to(delegate, key__contains=":2:").text


def test_move_without_a_difference_is_refused(invited, lead):
    with pytest.raises(ValidationError, match="unverändert"):
        move(invited, lead)


def test_move_into_the_past_is_refused(invited, lead):
    past = timezone.now() - by(days=1)
    with pytest.raises(ValidationError, match="Vergangenheit"):
        move(invited, lead, start=past, end=past + by(hours=1), late_reason="Eilt.")


def test_move_to_an_end_before_the_start_is_refused(invited, lead):
    with pytest.raises(ValidationError, match="nach dem Beginn"):
        move(invited, lead, end=invited.start)


def test_move_within_the_frist_needs_a_reason(invited, lead, delegate):
    soon = timezone.now() + by(days=3)
    with pytest.raises(ValidationError, match="Ladungsfrist"):
        move(invited, lead, start=soon, end=soon + by(hours=1))
    move(invited, lead, start=soon, end=soon + by(hours=1), late_reason="Frist des Landes.")
    assert "Verkürzte Ladungsfrist: Frist des Landes." in mail_to(delegate, key__contains=":2:").text


def test_move_onto_another_meeting_is_refused(invited, lead, group):
    other = MeetingFactory(organization=group, number=8, state="draft", start=invited.start + by(days=7))
    with pytest.raises(ValidationError, match=other.label):
        move(invited, lead, start=other.start, end=other.end)


def test_move_of_an_older_version_is_refused(invited, lead):
    older = Meeting.objects.get(pk=invited.pk)
    move(invited, lead, end=invited.end + by(hours=1))
    with pytest.raises(Stale):
        invitation.move(
            older,
            by=lead,
            version=older.version,
            start=older.start + by(days=1),
            end=older.end + by(days=1),
            location=older.location,
            format=older.format,
            video_url="",
        )


@time_machine.travel("2027-10-01 09:00 +0200", tick=True)
def test_calendar_time_is_right_on_both_sides_of_a_change_of_clocks(group, lead):
    meeting = MeetingFactory(organization=group, state="draft", start=WINTER, end=WINTER + by(hours=2))
    AgendaItemFactory(meeting=meeting)
    invitation.invite(meeting, by=lead, version=1)
    move(meeting, lead, start=SUMMER, end=SUMMER + by(hours=2))
    before, after = mails()
    assert ["18:00 bis 20:00 Uhr" in mail.text for mail in (before, after)] == [True, True]
    assert [event_of(mail)["DTSTART"].dt.utcoffset() for mail in (before, after)] == [by(hours=2), by(hours=1)]
    starts = [read_by_ical_js(mail.calendar.encode())["events"][0]["start"] for mail in (before, after)]
    assert starts == ["2027-10-28T16:00:00.000Z", "2027-11-04T17:00:00.000Z"]


def test_cancel_takes_the_meeting_out_of_every_calendar(invited, lead, delegate):
    cancelled = invitation.cancel(invited, by=lead, version=invited.version, reason="Grippewelle.")
    assert (cancelled.state, cancelled.cancel_reason, cancelled.sequence) == ("cancelled", "Grippewelle.", 1)
    mail = mail_to(delegate, key=f"cancellation:{invited.pk}:{delegate.pk}")
    assert mail.subject.startswith("Abgesagt: ")
    assert mail.calendar_method == "CANCEL"
    assert "METHOD:CANCEL" in mail.calendar
    event = event_of(mail)
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == (f"{invited.pk}@testserver", 1, "CANCELLED")
    assert str(event["ATTENDEE"]) == f"mailto:{delegate.email}"
    assert all("Grippewelle." in body for body in (mail.text, mail.html))
    assert readers(calendar_method="CANCEL") == {lead.email, delegate.email}
    assert Line.objects.get(verb="Sitzung abgesagt").actor == lead


def test_cancel_tells_whoever_left_without_the_reason(invited, lead, delegate):
    delegate.memberships.update(end_date=timezone.localdate())
    invitation.cancel(invited, by=lead, version=invited.version, reason="Grippewelle.")
    mail = mail_to(delegate, calendar_method="CANCEL")
    assert mail.subject.startswith("Termin entfällt für Sie: ")
    assert "Grippewelle" not in everything_in(mail)


def test_cancel_needs_a_reason_once_people_are_invited(invited, lead):
    with pytest.raises(ValidationError, match="Grund"):
        invitation.cancel(invited, by=lead, version=invited.version, reason=" ")
    invited.refresh_from_db()
    assert invited.state == "invited"


def test_draft_is_cancelled_without_a_word(draft, lead, delegate):
    invitation.cancel(draft, by=lead, version=draft.version)
    draft.refresh_from_db()
    assert (draft.state, draft.sequence, mails()) == ("cancelled", 0, [])


def test_cancelled_meeting_cannot_be_cancelled_moved_or_invited_to(invited, lead):
    cancelled = invitation.cancel(invited, by=lead, version=invited.version, reason="Aus.")
    with pytest.raises(Stale):
        invitation.cancel(invited, by=lead, version=invited.version, reason="Aus.")
    with pytest.raises(ValidationError):
        invitation.cancel(cancelled, by=lead, version=cancelled.version, reason="Aus.")
    with pytest.raises(ValidationError):
        move(cancelled, lead, end=invited.end + by(hours=1))
    with pytest.raises(ValidationError):
        invitation.send_changes(cancelled, by=lead, version=cancelled.version)


@pytest.mark.parametrize("name", [name for name in CAST if name not in {"lead", "clerk"}])
def test_who_may_not_move_change_or_cancel(name, meeting, person_of):
    person = person_of(name)
    AgendaItemFactory(meeting=meeting)
    for refused in (
        lambda: move(meeting, person, end=meeting.end + by(hours=1)),
        lambda: invitation.send_changes(meeting, by=person, version=meeting.version),
        lambda: invitation.cancel(meeting, by=person, version=meeting.version, reason="Nein."),
    ):
        with pytest.raises(ValidationError):
            refused()
    assert not mails()


def test_newcomer_gets_the_invitation_to_the_new_date(invited, lead, group):
    newcomer = MembershipFactory(organization=group).person
    move(invited, lead, start=invited.start + by(days=7), end=invited.end + by(days=7))
    mail = mail_to(newcomer)
    assert mail.subject.startswith("Einladung: ")
    assert event_of(mail)["SEQUENCE"] == 1
