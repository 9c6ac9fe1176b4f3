"""How appointed persons come in: an account, and the one-time link that opens it."""

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.audit import trail
from portal.audit.models import Kind
from portal.members import emails
from portal.members.models import Invitation, Membership, Person


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
    trail.record_as(Kind.ACCOUNT, actor=person, verb="Zugang eröffnet", thing=person)
    return person


def with_account(person: Person) -> Person:
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


def tell(membership: Membership) -> None:
    """Mail what the appointment means: to newcomers the one-time link, to all others that they have a new place."""
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
