"""The change of Wahlperiode: seats end, some go on, Fraktionen come and go, new seats are given."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from portal.audit import trail
from portal.members.actions import seats
from portal.members.models import LegislativeTerm, Membership, Organization, Person, Role

STILL_SEATED = "{fraktion} hat noch Sitze im {group}. Sie kann enden, sobald auch diese enden."


@dataclass(frozen=True)
class Faction:
    """What becomes of a Fraktion, or a new one; and who sits for it from the first day on, if that is known."""

    name: str
    short_name: str
    existing: Organization | None = None
    goes_on: bool = True
    delegate: Person | None = None


@dataclass(frozen=True)
class Plan:
    """What shall be so with the first day of the new Wahlperiode."""

    name: str
    first_day: date
    carried: frozenset[UUID]  # the memberships that go on
    factions: tuple[Faction, ...]


@transaction.atomic
def change_term(group: Organization, *, by: Person, plan: Plan) -> list[str]:
    """Make it as planned and say what that took; what is so already is left alone, so it may be done again."""
    group = seats.lock(group.pk)
    told = _begin(group, plan, by)
    has_moved, going_on = _end_and_carry(group, plan, by)
    for faction in plan.factions:
        told += _settle(group, faction, plan, by)
    if going_on and (told or has_moved):
        told.append(f"Unverändert gehen weiter: {', '.join(going_on)}.")
    return told


def seats_before(group: Organization, first_day: date | None = None) -> Iterable[Membership]:
    """The seats that the change is about: those of today and to come which begin before the first day."""
    lasting = Membership.objects.lasting().filter(organization=group).select_related("person", "on_behalf_of")
    before = lasting.filter(start_date__lt=first_day) if first_day else lasting
    return before.order_by("on_behalf_of__name", "role", "rank", "person__sort_key")


def factions_of(group: Organization, first_day: date | None) -> Iterable[Organization]:
    """The Fraktionen that the group may keep or end; those that end with this very change still count."""
    ends = Q(end_date=None) | Q(end_date=first_day) if first_day else Q(end_date=None)
    return Organization.objects.filter(ends, kind=Organization.Kind.FRAKTION).order_by("name")


def _begin(group: Organization, plan: Plan, by: Person) -> list[str]:
    """The term itself; the one before ends with its last day."""
    term, is_new = LegislativeTerm.objects.get_or_create(start_date=plan.first_day, defaults={"name": plan.name})
    if not is_new and group.term_id == term.pk and term.name == plan.name:
        return []
    term.name = plan.name
    term.save(update_fields=["name", "modified"])
    earlier = LegislativeTerm.objects.filter(start_date__lt=plan.first_day)
    earlier.filter(Q(end_date=None) | Q(end_date__gt=plan.first_day)).update(end_date=plan.first_day)
    group.term = term
    group.save(update_fields=["term", "modified"])
    trail.record(
        actor=by,
        verb="Wahlperiode gewechselt",
        thing=term,
        organization=group.pk,
        first_day=plan.first_day.isoformat(),
    )
    return [f"Die {plan.name} beginnt am {_spoken(plan.first_day)}."]


def _end_and_carry(group: Organization, plan: Plan, by: Person) -> tuple[bool, list[str]]:
    """End what is not carried over; whether that moved anybody, and who keeps the seat that they have."""
    has_moved, going_on = False, []
    for seat in seats_before(group, plan.first_day):
        if seat.pk not in plan.carried:
            has_moved |= seats.end_membership(seat, by=by, end_date=plan.first_day, sooner=True)
            continue
        if seat.end_date == plan.first_day:
            seats.reopen(seat, by=by)
            has_moved = True
        going_on.append(f"{seat.person} ({seat.label})")
    return has_moved, going_on


def _settle(group: Organization, faction: Faction, plan: Plan, by: Person) -> list[str]:
    """One Fraktion: founded, kept or ended; then its seat."""
    told: list[str] = []
    fraktion = faction.existing or _known(faction)
    if fraktion is None:
        fraktion = seats.add_fraktion(by=by, organization=group, name=faction.name, short_name=faction.short_name)
        told.append(f"Neu: {fraktion}.")
    end_date = None if faction.goes_on else plan.first_day
    if fraktion.end_date != end_date:
        told.append(_end_or_keep(group, fraktion, end_date, by))
    if faction.goes_on and fraktion.term_id != group.term_id:
        Organization.objects.filter(pk=fraktion.pk).update(term=group.term)
    if faction.delegate and not _sits(group, fraktion, faction.delegate, plan.first_day):
        seats.appoint(
            group,
            by=by,
            person=faction.delegate,
            role=Role.DELEGATE,
            on_behalf_of=fraktion,
            start_date=plan.first_day,
        )
    return told


def _known(faction: Faction) -> Organization | None:
    """A new Fraktion that an earlier run has founded."""
    return Organization.objects.filter(kind=Organization.Kind.FRAKTION, name=faction.name, end_date=None).first()


def _end_or_keep(group: Organization, fraktion: Organization, end_date: date | None, by: Person) -> str:
    if end_date:
        beyond = fraktion.seats.lasting().filter(Q(end_date=None) | Q(end_date__gt=end_date))
        if other := beyond.select_related("organization").first():
            raise seats.SeatRefused(STILL_SEATED.format(fraktion=fraktion, group=other.organization))
    fraktion.end_date = end_date
    fraktion.save(update_fields=["end_date", "modified"])
    verb = "Fraktion beendet" if end_date else "Ende der Fraktion zurückgenommen"
    trail.record(actor=by, verb=verb, thing=fraktion, organization=group.pk)
    return (
        f"{fraktion} endet am {_spoken(end_date - timedelta(days=1))}." if end_date else f"{fraktion} besteht weiter."
    )


def _sits(group: Organization, fraktion: Organization, person: Person, day: date) -> bool:
    """Whether exactly this person has the seat by then, as after an earlier run."""
    there = Membership.objects.on(day).filter(organization=group, on_behalf_of=fraktion, role=Role.DELEGATE)
    return there.filter(person__email__iexact=person.email).exists()


def _spoken(day: date) -> str:
    return f"{day.day}.{day.month}.{day.year}"
