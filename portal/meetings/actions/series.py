"""Several meetings at once, as drafts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Unpack

from django.core.exceptions import PermissionDenied
from django.db import transaction

from portal.audit import trail
from portal.meetings import rules
from portal.meetings.actions import schedule
from portal.meetings.actions.schedule import Plan
from portal.meetings.models import Meeting
from portal.members.models import Organization, Person


@transaction.atomic
def schedule_series(
    organization: Organization,
    *,
    by: Person,
    times: Sequence[tuple[datetime, datetime]],
    source: Meeting | None = None,
    **plan: Unpack[Plan],
) -> list[Meeting]:
    """A draft for each begin and end, with the agenda of `source` or the standing items; answers with the new ones.

    All or none: raises ValidationError if another meeting stands at one of these times. Asked twice, it makes nothing.
    """
    if not rules.may_schedule(by, organization.pk):
        raise PermissionDenied
    schedule.lock_calendar(organization.pk)
    known = {meeting.pk for meeting in Meeting.objects.filter(organization=organization)}
    made = []
    for start, end in times:
        if source:
            meeting = schedule.copy_meeting(source, by=by, start=start, end=end, plan=plan)
        else:
            meeting = schedule.schedule_meeting(organization, by=by, start=start, end=end, **plan)
        if meeting.pk not in known:
            made.append(meeting)
    if made:
        trail.record(
            actor=by, verb="Sitzungsserie angelegt", thing=made[0], organization=organization.pk, count=len(made)
        )
    return made
