"""Which mails meetings cause. They name no title of a confidential item, and no text of any item."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from django.conf import settings
from django.core.signing import Signer
from django.urls import reverse
from django.utils.timezone import localtime

from portal.mail import addresses, outbox
from portal.mail.models import Message
from portal.meetings.emails import deliveries
from portal.meetings.models import AgendaItem, Attendance, Delivery, Meeting
from portal.members.models import Person, Role
from portal.ui.templatetags.ui import clock, day

ANSWER = Signer(sep=".", salt="portal.meetings.answer")
ANSWER_BY_MAIL = "a"  # the kind of address that takes answers to invitations
PDF_NAME = "Einladung-{meeting.number}-Sitzung-{meeting.year}.pdf"
Reminder = Literal["silent", "coming"]


class Change(NamedTuple):
    """One thing that is new in an invitation, as a mail may tell it."""

    what: str
    before: str = ""
    after: str = ""

    def __str__(self) -> str:
        if self.before and self.after:
            return f"{self.what}: bisher {self.before}, jetzt {self.after}"
        return ": ".join(part for part in (self.what, self.before or self.after) if part)


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What goes to one person with a revision: the items and changes that this person may see."""

    attendance: Attendance
    items: Sequence[AgendaItem]
    changes: Sequence[Change]
    calendar: outbox.Calendar
    pdf: bytes
    supplement_reason: str = ""


def is_reachable(person: Person) -> bool:
    """Whether mail goes to the person: somebody with an address and an open account."""
    return bool(person.email) and person.is_active


def answer_url(attendance: Attendance) -> str:
    """The personal address to answer without signing in."""
    path: str = reverse("meetings:answer", args=[ANSWER.sign(attendance.pk.hex)])
    return f"{settings.BASE_URL}{path}"


def reply_address(attendance: Attendance) -> str:
    """The personal address to which calendars send the answer; empty as long as the portal receives no mail."""
    return addresses.give(ANSWER_BY_MAIL, attendance.pk)


def invitation(letter: Letter) -> None:
    """The invitation: when, where, what about, and the two answers."""
    subject = invitation_subject(letter.attendance.meeting)
    _put_letter(letter, kind="Einladung", subject=subject, template="invitation")


def late_invitation(letter: Letter) -> None:
    """The same for somebody who joins between two revisions, perhaps for the second time."""
    meeting = letter.attendance.meeting
    key = f"{_key(letter)}:{meeting.sequence}"
    _put_letter(letter, key=key, kind="Einladung", subject=invitation_subject(meeting), template="invitation")


def changed(letter: Letter) -> None:
    """What has changed on the agenda since the last invitation."""
    subject = changed_subject(letter.attendance.meeting)
    _put_letter(letter, kind="Änderung", subject=subject, template="changed")


def other_part(letter: Letter) -> None:
    """For a guest who from now on sees another part of the same agenda."""
    meeting = letter.attendance.meeting
    key = f"{_key(letter)}:{meeting.sequence}"
    _put_letter(letter, key=key, kind="Änderung", subject=changed_subject(meeting), template="changed")


def again(letter: Letter, *, repeats: Delivery, delegate: Person | None) -> None:
    """The invitation as it stands, to somebody whom that letter did not reach; a deputy is told for whom."""
    _put_letter(
        letter,
        key=f"again:{repeats.pk}",
        kind="Einladung",
        subject=f"Noch einmal: {invitation_subject(letter.attendance.meeting)}",
        template="again",
        repeats=repeats,
        delegate=delegate,
    )


def invitation_subject(meeting: Meeting) -> str:
    return f"Einladung: {dated(meeting)}"


def changed_subject(meeting: Meeting) -> str:
    return f"Geänderte Tagesordnung: {dated(meeting)}"


def moved(letter: Letter, *, note: str, ask_again: bool) -> None:
    """The new time or place, old beside new; where the time has changed, everybody is asked again."""
    meeting = letter.attendance.meeting
    subject = f"Verlegt: {dated(meeting, 'auf')}" if ask_again else f"Geändert: {dated(meeting)}"
    _put_letter(letter, kind="Verlegung", subject=subject, template="moved", note=note, ask_again=ask_again)


def cancelled(attendance: Attendance, *, calendar: outbox.Calendar) -> None:
    """The meeting does not take place."""
    meeting = attendance.meeting
    put(
        attendance,
        key=f"cancellation:{meeting.pk}:{attendance.person_id}",
        kind="Absage",
        subject=f"Abgesagt: {dated(meeting)}",
        template="cancelled",
        proves=True,
        calendar=calendar,
    )


def released(attendance: Attendance, *, calendar: outbox.Calendar) -> None:
    """Somebody no longer belongs to the meeting: it leaves their calendar, and nobody else hears of it."""
    meeting = attendance.meeting
    put(
        attendance,
        key=f"release:{meeting.pk}:{meeting.sequence}:{attendance.person_id}",
        kind="Abmeldung",
        subject=f"Termin entfällt für Sie: {dated(meeting)}",
        template="released",
        proves=True,
        calendar=calendar,
    )


