"""Passkeys, codes from an app, codes for emergencies: as people meet them, with a virtual authenticator in Chromium."""

import re
from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.urls import reverse
from playwright.sync_api import Page, expect

from portal.mail.models import Message
from portal.members.actions import seats
from portal.members.models import Person, Role
from tests.browser.steps import follow, press, told
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)
UNLOCKED = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def with_authenticator(page: Page, **options: object) -> Page:
    """The device of the visitor now holds passkeys."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": UNLOCKED | options})
    return page


def sign_out(page: Page) -> None:
    page.goto(reverse("account_logout"))
    page.locator("main").get_by_role("button", name="Abmelden").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Anmelden")


def by_password(page: Page, person: Person) -> None:
    """The form as far as it goes; a second step may follow."""
    page.goto(reverse("account_login"))
    page.get_by_role("textbox", name="E-Mail-Adresse").fill(person.email)
    page.get_by_role("textbox", name="Passwort").fill(PASSWORD)
    press(page, "Anmelden")


def confirm_by_password(page: Page) -> None:
    page.get_by_role("textbox", name="Passwort").fill(PASSWORD)
    press(page, "Bestätigen")


def is_inside(page: Page) -> bool:
    return urlsplit(page.goto(reverse("members:profile")).url).path == reverse("members:profile")


@pytest.fixture
def member(delegate):
    EmailAddress.objects.create(user=delegate, email=delegate.email, verified=True, primary=True)
    return delegate


@pytest.fixture
def link(lead, group):
    person = Person(first_name="Nele", last_name="Neumann", email="neu@example.org", salutation="Frau")
    seats.appoint(group, by=lead, person=person, role=Role.STAFF)
    return re.search(r"/konto/einladung/\S+", Message.objects.get().text)[0]


def test_newcomer_makes_a_passkey_at_the_first_link_and_signs_in_with_it(visitor, everywhere, link):
    page = with_authenticator(visitor())
    page.goto(link)
    assert everywhere(page) == []
    press(page, "Passkey einrichten")
    expect(page.get_by_role("heading", level=1)).to_have_text("Notfallcodes")
    expect(page.locator(".ak-codes li")).to_have_count(10)
    assert everywhere(page) == []
    follow(page, "Ich habe die Codes notiert")
    sign_out(page)
    press(page, "Mit Passkey anmelden")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Neumann")
    assert not Person.objects.get(email="neu@example.org").has_usable_password()
    assert page.goto(link).url.endswith("/"), "the used link leads somebody who is in to the start page"


def test_member_adds_renames_uses_and_removes_a_passkey(visitor, everywhere, member):
    page = with_authenticator(visitor())
    by_password(page, member)
    page.goto(reverse("members:sign_in"))
    assert everywhere(page) == []
    follow(page, "Passkey einrichten")
    assert everywhere(page) == []
    confirm_by_password(page)
    assert everywhere(page) == []
    page.get_by_label("Name des Passkeys").fill("Diensthandy")
    press(page, "Passkey einrichten")
    expect(page.get_by_role("heading", level=1)).to_have_text("Notfallcodes")
    page.goto(reverse("members:sign_in"))
    assert everywhere(page) == []
    follow(page, "Umbenennen")
    assert everywhere(page) == []
    page.get_by_label("Name").fill("Telefon")
    press(page, "Speichern")
    expect(page.get_by_text("Telefon", exact=True)).to_be_visible()
    sign_out(page)
    by_password(page, member)
    expect(page.get_by_role("heading", level=1)).to_have_text("Zweiter Schritt")
    assert everywhere(page) == []
    press(page, "Passkey benutzen")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Dahlmann")
    page.goto(reverse("members:sign_in"))
    follow(page, "Entfernen")
    confirm_by_password(page)
    assert everywhere(page) == []
    press(page, "Passkey entfernen")
    told(page, "Der Passkey ist entfernt.")
    assert not Authenticator.objects.exists()


def test_a_device_that_refuses_says_so_and_keeps_the_other_ways(visitor, everywhere, link):
    page = with_authenticator(visitor(), isUserVerified=False)
    page.goto(link)
    press(page, "Passkey einrichten")
    expect(page.get_by_role("alert").filter(has_text="wurde abgebrochen")).to_be_visible()
    assert everywhere(page) == []
    page.get_by_label("Neues Passwort").fill(PASSWORD)
    page.get_by_label("Passwort wiederholen").fill(PASSWORD)
    press(page, "Zugang eröffnen")
    assert is_inside(page)


def code_of_the_app(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


@pytest.mark.parametrize("scripts", [True, False])
def test_codes_from_an_app_by_keyboard_with_and_without_scripts(visitor, everywhere, member, scripts):
    page = visitor(java_script_enabled=scripts)
    by_password(page, member)
    page.goto(reverse("members:sign_in"))
    page.get_by_role("link", name="Einmalcodes einrichten").press("Enter")
    page.get_by_role("textbox", name="Passwort").fill(PASSWORD)
    page.keyboard.press("Enter")
    secret = page.locator(".ak-code").inner_text()
    if scripts:
        assert everywhere(page) == []
    page.get_by_label("Code aus der App").fill(code_of_the_app(secret))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Notfallcodes")
    emergency = page.locator(".ak-codes li").first.inner_text()
    sign_out(page)
    by_password(page, member)
    page.get_by_label("Code").fill("000000")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="Der Code stimmt nicht.")).to_be_visible()
    page.get_by_label("Code").fill(emergency)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Dahlmann")


def test_without_scripts_no_button_promises_a_passkey(visitor, link):
    page = visitor(java_script_enabled=False)
    for address in (link, reverse("account_login")):
        page.goto(address)
        expect(page.get_by_role("button", name=re.compile("Passkey"))).to_have_count(0)


def test_whose_function_asks_for_it_sets_up_and_is_in(visitor, everywhere, lead, settings):
    settings.SECOND_FACTOR_ROLES = ["lead"]
    EmailAddress.objects.create(user=lead, email=lead.email, verified=True, primary=True)
    page = with_authenticator(visitor())
    by_password(page, lead)
    expect(page.get_by_text("Bitte sichern Sie Ihren Zugang.")).to_be_visible()
    assert everywhere(page) == []
    page.goto(reverse("members:list"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Anmeldung")
    follow(page, "Passkey einrichten")
    confirm_by_password(page)
    press(page, "Passkey einrichten")
    expect(page.get_by_role("heading", level=1)).to_have_text("Notfallcodes")
    page.goto(reverse("members:list"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Mitglieder")


def test_devices_are_listed_and_ended(visitor, everywhere, member):
    page, other = visitor(), visitor()
    for device in (page, other):
        by_password(device, member)
        expect(device.get_by_role("heading", level=1)).to_contain_text("Dahlmann")
    page.goto(reverse("members:devices"))
    assert everywhere(page) == []
    page.get_by_role("button", name=re.compile(r"^Abmelden\s*: ")).click()
    told(page, "Das Gerät ist abgemeldet.")
    assert not is_inside(other)
    assert is_inside(page)


def test_back_after_signing_out_shows_nothing(visitor, member):
    page = visitor()
    by_password(page, member)
    page.goto(reverse("members:list"))
    sign_out(page)
    for _ in range(3):
        page.go_back()
    page.wait_for_load_state()
    assert "Dahlmann" not in page.content()
    expect(page.get_by_role("heading", level=1)).to_have_text("Anmelden")


def test_pages_of_the_lead_about_access_are_accessible(visitor, everywhere, lead, link, delegate):
    page = visitor(lead)
    newcomer, member = Person.objects.get(email="neu@example.org").memberships.get(), delegate.memberships.get()
    faults = {}
    for name, arguments in (
        ("access", []),
        ("resend", [newcomer.pk]),
        ("revoke", [newcomer.pk]),
        ("reset_access", [member.pk]),
        ("list", []),
    ):
        page.goto(reverse(f"members:{name}", args=arguments))
        faults[name] = everywhere(page)
    assert {name: found for name, found in faults.items() if found} == {}
