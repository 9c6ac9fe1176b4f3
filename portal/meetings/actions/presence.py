"""Who is there while a meeting runs; the Niederschrift reads and corrects the same fields."""

from datetime import time
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from portal.audit import trail
from portal.meetings import rules
from portal.meetings.models import Attendance, Guest, Mark, Meeting, seats_taken_twice
from portal.members.models import Membership, Person, Role

Presence = Attendance.Presence
PRECEDENCE = (*Role.of_fraktion(), Role.LEAD, Role.CLERK, Role.STAFF)  # as what somebody with several roles comes
FIELDS = ("presence", "arrived", "left", "in_place_of_id")


def expected(meeting: Meeting) -> list[Attendance]:
    """Who belongs to the meeting on its day: members, each with the weightiest role, and guests; nothing is saved."""
    members = Membership.objects.on(meeting.day).filter(organization=meeting.organization_id)
    seats = list(members.select_related("person", "on_behalf_of"))
    seats.sort(key=lambda seat: -PRECEDENCE.index(Role(seat.role)))
    guests = Guest.objects.filter(meeting=meeting).select_related("person")
    rows = {guest.person_id: Attendance(meeting=meeting, person=guest.person, role="guest") for guest in guests}
    return list((rows | {seat.person_id: _row_of(meeting, seat) for seat in seats}).values())


def _row_of(meeting: Meeting, seat: Membership) -> Attendance:
    return Attendance(
        meeting=meeting, person=seat.person, role=seat.role, on_behalf_of=seat.on_behalf_of, rank=seat.rank
    )


@transaction.atomic
def mark_member(meeting: Meeting, person: UUID, *, by: Person, mark: Mark, at: time) -> bool:
    """The same for somebody who belongs to the meeting and was not asked; they get their row, which gives no access.

    PermissionDenied for whoever does not belong to it.
    """
    meeting = _running(meeting.pk, by)
    row = meeting.attendances.filter(person=person).first()
    if row is None:
        row = next((one for one in expected(meeting) if one.person_id == person), None)
        if row is None:
            raise PermissionDenied
        if mark == Mark.CLEAR:
            return False
        row.save()
    return _mark(meeting, row, by, mark, at)


@transaction.atomic
def mark_presence(row: Attendance, *, by: Person, mark: Mark, at: time) -> bool:
    """Note it, for `at` in Berlin; false if that is noted already. ValidationError if it cannot be."""
    return _mark(_running(row.meeting_id, by), row, by, mark, at)


def _running(pk: UUID, by: Person) -> Meeting:
    """Lock the meeting, if the person may note who is there."""
    meeting = Meeting.objects.select_for_update().get(pk=pk)
    if not rules.may_send(by, meeting):
        raise PermissionDenied
    if not rules.may_mark_presence(by, meeting):
        raise ValidationError(f"Das geht nicht: Die Sitzung steht auf „{meeting.get_state_display()}“.")
    return meeting


def _mark(meeting: Meeting, row: Attendance, by: Person, mark: Mark, at: time) -> bool:
    rows = list(meeting.attendances.select_related("person", "on_behalf_of", "in_place_of"))
    row = next(one for one in rows if one.pk == row.pk)
    before = _facts(row)
    _apply(row, mark, at)
    if _facts(row) == before:
        return False
    row.in_place_of = _whose_seat(row, rows)
    holder = _who_else_sits(row, rows)
    if holder and row.role == Role.DEPUTY and not row.holds_seat:
        row.in_place_of = None  # is there, beside whoever has the seat
    elif holder:
        raise ValidationError(
            f"Den Sitz hat zu dieser Zeit {holder.person.get_full_name()}. Vermerken Sie zuerst, wer wann geht."
        )
    row.save(update_fields=["presence", "arrived", "left", "in_place_of", "modified"])
    trail.record(
        actor=by,
        verb="Anwesenheit vermerkt",
        thing=row,
        organization=meeting.organization_id,
        presence=row.presence,
        arrived=_worded(row.arrived),
        left=_worded(row.left),
    )
    return True


def _apply(row: Attendance, mark: Mark, at: time) -> None:
    """Change the row; what is so already stays, so that a second click keeps the first time."""
    is_there = row.took_part and row.left is None
    if mark == Mark.CLEAR:
        row.presence, row.arrived, row.left = Presence.UNKNOWN, None, None
    elif mark == Mark.LEAVES:
        if not row.took_part:
            raise ValidationError("Wer geht, muss vorher da gewesen sein.")
        if row.arrived and at <= row.arrived:
            raise ValidationError(
                f"{row.person.get_full_name()} kam um {_worded(row.arrived)} Uhr. Gehen ist erst danach möglich."
            )
        row.left = at if is_there else row.left
    elif mark == Mark.ARRIVES:
        if not is_there:
            row.presence, row.arrived, row.left = Presence.PRESENT, at, None
    else:
        row.presence, row.left = Presence.REMOTE if mark == Mark.REMOTE else Presence.PRESENT, None


def _whose_seat(row: Attendance, rows: list[Attendance]) -> Person | None:
    """For whom a deputy sits in who has come, announced or not."""
    if not row.took_part or row.role != Role.DEPUTY:
        return None
    delegates = (one for one in rows if one.role == Role.DELEGATE and one.on_behalf_of_id == row.on_behalf_of_id)
    return next((one.person for one in delegates), None)


def _who_else_sits(row: Attendance, rows: list[Attendance]) -> Attendance | None:
    """Who would have the same seat at the same time."""
    pairs = (pair for pair in seats_taken_twice(rows) if row in pair)
    return next((one for pair in pairs for one in pair if one != row), None)


def _facts(row: Attendance) -> list[object]:
    return [getattr(row, name) for name in FIELDS]


def _worded(at: time | None) -> str:
    return f"{at:%H:%M}" if at else ""
