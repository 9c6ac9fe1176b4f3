"""What one reader sees of a meeting while it runs."""

from collections import defaultdict
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import accumulate
from uuid import UUID

from django.db.models import Exists, OuterRef, Subquery
from django.shortcuts import get_object_or_404
from django.utils.timezone import now

from portal.meetings import rules
from portal.meetings.models import AgendaItem, Meeting, Recusal, Turn
from portal.members.models import Person

MINUTE = timedelta(minutes=1)


class Sitting:
    """One meeting at one moment; `items` are those that the reader sees, barred ones as such."""

    def __init__(self, meeting: Meeting, rows: list[AgendaItem], reader: Person) -> None:
        self.meeting, self.rows = meeting, rows
        self.may_call_up = rules.may_call_up(reader, meeting)
        self.items = [_as_seen(row) for row in rows if row.is_shown or row.is_closed_to_reader]
        self.called = next((row for row in rows if row.turn), None)
        self.current = next((item for item in self.items if item.turn), None)
        self.has_hidden_part = len(rows) > len(self.items)
        self.is_hidden_now = self.called is not None and self.current is None

    @property
    def is_over(self) -> bool:
        return self.meeting.state in {Meeting.State.FINISHED, Meeting.State.CANCELLED}

    @property
    def key(self) -> str:
        """Whose turn it is, as far as the reader learns: moves within what they do not see leave it as it is."""
        turn = "hidden" if self.is_hidden_now else self.current.turn if self.current else "nothing"
        return _digest(self.meeting.state, turn)

    @property
    def stamp(self) -> str:
        """Changes with everything that the page shows; while an item is open, with each minute."""
        minute = int(now().timestamp()) // 60 if self.current else 0
        seen = [(item.pk, item.number, item.version, item.is_barred, item.turn, item.was_called) for item in self.items]
        return f"{self.key}-{_digest(seen, self.may_call_up, self.has_hidden_part, minute)}"

    @property
    def after(self) -> AgendaItem | None:
        """What comes next, as far as the reader sees it."""
        if self.current:
            return next((item for item in self.items if item.number > self.current.number), None)
        return None if self.called else next((item for item in self.items if not item.was_called), None)

    @property
    def before(self) -> AgendaItem | None:
        """What was before by the agenda; when all is through, the last item that was called up."""
        limit = self.current.number if self.current else None
        behind = [item for item in self.items if item.number < limit] if limit else []
        called = [item for item in self.items if item.was_called]
        return next(reversed(behind if self.called else called), None)

    def read_times(self) -> None:
        """Give items their planned and real minutes: `planned_at`, `minutes_taken`; the current one its `clock`."""
        taken: dict[UUID, timedelta] = defaultdict(timedelta)
        moment, opened = now(), None
        for turn in self.meeting.turns.all():
            taken[turn.item_id] += (turn.ended_at or moment) - turn.started_at
            opened = turn if turn.ended_at is None else opened
        begins = accumulate((row.minutes_planned for row in self.rows), initial=0)
        starts = {row.pk: self.meeting.start + MINUTE * passed for row, passed in zip(self.rows, begins, strict=False)}
        for item in self.items:
            item.planned_at = starts[item.pk]
            item.minutes_taken = round(taken[item.pk] / MINUTE) if item.was_called else None
        if self.current and opened and self.current.minutes_planned:
            self.current.clock = Clock(opened, taken[opened.item_id], self.current.minutes_planned, moment)


class Clock:
    """The time of the item that is open, against its plan."""

    def __init__(self, turn: Turn, taken: timedelta, minutes: int, moment: datetime) -> None:
        self.started_at = turn.started_at
        self.until = moment - taken + MINUTE * minutes
        self.minutes_over = (taken - MINUTE * minutes) // MINUTE
        self.minutes_left = -((taken - MINUTE * minutes) // MINUTE)


def sitting(pk: UUID, reader: Person) -> Sitting:
    """Read for this reader, in one query unless something bars them; 404 for a meeting that they do not see."""
    turns = Turn.objects.filter(item=OuterRef("pk"))
    rows = list(
        AgendaItem.objects.filter(meeting=pk)
        .select_related("meeting")
        .defer("text", "meeting__intro")
        .order_by("number")
        .annotate(
            is_shown=Exists(AgendaItem.objects.filter(pk=OuterRef("pk")).visible_to(reader)),
            is_recused=Exists(Recusal.objects.filter(item=OuterRef("pk"), person=reader)),
            turn=Subquery(turns.open().values("pk")[:1]),
            was_called=Exists(turns),
        )
    )
    barred = _barred_to(reader, pk) if any(row.is_recused and not row.is_shown for row in rows) else set()
    for row in rows:
        row.is_closed_to_reader = row.pk in barred
    if any(row.is_shown or row.is_closed_to_reader for row in rows):
        return Sitting(rows[0].meeting, rows, reader)  # whoever sees an item sees its meeting
    return Sitting(get_object_or_404(Meeting.objects.visible_to(reader), pk=pk), rows, reader)


def _barred_to(reader: Person, pk: UUID) -> set[UUID]:
    return set(AgendaItem.objects.barred_to(reader).filter(meeting=pk).values_list("pk", flat=True))


def _as_seen(row: AgendaItem) -> AgendaItem:
    """The item, or what is left of it for somebody whom it bars."""
    if row.is_shown:
        return row
    place = row.barred()
    place.meeting, place.turn, place.was_called = row.meeting, row.turn, row.was_called
    return place


def _digest(*facts: object) -> str:
    return sha256(repr(facts).encode()).hexdigest()[:16]
