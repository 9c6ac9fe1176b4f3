"""What runs by the timetable."""

from datetime import datetime, timedelta
from uuid import UUID

from celery import shared_task
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from portal.meetings import emails
from portal.meetings.actions import polls
from portal.meetings.actions.seats import tend
from portal.meetings.models import Attendance, DatePoll, Meeting
from portal.members.models import Membership, Role, RulesOfProcedure

TIME_TO_ANSWER = timedelta(days=1)  # nobody is reminded on the day of being asked


@shared_task(ignore_result=True)
def remind() -> None:
    """Remind those who are silent, then those who come; once for each date, whatever the timetable does."""
    now = timezone.now()
    for meeting in _coming_up(now):
        if _due(meeting, now):
            _remind_of(meeting.pk, now)


@shared_task(ignore_result=True)
def tend_seats() -> None:
    """Where a deputy was silent too long or has left, ask the next one; a run too many finds nothing to do."""
    called_in = Attendance.objects.called_in().values("meeting")
    for pk in _coming_up(timezone.now()).filter(pk__in=called_in).values_list("pk", flat=True):
        tend(pk)


@shared_task(ignore_result=True)
def tend_polls() -> None:
    """Date polls: ask who has come since, remind who is silent; once each, whatever the timetable does."""
    for pk in DatePoll.objects.open().values_list("pk", flat=True):
        polls.tend(pk)


def _coming_up(now: datetime) -> QuerySet[Meeting]:
    return Meeting.objects.filter(state=Meeting.State.INVITED, start__gt=now).select_related("organization")


def _due(meeting: Meeting, now: datetime) -> dict[str, emails.Reminder]:
    """Which answers call for which reminder by now; days are counted on the clock of Berlin."""
    days = RulesOfProcedure.objects.on(meeting.organization)
    start = timezone.localtime(meeting.start)
    due: dict[str, emails.Reminder] = {}
    if now >= start - timedelta(days=days.remind_silent_days):
        due[Attendance.Answer.NONE] = "silent"
    if now >= start - timedelta(days=days.remind_coming_days):
        due[Attendance.Answer.ACCEPTED] = "coming"
    return due


@transaction.atomic
def _remind_of(pk: UUID, now: datetime) -> None:
    """Write the reminders of one meeting, unless it was called off or moved this very moment."""
    meeting = _coming_up(now).select_related("location").select_for_update(of=("self",)).filter(pk=pk).first()
    if meeting is None:
        return
    kinds = _due(meeting, now)
    members = Membership.objects.on(meeting.day).filter(organization=meeting.organization_id)
    belongs = ~Q(role="guest") & Q(person__in=members.values("person"))
    belongs |= Q(role="guest", person__in=meeting.guests.values("person"))
    asked = meeting.attendances.filter(belongs, answer__in=kinds, invited_at__lte=now - TIME_TO_ANSWER)
    taken = meeting.attendances.called_in().filter(answer=Attendance.Answer.ACCEPTED)
    asked = asked.exclude(role=Role.DELEGATE, on_behalf_of__in=taken.values("on_behalf_of"))
    for attendance in asked.select_related("person"):
        attendance.meeting = meeting
        emails.reminder(attendance, kinds[attendance.answer])
