from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.signing import Signer
from django.urls import reverse
from django.utils import timezone

from portal.audit.models import Line
from portal.meetings import emails
from portal.meetings.actions import replies
from portal.meetings.models import Attendance, Meeting
from tests.cast import CAST
from tests.factories import AttendanceFactory, GuestFactory
from tests.meetings.pages import sign_in, text_of, url
from tests.together import at_once

GONE = "Dieser Link gilt nicht mehr"


@pytest.fixture
def asked(meeting, delegate):
    return AttendanceFactory(meeting=meeting, person=delegate, role="delegate")


def link(attendance, query=""):
    return emails.answer_url(attendance).removeprefix("http://testserver") + query


def answer_of(attendance):
    attendance.refresh_from_db()
    return attendance.answer


def test_answer_is_kept_once_and_on_the_trail(asked, delegate):
    for _ in range(2):
        replies.answer(asked, by=delegate, answer="accepted", note="Komme später")
    asked.refresh_from_db()
    assert (asked.answer, asked.note) == ("accepted", "Komme später")
    assert asked.answered_at is not None
    line = Line.objects.get(verb="Einladung beantwortet")
    assert (line.actor, line.detail) == (delegate, {"answer": "Zugesagt"})


@pytest.mark.django_db(transaction=True)
def test_identical_answers_at_once_give_one_state(asked, delegate):
    outcomes = at_once(*[lambda: replies.answer(asked, by=delegate, answer="declined", note="Urlaub")] * 8)
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert answer_of(asked) == "declined"
    assert Line.objects.filter(verb="Einladung beantwortet").count() == 1


def test_nobody_answers_for_another(asked, lead):
    with pytest.raises(PermissionDenied):
        replies.answer(asked, by=lead, answer="accepted")
    assert answer_of(asked) == ""


@pytest.mark.parametrize("name", CAST)
def test_portal_takes_the_answer_of_those_who_are_asked(client, name, asked, meeting, person_of):
    person = person_of(name)
    if name == "lead":
        AttendanceFactory(meeting=meeting, person=person, role="lead")
    sign_in(client, person)
    response = client.post(url("rsvp", meeting), {"answer": "accepted"})
    if name in {"lead", "delegate", "guest"}:
        assert response.url == meeting.get_absolute_url()
        assert meeting.attendances.get(person=person).answer == "accepted"
        return
    assert response.status_code == (302 if name == "anonymous" else 403)
    assert not meeting.attendances.exclude(answer="").exists()


def test_portal_says_what_it_kept_and_goes_back_to_where_the_answer_came_from(client, asked, meeting, delegate):
    client.force_login(delegate)
    response = client.post(url("rsvp", meeting), {"answer": "declined", "note": "Urlaub", "next": "/"}, follow=True)
    assert response.redirect_chain == [("/", 302)]
    assert "Ihre Absage ist gespeichert." in text_of(response)
    asked.refresh_from_db()
    assert (asked.answer, asked.note) == ("declined", "Urlaub")


@pytest.mark.parametrize(
    "back", ["https://evil.example.org/", "//evil.example.org", "/\\evil.example.org", "javascript:1"]
)
def test_portal_goes_back_to_no_other_host(client, asked, meeting, delegate, back):
    client.force_login(delegate)
    response = client.post(url("rsvp", meeting), {"answer": "accepted", "next": back})
    assert response.url == meeting.get_absolute_url()


def test_portal_shows_what_was_wrong_and_keeps_what_was_typed(client, asked, meeting, delegate):
    client.force_login(delegate)
    response = client.post(url("rsvp", meeting), {"answer": "accepted", "note": "x" * 201})
    assert response.status_code == 422
    assert "Möglich sind 200 Zeichen." in text_of(response)
    assert "x" * 201 in text_of(response)
    assert client.post(url("rsvp", meeting), {"answer": "maybe"}).status_code == 422
    assert answer_of(asked) == ""


@pytest.mark.parametrize("change", [{"state": "cancelled"}, {"state": "running"}, {"start": timezone.now()}])
def test_portal_says_that_it_is_too_late(client, asked, meeting, delegate, change):
    if change == {"state": "cancelled"}:
        change = {**change, "cancelled_at": timezone.now()}
    Meeting.objects.filter(pk=meeting.pk).update(**change)
    client.force_login(delegate)
    response = client.post(url("rsvp", meeting), {"answer": "accepted"}, follow=True)
    assert "Eine Antwort ist nicht mehr möglich" in text_of(response)
    assert answer_of(asked) == ""


def test_link_shows_the_two_answers_and_changes_nothing(client, asked):
    for query in ("", "?antwort=zusage", "?antwort=absage", "?antwort=unsinn"):
        for response in (client.get(link(asked, query)), client.head(link(asked, query))):
            assert response.status_code == 200
    assert answer_of(asked) == ""
    page = text_of(client.get(link(asked)))
    assert 'value="accepted"' in page
    assert 'value="declined"' in page
    assert not Line.objects.exists()


@pytest.mark.parametrize(("query", "first"), [("?antwort=zusage", "accepted"), ("?antwort=absage", "declined")])
def test_link_puts_the_chosen_answer_first(client, asked, query, first):
    page = text_of(client.get(link(asked, query)))
    assert page.index(f'value="{first}"') == min(page.index('value="accepted"'), page.index('value="declined"'))
    assert "Bitte bestätigen Sie noch Ihre" in page


