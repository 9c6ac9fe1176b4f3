"""The Niederschrift as PDF: the internal edition, with every item; the same data gives the same bytes."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, time

from django.utils.dateformat import format as worded
from django.utils.timezone import localtime

from portal.meetings.models import Attendance, Meeting
from portal.meetings.pdf import letterhead, titled
from portal.members.models import Body, Person
from portal.minutes.models import Entry, Minutes, Roll
from portal.pdf import engine, shapes
from portal.pdf.engine import Rendered


def render(minutes: Minutes, entries: Sequence[Entry] | None = None) -> Rendered:
    """Set the minutes as they are: final ones with the time of their end, a draft marked as such.

    `entries` as one reader reads them; without, all of them.
    """
    date = minutes.finalised_at or minutes.modified
    data = niederschrift(minutes, entries)
    return engine.render("niederschrift", data, timestamp=int(date.timestamp()))


def edition_for(minutes: Minutes, reader: Person) -> bytes:
    """The file that is kept, where there is one; for somebody who may not read all of it an edition without that."""
    entries = minutes.entries.read_by(reader)
    if minutes.is_final and not any(entry.is_barred for entry in entries):
        return bytes(minutes.pdf)
    return render(minutes, entries).pdf


def filename(minutes: Minutes) -> str:
    meeting = minutes.meeting
    group = re.sub(r"\W+", "-", meeting.organization.short_name).strip("-")
    draft = "" if minutes.is_final else "-Entwurf"
    return f"Niederschrift-{group}-{meeting.year}-{meeting.number:02}{draft}.pdf"


def niederschrift(minutes: Minutes, entries: Sequence[Entry] | None = None) -> shapes.Niederschrift:
    """The data of the template, worded in German."""
    meeting, shown = minutes.meeting, list(minutes.entries.for_pages() if entries is None else entries)
    return {
        "letterhead": letterhead(Body.objects.get_solo()),
        "group": meeting.organization.name,
        "title": titled("Niederschrift über die", meeting),
        "draft": not minutes.is_final,
        "date": worded(localtime(meeting.start), "l, j. F Y"),
        "start": _clock(minutes.started_at),
        "end": _clock(minutes.ended_at),
        "place": _place(meeting),
        "lead": full_name(minutes.chair) if minutes.chair else "",
        "clerk": full_name(minutes.clerk),
        "attendance": [_attendee(row) for row in Roll(meeting).listed],
        "remarks": minutes.remarks,
        "items": [_item(entry) for entry in shown],
        "closing": f"Die Leitung schließt die Sitzung um {_clock(minutes.ended_at)}." if minutes.ended_at else "",
        "signatures": _signatures(minutes),
        "note": " ".join(part for part in (_note(minutes), _gap(shown)) if part),
    }


def full_name(person: Person) -> str:
    """Frau Dr. Jana Albers."""
    return f"{person.salutation} {person.get_full_name()}".strip()


def _clock(value: time | None) -> str:
    return f"{value:%H:%M} Uhr" if value else ""


def _place(meeting: Meeting) -> str:
    video = " und Videokonferenz" if meeting.format == Meeting.Format.HYBRID else ""
    return meeting.address + video


def _attendee(row: Attendance) -> shapes.Attendee:
    delegate = row.in_place_of
    return {
        "name": full_name(row.person),
        "seat": row.on_behalf_of.name if row.on_behalf_of else row.get_role_display(),
        "presence": row.get_presence_display().lower(),
        "period": _period(row.arrived, row.left),
        "in_place_of": full_name(delegate).replace("Herr ", "Herrn ", 1) if delegate else "",
    }


def _period(arrived: time | None, left: time | None) -> str:
    if arrived and left:
        return f"{arrived:%H:%M}–{left:%H:%M} Uhr"
    return f"ab {_clock(arrived)}" if arrived else f"bis {_clock(left)}" if left else ""


def _item(entry: Entry) -> shapes.MinutesItem:
    item = entry.item
    return {
        "number": str(item.number),
        "title": item.title,
        "topic": item.topic.title if item.topic else "",
        "visibility": "" if item.is_barred else item.get_visibility_display().lower(),
        "supplement": item.is_supplement,
        "recused": ", ".join(full_name(recusal.person) for recusal in item.recusals.all()),
        "text": entry.text,
        "outcomes": [
            {"kind": outcome.kind, "label": outcome.get_kind_display(), "text": outcome.text}
            for outcome in entry.outcomes.all()
        ],
    }


def _signatures(minutes: Minutes) -> list[shapes.Signature]:
    signers = [(minutes.chair, "Leitung"), (minutes.clerk, "Schriftführung")]
    return [{"name": full_name(person), "role": role} for person, role in signers if person]


def _note(minutes: Minutes) -> str:
    at, by = minutes.finalised_at, minutes.finalised_by
    return f"Im Portal abgeschlossen am {_worded(at)} durch {full_name(by)}." if at and by else ""


def _gap(entries: Iterable[Entry]) -> str:
    """What one reader's edition says of the difference to the whole."""
    if not any(entry.is_barred for entry in entries):
        return ""
    return "Diese Fassung enthält nicht, was wegen Befangenheit gesperrt ist; sie ist nicht die abgelegte Datei."


def _worded(moment: datetime) -> str:
    return worded(localtime(moment), "j. F Y \\u\\m H:i \\U\\h\\r")
