"""Who belongs to a meeting: the members of its day and its guests, set against those who were asked before."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal.meetings import emails
from portal.meetings.actions.sight import WHOLE, Barred, Sight, barred_in, sights_of
from portal.meetings.models import Attendance, Guest, Meeting
from portal.members.models import Membership, Person, Role

RANKED = (Role.DELEGATE, Role.LEAD, Role.CLERK, Role.STAFF)  # as what somebody with several roles comes
SEAT = ("role", "on_behalf_of", "rank", "in_place_of", "answer_by")
FRESH = ("invited_at", "answer", "answered_at", "note")


@dataclass(frozen=True)
class Circle:
    """Those who belong to the meeting now, those of them who are new, and those who no longer do."""

    stay: list[Attendance]
    new: list[Attendance]
    gone: list[Attendance]
    sights: dict[UUID, Sight]
    barred: Barred

    @property
    def reached(self) -> list[Person]:
        return [row.person for row in (*self.stay, *self.new) if emails.is_reachable(row.person)]

    @property
    def unreachable(self) -> list[Person]:
        return [row.person for row in (*self.stay, *self.new) if not emails.is_reachable(row.person)]

    @property
    def has_moved(self) -> bool:
        """Whether somebody came or went: then calendars have to take note."""
        return bool(self.new or self.gone)

    @property
    def has_narrow_sights(self) -> bool:
        """Whether somebody sees only a part of the agenda."""
        return any(sight != WHOLE for sight in self.sights.values())

    def sight_of(self, attendance: Attendance) -> Sight:
        """What of the agenda this person may see."""
        return self.sights[attendance.person_id]


def around(meeting: Meeting) -> Circle:
    """Compare who belongs to the meeting on its day with who was asked; nothing is saved."""
    seats = Membership.objects.on(meeting.day).filter(organization=meeting.organization_id)
    seats = seats.select_related("person", "on_behalf_of").order_by("person__sort_key")
    guests = list(meeting.guests.select_related("person").prefetch_related("items"))
    wanted = {row.person_id: row for row in (*_as_guests(guests), *_as_members(meeting, seats))}
    deputies = {(seat.person_id, seat.on_behalf_of_id) for seat in seats if seat.role == Role.DEPUTY}
    asked = meeting.attendances.filter(invited_at__isnull=False).select_related("meeting__organization", "person")
    before = {row.person_id: row for row in asked}
    gone = {pk for pk, row in before.items() if pk not in wanted and not _stands_in(row, deputies)}
    stay = [_seated(row, wanted.get(pk, row)) for pk, row in before.items() if pk not in gone]
    new = [row for pk, row in wanted.items() if pk not in before]
    barred = barred_in(meeting)
    return Circle(
        stay=stay,
        new=new,
        gone=[before[pk] for pk in gone],
        sights=sights_of((*stay, *new), guests, barred),
        barred=barred,
    )


def save(circle: Circle, *, at: datetime) -> None:
    """Write down who is asked from now on; whoever no longer belongs to the meeting has no row there."""
    Attendance.objects.filter(pk__in=[row.pk for row in circle.gone]).delete()
    Attendance.objects.bulk_update(circle.stay, SEAT)
    for row in circle.new:
        row.invited_at = at
    Attendance.objects.bulk_create(
        circle.new,
        update_conflicts=True,
        unique_fields=["meeting", "person"],
        update_fields=[*SEAT, *FRESH],
    )


def _as_members(meeting: Meeting, seats: Iterable[Membership]) -> Iterable[Attendance]:
    """One row for each member; a deputy comes only when called in."""
    invited = [seat for seat in seats if seat.role in RANKED]
    for seat in sorted(invited, key=lambda seat: RANKED.index(Role(seat.role)), reverse=True):
        yield Attendance(
            meeting=meeting, person=seat.person, role=seat.role, on_behalf_of=seat.on_behalf_of, rank=seat.rank
        )


def _as_guests(guests: Iterable[Guest]) -> Iterable[Attendance]:
    return (Attendance(meeting=guest.meeting, person=guest.person, role="guest") for guest in guests)


def _stands_in(row: Attendance, deputies: set[tuple[UUID, UUID | None]]) -> bool:
    """Whether this is a deputy who was called in and still is one."""
    return row.role == Role.DEPUTY and (row.person_id, row.on_behalf_of_id) in deputies


def _seated(row: Attendance, now: Attendance) -> Attendance:
    """The row with the seat that the person has by then."""
    row.role, row.on_behalf_of, row.rank = now.role, now.on_behalf_of, now.rank
    row.in_place_of, row.answer_by = now.in_place_of, now.answer_by
    return row
