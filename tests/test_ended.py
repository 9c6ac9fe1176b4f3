"""What still opens after a membership has ended, a second later (security.md in code: P4)."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.mail.models import Message
from portal.meetings import emails
from portal.meetings.actions import changes
from portal.meetings.models import Attendance, Comment, Revision
from portal.members.actions import profile, seats
from portal.members.models import Person, Role
from tests.factories import (
    PASSWORD,
    AttendanceFactory,
    CommentFactory,
    DatePollFactory,
    MeetingFactory,
    MinutesFactory,
)
from tests.meetings.polling import link, option

FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def doors(meeting, item, delegate, lead, clerk, group):
    """Everything through which a delegate reads or writes, by name: method, address, what is sent, headers."""
    asked = AttendanceFactory(meeting=meeting, person=delegate, role="delegate")
    Revision.objects.create(
        meeting=meeting, number=1, created_by=lead, snapshot=changes.snapshot(meeting), invitation_pdf=b"%PDF-"
    )
    final = MinutesFactory(
        meeting=MeetingFactory(organization=group, state="finished"),
        clerk=clerk,
        state="final",
        finalised_at=timezone.now(),
        finalised_by=clerk,
        pdf=b"%PDF-",
        sha256="0" * 64,
    )
    comment = CommentFactory(item=item, author=delegate)
    feed = profile.open_feed(delegate)
    poll = DatePollFactory(organization=group, asked=[delegate])
    dates = {option(poll).pk.hex: "yes"}
    return {
        "page of an item": ("get", reverse("meetings:agenda_item", args=[item.pk]), None, {}),
        "HEAD": ("head", reverse("meetings:agenda_item", args=[item.pk]), None, {}),
        "fragment": ("get", reverse("meetings:agenda_item", args=[item.pk]), None, FRAGMENT),
        "comment": ("post", reverse("meetings:agenda_item", args=[item.pk]), {"text": "Noch etwas"}, {}),
        "comment as fragment": ("post", reverse("meetings:agenda_item", args=[item.pk]), {"text": "Und"}, FRAGMENT),
        "own comment": ("get", reverse("meetings:comment_edit", args=[comment.pk]), None, {}),
        "invitation as PDF": ("get", reverse("meetings:invitation_pdf", args=[meeting.pk]), None, {}),
        "calendar file": ("get", reverse("meetings:ics", args=[meeting.pk]), None, {}),
        "minutes": ("get", reverse("minutes:detail", args=[final.pk]), None, {}),
        "minutes as PDF": ("get", reverse("minutes:pdf", args=[final.pk]), None, {}),
        "answer on the page": ("post", reverse("meetings:rsvp", args=[meeting.pk]), {"answer": "accepted"}, {}),
        "answer by mail": ("get", emails.answer_url(asked).removeprefix("http://testserver"), None, {}),
        "answer by mail, sent": (
            "post",
            emails.answer_url(asked).removeprefix("http://testserver"),
            {"answer": "accepted"},
            {},
        ),
        "date poll": ("get", poll.get_absolute_url(), None, {}),
        "date poll, answered": ("post", poll.get_absolute_url(), dates, {}),
        "dates by mail": ("get", link(poll, delegate), None, {}),
        "dates by mail, sent": ("post", link(poll, delegate), dates, {}),
        "calendar feed": ("get", reverse("meetings:feed", args=[feed]), None, {}),
    }


def statuses(client, doors) -> dict[str, int]:
    return {
        name: getattr(client, method)(address, sent, headers=headers).status_code
        for name, (method, address, sent, headers) in doors.items()
    }


def test_every_door_shuts_with_the_next_request(client, doors, delegate, lead):
    client.force_login(delegate)
    before = statuses(client, doors)
    assert {name for name, status in before.items() if status not in {200, 302}} == set()
    seats.end_membership(delegate.memberships.get(), by=lead, end_date=timezone.localdate())
    written = Comment.objects.count()
    Attendance.objects.update(answer="", answered_at=None)
    after = statuses(client, doors)
    assert after.pop("answer on the page") == 302, "the meeting has a public item, so its page answers, with a refusal"
    assert set(after.values()) <= {403, 404}
    assert Comment.objects.count() == written
    assert set(Attendance.objects.values_list("answer", flat=True)) == {""}


def test_a_mail_on_its_way_opens_nothing_either(doors, delegate, lead):
    """Links of mails are tried by somebody who is not signed in."""
    by_mail = {name: door for name, door in doors.items() if "mail" in name or "feed" in name}
    assert set(statuses(Client(), by_mail).values()) <= {200, 302}
    seats.end_membership(delegate.memberships.get(), by=lead, end_date=timezone.localdate())
    assert set(statuses(Client(), by_mail).values()) == {404}


def test_a_seat_that_ends_tomorrow_still_reads_everything(client, doors, delegate, lead):
    seats.end_membership(delegate.memberships.get(), by=lead, end_date=timezone.localdate() + timedelta(days=1))
    client.force_login(delegate)
    reading = {name: door for name, door in doors.items() if not name.startswith("answer")}
    assert set(statuses(client, reading).values()) <= {200, 302}


def test_the_appointment_link_dies_with_the_seat(group, lead):
    person = Person(first_name="Nele", last_name="Neumann", email="neu@example.org")
    seat = seats.appoint(group, by=lead, person=person, role=Role.STAFF)
    link = re.search(r"/konto/einladung/\S+", Message.objects.get().text)[0]
    assert Client().get(link).status_code == 200
    seats.end_membership(seat, by=lead, end_date=timezone.localdate())
    assert Client().get(link).status_code == 404
    assert Client().post(link, {"password": PASSWORD, "repeated": PASSWORD}).status_code == 404


def test_own_data_stay_open_to_those_who_left(client, former):
    client.force_login(former)
    pages = ("members:profile", "members:sign_in", "members:devices")
    assert {name: client.get(reverse(name)).status_code for name in pages} == dict.fromkeys(pages, 200)


def test_a_closed_account_opens_nothing_with_the_next_request(client, doors, delegate):
    client.force_login(delegate)
    delegate.is_active = False
    delegate.save()
    by_session = {name: door for name, door in doors.items() if "mail" not in name and "feed" not in name}
    for method, address, sent, headers in by_session.values():
        answer = getattr(client, method)(address, sent, headers=headers)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(reverse("account_login"))
    by_link = {name: door for name, door in doors.items() if name not in by_session}
    assert set(statuses(client, by_link).values()) == {404}
