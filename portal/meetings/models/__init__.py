from portal.meetings.models.agenda import AgendaItem, Purpose, Visibility
from portal.meetings.models.comment import Comment, CommentVersion
from portal.meetings.models.meeting import Location, Meeting, Revision
from portal.meetings.models.people import Attendance, Guest, Recusal

__all__ = [
    "AgendaItem",
    "Attendance",
    "Comment",
    "CommentVersion",
    "Guest",
    "Location",
    "Meeting",
    "Purpose",
    "Recusal",
    "Revision",
    "Visibility",
]
