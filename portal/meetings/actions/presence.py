"""Who is there while a meeting runs; the Niederschrift reads and corrects the same fields."""

from datetime import time

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from portal.audit import trail
from portal.meetings import rules
from portal.meetings.models import Attendance, Mark, Meeting, seats_taken_twice
from portal.members.models import Person, Role

Presence = Attendance.Presence
FIELDS = ("presence", "arrived", "left", "in_place_of_id")


@transaction.atomic
def mark_presence(row: Attendance, *, by: Person, mark: Mark, at: time) -> bool:
    """Note it, for `at` in Berlin; false if that is noted already. ValidationError if it cannot be."""
    meeting = Meeting.objects.select_for_update().get(pk=row.meeting_id)
    if not rules.may_send(by, meeting):
        raise PermissionDenied
    if not rules.may_mark_presence(by, meeting):
        raise ValidationError(f"Das geht nicht: Die Sitzung steht auf „{meeting.get_state_display()}“.")
    rows = list(meeting.attendances.select_related("person", "on_behalf_of", "in_place_of"))
    row = next(one for one in rows if one.pk == row.pk)
    before = _facts(row)
    _apply(row, mark, at)
    if _facts(row) == before:
        return False
    row.in_place_of = _whose_seat(row, rows)
    for pair in seats_taken_twice(rows):
        if row in pair:
            other = pair[0] if pair[1] == row else pair[1]
            holder = other.person.get_full_name()
            raise ValidationError(f"Den Sitz hat zu dieser Zeit {holder}. Vermerken Sie zuerst, wer wann geht.")
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
    """For whom a deputy who has taken the seat sits in."""
    if not row.took_part or not row.holds_seat:
        return None
    delegates = (one for one in rows if one.role == Role.DELEGATE and one.on_behalf_of_id == row.on_behalf_of_id)
    return next((one.person for one in delegates), None)


def _facts(row: Attendance) -> list[object]:
    return [getattr(row, name) for name in FIELDS]


def _worded(at: time | None) -> str:
    return f"{at:%H:%M}" if at else ""
