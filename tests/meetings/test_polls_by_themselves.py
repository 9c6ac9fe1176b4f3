"""Date polls when several act at once, and what the timetable does by itself."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from portal.meetings.actions import polls
from portal.meetings.models import DatePoll, DateVoice, Meeting
from portal.members.models import Role
from tests.cast import appointed
from tests.factories import DatePollFactory
from tests.meetings.letters import mail_to, mails, readers
from tests.meetings.polling import end_of_all, lines, offer, option, said, says
from tests.together import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def poll(group, lead, delegate, other_delegate, deputy):
    return DatePollFactory(organization=group, created_by=lead, asked=[lead, delegate, other_delegate])


# At once ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_eight_clicks_at_once_make_one_poll(group, lead, staff, delegate):
    results = at_once(*[lambda by=by: offer(group, by) for by in [lead, staff] * 4])
    assert {type(result) for result in results} == {DatePoll}
    assert DatePoll.objects.count() == 1
    assert len(mails(kind="Terminumfrage")) == 3


@pytest.mark.django_db(transaction=True)
def test_two_of_the_verwaltung_at_once_make_one_meeting_and_one_mail_each(poll, lead, staff):
    chosen = [option(poll, place).pk for place in (1, 2)]
    acts = [lambda by=by, pk=pk: polls.decide(poll, option=pk, by=by) for by in (lead, staff) for pk in chosen * 2]
    results = at_once(*acts)
    assert {type(result) for result in results} == {Meeting, ValidationError}
    assert Meeting.objects.count() == 1
    assert len(mails()) == 3
    assert len(lines("Termin festgelegt")) == 1


@pytest.mark.django_db(transaction=True)
def test_choosing_and_calling_off_at_once_do_only_one_of_them(poll, lead, staff):
    results = at_once(
        lambda: polls.decide(poll, option=option(poll).pk, by=lead),
        lambda: polls.call_off(poll, by=staff, reason="Grund"),
    )
    assert len([result for result in results if isinstance(result, ValidationError)]) == 1
    assert len(mails()) == 3


@pytest.mark.django_db(transaction=True)
def test_identical_answers_at_once_are_kept_once(poll, delegate):
    results = at_once(*[lambda: says(poll, delegate, "yes", "no")] * 8)
    assert sorted(results) == [False] * 7 + [True]
    assert said(poll, delegate) == ["yes", "no"]
    assert len(lines("Terminumfrage beantwortet")) == 1


# By the timetable -----------------------------------------------------------------------------------------------------


def at(day, hour):
    moment = timezone.make_aware(timezone.datetime.combine(day, timezone.datetime.min.time()))
    return time_machine.travel(moment + timedelta(hours=hour), tick=False)


def test_the_silent_are_reminded_once_on_the_day_before(poll, lead, delegate, other_delegate):
    says(poll, delegate, "yes")
    day_before = poll.answer_by - timedelta(days=1)
    for day, hour, expected in (
        (day_before, 7, set()),
        (day_before, 8, {lead.email, other_delegate.email}),
        (poll.answer_by, 23, {lead.email, other_delegate.email}),
    ):
        with at(day, hour):
            polls.tend(poll.pk)
            polls.tend(poll.pk)
        assert readers() == expected
    assert len(mails()) == 2
    assert mail_to(lead).subject.startswith("Bitte antworten: Terminumfrage")


def test_after_the_last_day_and_on_the_day_of_asking_nobody_is_reminded(poll, group, lead):
    with at(poll.answer_by + timedelta(days=1), 9):
        polls.tend(poll.pk)
    short = offer(group, lead, answer_by=timezone.localdate())
    sent = len(mails())
    with at(timezone.localdate(), 12):
        polls.tend(short.pk)
    assert len(mails()) == sent


@pytest.mark.parametrize("state", ["decided", "cancelled", "over"])
def test_nobody_is_reminded_of_a_poll_that_is_over(poll, lead, state):
    if state == "decided":
        polls.decide(poll, option=option(poll).pk, by=lead)
    elif state == "cancelled":
        polls.call_off(poll, by=lead, reason="Grund")
    else:
        end_of_all(poll)
    sent = len(mails())
    with at(poll.answer_by, 9):
        polls.tend(poll.pk)
    assert len(mails()) == sent


def test_whoever_comes_later_is_asked_and_whoever_goes_is_forgotten(poll, group, delegate, deputy):
    says(poll, delegate, "yes")
    new = appointed("Neuling", Role.DELEGATE, group)
    delegate.memberships.update(end_date=timezone.localdate())
    for _ in range(2):
        polls.tend(poll.pk)
    assert not DateVoice.objects.filter(person=delegate).exists()
    assert readers() == {new.email, deputy.email}, "the deputy stands for the seat that is free now"
    assert len(mails()) == 2
    assert lines("Terminumfrage an Sitze angepasst") == [(None, {"asked": 2, "gone": 1})]
