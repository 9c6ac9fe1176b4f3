import re

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse

from portal.mail.models import Message
from portal.members.models import Person
from tests.factories import PASSWORD


@pytest.mark.parametrize("host", ["testserver:99999", "testserver:1", "testserver"])
def test_reset_link_starts_with_the_base_address(client, delegate, settings, host):
    settings.BASE_URL = "https://portal.example.org"
    client.post(reverse("account_reset_password"), {"email": delegate.email}, headers={"Host": host})
    mail = Message.objects.get()
    assert re.search(r"https?://\S+", mail.text)[0].startswith("https://portal.example.org/konto/")
    assert "99999" not in mail.text


def test_reset_for_an_unknown_address_sends_nothing(client, db):
    answer = client.post(reverse("account_reset_password"), {"email": "niemand@example.org"})
    assert answer.url == reverse("account_reset_password_done")
    assert not Message.objects.exists()


def test_signing_up_is_closed(client, db):
    client.post(reverse("account_signup"), {"email": "neu@example.org", "password1": PASSWORD, "password2": PASSWORD})
    assert not Person.objects.exists()
    assert not Message.objects.exists()


def test_signing_in_by_password_leads_to_the_start_page(client, delegate):
    EmailAddress.objects.create(user=delegate, email=delegate.email, verified=True, primary=True)
    answer = client.post(reverse("account_login"), {"login": delegate.email.upper(), "password": PASSWORD})
    assert answer.url == reverse("home:start")


def test_code_by_mail_is_secret(client, delegate):
    client.post(reverse("account_request_login_code"), {"email": delegate.email})
    mail = Message.objects.get()
    assert (mail.to, mail.secret, mail.priority) == (delegate.email, True, True)
