"""Answers that calendar programs send by mail."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.audit.models import Line
from portal.mail import addresses
from portal.mail.models import Incoming, Message
from portal.meetings.actions import invitation, replies
from portal.meetings.models import Meeting
from portal.office import post
from tests.meetings.letters import event_of
from tests.office.post.mails import MAILBOX, PROGRAMS, answer
from tests.together import at_once

pytestmark = pytest.mark.django_db


def said(attendance):
    attendance.refresh_from_db()
    return attendance.answer


def stamp(**ago):
    return f"{timezone.now() - timedelta(**ago):%Y%m%dT%H%M%SZ}"


def move(meeting, lead, **by):
    shift = timedelta(**by)
    place = {"location": meeting.location, "format": meeting.format, "video_url": ""}
    start, end = meeting.start + shift, meeting.end + shift
    invitation.move(meeting, by=lead, version=meeting.version, start=start, end=end, **place)
    meeting.refresh_from_db()


def test_invitations_name_a_personal_address(mailed, delegate, mailed_meeting):
    organizer = str(event_of(mailed)["ORGANIZER"]).removeprefix("mailto:")
    assert mailed.reply_to == organizer
    assert len(organizer.partition("@")[0]) <= 64
    assert addresses.read([organizer.upper()]).pk == mailed_meeting.attendances.get(person=delegate).pk
    assert len({message.reply_to for message in Message.objects.filter(kind="Einladung")}) == 3


def test_without_a_mailbox_all_stays_as_it_was(draft, lead, settings):
    settings.INBOUND_ADDRESS = ""
    invitation.invite(draft, by=lead, version=draft.version)
    message = Message.objects.get(to=lead.email)
    assert message.reply_to == ""
    assert str(event_of(message)["ORGANIZER"]) == f"mailto:{settings.ORGANIZER_EMAIL}"


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize(("partstat", "kept"), [("ACCEPTED", "accepted"), ("DECLINED", "declined")])
def test_answer_of_every_program_is_taken(mailed, mailed_seat, delegate, program, partstat, kept):
    row = post.receive(answer(mailed, partstat, program=program))
    assert (row.outcome, said(mailed_seat)) == ("taken", kept)
    line = Line.objects.get(verb="Einladung beantwortet")
    assert (line.actor, line.door) == (delegate, "mail")
    assert mailed_seat.meeting.deliveries.get(person=delegate).answer == kept


def test_same_mail_again_changes_nothing(mailed, mailed_seat, delegate):
    raw = answer(mailed, "ACCEPTED")
    post.receive(raw)
    replies.answer(mailed_seat, by=delegate, answer="declined")
    post.receive(raw)
    assert said(mailed_seat) == "declined"
    assert Incoming.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_same_mail_through_two_doors_at_once_is_taken_once(mailed, mailed_seat):
    raw = answer(mailed, "ACCEPTED")
    outcomes = at_once(*[lambda: post.receive(raw)] * 4)
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert (Incoming.objects.count(), said(mailed_seat)) == (1, "accepted")
    assert Line.objects.filter(verb="Einladung beantwortet").count() == 1


def test_answer_to_the_former_date_is_not_taken_and_the_person_is_told(
    mailed, mailed_meeting, mailed_seat, lead, delegate
):
    move(mailed_meeting, lead, days=7)
    for _ in range(2):
        row = post.receive(answer(mailed, "ACCEPTED"))
        assert (row.outcome, said(mailed_seat)) == ("stale", "")
    told = Message.objects.get(kind="Antwort")
    assert told.to == delegate.email
    assert "inzwischen verlegt" in told.text
    assert "/antwort/" in told.text


def test_answer_to_the_new_date_is_taken(mailed_meeting, mailed_seat, lead, delegate):
    move(mailed_meeting, lead, days=7)
    newest = Message.objects.get(to=delegate.email, kind="Verlegung")
    assert post.receive(answer(newest, "DECLINED")).outcome == "taken"


def test_new_place_leaves_an_older_answer_good(mailed, mailed_meeting, mailed_seat, lead):
    place = {"location": None, "format": "digital", "video_url": "https://video.example.org/"}
    invitation.move(
        mailed_meeting,
        by=lead,
        version=mailed_meeting.version,
        start=mailed_meeting.start,
        end=mailed_meeting.end,
        **place,
    )
    assert post.receive(answer(mailed, "ACCEPTED")).outcome == "taken"


def test_moved_there_and_back_the_first_answer_stays_stale(mailed, mailed_meeting, mailed_seat, lead):
    move(mailed_meeting, lead, days=7)
    move(mailed_meeting, lead, days=-7)
    assert post.receive(answer(mailed, "ACCEPTED")).outcome == "stale"


def test_missing_sequence_counts_as_the_first(mailed, mailed_meeting, mailed_seat, lead):
    move(mailed_meeting, lead, days=7)
    assert post.receive(answer(mailed, "ACCEPTED", sequence=None)).outcome == "stale"


def test_stranger_changes_nothing_and_is_shown_to_the_office(mailed, mailed_seat, group):
    row = post.receive(answer(mailed, "ACCEPTED", sender="fremd@example.net"))
    assert (row.outcome, row.group, row.is_open, said(mailed_seat)) == ("stranger", group.pk, True, "")
    assert row.person is None
    assert not Line.objects.filter(verb="Einladung beantwortet").exists()


def test_answer_for_another_person_is_a_stranger(mailed, mailed_meeting, other_delegate):
    row = post.receive(answer(mailed, "ACCEPTED", sender=other_delegate.email))
    assert row.outcome == "stranger"
    assert said(mailed_meeting.attendances.get(person=other_delegate)) == ""


@pytest.mark.parametrize("to", [MAILBOX, "antwort+unsinn@portal.example.org", "antwort+a@portal.example.org"])
def test_address_without_token_changes_nothing(mailed, mailed_seat, to):
    row = post.receive(answer(mailed, "ACCEPTED", to=to, organizer=to))
    assert (row.outcome, said(mailed_seat)) == ("unknown", "")


@pytest.mark.parametrize("place", [-1, -2, 20])
def test_forged_token_is_none(mailed, mailed_seat, place):
    """Also where the letter changed carries bits that base 32 leaves unused: the last one."""
    local, _, host = mailed.reply_to.partition("@")
    letters = "abcdefghijklmnopqrstuvwxyz234567"
    forged = list(local)
    forged[place] = letters[letters.index(forged[place]) ^ 1]
    to = f"{''.join(forged)}@{host}"
    assert post.receive(answer(mailed, "ACCEPTED", to=to, organizer=to)).outcome == "unknown"


def test_address_given_before_the_key_was_changed_still_works(mailed, mailed_seat, settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 10, [settings.SECRET_KEY]
    assert post.receive(answer(mailed, "ACCEPTED")).outcome == "taken"


def test_answer_to_another_meeting_is_not_taken(mailed, mailed_seat):
    assert post.receive(answer(mailed, "ACCEPTED", uid="fremd@example.org")).outcome == "unknown"
    assert said(mailed_seat) == ""


def test_tentative_is_no_answer_and_the_person_is_told(mailed, mailed_seat):
    row = post.receive(answer(mailed, "TENTATIVE"))
    assert (row.outcome, said(mailed_seat)) == ("undecided", "")
    assert "weder Zusage noch Absage" in Message.objects.get(kind="Antwort").text


def test_later_answer_wins_whichever_arrives_first(mailed, mailed_seat):
    post.receive(answer(mailed, "DECLINED", stamp=stamp(minutes=5)))
    assert post.receive(answer(mailed, "ACCEPTED", stamp=stamp(minutes=9))).outcome == "outdated"
    assert said(mailed_seat) == "declined"
    assert post.receive(answer(mailed, "ACCEPTED", stamp=stamp(minutes=1))).outcome == "taken"


def test_answer_in_the_portal_outbids_an_older_one_by_mail(mailed, mailed_seat, delegate):
    replies.answer(mailed_seat, by=delegate, answer="declined")
    assert post.receive(answer(mailed, "ACCEPTED", stamp=stamp(hours=2))).outcome == "outdated"
    assert said(mailed_seat) == "declined"


def test_nothing_is_taken_once_the_meeting_has_begun(mailed, mailed_meeting, mailed_seat):
    Meeting.objects.filter(pk=mailed_meeting.pk).update(start=timezone.now() - timedelta(minutes=1))
    assert post.receive(answer(mailed, "ACCEPTED")).outcome == "closed"


def test_forwarded_answer_is_no_answer(mailed, mailed_seat):
    raw = answer(mailed, "ACCEPTED")
    head = f"From: {mailed.to}\r\nTo: {mailed.reply_to}\r\nMessage-ID: <x@y>\r\nContent-Type: message/rfc822\r\n\r\n"
    assert post.receive(head.encode() + raw).outcome == "letter"
    assert said(mailed_seat) == ""
