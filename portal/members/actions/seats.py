"""Seats: who is appointed to which place, and until when."""

from datetime import date

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from portal.audit import trail
from portal.members.actions import accounts
from portal.members.models import Membership, Organization, Person, Role


class SeatTaken(Exception):
    """The seat, or the rank, belongs to somebody else at that time; the message is for the reader."""


@transaction.atomic
def appoint(
    organization: Organization,
    *,
    by: Person | None,
    person: Person,
    role: str,
    on_behalf_of: Organization | None = None,
    start_date: date | None = None,
) -> Membership:
    """Give the person a place in the working group and mail how to get in."""
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    membership = Membership(
        person=accounts.with_account(person),
        organization=organization,
        role=role,
        on_behalf_of=on_behalf_of,
        rank=_next_rank(organization, on_behalf_of) if role == Role.DEPUTY else None,
        start_date=start_date or timezone.localdate(),
    )
    _refuse_a_taken_seat(membership)
    membership.save()
    trail.record(actor=by, verb="Mitglied berufen", thing=membership, organization=organization.pk, role=role)
    accounts.tell(membership)
    return membership


@transaction.atomic
def end_membership(membership: Membership, *, by: Person, end_date: date) -> bool:
    """End the membership; `end_date` is the first day without it. False if somebody else has ended it already."""
    current = Membership.objects.select_for_update().get(pk=membership.pk)
    if current.end_date is not None:
        return False
    current.end_date = end_date
    current.save(update_fields=["end_date", "modified"])
    if not current.person.memberships.current().exists():
        current.person.invitations.filter(used_at=None).update(expires_at=timezone.now())
    trail.record(
        actor=by,
        verb="Mitgliedschaft beendet",
        thing=current,
        organization=current.organization_id,
        end_date=end_date.isoformat(),
    )
    return True


@transaction.atomic
def add_fraktion(*, by: Person, organization: Organization, name: str, short_name: str) -> Organization:
    """Add a Fraktion of the Rat, so that it can send somebody."""
    fraktion = Organization.objects.create(
        kind=Organization.Kind.FRAKTION, name=name, short_name=short_name, term=organization.term
    )
    trail.record(actor=by, verb="Fraktion angelegt", thing=fraktion, organization=organization.pk)
    return fraktion


def _next_rank(organization: Organization, fraktion: Organization | None) -> int:
    open_seats = Membership.objects.filter(organization=organization, on_behalf_of=fraktion, end_date=None)
    return (open_seats.aggregate(last=Max("rank"))["last"] or 0) + 1


def _refuse_a_taken_seat(new: Membership) -> None:
    """One delegate per Fraktion at any time, and nobody twice in one role."""
    overlapping = Membership.objects.filter(
        Q(end_date=None) | Q(end_date__gt=new.start_date), organization=new.organization, role=new.role
    )
    if overlapping.filter(person=new.person).exists():
        raise SeatTaken("Diese Person hat diese Funktion bereits.")
    if new.role == Role.DELEGATE and overlapping.filter(on_behalf_of=new.on_behalf_of).exists():
        raise SeatTaken("Diese Fraktion hat bereits eine delegierte Person. Beenden Sie zuerst deren Mitgliedschaft.")
