"""Notes for the Zustellnachweis which letter was written to whom."""

from portal.mail.models import Message
from portal.meetings.models import Attendance, Delivery


def note(
    attendance: Attendance, *, key: str, kind: str, message: Message | None, repeats: Delivery | None = None
) -> None:
    """Once for each key, in the transaction that writes the letter; without a mail too, since that has to be seen."""
    meeting = attendance.meeting
    delivery = Delivery(
        key=key,
        meeting=meeting,
        person=attendance.person,
        kind=kind,
        repeats=repeats,
        revision=meeting.revision,
        sequence=meeting.sequence,
        start=meeting.start,
        message=message.uuid if message else None,
        address=message.to if message else "",
    )
    Delivery.objects.bulk_create([delivery], ignore_conflicts=True)
