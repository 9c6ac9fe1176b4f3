"""Finding a date: who is asked, what they say, and what becomes of it."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from portal.meetings.actions import polls
from portal.meetings.models import DateAnswer, DatePoll, Meeting
from portal.members.models import Role
from tests.cast import CAST, appointed
from tests.factories import DatePollFactory, FraktionFactory, LocationFactory, MembershipFactory, evening
from tests.meetings.letters import mail_to, mails, readers
from tests.meetings.polling import DATES, lines, offer, option, said, says, voice

pytestmark = pytest.mark.django_db


@pytest.fixture
def poll(group, lead, delegate, other_delegate, deputy):
    return DatePollFactory(organization=group, created_by=lead, asked=[lead, delegate, other_delegate])


# Offering -------------------------------------------------------------------------------------------------------------


def test_offering_asks_everybody_who_would_be_invited_once(group, lead, staff, clerk, delegate, deputy, former):
    place = LocationFactory()
    poll = offer(group, lead, location=place)
    assert offer(group, staff, location=place) == poll
    asked = {lead, staff, clerk, delegate}
    assert {one.person for one in poll.voices.all()} == asked
    assert readers(kind="Terminumfrage") == {person.email for person in asked}
    assert [option.start for option in poll.options.all()] == sorted(start for start, _ in DATES)
    assert lines("Terminumfrage verschickt") == [(lead, {"dates": 2, "asked": 4})]
    mail = mail_to(delegate)
    assert mail.subject == "Terminumfrage: Klausurtagung"
    assert mail.text.count("17:00 bis 18:30 Uhr") == 2
    assert "/terminantwort/" in mail.text
    assert place.address in mail.html
    assert mail.not_after == max(start for start, _ in DATES)


def test_a_seat_without_delegate_is_asked_through_its_first_deputy(group, lead, delegate, deputy):
    orphan = FraktionFactory()
    first = appointed("Erstmann", Role.DEPUTY, group, on_behalf_of=orphan, rank=1)
    appointed("Zweitmann", Role.DEPUTY, group, on_behalf_of=orphan, rank=2)
    poll = offer(group, lead)
    assert {one.person for one in poll.voices.all()} == {lead, delegate, first}
    assert voice(poll, first).label == f"{orphan.short_name}, Stellvertretung"


def test_somebody_with_two_functions_is_asked_once_and_speaks_for_the_fraktion(group, lead, delegate):
    MembershipFactory(person=delegate, organization=group, role=Role.STAFF)
    poll = offer(group, lead)
    assert voice(poll, delegate).role == Role.DELEGATE
    assert len(mails(person=delegate.pk)) == 1


@pytest.mark.parametrize("name", CAST)
def test_only_the_verwaltung_offers_dates(person_of, group, name):
    if name in {"lead", "staff", "clerk"}:
        assert offer(group, person_of(name)).created_by == person_of(name)
        return
    with pytest.raises(PermissionDenied):
        offer(group, person_of(name))
    assert not DatePoll.objects.exists()


@pytest.mark.parametrize("count", [1, 13])
def test_two_to_twelve_dates_are_offered(group, lead, count):
    with pytest.raises(ValidationError, match="mindestens 2 und höchstens 12"):
        offer(group, lead, dates=[(evening(days=day), evening(days=day) + timedelta(hours=1)) for day in range(count)])


# Answering ------------------------------------------------------------------------------------------------------------


def test_answers_are_kept_changed_and_on_the_trail(poll, delegate):
    assert says(poll, delegate, "yes")
    assert said(poll, delegate) == ["yes", ""]
    assert says(poll, delegate, "no", "maybe")
    assert not says(poll, delegate, "no", "maybe")
    assert said(poll, delegate) == ["no", "maybe"]
    assert voice(poll, delegate).answered_at is not None
    assert lines("Terminumfrage beantwortet") == [
        (delegate, {"yes": 1, "maybe": 0, "no": 0}),
        (delegate, {"yes": 0, "maybe": 1, "no": 1}),
    ]


@pytest.mark.parametrize("name", CAST)
def test_nobody_answers_for_another(poll, delegate, person_of, name):
    person = person_of(name)
    if name == "delegate":
        return
    with pytest.raises(PermissionDenied):
        polls.answer(voice(poll, delegate), by=person, choices={option(poll).pk: "yes"})
    assert said(poll, delegate) == ["", ""]


def test_whoever_has_left_a_second_ago_no_longer_answers(poll, delegate):
    delegate.memberships.update(end_date=timezone.localdate())
    with pytest.raises(PermissionDenied):
        says(poll, delegate, "yes")


def test_a_deputy_no_longer_answers_once_there_is_a_delegate(group, lead):
    orphan = FraktionFactory()
    deputy = appointed("Erstmann", Role.DEPUTY, group, on_behalf_of=orphan, rank=1)
    poll = offer(group, lead)
    assert says(poll, deputy, "yes")
    delegate = appointed("Neumann", Role.DELEGATE, group, on_behalf_of=orphan)
    with pytest.raises(PermissionDenied):
        says(poll, deputy, "no")
    polls.tend(poll.pk)
    assert {one.person for one in poll.voices.all()} == {lead, delegate}
    assert len(mails(person=delegate.pk)) == 1


def test_an_answer_to_a_date_that_is_over_or_of_another_poll_is_not_kept(poll, delegate, group):
    poll.options.filter(pk=option(poll).pk).update(start=timezone.now() - timedelta(minutes=1))
    other = DatePollFactory(organization=group)
    chosen = {option(poll, 1).pk: "yes", option(other).pk: "yes"}
    assert not polls.answer(voice(poll, delegate), by=delegate, choices=chosen)
    assert not DateAnswer.objects.exists()


# Choosing -------------------------------------------------------------------------------------------------------------


def test_a_chosen_date_becomes_a_draft_and_everybody_is_told_once(poll, lead, staff, delegate, other_delegate):
    poll.location = LocationFactory()
    poll.save()
    says(poll, delegate, "yes", "no")
    other_delegate.memberships.update(end_date=timezone.localdate())
    meeting = polls.decide(poll, option=option(poll, 2).pk, by=staff)
    assert polls.decide(poll, option=option(poll, 2).pk, by=lead) == meeting
    assert (meeting.state, meeting.title, meeting.location) == ("draft", poll.title, poll.location)
    assert (meeting.start, meeting.end) == (option(poll, 2).start, option(poll, 2).end)
    assert readers(kind="Terminumfrage") == {lead.email, delegate.email}
    assert mail_to(delegate).subject.startswith(f"Termin steht fest: {poll.title} am ")
    assert lines("Termin festgelegt") == [(staff, {"meeting": str(meeting.pk)})]
    assert Meeting.objects.count() == 1
    poll.refresh_from_db()
    assert (poll.state, poll.chosen, poll.meeting) == ("decided", option(poll, 2), meeting)
    assert {one.person for one in poll.voices.all()} == {lead, delegate}


def test_a_second_choice_of_another_date_is_refused(poll, lead):
    polls.decide(poll, option=option(poll, 1).pk, by=lead)
    with pytest.raises(ValidationError, match="Festgelegt ist schon ein anderer Termin"):
        polls.decide(poll, option=option(poll, 2).pk, by=lead)
    assert Meeting.objects.count() == 1


def test_a_date_that_is_over_or_taken_is_refused_and_nobody_hears_of_it(poll, lead, draft):
    draft.start, draft.end = option(poll, 2).start, option(poll, 2).end
    draft.save()
    with pytest.raises(ValidationError, match="steht schon die"):
        polls.decide(poll, option=option(poll, 2).pk, by=lead)
    poll.options.filter(pk=option(poll).pk).update(start=timezone.now() - timedelta(minutes=1))
    with pytest.raises(ValidationError, match="vorbei"):
        polls.decide(poll, option=option(poll, 1).pk, by=lead)
    poll.refresh_from_db()
    assert poll.state == "open"
    assert not mails()


@pytest.mark.parametrize("name", CAST)
def test_only_the_verwaltung_chooses_and_calls_off(person_of, poll, name):
    person = person_of(name)
    if name in {"lead", "staff", "clerk"}:
        assert polls.decide(poll, option=option(poll).pk, by=person)
        return
    with pytest.raises(PermissionDenied):
        polls.decide(poll, option=option(poll).pk, by=person)
    with pytest.raises(PermissionDenied):
        polls.call_off(poll, by=person, reason="Grund")
    assert not Meeting.objects.filter(date_polls=poll).exists()


def test_calling_off_tells_everybody_why_once(poll, lead, delegate, other_delegate):
    with pytest.raises(ValidationError, match="Geben Sie den Grund an"):
        polls.call_off(poll, by=lead, reason="  ")
    assert polls.call_off(poll, by=lead, reason="Zu viele Absagen")
    assert not polls.call_off(poll, by=lead, reason="Noch einmal")
    assert readers() == {lead.email, delegate.email, other_delegate.email}
    assert "Zu viele Absagen" in mail_to(delegate).text
    assert lines("Terminumfrage beendet") == [(lead, {})]
    for act in (
        lambda: polls.decide(poll, option=option(poll).pk, by=lead),
        lambda: says(poll, delegate, "yes"),
    ):
        with pytest.raises((ValidationError, PermissionDenied)):
            act()
