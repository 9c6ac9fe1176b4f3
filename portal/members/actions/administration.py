"""What the Systemverwaltung does to accounts: never a password, never a word of content."""

from collections.abc import Mapping

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone

from portal.audit import trail
from portal.audit.models import Kind
from portal.audit.versions import changed
from portal.members.models import Person

VERBS = {
    "is_active": {True: "Zugang geöffnet", False: "Zugang geschlossen"},
    "is_superuser": {True: "Systemverwaltung übertragen", False: "Systemverwaltung entzogen"},
}


@transaction.atomic
def administer(person: Person, *, by: Person, wanted: Mapping[str, object]) -> list[str]:
    """Change name, address, openness or rank of an account; returns what has changed, nothing after a second click."""
    current = Person.objects.select_for_update().get(pk=person.pk)
    fields = changed(current, wanted)
    for name in fields:
        setattr(current, name, wanted[name])
    if fields:
        current.save(update_fields=[*fields, "sort_key", "modified"])
    if "email" in fields:
        _take_address(current)
    for verb in _verbs(current, fields):
        trail.record_as(Kind.ACCOUNT, actor=by, verb=verb, thing=current)
    return fields


def _take_address(person: Person) -> None:
    """The new address counts as verified; links that went to the old one are void."""
    EmailAddress.objects.filter(user=person).delete()
    if person.email:
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    person.invitations.filter(used_at=None, expires_at__gt=timezone.now()).update(expires_at=timezone.now())


def _verbs(person: Person, fields: list[str]) -> list[str]:
    """One line for each kind of change; names and addresses themselves stay out of the trail."""
    verbs = [VERBS[name][getattr(person, name)] for name in fields if name in VERBS]
    if "email" in fields:
        verbs.append("E-Mail-Adresse geändert")
    if set(fields) - {*VERBS, "email"}:
        verbs.append("Name geändert")
    return verbs
