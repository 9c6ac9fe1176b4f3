"""Mail that comes in: kept once, then read as an answer, as mail that is back, or left to people."""

import logging
from collections.abc import Iterable
from hashlib import sha256
from uuid import UUID

from django.db import DatabaseError, transaction

from portal.audit import origin
from portal.audit.origin import Door
from portal.mail import addresses, letter, returns
from portal.mail.letter import Letter
from portal.mail.models import Incoming
from portal.meetings import ical
from portal.meetings.actions import calendar_replies
from portal.meetings.emails import ANSWER_BY_MAIL
from portal.meetings.models import Attendance
from portal.members.models import Membership, Organization, Person

Outcome = Incoming.Outcome

logger = logging.getLogger(__name__)


def receive(raw: bytes, recipients: Iterable[str] = ()) -> Incoming:
    """Take one mail, whatever it is; the same mail again changes nothing. Raises DatabaseError if it could not be kept.

    `recipients` are those of the envelope, where the mail server names them.
    """
    try:
        found = letter.read(raw, recipients)
        return _keep(found)
    except DatabaseError:
        raise
    except letter.Unreadable as refusal:
        return _keep_unread(raw, str(refusal))
    except Exception:  # a mail that nobody foresaw must not stop those behind it
        logger.exception("An incoming mail could not be read")
        return _keep_unread(raw, "Das Portal konnte diese E-Mail nicht lesen.")


@transaction.atomic
def _keep(found: Letter) -> Incoming:
    """The mail as a row; whoever brings it at the same moment waits for the outcome and changes nothing."""
    said = {"sender": found.sender, "sender_name": found.sender_name, "subject": found.subject, "text": found.text}
    row, is_new = Incoming.objects.get_or_create(key=found.key, defaults=said)
    if is_new:
        with origin.coming_from(Door.MAIL):
            if not (_as_answer(row, found) or _as_return(row, found)):
                _for_people(row, found)
        row.save()
    return row


def _keep_unread(raw: bytes, reason: str) -> Incoming:
    said = {"outcome": Outcome.BROKEN, "text": reason, "group": _only_group()}
    return Incoming.objects.get_or_create(key=sha256(raw).hexdigest(), defaults=said)[0]


def _as_answer(row: Incoming, found: Letter) -> bool:
    """Read it as what a calendar program answers to an invitation; false if it is no such thing."""
    reply = next((reply for part in found.calendars if (reply := ical.read_reply(part))), None)
    asked = _asked(found.recipients if reply is None else (*found.recipients, reply.organizer))
    if reply is None:
        if not (found.is_outlook and asked):
            return False
        row.outcome = Outcome.OUTLOOK
        _tie(row, Attendance.objects.filter(pk=asked).first())
        return True
    if asked is None:
        row.outcome = Outcome.UNKNOWN
        row.group = _group_of(found.sender)
        return True
    verdict = calendar_replies.take(reply, asked=asked, sender=found.sender)
    row.outcome, row.said_at, row.settled_at = verdict.outcome, reply.said_at, verdict.settled_at
    _tie(row, verdict.attendance)
    return True


def _asked(recipients: Iterable[str]) -> UUID | None:
    """The invitation that a personal address names."""
    token = addresses.read(recipients)
    return token.pk if token and token.kind == ANSWER_BY_MAIL else None


def _as_return(row: Incoming, found: Letter) -> bool:
    """Read it as mail that comes back; of the text only the reason is kept, since the rest may hold a code."""
    back = returns.read(found)
    if back is None:
        return False
    returns.note(back)
    row.text = back.reason
    row.outcome = Outcome.RETURNED if back.is_final else Outcome.DELAYED
    if back.message:
        row.message, row.group, row.about = back.message.uuid, back.message.group, back.message.about
        row.person = back.message.person
    return True


def _for_people(row: Incoming, found: Letter) -> None:
    """What somebody wrote, or a machine that is away from its desk."""
    row.outcome = Outcome.AUTOMATIC if found.is_automatic else Outcome.LETTER
    asked = _asked(found.recipients)
    _tie(row, Attendance.objects.select_related("person").filter(pk=asked).first() if asked else None)
    row.group = row.group or _group_of(found.sender)


def _tie(row: Incoming, attendance: Attendance | None) -> None:
    """Say which meeting it is about, and whose it is if the sender is that person."""
    if attendance is None:
        row.group = row.group or _group_of(row.sender)
        return
    row.group, row.about = attendance.meeting.organization_id, attendance.meeting_id
    if (attendance.person.email or "").lower() == row.sender.lower():
        row.person = attendance.person_id


def _group_of(sender: str) -> UUID | None:
    """The one working group in which the sender is; else the only one there is."""
    people = Person.objects.filter(email__iexact=sender) if sender else Person.objects.none()
    groups = set(Membership.objects.current().filter(person__in=people).values_list("organization", flat=True))
    return groups.pop() if len(groups) == 1 else _only_group()


def _only_group() -> UUID | None:
    groups = Organization.objects.filter(kind=Organization.Kind.WORKING_GROUP).values_list("pk", flat=True)[:2]
    return groups[0] if len(groups) == 1 else None
