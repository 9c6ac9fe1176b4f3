"""Who may write and finalise minutes: the clerk, nobody else; and what they must not say."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.urls import reverse

from portal.meetings.models import Attendance, Meeting, Purpose
from portal.members.rules import Reader, is_clerk
from portal.minutes.models import Entry, Minutes, Roll

RESOLUTION = re.compile(r"beschl(?:u|ü|o|ie)(?:ss|ß)", re.IGNORECASE)


def may_open_minutes(person: Reader, meeting: Meeting) -> bool:
    """Minutes begin while the meeting runs, or after it."""
    begun = meeting.state in {Meeting.State.RUNNING, Meeting.State.FINISHED}
    return begun and is_clerk(person, meeting.organization_id)


def may_write(person: Reader, minutes: Minutes) -> bool:
    return not minutes.is_final and is_clerk(person, minutes.meeting.organization_id)


def may_finalise(person: Reader, minutes: Minutes) -> bool:
    return may_write(person, minutes) and minutes.meeting.state == Meeting.State.FINISHED


def speaks_of_resolution(text: str) -> bool:
    """Whether a result is worded as a Beschluss, which only an Ausschuss or the Rat can pass."""
    return bool(RESOLUTION.search(text))


class Gap(NamedTuple):
    """Something a complete Niederschrift would have, and the page where it is put right."""

    text: str
    url: str


def gaps(minutes: Minutes, entries: Iterable[Entry], roll: Roll) -> list[Gap]:
    """What is missing before the minutes are closed; the clerk decides whether it matters."""
    frame, sheet = (reverse(f"minutes:{page}", args=[minutes.pk]) for page in ("frame", "attendance"))
    found = [Gap(text, frame) for text in _frame_gaps(minutes)]
    if waiting := roll.unrecorded:
        found.append(Gap(f"Anwesenheit nicht erfasst: {_named(waiting)}.", sheet))
    readable = [entry for entry in entries if not entry.is_barred]
    return found + [Gap(text, entry.get_absolute_url()) for entry in readable for text in _entry_gaps(entry)]


def _frame_gaps(minutes: Minutes) -> Iterator[str]:
    if minutes.started_at is None:
        yield "Der Beginn der Sitzung fehlt."
    if minutes.ended_at is None:
        yield "Das Ende der Sitzung fehlt."
    if minutes.chair is None:
        yield "Wer die Sitzung geleitet hat, fehlt."


def _entry_gaps(entry: Entry) -> Iterator[str]:
    item, outcomes = entry.item, entry.outcomes.all()
    if not entry.mark:
        yield f"TOP {item.number} ist leer: {item.title}"
    elif item.purpose == Purpose.RECOMMENDATION and not outcomes:
        yield f"TOP {item.number} sollte zu einer Empfehlung führen; ein Ergebnis fehlt: {item.title}"
    if any(speaks_of_resolution(outcome.text) for outcome in outcomes):
        yield f"TOP {item.number} spricht im Ergebnis von einem Beschluss: {item.title}"


def _named(rows: list[Attendance]) -> str:
    """Up to three names, then how many more."""
    names = ", ".join(str(row.person) for row in rows[:3])
    return names if len(rows) <= 3 else f"{names} und {len(rows) - 3} weitere"