def test_link_keeps_the_answer_until_the_start_without_signing_in(client, asked, delegate):
    assert client.post(link(asked, "?antwort=zusage"), {"answer": "accepted"}).url == link(asked)
    assert "Sie haben zugesagt" in text_of(client.get(link(asked)))
    client.post(link(asked), {"answer": "declined", "note": "Krank"})
    asked.refresh_from_db()
    assert (asked.answer, asked.note) == ("declined", "Krank")
    assert [line.actor for line in Line.objects.all()] == [delegate, delegate]
    assert "_auth_user_id" not in client.session


def test_link_goes_into_no_cache_and_no_referer(client, asked):
    wrong = reverse("meetings:answer", args=["x"])
    for response in (client.get(link(asked)), client.post(link(asked), {"answer": "accepted"}), client.get(wrong)):
        assert response["Cache-Control"] == "no-store"
        assert response["Referrer-Policy"] == "strict-origin"
        assert response["X-Robots-Tag"] == "noindex"


def test_link_page_tells_nothing_of_the_agenda(client, asked):
    page = text_of(client.get(link(asked)))
    assert asked.meeting.label in page
    assert not [item.title for item in asked.meeting.items.all() if item.title in page]


def end_membership(attendance):
    attendance.person.memberships.update(end_date=timezone.localdate())


def begin(attendance):
    Meeting.objects.filter(pk=attendance.meeting_id).update(start=timezone.now())


def run(attendance):
    Meeting.objects.filter(pk=attendance.meeting_id).update(state="running")


def cancel(attendance):
    Meeting.objects.filter(pk=attendance.meeting_id).update(state="cancelled", cancelled_at=timezone.now())


def close_account(attendance):
    attendance.person.is_active = False
    attendance.person.save()


def release(attendance):
    attendance.delete()


@pytest.mark.parametrize("ended_by", [end_membership, begin, run, cancel, close_account, release])
def test_link_is_gone_when_the_invitation_is(client, asked, ended_by):
    address = link(asked)
    ended_by(asked)
    for response in (client.get(address), client.post(address, {"answer": "accepted"})):
        assert response.status_code == 404
        assert GONE in text_of(response)
    assert not Attendance.objects.exclude(answer="").exists()


def test_link_of_a_guest_is_gone_when_the_guest_is_withdrawn(client, guest, meeting):
    address = link(meeting.attendances.get(person=guest))
    assert client.get(address).status_code == 200
    meeting.guests.all().delete()
    assert client.get(address).status_code == 404


def test_link_is_gone_at_the_start_and_not_before(client, asked, meeting):
    Meeting.objects.filter(pk=meeting.pk).update(start=timezone.now() + timedelta(minutes=1))
    assert client.get(link(asked)).status_code == 200


def test_forged_links_are_gone(client, asked):
    other = AttendanceFactory(meeting=asked.meeting)
    good = emails.ANSWER.sign(asked.pk.hex)
    key, signature = good.split(".")
    forged = [
        key,
        f"{other.pk.hex}.{signature}",
        f"{key}.{signature[:-1]}",
        f"{key}.{signature.swapcase()}",
        Signer(sep=".").sign(asked.pk.hex),
        Signer(sep=".", salt="portal.members.access").sign(asked.pk.hex),
        emails.ANSWER.sign("no-uuid"),
        emails.ANSWER.sign(str(asked.meeting.pk)),
        "x" * 2000,
    ]
    assert client.get(reverse("meetings:answer", args=[good])).status_code == 200
    for token in forged:
        response = client.post(reverse("meetings:answer", args=[token]), {"answer": "accepted"})
        assert response.status_code == 404, token
        assert GONE in text_of(response)
    assert answer_of(asked) == ""


def test_link_wants_a_csrf_token_and_the_own_origin(asked, client):
    client.handler.enforce_csrf_checks = True
    client.get(link(asked))
    token = client.cookies["csrftoken"].value
    for origin, status in (("null", 403), ("https://evil.example.org", 403), ("http://testserver", 302)):
        response = client.post(
            link(asked), {"answer": "accepted", "csrfmiddlewaretoken": token}, headers={"Origin": origin}
        )
        assert response.status_code == status
    assert answer_of(asked) == "accepted"


def test_meeting_page_offers_and_shows_the_answer(client, asked, meeting, delegate):
    client.force_login(delegate)
    page = text_of(client.get(meeting.get_absolute_url()))
    assert "Können Sie dabei sein?" in page
    assert "Noch keine Antwort (1)" in page
    replies.answer(asked, by=delegate, answer="accepted", note="Zahnarzt")
    page = text_of(client.get(meeting.get_absolute_url()))
    assert "Sie haben zugesagt." in page
    assert "Zugesagt (1)" in page
    assert "Noch keine Antwort" not in page
    assert "„Zahnarzt“" in page


def test_guest_sees_the_own_answer_but_not_who_comes(client, guest, asked, meeting, delegate):
    replies.answer(asked, by=delegate, answer="accepted", note="Zahnarzt")
    client.force_login(guest)
    page = text_of(client.get(meeting.get_absolute_url()))
    assert "Können Sie dabei sein?" in page
    assert delegate.last_name not in page
    assert "Zahnarzt" not in page


def test_invited_guest_of_another_meeting_cannot_answer_here(client, meeting, group):
    guest = GuestFactory(meeting__organization=group, meeting__number=6).person
    client.force_login(guest)
    assert client.post(url("rsvp", meeting), {"answer": "accepted"}).status_code == 403
