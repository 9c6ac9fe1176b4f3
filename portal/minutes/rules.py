"""Who may write and finalise minutes: the clerk, nobody else."""

from portal.meetings.models import Meeting
from portal.members.rules import Reader, is_clerk
from portal.minutes.models import Minutes


def may_open_minutes(person: Reader, meeting: Meeting) -> bool:
    """Minutes begin while the meeting runs, or after it."""
    begun = meeting.state in {Meeting.State.RUNNING, Meeting.State.FINISHED}
    return begun and is_clerk(person, meeting.organization_id)


def may_write(person: Reader, minutes: Minutes) -> bool:
    return not minutes.is_final and is_clerk(person, minutes.meeting.organization_id)


def may_finalise(person: Reader, minutes: Minutes) -> bool:
    return may_write(person, minutes) and minutes.meeting.state == Meeting.State.FINISHED
