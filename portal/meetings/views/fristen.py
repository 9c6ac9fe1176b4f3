"""The Fristen of a meeting as its page shows them."""

from typing import Protocol

from django.utils.timezone import localdate

from portal.meetings import deadlines, rules
from portal.meetings.deadlines import Deadline
from portal.meetings.models import Meeting
from portal.members.models import Person


class Closed(Protocol):
    """The minutes of the room above, as far as their Frist goes."""

    finalised_at: object


def deadlines_for(reader: Person, meeting: Meeting, minutes: Closed | None = None) -> list[Deadline]:
    """All Fristen for the Verwaltung; the invitation comes first."""
    if not rules.may_see_deadlines(reader, meeting):
        return []
    minutes_on = localdate(minutes.finalised_at) if minutes and minutes.finalised_at else None
    history = meeting.organization.rules_history
    return deadlines.of_meeting(meeting, history, localdate(), minutes_on=minutes_on)


def notice_today(meeting: Meeting) -> dict[str, object]:
    """How many full days an invitation of today has to leave, and the first day of a meeting that it is in time for."""
    today, history = localdate(), meeting.organization.rules_history
    days = deadlines.rules_on(history, today).invitation_days
    return {"full": deadlines.full(days), "earliest": today + (days + 1) * deadlines.DAY}
