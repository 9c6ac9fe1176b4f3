from portal.meetings.models.agenda import AgendaItem, Purpose, Visibility
from portal.meetings.models.comment import Comment, CommentVersion
from portal.meetings.models.delivery import Delivery
from portal.meetings.models.meeting import Location, Meeting, Revision
from portal.meetings.models.people import Attendance, Guest, Recusal
from portal.meetings.models.poll import (
    FEWEST_DATES,
    MOST_DATES,
    DateAnswer,
    DateOption,
    DatePoll,
    DateVoice,
    voices,
)
from portal.meetings.models.seat import Seat, SeatStep, seats_of
from portal.meetings.models.tally import Standing, Tally, tally_of
from portal.meetings.models.turn import Turn

__all__ = [
    "FEWEST_DATES",
    "MOST_DATES",
    "AgendaItem",
    "Attendance",
    "Comment",
    "CommentVersion",
    "DateAnswer",
    "DateOption",
    "DatePoll",
    "DateVoice",
    "Delivery",
    "Guest",
    "Location",
    "Meeting",
    "Purpose",
    "Recusal",
    "Revision",
    "Seat",
    "SeatStep",
    "Standing",
    "Tally",
    "Turn",
    "Visibility",
    "seats_of",
    "tally_of",
    "voices",
]
