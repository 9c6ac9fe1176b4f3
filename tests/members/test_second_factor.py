"""Who has to set up a second factor, and what they may open before."""

import json
import re
from time import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.urls import reverse

from portal.mail.models import Message
from portal.members import rules
from portal.members.models import Role
from tests.cast import CAST
from tests.factories import PASSWORD, MembershipFactory

REQUIRED = ("lead", "staff", "clerk", "superuser")
pytestmark = pytest.mark.django_db


@pytest.fixture
def required(settings):
    settings.SECOND_FACTOR_ROLES = list(REQUIRED)


def with_app(person):
    TOTP.activate(person, generate_totp_secret())
    return person


@pytest.mark.parametrize("name", CAST)
def test_second_factor_is_asked_of_the_functions_in_the_setting(person_of, required, name):
    wanted = (*REQUIRED, "second_group_member")  # leads another working group
    assert rules.lacks_second_factor(person_of(name)) is (name in wanted)


@pytest.mark.parametrize("name", REQUIRED)
def test_who_has_one_is_not_asked(person_of, required, name):
    assert not rules.lacks_second_factor(with_app(person_of(name)))


def test_codes_for_emergencies_alone_are_no_second_factor(lead, required):
    Authenticator.objects.create(user=lead, type=Authenticator.Type.RECOVERY_CODES, data={})
    assert rules.lacks_second_factor(lead)


@pytest.mark.parametrize("name", CAST[:-1])
def test_nobody_is_asked_where_the_setting_is_empty(person_of, settings, name):
    settings.SECOND_FACTOR_ROLES = []
    assert not rules.lacks_second_factor(person_of(name))


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}, {"Accept": "application/json"}])
@pytest.mark.parametrize("page", ["home:start", "members:list", "members:profile", "members:devices", "office:outbox"])
def test_before_the_set_up_every_page_leads_to_it(client, lead, required, page, headers):
    client.force_login(lead)
    for answer in (client.get(reverse(page), headers=headers), client.post(reverse(page), headers=headers)):
        assert (answer.status_code, answer.headers["Location"]) == (302, reverse("members:sign_in"))


def test_before_the_set_up_a_button_does_nothing(client, lead, delegate, required):
    seat = delegate.memberships.get()
    client.force_login(lead)
    client.post(reverse("office:end", args=[seat.pk]), {"last_day": "2026-01-01"})
    seat.refresh_from_db()
    assert seat.end_date is None


@pytest.mark.parametrize(
    "page", ["members:sign_in", "mfa_index", "home:help", "home:imprint", "home:privacy", "account_logout"]
)
def test_before_the_set_up_help_and_the_way_out_are_open(client, lead, required, page):
    client.force_login(lead)
    assert client.get(reverse(page)).status_code == 200


def test_set_up_page_says_why(client, lead, delegate, required):
    reason = "Ihre Funktion verlangt mehr als ein Passwort."
    client.force_login(lead)
    assert reason in client.get(reverse("members:sign_in")).text
    client.force_login(delegate)
    assert reason not in client.get(reverse("members:sign_in")).text


def test_a_function_gained_while_signed_in_counts_with_the_next_request(client, delegate, group, required):
    client.force_login(delegate)
    assert client.get(reverse("members:list")).status_code == 200
    MembershipFactory(person=delegate, organization=group, role=Role.STAFF, on_behalf_of=None)
    assert client.get(reverse("members:list")).status_code == 302


def test_the_last_factor_taken_away_counts_with_the_next_request(client, lead, required):
    client.force_login(with_app(lead))
    assert client.get(reverse("members:list")).status_code == 200
    Authenticator.objects.all().delete()
    assert client.get(reverse("members:list")).status_code == 302


