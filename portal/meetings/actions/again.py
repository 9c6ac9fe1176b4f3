"""A letter once more, to one person whom it did not reach."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from portal.audit import trail
from portal.mail.models import UnreachableAddress
from portal.meetings import emails, rules
from portal.meetings.actions import chain, changes, circle, ics, proof, revision, seats
from portal.meetings.actions.proof import Receipt
from portal.meetings.actions.sight import Sight
from portal.meetings.models import Attendance, Delivery, Meeting, Revision
from portal.members.models import Person, Role

OVER = "Die Sitzung hat schon begonnen oder ist abgesagt."
NEWER = "An {person} ist inzwischen ein neueres Schreiben gegangen."
WAITS = "Das vorige Schreiben wartet noch im Postausgang. Es geht von selbst hinaus."
GONE = "{person} ist zu dieser Sitzung nicht mehr eingeladen."
NOWHERE = "{person} hat keine E-Mail-Adresse, oder der Zugang ist geschlossen."
MARKED = (
    "E-Mails an {address} kommen zurück. Berichtigen Sie die Adresse, oder vermerken Sie beim vorigen Schreiben, "
    "dass sie wieder erreichbar ist."
)
OTHER_ADDRESS = "Die Adresse hat sich inzwischen geändert. Prüfen Sie, ob die neue stimmt."
MEANWHILE = "Inzwischen hat sich geändert, was die Person lesen darf. Bitte versuchen Sie es noch einmal."


@dataclass(frozen=True)
class Plan:
    """What would be sent: which revision, to whom, in which sight."""

    sent: Revision
    attendance: Attendance
    sight: Sight


def offered(meeting: Meeting, receipts: Iterable[Receipt], *, by: Person) -> set[UUID]:
    """The letters behind which the page offers it: each person's newest, where another one could arrive."""
    if not rules.may_send_again(by, meeting):
        return set()
    asked = {row.person_id for row in meeting.attendances.exclude(invited_at=None) if _is_asked(row)}
    newest = [one for one in receipts if one.is_newest and one.state != "waiting" and one.delivery.person_id in asked]
    marked = _marked(one.delivery.person for one in newest)
    return {one.delivery.pk for one in newest if not _obstacle_of_address(one.delivery.person, marked)}


def plan(delivery: Delivery, *, by: Person) -> Plan:
    """Look at what would be sent after this letter; nothing is saved.

    Raises ValidationError with what is in the way, PermissionDenied to those who may not.
    """
    meeting, person = delivery.meeting, delivery.person
    receipt = proof.receipt(delivery)
    if not rules.may_read_proof(by, meeting):
        raise PermissionDenied
    if not rules.may_send_again(by, meeting):
        raise ValidationError(OVER)
    if not receipt.is_newest:
        raise ValidationError(NEWER.format(person=person))
    if receipt.state == "waiting":
        raise ValidationError(WAITS)
    people = circle.around(meeting)
    row = next((row for row in people.stay if row.person_id == person.pk and _is_asked(row)), None)
    sent = meeting.revisions.select_related("created_by").order_by("-number").first()
    if row is None or sent is None:
        raise ValidationError(GONE.format(person=person))
    if obstacle := _obstacle_of_address(row.person, _marked([row.person])):
        raise ValidationError(obstacle)
    row.meeting = meeting
    return Plan(sent, row, people.sight_of(row))


def send(delivery: Delivery, *, by: Person, address: str) -> None:
    """Send the newest letter to the address that was on the screen; once after this one, whoever clicks how often.

    Raises as `plan` does.
    """
    foreseen = plan(delivery, by=by)
    file = revision.as_sent(foreseen.sent, delivery.meeting, foreseen.sight)
    with transaction.atomic():
        delivery.meeting = chain.lock(delivery.meeting_id)
        current = plan(delivery, by=by)
        if (current.sent, current.sight) != (foreseen.sent, foreseen.sight):
            raise ValidationError(MEANWHILE)
        if current.attendance.person.email != address:
            raise ValidationError(OTHER_ADDRESS)
        emails.again(_letter(current, file), repeats=delivery, delegate=_delegate_of(current.attendance))
        trail.record(
            actor=by,
            verb="Schreiben erneut verschickt",
            thing=delivery,
            organization=delivery.meeting.organization_id,
            revision=current.sent.number,
        )


def _letter(of: Plan, file: bytes) -> emails.Letter:
    """As the others have it; what was new in it, for those who have an earlier one."""
    meeting, sent = of.attendance.meeting, of.sent
    items = changes.items_of(sent.snapshot, of.sight)
    had_another = meeting.deliveries.filter(person=of.attendance.person_id, revision__lt=sent.number).exists()
    earlier = meeting.revisions.filter(number=sent.number - 1) if had_another else Revision.objects.none()
    before = earlier.values_list("snapshot", flat=True).first()
    return emails.Letter(
        attendance=of.attendance,
        items=items,
        changes=changes.differences(before, sent.snapshot, of.sight) if before else [],
        supplement_reason=revision.reason_of_supplement(sent, meeting, items),
        calendar=ics.request(of.attendance, items),
        pdf=file,
    )


def _delegate_of(row: Attendance) -> Person | None:
    """Whom a deputy is asked to stand in for."""
    seat = seats.seat_of(row) if row.role == Role.DEPUTY else None
    return seat.delegate.person if seat else None


def _is_asked(row: Attendance) -> bool:
    """Whether an answer of the person is still wanted or stands; a deputy who has declined is out of it."""
    return row.role != Role.DEPUTY or row.is_called_in


def _marked(people: Iterable[Person]) -> set[str]:
    """Which of their addresses send mail back."""
    return UnreachableAddress.objects.among(person.email or "" for person in people)


def _obstacle_of_address(person: Person, marked: set[str]) -> str:
    if not emails.is_reachable(person):
        return NOWHERE.format(person=person)
    return MARKED.format(address=person.email) if (person.email or "").lower() in marked else ""
