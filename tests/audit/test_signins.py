"""Sign-ins stand in the trail: the account by its id, never an address, a password or a code."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.urls import reverse

from portal.audit.models import Line
from portal.mail.models import Message
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


def lines():
    return list(Line.objects.filter(kind="account").values_list("verb", "actor", "thing_id"))


def sign_in(client, email, password=PASSWORD):
    return client.post(reverse("account_login"), {"login": email, "password": password}, REMOTE_ADDR="192.0.2.7")


def test_sign_in_and_out(client, body, delegate):
    EmailAddress.objects.create(user=delegate, email=delegate.email, verified=True, primary=True)
    sign_in(client, delegate.email)
    client.post(reverse("account_logout"))
    assert lines() == [
        ("Angemeldet", delegate.pk, str(delegate.pk)),
        ("Abgemeldet", delegate.pk, str(delegate.pk)),
    ]
    first = Line.objects.order_by("pk")[0]
    assert (first.address, first.door, first.detail) == ("192.0.2.7", "portal", {})


def test_failed_sign_in_names_the_account_and_no_actor(client, body, delegate):
    sign_in(client, delegate.email.upper(), "falsch")
    sign_in(client, "niemand@example.org", "falsch")
    assert lines() == [("Anmeldung fehlgeschlagen", None, str(delegate.pk)), ("Anmeldung fehlgeschlagen", None, "")]


def test_wrong_code_is_a_failed_sign_in(client, body, delegate):
    client.post(reverse("account_request_login_code"), {"email": delegate.email})
    client.post(reverse("account_confirm_login_code"), {"code": "falsch"})
    assert lines() == [("Anmeldung fehlgeschlagen", None, str(delegate.pk))]


def test_changed_password(client, delegate):
    client.force_login(delegate)
    new = "Ein ganz anderes Kennwort 8"
    client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert ("Passwort geändert", delegate.pk, str(delegate.pk)) in lines()


def test_reset_password(client, body, delegate):
    client.post(reverse("account_reset_password"), {"email": delegate.email})
    mail = Message.objects.get(to=delegate.email)
    link = next(word for word in mail.text.split() if "/konto/" in word).removeprefix("http://testserver")
    page = client.get(link, follow=True)
    new = "Ein ganz anderes Kennwort 8"
    client.post(page.request["PATH_INFO"], {"password1": new, "password2": new})
    assert lines() == [("Passwort zurückgesetzt", delegate.pk, str(delegate.pk))]


@pytest.mark.parametrize(
    ("signal", "verb"),
    [
        (mfa.authenticator_added, "Anmeldeweg eingerichtet"),
        (mfa.authenticator_removed, "Anmeldeweg entfernt"),
        (mfa.authenticator_reset, "Anmeldeweg erneuert"),
    ],
)
def test_ways_in_that_come_and_go(delegate, signal, verb):
    factor = Authenticator(user=delegate, type=Authenticator.Type.TOTP, data={"secret": "geheim"})
    signal.send(sender=Authenticator, request=None, user=delegate, authenticator=factor)
    assert lines() == [(verb, delegate.pk, str(delegate.pk))]
    assert Line.objects.get().detail == {"method": "totp"}


def test_wrong_second_factor_is_a_failed_sign_in(delegate):
    mfa.authentication_failed.send(sender=Authenticator, request=None, user=delegate, authenticator=None)
    assert lines() == [("Anmeldung fehlgeschlagen", None, str(delegate.pk))]
