"""A seat that was passed on, when memberships end and meetings move, are called off and come near."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from portal.mail.models import Message
from portal.meetings import rules
from portal.meetings.actions import invitation, seats
from portal.meetings.models import Meeting
from portal.meetings.tasks import remind, tend_seats
from portal.ui.templatetags.ui import day
from tests.meetings.letters import event_of, mail_to, readers
from tests.meetings.seating import pass_on, row, says, seat, story
from tests.meetings.test_seats import fresh, later


@pytest.mark.parametrize("answer", ["", "accepted"])
def test_deputy_whose_seat_has_ended_makes_room_for_the_next(
    meeting, asked, delegate, deputy, second, fraktion, answer
):
    pass_on(meeting, delegate)
    if answer:
        says(meeting, deputy, answer)
    deputy.memberships.update(end_date=timezone.localdate())
    assert not rules.may_answer(fresh(deputy), row(meeting, deputy))
    assert not rules.is_called_in(fresh(deputy), meeting)
    tend_seats()
    assert seat(meeting, fraktion).question.person == second
    assert ("left", "Vertreter") in story(meeting)


def test_move_to_another_time_gives_every_seat_back(meeting, asked, lead, delegate, deputy, second, fraktion):
    pass_on(meeting, delegate)
    says(meeting, deputy, "declined")
    says(meeting, second, "accepted")
    Message.objects.all().delete()
    meeting.refresh_from_db()
    old, start = timezone.localtime(meeting.start), meeting.start + timedelta(days=7)
    place = {"location": meeting.location, "format": meeting.format, "video_url": meeting.video_url}
    invitation.move(meeting, by=lead, version=meeting.version, start=start, end=start + timedelta(hours=2), **place)
    mail = mail_to(second)
    assert (mail.calendar_method, "ist verlegt" in mail.text) == ("CANCEL", True)
    assert day(old) in mail.subject
    assert event_of(mail)["DTSTART"].dt == old.replace(microsecond=0)
    found = seat(Meeting.objects.get(), fraktion)
    assert (found.called_in, found.delegate.answer, found.tried) == (None, "", set())
    pass_on(meeting, delegate)
    assert seat(meeting, fraktion).question.person == deputy


def test_called_off_meeting_is_told_to_the_deputy_and_asks_nobody_more(meeting, asked, lead, delegate, deputy, second):
    pass_on(meeting, delegate)
    meeting.refresh_from_db()
    invitation.cancel(meeting, by=lead, version=meeting.version, reason="Krank")
    assert mail_to(deputy, subject__startswith="Abgesagt")
    with later(hours=49):
        tend_seats()
    assert not Message.objects.filter(to=second.email).exists()


def test_deputy_who_comes_is_reminded_and_the_silent_delegate_no_longer(
    meeting, asked, lead, delegate, deputy, fraktion
):
    seats.pass_on(seat(meeting, fraktion), by=lead)
    says(meeting, deputy, "accepted")
    Message.objects.all().delete()
    with time_machine.travel(meeting.start - timedelta(hours=20), tick=False):
        remind()
    assert readers(subject__startswith="Erinnerung") == {deputy.email}
    assert delegate.email not in readers()


def test_deputy_promoted_to_delegate_no_longer_stands_in(meeting, asked, lead, delegate, deputy, fraktion):
    pass_on(meeting, delegate)
    says(meeting, deputy, "accepted")
    delegate.memberships.update(end_date=timezone.localdate())
    deputy.memberships.update(role="delegate", rank=None, start_date=timezone.localdate())
    meeting.refresh_from_db()
    invitation.send_changes(meeting, by=lead, version=meeting.version)
    kept = row(meeting, deputy)
    assert (kept.role, kept.in_place_of, kept.answer) == ("delegate", None, "accepted")
