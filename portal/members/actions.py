"""What happens to memberships and accounts."""

from datetime import date

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.db.models import Max, Q
from django.utils import timezone

from portal.audit import trail
from portal.members import emails
from portal.members.models import Invitation, Membership, Organization, Person, Role


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
        person=_with_account(person),
        organization=organization,
        role=role,
        on_behalf_of=on_behalf_of,
        rank=_next_rank(organization, on_behalf_of) if role == Role.DEPUTY else None,
        start_date=start_date or timezone.localdate(),
    )
    _refuse_a_taken_seat(membership)
    membership.save()
    trail.record(
        actor=by, verb="Mitglied berufen", thing=membership, organization=organization.pk, role=role, person=str(person)
    )
    _tell(membership)
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
def send_access(membership: Membership, *, by: Person) -> None:
    """Mail a fresh one-time link; every earlier one is void from now on."""
    person = Person.objects.select_for_update().get(pk=membership.person_id)
    person.invitations.filter(used_at=None, expires_at__gt=timezone.now()).update(expires_at=timezone.now())
    _invite(membership)
    trail.record(actor=by, verb="Zugangslink verschickt", thing=person, organization=membership.organization_id)


@transaction.atomic
def accept_invitation(invitation: Invitation, *, password: str) -> Person | None:
    """Use the link once: set the password. None if the link was used or ran out meanwhile."""
    invitation = Invitation.objects.select_for_update().select_related("person").get(pk=invitation.pk)
    if not invitation.is_open:
        return None
    invitation.used_at = timezone.now()
    invitation.save(update_fields=["used_at"])
    person = invitation.person
    person.set_password(password)
    person.save(update_fields=["password", "modified"])
    trail.record(actor=person, verb="Zugang eröffnet", thing=person)
    return person


@transaction.atomic
def add_fraktion(*, by: Person, organization: Organization, name: str, short_name: str) -> Organization:
    """Add a Fraktion of the Rat, so that it can send somebody."""
    fraktion = Organization.objects.create(
        kind=Organization.Kind.FRAKTION, name=name, short_name=short_name, term=organization.term
    )
    trail.record(actor=by, verb="Fraktion angelegt", thing=fraktion, organization=organization.pk, name=name)
    return fraktion


def _with_account(person: Person) -> Person:
    """The saved person with a verified address; somebody who is in the portal already stays as they are."""
    known = Person.objects.filter(email__iexact=person.email).first() if person.email else None
    if known:
        return known
    person.set_unusable_password()
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError:
        return Person.objects.get(email__iexact=person.email)
    if person.email:
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


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


def _tell(membership: Membership) -> None:
    if not membership.person.email:
        return
    if membership.person.has_usable_password():
        emails.appointed(membership)
    else:
        _invite(membership)


def _invite(membership: Membership) -> None:
    token, token_hash = Invitation.new_token()
    invitation = Invitation.objects.create(
        person=membership.person, token_hash=token_hash, expires_at=timezone.now() + Invitation.LIFETIME
    )
    emails.access(invitation, token, membership)
