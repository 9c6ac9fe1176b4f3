"""The meeting as an entry of calendars: for one attendee in a mail, or as a file to take along."""

from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from portal.mail.outbox import Calendar
from portal.meetings import ical
from portal.meetings.emails import answer_url, line, reply_address
from portal.meetings.models import AgendaItem, Attendance, Meeting, Visibility

CALLED_OFF = "Dieser Termin entfällt."
PARTSTAT: dict[str, ical.PartStat] = {"": "NEEDS-ACTION", "accepted": "ACCEPTED", "declined": "DECLINED"}


def request(attendance: Attendance, items: Iterable[AgendaItem]) -> Calendar:
    """The entry as a mail brings it; some programs show its description instead of the mail, so it says everything."""
    answer = f"Bitte sagen Sie hier zu oder ab: {answer_url(attendance)}"
    event = _event(attendance.meeting, attendance, _description(attendance.meeting, items, answer))
    return Calendar("REQUEST", ical.calendar(event, method="REQUEST"))


def cancellation(attendance: Attendance, *, sequence: int, reason: str = "") -> Calendar:
    """What takes the entry out of the attendee's calendar; some programs show its description instead of the mail."""
    description = "\n\n".join(part for part in (CALLED_OFF, reason) if part)
    event = _event(attendance.meeting, attendance, description, sequence)
    return Calendar("CANCEL", ical.calendar(event, method="CANCEL"))


def file(meeting: Meeting, items: Iterable[AgendaItem]) -> bytes:
    """The entry without attendee, for whoever takes it along."""
    cancelled = meeting.state == Meeting.State.CANCELLED
    return ical.feed_file(_event(meeting, None, _description(meeting, items)), cancelled=cancelled)


def feed(name: str, meetings: Iterable[Meeting]) -> bytes:
    """A calendar to subscribe to, which others may host: time, place, public items, and that there is another part."""
    return ical.feed(name, [(_own_event(m), m.state == Meeting.State.CANCELLED) for m in meetings])


def public_feed(name: str, meetings: Iterable[Meeting]) -> bytes:
    """The same for strangers: without the page in the portal, which asks for a sign-in."""
    return ical.feed(name, [(_public_event(m), m.state == Meeting.State.CANCELLED) for m in meetings])


def _own_event(meeting: Meeting) -> ical.Event:
    """What a stranger may read, and where the person finds the rest."""
    page = f"Im Portal: {settings.BASE_URL}{meeting.get_absolute_url()}"
    description = "\n\n".join(part for part in (_public_agenda(meeting), page) if part)
    return replace(_open_event(meeting, description), stamp=meeting.modified)


def _public_event(meeting: Meeting) -> ical.Event:
    """Nothing in it moves when only the other part of the agenda changes."""
    said = (meeting.invited_at, meeting.cancelled_at, *(item.modified for item in _public_items(meeting)))
    return replace(_open_event(meeting, _public_agenda(meeting)), url="", stamp=max(filter(None, said)))


def _open_event(meeting: Meeting, description: str) -> ical.Event:
    """Time and place for everybody; equal bytes as long as the meeting is the same."""
    event = _event(meeting, None, description)
    called_off = "ABGESAGT: " if meeting.state == Meeting.State.CANCELLED else ""
    return replace(event, summary=f"{called_off}{event.summary}")


def _public_agenda(meeting: Meeting) -> str:
    titles = [_line(item) for item in _public_items(meeting)]
    hidden = ["Nichtöffentlicher Teil"] if len(titles) < len(meeting.items.all()) else []
    return "\n".join(["Tagesordnung", *titles, *hidden]) if titles or hidden else ""


def _public_items(meeting: Meeting) -> list[AgendaItem]:
    return [item for item in meeting.items.all() if item.visibility == Visibility.PUBLIC]


def _line(item: AgendaItem) -> str:
    """An item, marked if it came after the invitation; of a confidential one that is not told."""
    return f"{line(item)} (Nachtrag)" if item.is_supplement and not item.is_confidential else line(item)


def uid_of(meeting: Meeting) -> str:
    """The name of the meeting in all calendars, for ever."""
    return f"{meeting.pk}@{urlsplit(settings.BASE_URL).hostname}"


def _event(
    meeting: Meeting, attendance: Attendance | None, description: str, sequence: int | None = None
) -> ical.Event:
    return ical.Event(
        uid=uid_of(meeting),
        sequence=meeting.sequence if sequence is None else sequence,
        start=meeting.start,
        end=meeting.end,
        summary=f"{meeting.organization.short_name}: {meeting.label}",
        location=meeting.address,
        description=description,
        url=settings.BASE_URL + meeting.get_absolute_url(),
        organizer_name=meeting.organization.name,
        organizer_email=(reply_address(attendance) if attendance else "") or settings.ORGANIZER_EMAIL,
        attendee_name=attendance.person.get_full_name() if attendance else "",
        attendee_email=(attendance.person.email or "") if attendance else "",
        partstat=PARTSTAT[attendance.answer if attendance else ""],
        stamp=timezone.now(),
    )


def _description(meeting: Meeting, items: Iterable[AgendaItem], answer: str = "") -> str:
    agenda = "\n".join(["Tagesordnung", *(_line(item) for item in items)])
    video = f"Videokonferenz: {meeting.video_url}" if meeting.video_url else ""
    page = f"Im Portal: {settings.BASE_URL}{meeting.get_absolute_url()}"
    return "\n\n".join(part for part in (meeting.title, answer, video, agenda, page) if part)
