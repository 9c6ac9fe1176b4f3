from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from arbeitskreis.celery import app
from portal.mail.models import Message
from portal.meetings.models import Meeting
from portal.meetings.tasks import remind
from portal.members.models import RulesOfProcedure
from tests.factories import AttendanceFactory, GuestFactory, MeetingFactory, MembershipFactory
from tests.meetings.letters import SECRETS, TEXT, add_marked_items, everything_in, mails, readers
from tests.together import at_once

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2027, 6, 24, 17, 0, tzinfo=BERLIN)
INVITED = datetime(2027, 6, 1, 9, 0, tzinfo=BERLIN)


def before(days=0, hours=0, minutes=0):
    """That much before the meeting begins, on the clock of Berlin."""
    return START - timedelta(days=days, hours=hours, minutes=minutes)


@pytest.fixture
def coming_up(group):
    return MeetingFactory(organization=group, start=START, end=START + timedelta(hours=2), year=2027)


@pytest.fixture
def silent(coming_up, delegate):
    return AttendanceFactory(meeting=coming_up, person=delegate, role="delegate", invited_at=INVITED)


@pytest.fixture
def coming(coming_up, clerk):
    return AttendanceFactory(meeting=coming_up, person=clerk, role="clerk", invited_at=INVITED, answer="accepted")


@pytest.fixture
def declined(coming_up, staff):
    return AttendanceFactory(meeting=coming_up, person=staff, invited_at=INVITED, answer="declined")


def remind_at(moment):
    with time_machine.travel(moment, tick=False):
        remind()


def test_reminders_go_to_the_silent_first_and_then_to_those_who_come(silent, coming, declined):
    remind_at(before(days=7, minutes=1))
    assert mails() == []
    remind_at(before(days=7))
    assert readers() == {silent.person.email}
    remind_at(before(days=1, minutes=1))
    assert len(mails()) == 1
    remind_at(before(days=1))
    assert readers() == {silent.person.email, coming.person.email}
    asking, welcoming = mails()
    assert asking.subject.startswith("Bitte antworten: ")
    assert welcoming.subject.startswith("Erinnerung: ")
    assert "?antwort=zusage" in asking.text
    assert "?antwort=absage" in welcoming.text
    assert {mail.calendar_method for mail in mails()} == {""}
    assert {mail.not_after for mail in mails()} == {silent.meeting.start}


def test_reminder_comes_once_however_often_the_task_runs(silent, coming):
    for minutes in range(0, 8 * 24 * 60, 600):
        remind_at(before(days=8, minutes=-minutes))
    assert len(mails()) == 2


@pytest.mark.django_db(transaction=True)
def test_two_tasks_at_once_remind_once(group, delegate):
    meeting = MeetingFactory(organization=group, start=timezone.now() + timedelta(days=3))
    AttendanceFactory(meeting=meeting, person=delegate, invited_at=timezone.now() - timedelta(days=9))
    assert at_once(remind, remind) == [None, None]
    assert Message.objects.count() == 1


def test_scheduler_that_was_down_for_26_hours_catches_up(silent, coming):
    remind_at(before(days=7) + timedelta(hours=26))
    assert readers() == {silent.person.email}


def test_nobody_is_reminded_once_the_meeting_has_begun(silent, coming):
    remind_at(START)
    remind_at(before(days=1) + timedelta(hours=26))
    assert mails() == []


@pytest.mark.parametrize(
    "state",
    [
        {"state": "draft", "invited_at": None},
        {"state": "cancelled", "cancelled_at": timezone.now()},
        {"state": "running"},
        {"state": "finished"},
    ],
)
def test_only_meetings_to_come_remind(silent, coming, state):
    Meeting.objects.update(**state)
    remind_at(before(hours=12))
    assert mails() == []


def test_moved_meeting_reminds_again(silent, coming, coming_up):
    remind_at(before(hours=12))
    assert len(mails()) == 2
    later = START + timedelta(days=14)
    Meeting.objects.update(start=later, end=later + timedelta(hours=2))
    remind_at(START)
    assert len(mails()) == 2
    remind_at(later - timedelta(hours=12))
    assert len(mails()) == 4


def test_whoever_no_longer_belongs_is_not_reminded(silent, coming, coming_up):
    silent.person.memberships.update(end_date=before(days=8).date())
    withdrawn = GuestFactory(meeting=coming_up)
    AttendanceFactory(meeting=coming_up, person=withdrawn.person, role="guest", invited_at=INVITED)
    withdrawn.delete()
    remind_at(before(hours=12))
    assert readers() == {coming.person.email}


def test_guest_and_deputy_called_in_are_reminded(coming_up, deputy):
    guest = GuestFactory(meeting=coming_up).person
    for person, role in ((guest, "guest"), (deputy, "deputy")):
        AttendanceFactory(meeting=coming_up, person=person, role=role, invited_at=INVITED, rank=None)
    remind_at(before(days=6))
    assert readers() == {guest.email, deputy.email}


def test_nobody_is_reminded_on_the_day_of_being_asked(silent):
    silent.invited_at = before(days=3)
    silent.save()
    remind_at(before(days=3, minutes=-10))
    assert mails() == []
    remind_at(before(days=2))
    assert len(mails()) == 1


def test_whoever_was_never_invited_is_not_reminded(silent):
    silent.invited_at = None
    silent.save()
    remind_at(before(days=1))
    assert mails() == []


def test_rules_of_procedure_set_the_days(silent, coming, group):
    rules = {"organization": group, "valid_from": INVITED.date(), "remind_silent_days": 3, "remind_coming_days": 2}
    RulesOfProcedure.objects.create(**rules)
    remind_at(before(days=3, minutes=1))
    assert mails() == []
    remind_at(before(days=2))
    assert len(mails()) == 2


@pytest.mark.parametrize(("month", "day", "hours"), [(3, 28, 23), (10, 31, 25)])
def test_day_before_is_right_in_both_nights_when_clocks_change(group, clerk, month, day, hours):
    """A meeting at nine on that Sunday is announced at nine on Saturday, 23 or 25 hours before."""
    sunday, saturday = (datetime(2027, month, date, 9, 0, tzinfo=BERLIN) for date in (day, day - 1))
    assert sunday.astimezone(UTC) - saturday.astimezone(UTC) == timedelta(hours=hours)
    meeting = MeetingFactory(organization=group, start=sunday, end=sunday + timedelta(hours=2), year=2027)
    asked = saturday - timedelta(days=20)
    AttendanceFactory(meeting=meeting, person=clerk, role="clerk", answer="accepted", invited_at=asked)
    remind_at(saturday - timedelta(minutes=1))
    assert mails() == []
    remind_at(saturday)
    assert len(mails()) == 1


def test_reminders_hold_nothing_of_the_agenda(silent, coming, coming_up):
    add_marked_items(coming_up)
    remind_at(before(hours=12))
    assert not [word for mail in mails() for word in (*SECRETS, TEXT) if word in everything_in(mail)]


def test_timetable_runs_the_task():
    assert remind.name in {entry["task"] for entry in app.conf.beat_schedule.values()}


def test_idle_run_asks_little(silent, coming, group, django_assert_max_num_queries):
    MembershipFactory.create_batch(3, organization=group)
    with django_assert_max_num_queries(4):  # two of them are the switch and the record of every task
        remind_at(before(days=20))