def reminder(attendance: Attendance, kind: Reminder) -> None:
    """Once for each start of the meeting: to those who are silent, and to those who come."""
    meeting = attendance.meeting
    words = {"silent": "Bitte antworten", "coming": "Erinnerung"}
    put(
        attendance,
        key=f"reminder:{kind}:{meeting.pk}:{localtime(meeting.start):%Y-%m-%dT%H:%M}:{attendance.person_id}",
        kind="Erinnerung",
        subject=f"{words[kind]}: {dated(meeting)}",
        template=f"reminder_{kind}",
        not_after=meeting.start,
    )


def agenda(items: Iterable[AgendaItem]) -> list[tuple[str, str]]:
    """Each item by its line, and what stands behind it."""
    return [(line(item), _hint(item)) for item in items]


def line(item: AgendaItem) -> str:
    """An item as mails, calendars and letters may name it."""
    return item.open_title if item.is_confidential else f"TOP {item.number}: {item.title}"


def _key(letter: Letter) -> str:
    meeting = letter.attendance.meeting
    return f"invitation:{meeting.pk}:{meeting.revision}:{letter.attendance.person_id}"


def _put_letter(
    letter: Letter,
    *,
    kind: str,
    subject: str,
    template: str,
    key: str = "",
    repeats: Delivery | None = None,
    **context: object,
) -> None:
    attendance, meeting = letter.attendance, letter.attendance.meeting
    file = outbox.Attachment(PDF_NAME.format(meeting=meeting), "application/pdf", letter.pdf)
    put(
        attendance,
        key=key or _key(letter),
        kind=kind,
        subject=subject,
        template=template,
        calendar=letter.calendar,
        attachments=[file],
        not_after=meeting.start,
        proves=True,
        repeats=repeats,
        agenda=agenda(letter.items),
        changes=letter.changes,
        supplement_reason=letter.supplement_reason,
        **context,
    )


def put(
    attendance: Attendance,
    *,
    key: str,
    kind: str,
    subject: str,
    template: str,
    calendar: outbox.Calendar | None = None,
    attachments: Sequence[outbox.Attachment] = (),
    not_after: datetime | None = None,
    proves: bool = False,
    repeats: Delivery | None = None,
    **context: object,
) -> Message | None:
    """One mail to one reader, if mail reaches them at all; what `proves` belongs to the Zustellnachweis.

    `repeats` is the letter that this one sends once more.
    """
    meeting, person = attendance.meeting, attendance.person
    if not is_reachable(person):
        if proves:
            deliveries.note(attendance, key=key, kind=kind, message=None, repeats=repeats)
        return None
    message = outbox.put(
        key=key,
        kind=kind,
        to=person.email or "",
        to_name=person.get_full_name(),
        subject=subject,
        template=f"meetings/mail/{template}",
        context=_context(attendance) | context,
        group=meeting.organization_id,
        about=meeting.pk,
        person=person.pk,
        calendar=calendar,
        attachments=attachments,
        thread=f"meeting-{meeting.pk}",
        reply_to=reply_address(attendance),
        not_after=not_after,
    )
    if proves:
        deliveries.note(attendance, key=key, kind=kind, message=message, repeats=repeats)
    return message


def _context(attendance: Attendance) -> dict[str, object]:
    meeting = attendance.meeting
    return {
        "person": attendance.person,
        "is_guest": attendance.role == "guest",
        "is_delegate": attendance.role == Role.DELEGATE,
        "answer": attendance.answer,
        "answer_by": attendance.answer_by,
        "meeting": meeting,
        "sender": meeting.organization.name,
        "facts": _facts(meeting),
        "answer_url": answer_url(attendance),
        "meeting_url": settings.BASE_URL + meeting.get_absolute_url(),
    }


def _facts(meeting: Meeting) -> list[tuple[str, str]]:
    start, end = localtime(meeting.start), localtime(meeting.end)
    facts = [
        ("Wann", f"{day(start)}\n{clock(start)} bis {clock(end)} Uhr"),
        ("Wo", meeting.address),
        ("Video", meeting.video_url),
    ]
    return [(label, value) for label, value in facts if value]


def _hint(item: AgendaItem) -> str:
    """What stands behind an item: nothing where the item is confidential."""
    if item.is_confidential:
        return ""
    presenter = f"Vortrag: {item.presenter}" if item.presenter else ""
    supplement = "Nachtrag" if item.is_supplement else ""
    return ", ".join(part for part in (supplement, item.get_purpose_display(), presenter) if part)


def dated(meeting: Meeting, word: str = "am") -> str:
    return f"{meeting.label} {word} {day(localtime(meeting.start))}"
