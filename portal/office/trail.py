"""The trail in the reader's words: ids become names only when the page is read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.urls import reverse
from django.utils.timezone import localtime

from portal.audit.models import Kind, Line
from portal.meetings.models import AgendaItem, Attendance, Comment, DatePoll, Delivery, Meeting
from portal.members.models import Membership, Role
from portal.minutes.models import Minutes
from portal.topics.models import Topic

ROOMS = {
    "account": "Konto",
    "admin": "Systemverwaltung",
    "home": "Übersicht",
    "meetings": "Sitzungen",
    "members": "Mitglieder",
    "minutes": "Niederschriften",
    "office": "Verwaltung",
    "topics": "Themen",
}
REASONS = {403: "nicht erlaubt", 404: "nicht sichtbar oder nicht vorhanden", 429: "gesperrt für kurze Zeit"}
COLUMNS = ("Zeitpunkt", "Art", "Vorgang", "Einzelheiten", "Person", "Gegenstand", "Kennung", "Weg", "IP-Adresse")


@dataclass(frozen=True)
class Row:
    """A line as the page shows it."""

    line: Line
    noun: str
    thing: str
    url: str
    facts: str


class Names:
    """What the reader calls the things in the lines of one page, one query for each kind of thing."""

    def __init__(self, seats: Iterable[Membership], lines: Iterable[Line]) -> None:
        self.known: dict[tuple[str, str], tuple[str, str]] = {}
        for seat in seats:
            self._add(seat, f"{seat.person}, {seat.label}")
            self._add(seat.person, str(seat.person))
            if seat.on_behalf_of:
                self._add(seat.on_behalf_of, str(seat.on_behalf_of))
        wanted: dict[str, set[str]] = {}
        for line in lines:
            wanted.setdefault(line.thing_type, set()).add(line.thing_id)
        self._add_of_meetings(wanted)
        self._add_beside_meetings(wanted)

    def _add_of_meetings(self, wanted: Mapping[str, set[str]]) -> None:
        meetings = Meeting.objects.select_related("organization")
        for meeting in meetings.filter(pk__in=wanted.get("meetings.meeting", ())):
            self._add(meeting, str(meeting), meeting.get_absolute_url())
        items = AgendaItem.objects.select_related("meeting__organization")
        for item in items.filter(pk__in=wanted.get("meetings.agendaitem", ())):
            self._add(item, f"TOP {item.number}, {item.meeting}", item.get_absolute_url())
        seats = Attendance.objects.select_related("meeting__organization", "person")
        for seat in seats.filter(pk__in=wanted.get("meetings.attendance", ())):
            self._add(seat, f"{seat.person}, {seat.meeting}", seat.meeting.get_absolute_url())
        deliveries = Delivery.objects.select_related("meeting__organization", "person")
        for letter in deliveries.filter(pk__in=wanted.get("meetings.delivery", ())):
            self._add(letter, str(letter), reverse("meetings:delivery", args=[letter.pk]))
        comments = Comment.objects.select_related("item__meeting__organization")
        for comment in comments.filter(pk__in=wanted.get("meetings.comment", ())):
            self._add(comment, f"TOP {comment.item.number}, {comment.item.meeting}", comment.get_absolute_url())

    def _add_beside_meetings(self, wanted: Mapping[str, set[str]]) -> None:
        minutes = Minutes.objects.select_related("meeting__organization").defer("pdf")
        for paper in minutes.filter(pk__in=wanted.get("minutes.minutes", ())):
            self._add(paper, str(paper.meeting), paper.get_absolute_url())
        for poll in DatePoll.objects.filter(pk__in=wanted.get("meetings.datepoll", ())):
            self._add(poll, poll.title, poll.get_absolute_url())
        for topic in Topic.objects.filter(pk__in=wanted.get("topics.topic", ())):
            self._add(topic, topic.title, topic.get_absolute_url())

    def _add(self, thing: Any, name: str, url: str = "") -> None:
        self.known[thing._meta.label_lower, str(thing.pk)] = name, url

    def row(self, line: Line) -> Row:
        name, url = self.known.get((line.thing_type, line.thing_id), ("", ""))
        return Row(line, noun_of(line), name, url, facts(line))


def noun_of(line: Line) -> str:
    """What kind of thing it is; for a refusal, the part of the portal."""
    if line.kind == Kind.REFUSAL:
        return ROOMS.get(str(line.detail.get("page", "")).partition(":")[0].partition("_")[0], "Portal")
    try:
        return str(apps.get_model(line.thing_type)._meta.verbose_name) if line.thing_type else ""
    except LookupError:  # a noun of an earlier version
        return line.thing_type


def facts(line: Line) -> str:
    """The details that say something to the reader; the table for download has them all."""
    told = (word(line, value) for name, value in line.detail.items() if (word := WORDS.get(name)))
    return "; ".join(text for text in told if text)


def _changed(line: Line, names: Any) -> str:
    """The fields by the names they have on the page."""
    model = apps.get_model(line.thing_type)
    words = []
    for name in str(names).split(", "):
        try:
            words.append(str(model._meta.get_field(name).verbose_name))
        except FieldDoesNotExist:
            words.append(name)
    return f"geändert: {', '.join(words)}"


def _last_day(line: Line, day: Any) -> str:
    return f"endet zum {date.fromisoformat(day) - timedelta(days=1):%d.%m.%Y}"


WORDS = {
    "changed": _changed,
    "answer": lambda line, value: str(value),
    "way": lambda line, value: str(value),
    "number": lambda line, value: f"TOP {value}",
    "revision": lambda line, value: f"{value}. Fassung",
    "version": lambda line, value: f"Stand {value}",
    "role": lambda line, value: f"als {Role(value).label}",
    "end_date": _last_day,
    "asked": lambda line, value: f"{value} gefragt",
    "present": lambda line, value: f"{value} anwesend",
    "lines": lambda line, value: f"{value} Zeilen",
    "status": lambda line, value: REASONS.get(value, str(value)),
}


def cells(line: Line) -> tuple[object, ...]:
    """One row of the table for download."""
    return (
        f"{localtime(line.at):%d.%m.%Y %H:%M:%S}",
        line.get_kind_display(),
        line.verb,
        "; ".join(f"{name}={value}" for name, value in sorted(line.detail.items())),
        line.actor,
        noun_of(line),
        "" if line.kind == Kind.REFUSAL else line.thing_id,
        line.get_door_display(),
        line.address,
    )
