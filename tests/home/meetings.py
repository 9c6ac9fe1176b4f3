"""Meetings at another time."""

from datetime import timedelta

from django.utils import timezone

from portal.meetings.models import Meeting


def over(meeting, state="finished"):
    Meeting.objects.filter(pk=meeting.pk).update(
        state=state, start=timezone.now() - timedelta(days=2), end=timezone.now() - timedelta(days=2, hours=-2)
    )
    meeting.refresh_from_db()
    return meeting
