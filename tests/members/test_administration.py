"""What the Systemverwaltung does to accounts, and what the trail says of it."""

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from portal.audit.models import Line
from portal.members.actions.administration import administer
from portal.members.models import Invitation

pytestmark = pytest.mark.django_db


def verbs():
    return list(Line.objects.order_by("pk").values_list("verb", "thing_id"))


@pytest.mark.parametrize(
    ("wanted", "verb"),
    [
        ({"is_active": False}, "Zugang geschlossen"),
        ({"is_superuser": True}, "Systemverwaltung übertragen"),
        ({"email": "neu@example.org"}, "E-Mail-Adresse geändert"),
        ({"last_name": "Neumann", "title": "Dr."}, "Name geändert"),
    ],
)
def test_each_change_is_one_line_without_what_was_written(superuser, delegate, wanted, verb):
    assert sorted(administer(delegate, by=superuser, wanted=wanted)) == sorted(wanted)
    delegate.refresh_from_db()
    assert {name: getattr(delegate, name) for name in wanted} == wanted
    line = Line.objects.get()
    assert (line.verb, line.actor, line.thing_id, line.detail) == (verb, superuser, str(delegate.pk), {})


def test_a_second_click_changes_nothing(superuser, delegate):
    for _ in range(2):
        administer(delegate, by=superuser, wanted={"is_active": False})
    assert verbs() == [("Zugang geschlossen", str(delegate.pk))]


def test_a_new_address_signs_in_and_old_links_are_void(superuser, delegate):
    EmailAddress.objects.create(user=delegate, email=delegate.email, verified=True, primary=True)
    _, token_hash = Invitation.new_token()
    link = Invitation.objects.create(
        person=delegate, token_hash=token_hash, expires_at=timezone.now() + Invitation.LIFETIME
    )
    administer(delegate, by=superuser, wanted={"email": "neu@example.org"})
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [("neu@example.org", True, True)]
    link.refresh_from_db()
    assert not link.is_open


def test_the_new_name_is_sorted_anew(superuser, delegate):
    administer(delegate, by=superuser, wanted={"last_name": "Ärmel"})
    delegate.refresh_from_db()
    assert delegate.sort_key.startswith("armel")
