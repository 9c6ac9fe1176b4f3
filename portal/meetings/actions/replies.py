"""Answers to an invitation, in the portal or by the personal link of a mail."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.signing import BadSignature
from django.db import transaction
from django.utils import timezone

from portal.audit import trail
from portal.meetings import rules
from portal.meetings.actions import chain, proof, seats
from portal.meetings.emails import ANSWER
from portal.meetings.models import Attendance
from portal.members.models import Person, Role


def asked_by(token: str) -> Attendance | None:
    """The invitation behind a personal link, as long as it may be answered."""
    row = _behind(token)
    return row if row and rules.may_answer(row.person, row) else None


def _behind(token: str) -> Attendance | None:
    try:
        pk = UUID(hex=ANSWER.unsign(token))
    except (BadSignature, ValueError):
        return None
    rows = Attendance.objects.select_related("meeting__organization", "meeting__location", "person", "on_behalf_of")
    return rows.filter(pk=pk, person__is_active=True).first()


def refused_by(token: str) -> Attendance | None:
    """Behind the link of a deputy: the no that they have said to a meeting still to come."""
    row = _behind(token)
    has_refused = row and row.role == Role.DEPUTY and row.answer == Attendance.Answer.DECLINED
    return row if row and has_refused and rules.is_coming_up(row.meeting) else None


@transaction.atomic
def answer(
    attendance: Attendance,
    *,
    by: Person,
    answer: str,
    note: str = "",
    pass_on: bool = False,
    release: UUID | None = None,
) -> Attendance:
    """Keep the person's answer; the same answer again changes nothing.

    A delegate may pass the seat on with a no. A yes takes it back: from a deputy who has said yes only if `release`
    names them, else it raises Represented.
    """
    meeting = chain.lock(attendance.meeting_id)
    rows = Attendance.objects.select_for_update(of=("self",)).select_related("person")
    current = rows.filter(pk=attendance.pk).first()
    if current is not None:
        current.meeting = meeting
    if current is None or not rules.may_answer(by, current):
        raise PermissionDenied
    if current.role == Role.DELEGATE and answer == Attendance.Answer.ACCEPTED:
        seats.mind_the_deputy(current, release)
    is_new = current.answer != answer
    if is_new or current.note != note:
        _save(current, by, answer, note)
    seats.follow(meeting, current, passes_on=pass_on, is_new=is_new)
    return current


def _save(current: Attendance, by: Person, answer: str, note: str) -> None:
    current.answer, current.note, current.answered_at = answer, note, timezone.now()
    current.save(update_fields=["answer", "note", "answered_at", "modified"])
    proof.note_answer(current)
    trail.record(
        actor=by,
        verb="Einladung beantwortet",
        thing=current,
        organization=current.meeting.organization_id,
        answer=current.get_answer_display(),
    )
