"""Befangenheit: recorded for a person at an item, and taken back."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet

from portal.audit import trail
from portal.meetings import rules
from portal.meetings.models import AgendaItem, Recusal
from portal.members.models import Membership, Person


@transaction.atomic
def record_recusal(item: AgendaItem, *, by: Person, person: Person) -> Recusal:
    """From now on the person reads of this item only what is public; recorded twice, it is one."""
    item = _lock(item.pk, by)
    recusal, is_new = Recusal.objects.get_or_create(item=item, person=person, defaults={"recorded_by": by})
    if is_new:
        _record("Befangenheit erfasst", recusal, by)
    return recusal


@transaction.atomic
def lift_recusal(recusal: Recusal, *, by: Person) -> bool:
    """Take it back: the person reads the item again. False if somebody else has done so already."""
    recusal.item = _lock(recusal.item_id, by)
    current = Recusal.objects.filter(pk=recusal.pk)
    if not current.exists():
        return False
    _record("Befangenheit zurückgenommen", recusal, by)
    current.delete()
    return True


def people_at(item: AgendaItem) -> QuerySet[Person]:
    """Of whom Befangenheit can be recorded: today's members, guests, and whoever was asked to the meeting."""
    meeting = item.meeting
    seats = Membership.objects.current().filter(organization=meeting.organization_id)
    return Person.objects.filter(
        Q(pk__in=seats.values("person"))
        | Q(pk__in=meeting.guests.values("person"))
        | Q(pk__in=meeting.attendances.values("person"))
    )


def _lock(pk: UUID, by: Person) -> AgendaItem:
    """The item, locked: neither deleted nor judged by somebody who has been recused this very moment."""
    item = AgendaItem.objects.select_for_update(of=("self",)).select_related("meeting").get(pk=pk)
    if not rules.may_record_recusal(by, item):
        raise PermissionDenied
    return item


def _record(verb: str, recusal: Recusal, by: Person) -> None:
    trail.record(
        actor=by,
        verb=verb,
        thing=recusal,
        organization=recusal.item.meeting.organization_id,
        item=str(recusal.item_id),
        person=str(recusal.person_id),
    )
