"""There and back with real parts: portal, mail server, a mail program that is not ours, mail server, portal."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from portal.mail import sender
from portal.meetings.actions import invitation
from portal.office import post
from tests.factories import AgendaItemFactory, MeetingFactory
from tests.office.post.gnus import answer_in_gnus

pytestmark = pytest.mark.django_db

SUMMER = datetime(2027, 7, 8, 15, 0, tzinfo=UTC)  # 17:00 in Berlin
WINTER = datetime(2027, 12, 9, 16, 0, tzinfo=UTC)  # 17:00 in Berlin


def meeting_on(start, group, lead):
    """A meeting of two hours to which people are invited."""
    meeting = MeetingFactory(organization=group, state="draft", start=start, end=start + timedelta(hours=2))
    AgendaItemFactory(meeting=meeting)
    invitation.invite(meeting, by=lead, version=meeting.version)
    meeting.refresh_from_db()
    return meeting


def move(meeting, lead, **by):
    place = {"location": meeting.location, "format": meeting.format, "video_url": meeting.video_url}
    times = {"start": meeting.start + timedelta(**by), "end": meeting.end + timedelta(**by)}
    invitation.move(meeting, by=lead, version=meeting.version, **times, **place)
    meeting.refresh_from_db()


def letters_to(person, sink):
    """What the mail server got for this person, as it came over the wire."""
    sender.sweep()
    return [delivery.content for delivery in sink.deliveries if delivery.to == [person.email]]


@time_machine.travel("2027-06-01 09:00 +0200", tick=True)
def test_answers_of_a_real_mail_program_are_taken(inbound, sink, group, lead, delegate, tmp_path):
    summer, winter = (meeting_on(start, group, lead) for start in (SUMMER, WINTER))
    move(winter, lead, days=7)
    invitations = letters_to(delegate, sink)
    presses = zip(invitations, ("accept", "accept", "decline"), strict=True)
    sent = len(sink.deliveries)

    shown = answer_in_gnus([*presses], owner=delegate.email, server=sink, folder=tmp_path)
    times = ("2027-07-08 17:00-19:00", "2027-12-09 17:00-19:00", "2027-12-16 17:00-19:00")
    assert [time in shown for time in times] == [True, True, True], shown

    rows = [post.receive(answer.content, answer.to) for answer in sink.deliveries[sent:]]
    assert [row.outcome for row in rows] == ["taken", "stale", "taken"]
    answers = [meeting.attendances.get(person=delegate).answer for meeting in (summer, winter)]
    assert answers == ["accepted", "declined"]
