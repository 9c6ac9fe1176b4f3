from portal.meetings.models.agenda import AgendaItem, Purpose, Visibility
from portal.meetings.models.comment import Comment, CommentVersion
from portal.meetings.models.delivery import Delivery
from portal.meetings.models.meeting import Location, Meeting, Revision
from portal.meetings.models.people import Attendance, Guest, Mark, Recusal
from portal.meetings.models.poll import (
    FEWEST_DATES,
    MOST_DATES,
    DateAnswer,
    DateOption,
    DatePoll,
    DateVoice,
    voices,
)
from portal.meetings.models.seat import Seat, SeatStep, seats_of, seats_taken_twice
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
    "Mark",
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
    "seats_taken_twice",
    "tally_of",
    "voices",
]
