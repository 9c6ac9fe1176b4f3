"""The Zustellnachweis: what was sent to whom, how it arrived, and what else was done to reach somebody."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from portal.audit import trail
from portal.mail.models import Message, UnreachableAddress
from portal.meetings import rules
from portal.meetings.models import Attendance, Delivery, Meeting, Revision
from portal.members.models import Person

Status = Message.Status
NO_ADDRESS = "Keine E-Mail geschrieben: Die Person hat keine Adresse, oder ihr Zugang ist geschlossen."
TAKEN = "{name} hat hier inzwischen „{way}“ vermerkt."


@dataclass(frozen=True)
class Receipt:
    """One letter with what the outbox knows of it, or knew as long as it kept the mail."""

    delivery: Delivery
    message: Message | None
    is_unreachable: bool = False  # mail to the address came back for good, and nobody has seen to it
    is_newest: bool = False  # nothing was written to the person about the meeting since

    @property
    def handed_at(self) -> datetime | None:
        return self.message.sent_at if self.message else self.delivery.handed_at

    @property
    def server_answer(self) -> str:
        return self.message.server_answer if self.message else self.delivery.server_answer

    @property
    def failure(self) -> str:
        """Why it did not leave, or has not left yet."""
        if self.delivery.message is None:
            return NO_ADDRESS
        return self.message.last_error if self.message else self.delivery.failure

    @property
    def returned_at(self) -> datetime | None:
        return self.message.returned_at if self.message else self.delivery.returned_at

    @property
    def return_reason(self) -> str:
        return self.message.return_reason if self.message else self.delivery.return_reason

    @property
    def state(self) -> str:
        """How far it came: unwritten, waiting, failed, sent or returned."""
        if self.delivery.message is None:
            return "unwritten"
        if self.returned_at:
            return "returned"
        if self.handed_at:
            return "sent"
        return "waiting" if self.message and self.message.status != Status.FAILED else "failed"

    @property
    def answer(self) -> str:
        """What the person said to it, in a word."""
        return Attendance.Answer(self.delivery.answer).label if self.delivery.answer else ""


@dataclass(frozen=True)
class Issue:
    """All letters of one revision."""

    number: int
    revision: Revision | None
    receipts: list[Receipt]


def issues(meeting: Meeting) -> list[Issue]:
    """Every letter about the meeting, by revision, the newest first."""
    rows = meeting.deliveries.select_related("person", "noted_by").order_by("-revision", "person__sort_key", "pk")
    receipts = _receipts(list(rows), rows)
    revisions = meeting.revisions.select_related("created_by").defer("snapshot", "invitation_pdf")
    known = {revision.number: revision for revision in revisions}
    groups = groupby(receipts, key=lambda receipt: receipt.delivery.revision)
    return [Issue(number, known.get(number), list(group)) for number, group in groups]


def receipt(delivery: Delivery) -> Receipt:
    """The same for one letter."""
    return _receipts([delivery], Delivery.objects.filter(meeting=delivery.meeting_id, person=delivery.person_id))[0]


def _receipts(deliveries: list[Delivery], about: Iterable[Delivery]) -> list[Receipt]:
    """With what the outbox knows, and which of them is the newest to its person of all `about` the meeting."""
    newest = {row.person_id: row.pk for row in sorted(about, key=lambda row: (row.written_at, row.revision))}
    wanted = [delivery.message for delivery in deliveries if delivery.message]
    mails = Message.objects.defer("text", "html", "calendar").in_bulk(wanted, field_name="uuid")
    unreachable = UnreachableAddress.objects.among(delivery.address for delivery in deliveries)
    return [
        Receipt(
            delivery,
            mails.get(delivery.message) if delivery.message else None,
            delivery.address.lower() in unreachable,
            newest.get(delivery.person_id) == delivery.pk,
        )
        for delivery in deliveries
    ]


def note_opening(meeting: Meeting, person: Person, *, by_link: bool = False) -> None:
    """The person has the meeting before their eyes: noted once for each letter; signed in outweighs the link."""
    deliveries = Delivery.objects.filter(meeting=meeting, person=person)
    fresh = deliveries.filter(opened_at=None) if by_link else deliveries.unopened()
    fresh.update(opened_at=timezone.now(), opened_by_link=by_link)


def note_answer(attendance: Attendance) -> None:
    """The first answer that came after a letter belongs to it, whichever way it came."""
    deliveries = Delivery.objects.filter(meeting=attendance.meeting_id, person=attendance.person_id)
    deliveries.filter(answered_at=None).update(answered_at=attendance.answered_at, answer=attendance.answer)


@transaction.atomic
def note_other_way(delivery: Delivery, *, by: Person, way: str, told_at: datetime, remark: str = "") -> Delivery:
    """Keep that the person was told by letter, by telephone or by hand; the first to note it is the one who stays."""
    current = _lock(delivery, by)
    if current.way:
        raise ValidationError(TAKEN.format(name=current.noted_by, way=current.get_way_display()))
    current.way, current.told_at, current.remark = way, told_at, remark
    current.noted_at, current.noted_by = timezone.now(), by
    current.save()
    _record(current, by, "Zustellung vermerkt", way=current.get_way_display())
    return current


@transaction.atomic
def take_back_other_way(delivery: Delivery, *, by: Person) -> bool:
    """Take the note away again; false if there is none."""
    current = _lock(delivery, by)
    if not current.way:
        return False
    way = current.get_way_display()
    current.way = current.remark = ""
    current.told_at = current.noted_at = current.noted_by = None
    current.save()
    _record(current, by, "Vermerk zur Zustellung zurückgenommen", way=way)
    return True


@transaction.atomic
def trust_address(delivery: Delivery, *, by: Person) -> bool:
    """Take the mark from the address of this letter, since mail arrives there again; false if there is none."""
    current = _lock(delivery, by)
    if not UnreachableAddress.objects.filter(address=current.address.lower()).delete()[0]:
        return False
    _record(current, by, "Adresse wieder erreichbar")
    return True


def keep(messages: Iterable[UUID]) -> None:
    """Copy what the outbox knows of these mails before it forgets them."""
    for message in Message.objects.filter(uuid__in=messages).defer("text", "html", "calendar"):
        Delivery.objects.filter(message=message.uuid).update(
            handed_at=message.sent_at,
            server_answer=message.server_answer,
            failure=message.last_error,
            returned_at=message.returned_at,
            return_reason=message.return_reason,
        )


def _lock(delivery: Delivery, by: Person) -> Delivery:
    rows = Delivery.objects.select_related("meeting", "person", "noted_by").select_for_update(of=("self",))
    current: Delivery = rows.get(pk=delivery.pk)
    if not rules.may_read_proof(by, current.meeting):
        raise PermissionDenied
    return current


def _record(delivery: Delivery, by: Person, verb: str, **detail: str) -> None:
    trail.record(actor=by, verb=verb, thing=delivery, organization=delivery.meeting.organization_id, **detail)