def code_of(person, steps=0) -> str:
    secret = Authenticator.objects.get(user=person, type="totp").data["secret"]
    return format_hotp_value(hotp_value(secret, int(time()) // 30 + steps))


@pytest.fixture
def at_the_second_step(client, verified):
    """Signed in by password, asked for the code of the app."""
    with_app(verified)
    answer = client.post(reverse("account_login"), {"login": verified.email, "password": PASSWORD})
    assert answer.headers["Location"].startswith(reverse("mfa_authenticate"))
    return client


@pytest.fixture
def verified(delegate):
    EmailAddress.objects.create(user=delegate, email=delegate.email, verified=True, primary=True)
    return delegate


def signed_in(client) -> bool:
    return "_auth_user_id" in client.session


def test_password_alone_is_only_half_the_way(at_the_second_step):
    assert not signed_in(at_the_second_step)
    assert at_the_second_step.get(reverse("members:list")).status_code == 302


def test_code_of_the_app_signs_in_and_works_once(at_the_second_step, verified):
    code = code_of(verified)
    at_the_second_step.post(reverse("mfa_authenticate"), {"code": code})
    assert signed_in(at_the_second_step)
    at_the_second_step.logout()
    at_the_second_step.post(reverse("account_login"), {"login": verified.email, "password": PASSWORD})
    again = at_the_second_step.post(reverse("mfa_authenticate"), {"code": code})
    assert "Der Code stimmt nicht." in again.text
    assert not signed_in(at_the_second_step)


@pytest.mark.parametrize("steps", [-2, 2])
def test_code_of_another_time_is_refused(at_the_second_step, verified, steps):
    at_the_second_step.post(reverse("mfa_authenticate"), {"code": code_of(verified, steps)})
    assert not signed_in(at_the_second_step)


def test_code_for_emergencies_signs_in_and_works_once(at_the_second_step, verified):
    code = RecoveryCodes.activate(verified).generate_codes()[0]
    at_the_second_step.post(reverse("mfa_authenticate"), {"code": code})
    assert signed_in(at_the_second_step)
    at_the_second_step.logout()
    at_the_second_step.post(reverse("account_login"), {"login": verified.email, "password": PASSWORD})
    at_the_second_step.post(reverse("mfa_authenticate"), {"code": code})
    assert not signed_in(at_the_second_step)


def test_code_by_mail_is_only_half_the_way_too(client, verified):
    with_app(verified)
    client.post(reverse("account_request_login_code"), {"email": verified.email})
    code = re.search(r"^\s*([A-Z0-9-]{6,9})\s*$", Message.objects.get().text, re.MULTILINE)[1]
    answer = client.post(reverse("account_confirm_login_code"), {"code": code})
    assert answer.headers["Location"].startswith(reverse("mfa_authenticate"))
    assert not signed_in(client)


def test_guessing_codes_is_stopped_after_five_failures(at_the_second_step, verified):
    for _ in range(5):
        assert "Der Code stimmt nicht." in at_the_second_step.post(reverse("mfa_authenticate"), {"code": "000000"}).text
    blocked = at_the_second_step.post(reverse("mfa_authenticate"), {"code": code_of(verified)})
    assert "Zu viele Versuche." in blocked.text
    assert not signed_in(at_the_second_step)


def test_codes_for_emergencies_are_shown_once(client, verified):
    with_app(verified)
    codes = RecoveryCodes.activate(verified).generate_codes()
    client.force_login(verified)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    first, second = client.get(reverse("mfa_view_recovery_codes")), client.get(reverse("mfa_view_recovery_codes"))
    assert all(code in first.text for code in codes)
    assert not any(code in second.text for code in codes)
    assert client.get(reverse("mfa_download_recovery_codes")).status_code == 403


@pytest.mark.parametrize("page", ["members:passkey_add", "mfa_activate_totp", "mfa_generate_recovery_codes"])
def test_setting_up_asks_for_the_password_again(client, verified, page):
    client.force_login(verified)
    assert client.get(reverse(page)).headers["Location"].startswith(reverse("account_reauthenticate"))


RESPONSE = {"clientDataJSON": "e30", "attestationObject": "oA", "authenticatorData": "AA", "signature": "AA"}
FORGED = [
    "",
    "x",
    "null",
    "5",
    "[]",
    "{}",
    json.dumps({"id": "x", "rawId": "x", "type": "public-key", "response": {}}),
    json.dumps({"id": "eA", "rawId": "eA", "type": "public-key", "response": RESPONSE}),
    json.dumps({"id": "eA", "rawId": "eA", "type": "public-key", "response": RESPONSE | {"userHandle": "eA"}}),
    json.dumps({"id": "eA", "rawId": "eA", "type": "public-key", "response": RESPONSE | {"userHandle": 5}}),
    json.dumps({"id": "eA", "rawId": "eA", "type": "public-key", "response": [RESPONSE]}),
]


@pytest.mark.parametrize("forged", FORGED)
def test_forged_passkey_is_refused_at_every_door(client, verified, forged):
    client.get(reverse("mfa_login_webauthn"), headers={"Accept": "application/json"})
    answer = client.post(reverse("mfa_login_webauthn"), {"credential": forged})
    assert answer.headers["Location"] == reverse("account_login")
    assert not signed_in(client)
    with_app(verified)
    client.post(reverse("account_login"), {"login": verified.email, "password": PASSWORD})
    assert client.post(reverse("mfa_authenticate"), {"credential": forged}).status_code == 200
    assert not signed_in(client)
    client.force_login(verified)
    client.get(reverse("mfa_reauthenticate_webauthn"))
    assert client.post(reverse("mfa_reauthenticate_webauthn"), {"credential": forged}).status_code == 302
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.get(reverse("members:passkey_add"))
    assert client.post(reverse("members:passkey_add"), {"credential": forged}).status_code == 200
    assert Authenticator.objects.get().type == "totp"
