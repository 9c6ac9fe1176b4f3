"""Answers to an invitation, in the portal or by the personal link of a mail."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.signing import BadSignature
from django.db import transaction
from django.utils import timezone

from portal.audit import trail
from portal.meetings import rules
from portal.meetings.emails import ANSWER
from portal.meetings.models import Attendance
from portal.members.models import Person


def asked_by(token: str) -> Attendance | None:
    """The invitation behind a personal link, as long as it may be answered."""
    try:
        pk = UUID(hex=ANSWER.unsign(token))
    except (BadSignature, ValueError):
        return None
    attendance = Attendance.objects.select_related("meeting__organization", "meeting__location", "person").filter(pk=pk)
    row = attendance.first()
    return row if row and row.person.is_active and rules.may_answer(row.person, row) else None


@transaction.atomic
def answer(attendance: Attendance, *, by: Person, answer: str, note: str = "") -> Attendance:
    """Keep the person's answer; the same answer again changes nothing."""
    rows = Attendance.objects.select_for_update(of=("self",)).select_related("meeting")
    current = rows.filter(pk=attendance.pk).first()
    if current is None or not rules.may_answer(by, current):
        raise PermissionDenied
    if (current.answer, current.note) == (answer, note):
        return current
    current.answer, current.note, current.answered_at = answer, note, timezone.now()
    current.save(update_fields=["answer", "note", "answered_at", "modified"])
    trail.record(
        actor=by,
        verb="Einladung beantwortet",
        thing=current,
        organization=current.meeting.organization_id,
        answer=current.get_answer_display(),
    )
    return current
