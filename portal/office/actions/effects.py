"""What a step does to seats, access and meetings ahead: shown before it is done, done only as it was shown."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from django.db import transaction

from portal.meetings.actions.following import Shift, follow_seats
from portal.members.actions.seats import lock
from portal.members.models import Membership, Organization, Person

DATED = ("role", "on_behalf_of_id", "rank", "start_date", "end_date")


@dataclass(frozen=True)
class SeatChange:
    """One seat that is new or has other dates, and what else the person has in this working group."""

    seat: Membership
    is_new: bool
    keeps: list[str]

    @property
    def is_taken_back(self) -> bool:
        return self.seat.end_date == self.seat.start_date


@dataclass(frozen=True)
class Effects:
    """All that a step changes."""

    organization: Organization
    notes: list[str]
    seats: list[SeatChange]
    meetings: list[Shift]

    @property
    def is_empty(self) -> bool:
        """Nothing would change: all is so already."""
        return not (self.notes or self.seats or self.meetings)

    @property
    def sign(self) -> str:
        """A short sign of all this, to notice on the second look that it has become something else."""
        seats = [[_name(change.seat.person), *_facts(change.seat), change.keeps] for change in self.seats]
        meetings = [
            [str(shift.meeting.pk), *(sorted(map(_name, people)) for people in (shift.invited, shift.released))]
            for shift in self.meetings
        ]
        return sha256(json.dumps([self.notes, seats, meetings]).encode()).hexdigest()[:32]


class Unseen(Exception):
    """Nothing has been done: these effects have not been seen yet, or no longer are what was seen."""

    def __init__(self, effects: Effects) -> None:
        super().__init__("effects that nobody has seen")
        self.effects = effects


@transaction.atomic
def carry_out(
    step: Callable[[], Sequence[str] | None], *, organization: Organization, by: Person, seen: str = ""
) -> Effects:
    """Do the step with all that follows, if exactly these effects were seen; else undo it and raise Unseen."""
    organization = lock(organization.pk)
    before = _seats_of(organization)
    notes = list(step() or ())
    after = _seats_of(organization)
    changed = [seat for pk, seat in after.items() if pk not in before or _facts(before[pk]) != _facts(seat)]
    effects = Effects(
        organization=organization,
        notes=notes,
        seats=[SeatChange(seat, seat.pk not in before, _kept_beside(seat, after)) for seat in changed],
        meetings=follow_seats(organization.pk, by=by),
    )
    if effects.sign != seen:
        raise Unseen(effects)
    return effects


def _seats_of(organization: Organization) -> dict[UUID, Membership]:
    seats = Membership.objects.filter(organization=organization).select_related("person", "on_behalf_of")
    order = ("on_behalf_of__name", "role", "rank", "start_date", "person__sort_key")
    return {seat.pk: seat for seat in seats.order_by(*order)}


def _kept_beside(gone: Membership, seats: dict[UUID, Membership]) -> list[str]:
    """The other places of somebody who leaves one."""
    if gone.end_date is None:
        return []
    others = (seat for seat in seats.values() if seat.person_id == gone.person_id and seat.pk != gone.pk)
    return [
        seat.label for seat in others if not seat.is_over and (seat.end_date is None or seat.end_date > gone.end_date)
    ]


def _facts(seat: Membership) -> list[str]:
    return [str(getattr(seat, name)) for name in DATED]


def _name(person: Person) -> str:
    """Whom a step is about; somebody new has no lasting id before it is done."""
    return f"{person.email} {person.get_full_name()}"
