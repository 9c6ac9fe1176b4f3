"""How appointed persons come in: an account, and the one-time link that opens it."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.audit import trail
from portal.audit.models import Kind
from portal.members import emails
from portal.members.actions import devices
from portal.members.models import Invitation, Membership, Organization, Person


@transaction.atomic
def send_access(membership: Membership, *, by: Person) -> None:
    """Mail a fresh one-time link; every earlier one is void from now on."""
    person = Person.objects.select_for_update().get(pk=membership.person_id)
    _void_links(person)
    _invite(membership)
    trail.record_as(
        Kind.ACCOUNT, actor=by, verb="Zugangslink verschickt", thing=person, organization=membership.organization_id
    )


@transaction.atomic
def revoke_access(membership: Membership, *, by: Person) -> bool:
    """Make the person's one-time links void without sending another. False if none was open."""
    person = Person.objects.select_for_update().get(pk=membership.person_id)
    if not _void_links(person):
        return False
    trail.record_as(
        Kind.ACCOUNT, actor=by, verb="Zugangslink zurückgezogen", thing=person, organization=membership.organization_id
    )
    return True


@transaction.atomic
def reset_access(membership: Membership, *, by: Person) -> None:
    """For a lost device or password: end all sign-ins, forget all ways in, mail a fresh one-time link."""
    person = Person.objects.select_for_update().get(pk=membership.person_id)
    Authenticator.objects.filter(user=person).delete()
    person.set_unusable_password()
    person.save(update_fields=["password", "modified"])
    devices.end_all(person, by=by)
    _void_links(person)
    _invite(membership)
    trail.record_as(
        Kind.ACCOUNT, actor=by, verb="Zugang zurückgesetzt", thing=person, organization=membership.organization_id
    )


@transaction.atomic
def accept_with_password(invitation: Invitation, *, password: str) -> Person | None:
    """Use the link once: set the password. None if the link was used or ran out meanwhile."""
    person = _use(invitation)
    if person:
        person.set_password(password)
        person.save(update_fields=["password", "modified"])
        trail.record_as(Kind.ACCOUNT, actor=person, verb="Zugang eröffnet", thing=person)
    return person


@transaction.atomic
def accept_with_passkey(invitation: Invitation, *, name: str, credential: dict[str, Any]) -> Authenticator | None:
    """Use the link once: keep the passkey, and codes for the day it gets lost. None if the link is void meanwhile."""
    person = _use(invitation)
    if person is None:
        return None
    passkey: Authenticator = WebAuthn.add(person, name, credential).instance
    RecoveryCodes.activate(person)
    trail.record_as(Kind.ACCOUNT, actor=person, verb="Zugang eröffnet", thing=person, passkey=True)
    return passkey


def known_by_address(person: Person) -> Person | None:
    """Who is in the portal under the address that was typed for somebody."""
    return Person.objects.filter(email__iexact=person.email).first() if person.email else None


def with_account(person: Person) -> Person:
    """The saved person with a verified address; somebody who is in the portal already stays as they are."""
    if known := known_by_address(person):
        return _reopened(known)
    person.set_unusable_password()
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError:
        return Person.objects.get(email__iexact=person.email)
    if person.email:
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def _reopened(person: Person) -> Person:
    """The account of somebody who had left was closed after a while; whoever is appointed gets in again."""
    if not person.is_active:
        person.is_active = True
        person.save(update_fields=["is_active", "modified"])
        trail.record_as(Kind.ACCOUNT, actor=None, verb="Zugang wieder geöffnet", thing=person)
    return person


def tell(membership: Membership) -> None:
    """Mail what the appointment means: to newcomers the one-time link, to all others that they have a new place."""
    if not membership.person.email:
        return
    if membership.person.has_opened_account:
        emails.appointed(membership)
    else:
        _invite(membership)


def welcome_guest(person: Person, *, occasion: str, group: Organization) -> None:
    """Mail a guest who cannot sign in yet the one-time link; `occasion` says to what the guest is invited."""
    if person.email and not person.has_opened_account:
        emails.guest_access(*_new_link(person), occasion=occasion, group=group)


@transaction.atomic
def send_guest_access(person: Person, *, by: Person, occasion: str, group: Organization) -> None:
    """Mail a guest a fresh one-time link; every earlier one is void from now on."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    _void_links(person)
    welcome_guest(person, occasion=occasion, group=group)
    trail.record_as(Kind.ACCOUNT, actor=by, verb="Zugangslink verschickt", thing=person, organization=group.pk)


def void_links_of_former(person: Person) -> None:
    """Whoever has no seat left, and none to come, gets in by no mail of a seat; what a guest was sent stays good."""
    if not person.memberships.lasting().exists():
        open_links = person.invitations.filter(membership__isnull=False, used_at=None, expires_at__gt=timezone.now())
        open_links.update(expires_at=timezone.now())


def _invite(membership: Membership) -> None:
    emails.access(*_new_link(membership.person, membership), membership)


def _new_link(person: Person, membership: Membership | None = None) -> tuple[Invitation, str]:
    token, token_hash = Invitation.new_token()
    expires_at = timezone.now() + Invitation.LIFETIME
    link = Invitation(person=person, membership=membership, token_hash=token_hash, expires_at=expires_at)
    link.save()
    return link, token


def _void_links(person: Person) -> int:
    now = timezone.now()
    return person.invitations.filter(used_at=None, expires_at__gt=now).update(expires_at=now)


def _use(invitation: Invitation) -> Person | None:
    """The person whom the link lets in, once; whoever comes second waits for the lock and finds it used."""
    person = Person.objects.select_for_update().get(pk=invitation.person_id)
    fresh = Invitation.objects.select_related("person", "membership").get(pk=invitation.pk)
    if not fresh.is_open:
        return None
    fresh.used_at = timezone.now()
    fresh.save(update_fields=["used_at"])
    return person
