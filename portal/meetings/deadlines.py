"""Fristen in vollen Tagen (Europe/Berlin): neither the day of an act nor the day of the meeting counts. Asks no table.

A Frist before the meeting is kept up to the last day that leaves as many full days as the rules of that same day want.
A Frist after an event runs by the rules of the day of the event. Sundays and holidays count like every other day.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from portal.meetings.models import Meeting
from portal.members.models import RulesOfProcedure

BERLIN = ZoneInfo("Europe/Berlin")
History = Sequence[RulesOfProcedure]
DAY = timedelta(days=1)
SOON = 3  # days left
UNTIL_THE_END = -1  # a Frist without days: the day of the meeting itself is the last one


class Kind(Enum):
    """What has its Frist: the field of the rules, its German name, and from where the days are counted."""

    INVITATION = ("invitation_days", "Ladung", "vor der Sitzung")
    SUPPLEMENT = ("supplement_days", "Nachtrag", "vor der Sitzung")
    PROPOSALS = ("proposal_days", "Vorschläge zur Tagesordnung", "vor der Sitzung")
    COMMENTS = ("comment_days", "Kommentare", "vor der Sitzung")
    MINUTES = ("minutes_days", "Niederschrift", "nach der Sitzung")
    OBJECTIONS = ("objection_days", "Einwendungen", "nach dem Abschluss der Niederschrift")

    def __init__(self, field: str, label: str, counted: str) -> None:
        self.field, self.label, self.counted = field, label, counted

    @property
    def is_duty(self) -> bool:
        """Something that the Verwaltung owes; the others are chances, whose end is nobody's fault."""
        return self in {Kind.INVITATION, Kind.MINUTES}


class Light(Enum):
    """The traffic light: what it says, and the look of its badge."""

    KEPT = ("eingehalten", "success")
    SOON = ("bald", "warning")
    OVER = ("überschritten", "danger")


@dataclass(frozen=True)
class Deadline:
    """One Frist of one meeting as it stands today; `is_kept` is known once the thing is done.

    `days`: what the rules want that make the day after the last one too late.
    """

    kind: Kind
    days: int
    last_day: date
    today: date
    is_kept: bool | None = None
    ends_at: datetime | None = None  # if it ends within its last day

    @property
    def rule(self) -> str:
        """The rule in words: "Ladung: 7 volle Tage vor der Sitzung"."""
        if self.days == UNTIL_THE_END:
            return f"{self.kind.label}: bis zum Ende der Sitzung"
        return f"{self.kind.label}: {full(self.days)} {self.kind.counted}"

    @property
    def until(self) -> datetime:
        """The moment from which on it is too late."""
        return self.ends_at or datetime.combine(self.last_day + DAY, time.min, BERLIN)

    @property
    def left(self) -> int:
        """Days up to the last one; negative when it is over."""
        return (self.last_day - self.today).days

    @property
    def is_over(self) -> bool:
        """Over by the calendar; what ends with the meeting is over with the meeting, however long it takes."""
        return self.left < 0 and self.ends_at is None

    @property
    def light(self) -> Light:
        if self.is_kept is not None:
            return Light.KEPT if self.is_kept else Light.OVER
        if self.is_over:
            return Light.OVER
        return Light.SOON if self.left <= SOON else Light.KEPT

    @property
    def badge(self) -> str:
        """The light in words that fit what is done, still to do, or no longer possible."""
        if self.is_kept is not None:
            return "Eingehalten" if self.is_kept else "Überschritten"
        if self.is_over:
            return "Frist überschritten" if self.kind.is_duty else "Abgelaufen"
        if self.left == 0:
            return "Heute ist der letzte Tag"
        return f"Noch {self.left} Tag{'e' if self.left > 1 else ''}"

    @property
    def look(self) -> str:
        """The look of the badge; what is no longer possible is nothing to worry about."""
        gone_by = self.is_kept is None and self.is_over and not self.kind.is_duty
        return "neutral" if gone_by else self.light.value[1]


def before(kind: Kind, meeting: Meeting, history: History, today: date) -> Deadline:
    """A Frist that ends before the meeting. `history`: all rules of the working group, the oldest first."""
    last = max(_last_days(kind, meeting.day, history))
    if last == meeting.day:
        return Deadline(kind, UNTIL_THE_END, last, today, ends_at=meeting.end)
    return Deadline(kind, _days(kind, rules_on(history, last + DAY)), last, today)


def after(kind: Kind, event: date, history: History, today: date) -> Deadline:
    """A Frist that an event sets off: its last full day is the last day for it."""
    days = _days(kind, rules_on(history, event))
    return Deadline(kind, days, event + days * DAY, today)


def of_meeting(meeting: Meeting, history: History, today: date, *, minutes_on: date | None = None) -> list[Deadline]:
    """The Fristen of a meeting that tell somebody something now; `minutes_on`: when its minutes became final."""
    state = Meeting.State
    if meeting.state == state.CANCELLED:
        return []
    found = [invitation(meeting, history, today)]
    if meeting.state in {state.DRAFT, state.INVITED}:
        ahead = (Kind.PROPOSALS,) if meeting.state == state.DRAFT else (Kind.SUPPLEMENT,)
        found += [before(kind, meeting, history, today) for kind in (*ahead, Kind.COMMENTS)]
    if meeting.state in {state.RUNNING, state.FINISHED} or meeting.day <= today:
        found += after_meeting(meeting, history, today, minutes_on=minutes_on)
    return found


def invitation(meeting: Meeting, history: History, today: date) -> Deadline:
    """The Ladungsfrist; once people are invited it was kept, unless a reason had to be given."""
    deadline = before(Kind.INVITATION, meeting, history, today)
    return replace(deadline, is_kept=not meeting.late_reason) if meeting.invited_at else deadline


def after_meeting(meeting: Meeting, history: History, today: date, *, minutes_on: date | None) -> list[Deadline]:
    """When the minutes are due, and once they are final, until when they may be objected to."""
    due = after(Kind.MINUTES, meeting.day, history, today)
    if minutes_on is None:
        return [due]
    done = replace(due, is_kept=minutes_on <= due.last_day)
    return [done, after(Kind.OBJECTIONS, minutes_on, history, today)]


def rules_on(history: History, day: date) -> RulesOfProcedure:
    """The rules of that day; the usual ones before the first."""
    return next(rules for rules, begin, end in _spans(history) if begin <= day <= end)


def full(days: int) -> str:
    return "1 voller Tag" if days == 1 else f"{days} volle Tage"


def _last_days(kind: Kind, meeting_day: date, history: History) -> Iterator[date]:
    """For each Geschäftsordnung the last day on which it held and its Frist was kept."""
    for rules, begin, end in _spans(history):
        last = min(end, meeting_day - (_days(kind, rules) + 1) * DAY)
        if begin <= last:
            yield last


def _spans(history: History) -> Iterator[tuple[RulesOfProcedure, date, date]]:
    """Each of the rules with the first and the last day on which they hold."""
    rules, begin = RulesOfProcedure(), date.min
    for following in history:
        yield rules, begin, following.valid_from - DAY
        rules, begin = following, following.valid_from
    yield rules, begin, date.max


def _days(kind: Kind, rules: RulesOfProcedure) -> int:
    days: int | None = getattr(rules, kind.field)
    return UNTIL_THE_END if days is None else days
