from portal.meetings.models.agenda import AgendaItem, Purpose, Visibility
from portal.meetings.models.comment import Comment, CommentVersion
from portal.meetings.models.delivery import Delivery
from portal.meetings.models.meeting import Location, Meeting, Revision
from portal.meetings.models.people import Attendance, Guest, Recusal
from portal.meetings.models.seat import Seat, SeatStep, seats_of

__all__ = [
    "AgendaItem",
    "Attendance",
    "Comment",
    "CommentVersion",
    "Delivery",
    "Guest",
    "Location",
    "Meeting",
    "Purpose",
    "Recusal",
    "Revision",
    "Seat",
    "SeatStep",
    "Visibility",
    "seats_of",
]
