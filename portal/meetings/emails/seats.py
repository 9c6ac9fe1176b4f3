"""Which mails a seat causes that its delegate passes on."""

from collections.abc import Sequence

from portal.mail import outbox
from portal.meetings.emails.letters import PDF_NAME, agenda, dated, put
from portal.meetings.models import AgendaItem, Attendance, SeatStep
from portal.members.models import Person


def asked(
    deputy: Attendance,
    step: SeatStep,
    *,
    delegate: Person,
    items: Sequence[AgendaItem],
    calendar: outbox.Calendar,
    pdf: bytes | None,
) -> None:
    """For whom, until when to answer, and the two answers; with all that an invitation brings."""
    meeting = deputy.meeting
    name = PDF_NAME.format(meeting=meeting)
    put(
        deputy,
        key=f"seat:{step.pk}:{deputy.person_id}",
        kind="Vertretung",
        subject=f"Bitte um Vertretung: {dated(meeting)}",
        template="seat_asked",
        calendar=calendar,
        attachments=[outbox.Attachment(name, "application/pdf", pdf)] if pdf else [],
        not_after=meeting.start,
        proves=True,
        agenda=agenda(items),
        delegate=delegate,
        fraktion=step.on_behalf_of,
    )


def left(deputy: Attendance, step: SeatStep, *, why: str, delegate: Person, calendar: outbox.Calendar) -> None:
    """A deputy is out of it again, and why; the entry leaves their calendar."""
    put(
        deputy,
        key=f"seat:{step.pk}:{deputy.person_id}",
        kind="Vertretung",
        subject=f"Termin entfällt für Sie: {dated(deputy.meeting)}",
        template="seat_left",
        calendar=calendar,
        proves=True,
        why=why,
        delegate=delegate,
    )


def taken(delegate: Attendance, step: SeatStep) -> None:
    """The delegate hears who takes the seat."""
    put(
        delegate,
        key=f"seat:{step.pk}:{delegate.person_id}",
        kind="Vertretung",
        subject=f"Sie werden vertreten: {dated(delegate.meeting)}",
        template="seat_taken",
        not_after=delegate.meeting.start,
        deputy=step.person,
    )


def vacant(reader: Attendance, step: SeatStep, *, delegate: Person) -> None:
    """Lead, clerk and delegate hear that there is nobody left to ask."""
    put(
        reader,
        key=f"seat:{step.pk}:{reader.person_id}",
        kind="Vertretung",
        subject=f"Sitz unbesetzt: {dated(reader.meeting)}",
        template="seat_vacant",
        not_after=reader.meeting.start,
        delegate=delegate,
        fraktion=step.on_behalf_of,
    )
