"""Answers that calendar programs send by mail: the same answer as by a button, after some questions."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from portal.mail.models import Incoming
from portal.meetings import emails, ical, rules
from portal.meetings.actions import chain, ics, replies
from portal.meetings.actions.seats import Represented
from portal.meetings.models import Attendance

Outcome = Incoming.Outcome
ANSWERS = {"ACCEPTED": Attendance.Answer.ACCEPTED, "DECLINED": Attendance.Answer.DECLINED}
SKEW = timedelta(minutes=2)  # so far two clocks may differ


class Verdict(NamedTuple):
    """What became of an answer, and the invitation it is about, if there is one."""

    outcome: Incoming.Outcome
    attendance: Attendance | None = None
    settled_at: datetime | None = None


@transaction.atomic
def take(reply: ical.Reply, *, asked: UUID, sender: str) -> Verdict:
    """Keep the answer to the invitation `asked`, if the right person gave it to the present date of the meeting.

    Whoever answered rightly but in vain is told so by mail, once for each state of the meeting.
    """
    rows = Attendance.objects.select_related("person", "on_behalf_of")
    row = rows.filter(pk=asked, invited_at__isnull=False).first()
    if row is None:
        return Verdict(Outcome.UNKNOWN)
    row.meeting = chain.lock(row.meeting_id)
    row.refresh_from_db(fields=["answer", "answered_at", "note"])
    if not row.person.email or sender.lower() != row.person.email.lower():
        return Verdict(Outcome.STRANGER, row)
    if reply.uid.lower() != ics.uid_of(row.meeting).lower():
        return Verdict(Outcome.UNKNOWN, row)
    outcome = _taken(reply, row)
    if outcome in emails.IN_VAIN:
        emails.not_taken(row, outcome)
    settled_at = row.answered_at if outcome == Outcome.TAKEN else None
    return Verdict(outcome, row, settled_at)


def _taken(reply: ical.Reply, row: Attendance) -> Incoming.Outcome:
    answer = ANSWERS.get(reply.partstat_of(row.person.email or ""))
    if obstacle := _obstacle(reply, row):
        return obstacle
    if answer is None:
        return Outcome.UNDECIDED
    try:
        kept = replies.answer(row, by=row.person, answer=answer, note=row.note)
    except Represented:
        return Outcome.REPRESENTED
    except PermissionDenied:
        return Outcome.CLOSED
    row.answer, row.answered_at = kept.answer, kept.answered_at
    return Outcome.TAKEN


def _obstacle(reply: ical.Reply, row: Attendance) -> Incoming.Outcome | None:
    """What stands in the way of any answer at this time."""
    if not row.person.is_active or not rules.may_answer(row.person, row):
        return Outcome.CLOSED
    if _is_stale(reply, row):
        return Outcome.STALE
    return Outcome.OUTDATED if _is_outdated(reply, row) else None


def _is_stale(reply: ical.Reply, row: Attendance) -> bool:
    """Whether the person answers to another time than the meeting has by now; a new place asks nobody again."""
    letters = row.meeting.deliveries.filter(person=row.person).values_list("sequence", "start")
    others = [sequence for sequence, start in letters if start != row.meeting.start]
    return bool(others) and reply.sequence <= max(others)


def _is_outdated(reply: ical.Reply, row: Attendance) -> bool:
    """Whether the person has said something later; mails overtake each other, and wait while the mailbox is away."""
    if row.answered_at is None or reply.said_at is None:
        return False
    taken = Incoming.objects.filter(person=row.person_id, about=row.meeting_id, outcome=Outcome.TAKEN)
    last = taken.filter(settled_at=row.answered_at).order_by("-said_at").first()
    if last and last.said_at:
        return reply.said_at < last.said_at
    return min(reply.said_at, timezone.now()) < row.answered_at - SKEW
