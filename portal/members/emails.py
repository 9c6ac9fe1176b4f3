"""Which mails membership causes."""

from django.conf import settings
from django.core.signing import Signer
from django.urls import reverse

from portal.mail import outbox
from portal.members.models import Invitation, Membership, Organization, Person

UNSUBSCRIBE = Signer(sep=".", salt="portal.members.unsubscribe")


def unsubscribe_url(person: Person) -> str:
    """The personal address to hear of invitations only, without signing in."""
    path: str = reverse("members:unsubscribe", args=[UNSUBSCRIBE.sign(person.pk.hex)])
    return f"{settings.BASE_URL}{path}"


def access(invitation: Invitation, token: str, membership: Membership) -> None:
    """The one-time link to open the account; secret, since whoever holds it is the person."""
    _put(
        membership,
        key=f"access:{invitation.pk}",
        kind="Zugang",
        subject=f"Ihr Zugang zum Portal: {membership.organization}",
        template="members/mail/access",
        link=settings.BASE_URL + reverse("members:accept", args=[token]),
        expires_at=invitation.expires_at,
        secret=True,
    )


def guest_access(invitation: Invitation, token: str, *, occasion: str, group: Organization) -> None:
    """The same for a guest, who belongs to no working group."""
    person = invitation.person
    outbox.put(
        key=f"access:{invitation.pk}",
        kind="Zugang",
        to=person.email or "",
        to_name=person.get_full_name(),
        subject=f"Ihr Zugang zum Portal: {group}",
        template="members/mail/guest_access",
        context={
            "person": person,
            "group": group,
            "occasion": occasion,
            "link": settings.BASE_URL + reverse("members:accept", args=[token]),
            "expires_at": invitation.expires_at,
        },
        group=group.pk,
        person=person.pk,
        priority=True,
        secret=True,
    )


def appointed(membership: Membership) -> None:
    """For somebody who has an account already: what is new, and where to sign in."""
    _put(
        membership,
        key=f"appointed:{membership.pk}",
        kind="Berufung",
        subject=f"Ihre Berufung: {membership.organization}",
        template="members/mail/appointed",
        link=settings.BASE_URL + reverse("account_login"),
        secret=False,
    )


def _put(
    membership: Membership, *, key: str, kind: str, subject: str, template: str, secret: bool, **context: object
) -> None:
    person: Person = membership.person
    outbox.put(
        key=key,
        kind=kind,
        to=person.email or "",
        to_name=person.get_full_name(),
        subject=subject,
        template=template,
        context={"person": person, "membership": membership, **context},
        group=membership.organization_id,
        person=person.pk,
        priority=True,
        secret=secret,
    )
