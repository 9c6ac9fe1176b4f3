"""How much of an agenda one reader sees: in letters, calendars, frozen agendas, from inside; else ask `visible_to`."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from uuid import UUID

from portal.meetings import rules
from portal.meetings.models import AgendaItem, Attendance, Guest, Meeting, Recusal, Visibility
from portal.members.models import Person

Barred = Mapping[UUID, frozenset[UUID]]  # the items that are closed to a person


class Sight(NamedTuple):
    """What somebody may read besides the public items: whole levels, single items, and what Befangenheit closes."""

    levels: frozenset[str] = frozenset()
    items: frozenset[UUID] = frozenset()
    barred: frozenset[UUID] = frozenset()

    def of(self, items: Iterable[AgendaItem]) -> list[AgendaItem]:
        """These items as the reader sees them; a barred one keeps its place and its number."""
        return [item.barred() if self._bars(item) else item for item in items if self._knows(item)]

    def _knows(self, item: AgendaItem) -> bool:
        return item.visibility in {Visibility.PUBLIC, *self.levels} or item.pk in self.items

    def _bars(self, item: AgendaItem) -> bool:
        return item.visibility != Visibility.PUBLIC and item.pk in self.barred


WHOLE = Sight(levels=frozenset({Visibility.INTERNAL, Visibility.CONFIDENTIAL}))


def invited_for(items: Iterable[AgendaItem], *, whole_meeting: bool) -> Sight:
    """What a guest may read; confidential items only where they are named."""
    levels = frozenset({Visibility.INTERNAL}) if whole_meeting else frozenset()
    return Sight(levels=levels, items=frozenset(item.pk for item in items))


def less_recusals(sight: Sight, meeting: Meeting, person: Person, barred: Barred | None = None) -> Sight:
    """The same without what Befangenheit closes to the person; `barred` where it was read before."""
    closed = barred_in(meeting) if barred is None else barred
    return sight._replace(barred=closed.get(person.pk, frozenset()))


def sight_of(meeting: Meeting, person: Person, barred: Barred | None = None) -> Sight:
    """What one reader may see: an insider all, a guest what the guest was invited for; less the recusals."""
    if rules.may_read_inside(person, meeting):
        return less_recusals(WHOLE, meeting, person, barred)
    guest = meeting.guests.filter(person=person).prefetch_related("items").first()
    return less_recusals(_of_guest(guest), meeting, person, barred) if guest else Sight()


def sights_of(rows: Iterable[Attendance], guests: Iterable[Guest], barred: Barred) -> dict[UUID, Sight]:
    """The same for everybody who is asked to a meeting, by person."""
    invited = {guest.person_id: _of_guest(guest) for guest in guests}
    open_to = {row.person_id: invited.get(row.person_id, Sight()) if row.role == "guest" else WHOLE for row in rows}
    return {person: sight._replace(barred=barred.get(person, frozenset())) for person, sight in open_to.items()}


def _of_guest(guest: Guest) -> Sight:
    return invited_for(guest.items.all(), whole_meeting=guest.whole_meeting)


def barred_in(meeting: Meeting) -> Barred:
    """Which items that are not public are closed to whom."""
    closed: defaultdict[UUID, frozenset[UUID]] = defaultdict(frozenset)
    recusals = Recusal.objects.filter(item__meeting=meeting).exclude(item__visibility=Visibility.PUBLIC)
    for person, item in recusals.values_list("person", "item"):
        closed[person] |= {item}
    return closed
