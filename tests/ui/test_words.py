"""Sign-in pages and mails come from allauth: they are German, say Sie, and speak in our words."""

import gettext
import re
from pathlib import Path

import allauth
import pytest
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.translation import gettext as translated

from portal.mail.models import Message
from tests.factories import PASSWORD

DU = re.compile(r"\b(du|dein\w*|dich|dir|gib|wähle|versuche es|überprüfe|kontaktiere|schau)\b", re.IGNORECASE)
ENGLISH = re.compile(r"\b(the|your|you|please|sign|email address)\b", re.IGNORECASE)
LOCALE = Path(settings.BASE_DIR, "locale/de/LC_MESSAGES")
ALLAUTH = Path(allauth.__file__).parent / "templates"
OPEN_PAGES = ["login", "signup", "inactive", "request_login_code", "reset_password", "reset_password_done"]
OWN_PAGES = ["logout", "change_password", "reauthenticate", "email", "email_verification_sent"]


def faults(text: str) -> list[str]:
    """Words that a reader of the portal must not meet."""
    return [match[0] for pattern in (DU, ENGLISH) for match in pattern.finditer(text)]


def words(response: HttpResponse) -> str:
    assert response.status_code == 200
    page = response.content.decode()
    return strip_tags(re.sub(r"<(head|script|template).*?</\1>", "", page, flags=re.DOTALL))


@pytest.mark.parametrize("name", OPEN_PAGES)
def test_open_account_page_says_sie(client, body, name):
    assert faults(words(client.get(reverse(f"account_{name}")))) == []


@pytest.mark.parametrize("name", OWN_PAGES)
def test_own_account_page_says_sie(client, delegate, name):
    client.force_login(delegate)
    assert faults(words(client.get(reverse(f"account_{name}"), follow=True))) == []


SECURED_PAGES = ["members:sign_in", "members:devices", "members:passkey_add", "mfa_activate_totp"]
SECURED_PAGES += ["mfa_generate_recovery_codes", "mfa_view_recovery_codes", "mfa_deactivate_totp"]


@pytest.mark.parametrize("name", SECURED_PAGES)
def test_page_about_passkeys_and_codes_says_sie(client, delegate, name):
    EmailAddress.objects.create(user=delegate, email=delegate.email, verified=True, primary=True)
    if "activate" not in name or name == "mfa_deactivate_totp":
        TOTP.activate(delegate, generate_totp_secret())
        RecoveryCodes.activate(delegate)
    client.force_login(delegate)
    asked = words(client.get(reverse("account_reauthenticate")))
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert faults(asked + words(client.get(reverse(name)))) == []


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("login", {}),
        ("login", {"login": "niemand@example.org", "password": "falsch"}),
        ("login", {"login": "keine Adresse", "password": "x"}),
        ("request_login_code", {"email": ""}),
        ("reset_password", {"email": "keine Adresse"}),
    ],
)
def test_refused_entry_says_sie(client, body, name, data):
    page = words(client.post(reverse(f"account_{name}"), data))
    assert "Bitte prüfen Sie Ihre Angaben" in page
    assert faults(page) == []


def test_refused_new_password_says_sie(client, delegate):
    client.force_login(delegate)
    data = {"oldpassword": "falsch", "password1": "123", "password2": "456"}
    page = words(client.post(reverse("account_change_password"), data))
    assert "Das bisherige Passwort stimmt nicht." in page
    assert faults(page) == []


def test_code_by_mail_and_its_page_say_sie(client, delegate):
    page = words(client.post(reverse("account_request_login_code"), {"email": delegate.email}, follow=True))
    assert "Er gilt nur wenige Minuten." in page
    mail = Message.objects.get(to=delegate.email)
    assert mail.subject == "Ihr Anmeldecode"
    assert mail.text.startswith("Guten Tag,\n\nHier ist Ihr Anmeldecode.")
    assert mail.text.rstrip().endswith("Stadt Beispielhausen\nArbeitskreis-Portal")
    assert faults(page + mail.text) == []


def test_reset_of_the_password_says_sie_from_link_to_end(client, delegate):
    client.post(reverse("account_reset_password"), {"email": delegate.email})
    mail = Message.objects.get(to=delegate.email)
    assert mail.subject == "Neues Passwort wählen"
    assert mail.text.startswith(f"Guten Tag, {delegate.formal_name},\n")
    link = re.search(r"http\S+/password/reset/key/\S+", mail.text)[0]
    form = client.get(link, follow=True)
    data = {"password1": "Ein anderes langes Kennwort 8", "password2": "Ein anderes langes Kennwort 8"}
    done = client.post(form.request["PATH_INFO"], data, follow=True)
    used = client.get(link, follow=True)
    notice = Message.objects.exclude(pk=mail.pk).get()
    assert notice.subject == "Ihr Passwort wurde neu gewählt"
    assert "Der Link gilt nicht mehr" in words(used)
    texts = [mail.text, notice.text, words(form), words(done), words(used)]
    assert [faults(text) for text in texts] == [[]] * 5


def test_signing_in_needs_no_message(client, delegate):
    EmailAddress.objects.create(user=delegate, email=delegate.email, verified=True, primary=True)
    page = client.post(reverse("account_login"), {"login": delegate.email, "password": PASSWORD}, follow=True)
    assert page.redirect_chain
    assert [str(message) for message in page.context["messages"]] == []


@pytest.mark.parametrize("form", [LoginForm, ChangePasswordForm, ReauthenticateForm])
def test_empty_field_is_asked_for_politely(form):
    messages = {field.error_messages["required"] for field in form.base_fields.values() if field.required}
    assert messages == {"Bitte füllen Sie dieses Feld aus."}


@pytest.mark.parametrize("adapter", [DefaultAccountAdapter, DefaultMFAAdapter])
def test_refusals_of_allauth_say_sie(adapter):
    texts = {key: str(text) for key, text in adapter.error_messages.items()}
    assert {key: faults(text) for key, text in texts.items() if faults(text)} == {}


KINDS = ["messages/*.txt", "email/*_message.txt", "email/*_subject.txt"]


@pytest.mark.parametrize("kind", [f"{room}/{kind}" for room in ("account", "mfa") for kind in KINDS])
def test_every_message_and_mail_of_allauth_says_sie(body, rf, kind):
    names = sorted(str(path.relative_to(ALLAUTH)) for path in ALLAUTH.glob(kind))
    assert names
    found = {name: faults(strip_tags(render_to_string(name, {}, rf.get("/")))) for name in names}
    assert {name: words for name, words in found.items() if words} == {}


def test_catalogue_is_compiled():
    source = LOCALE.joinpath("django.po").read_text("utf-8")
    entries = re.findall(r'^msgid ((?:".*"\n)+)msgstr ((?:".*"\n)+)', source, flags=re.MULTILINE)
    texts = {joined(key): joined(text) for key, text in entries if joined(key)}
    with LOCALE.joinpath("django.mo").open("rb") as compiled:
        catalogue = gettext.GNUTranslations(compiled)
    assert len(texts) > 100
    assert {key: catalogue.gettext(key) for key in texts} == texts
    assert translated("Sign In") == "Anmelden"


def joined(lines: str) -> str:
    """One string of a catalogue, that stands in quotes on one or more lines."""
    parts = re.findall(r'"(.*)"\n', lines)
    return "".join(parts).replace('\\"', '"').replace("\\n", "\n")
