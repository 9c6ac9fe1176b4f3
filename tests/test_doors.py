"""The doors of the portal from outside: alike for all accounts, few guesses, no forged address or form."""

import re
from itertools import product
from uuid import UUID

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from portal.mail.models import Message
from portal.members.models import Person
from tests.factories import PASSWORD, PersonFactory

pytestmark = pytest.mark.django_db
TOO_MANY = "Zu viele Versuche."


@pytest.fixture
def accounts(known):
    """An address of each kind."""
    closed = PersonFactory(email="geschlossen@example.org", is_active=False)
    EmailAddress.objects.create(user=closed, email=closed.email, verified=True, primary=True)
    return {"known": known.email, "closed": closed.email, "unknown": "niemand@example.org"}


# Alike for known, unknown and closed accounts (P9) --------------------------------------------------------------------

FORMS = {
    "account_login": lambda email: {"login": email, "password": "Das falsche Kennwort 1"},
    "account_request_login_code": lambda email: {"email": email},
    "account_reset_password": lambda email: {"email": email},
}
VARYING = r'value="[^"]{64}"|"X-CSRFToken": "\w{64}"'


def seen(answer, email) -> tuple:
    """What an outsider sees of an answer, without what differs each time and without the address that was typed."""
    body = re.sub(VARYING, "", answer.text.replace(email, "…"))
    kept = {name: value for name, value in answer.headers.items() if name not in {"Content-Length", "Expires"}}
    cookies = sorted((name, cookie["httponly"], cookie["samesite"]) for name, cookie in answer.cookies.items())
    return answer.status_code, body, kept, cookies


@pytest.mark.parametrize("form", FORMS)
def test_forms_answer_alike_for_every_account(accounts, form):
    answers = {}
    for kind, email in accounts.items():
        client = Client()
        first = client.post(reverse(form), FORMS[form](email))
        then = client.get(first.headers.get("Location", reverse(form)))
        answers[kind] = (seen(first, email), seen(then, email))
    assert answers["unknown"] == answers["known"]
    assert answers["closed"] == answers["known"]


def test_wrong_codes_answer_alike_for_every_account(accounts):
    answers = {}
    for kind, email in accounts.items():
        client = Client()
        client.post(reverse("account_request_login_code"), {"email": email})
        sent = [client.post(reverse("account_confirm_login_code"), {"code": "XXXX-XXXX"}) for _ in range(3)]
        answers[kind] = [seen(answer, email) for answer in sent]
    assert answers["unknown"] == answers["closed"] == answers["known"]


def test_closed_and_unknown_accounts_get_no_mail(accounts):
    for form in ("account_request_login_code", "account_reset_password"):
        for kind in ("closed", "unknown"):
            Client().post(reverse(form), {"email": accounts[kind]})
    assert not Message.objects.exists()


# Few guesses (P10), codes that work once (P12) ------------------------------------------------------------------------


def guess(client, email, **extra):
    return client.post(reverse("account_login"), {"login": email, "password": "falsch"}, **extra)


def test_five_wrong_passwords_shut_the_account_and_no_other(client, known, other_delegate):
    for _ in range(5):
        assert TOO_MANY not in guess(client, known.email).text
    blocked = client.post(reverse("account_login"), {"login": known.email, "password": PASSWORD})
    assert TOO_MANY in blocked.text
    assert TOO_MANY not in guess(client, other_delegate.email).text


@pytest.mark.parametrize(
    "forged",
    [
        lambda n: {"headers": {"X-Forwarded-For": f"198.51.100.{n}"}},
        lambda n: {"headers": {"Host": f"testserver:{1000 + n}"}},
        lambda n: {"headers": {"X-Real-IP": f"198.51.100.{n}", "Forwarded": f"for=198.51.100.{n}"}},
    ],
)
def test_forged_headers_give_no_further_guess(client, known, forged):
    answers = [guess(client, known.email, **forged(n)).text for n in range(7)]
    assert [TOO_MANY in text for text in answers] == [False] * 5 + [True] * 2


def test_ten_failures_a_minute_from_one_address_and_others_are_not_touched(client, known):
    answers = [guess(client, f"jemand{n}@example.org").text for n in range(12)]
    assert [TOO_MANY in text for text in answers] == [False] * 10 + [True] * 2
    elsewhere = Client(REMOTE_ADDR="192.0.2.99")
    elsewhere.post(reverse("account_login"), {"login": known.email, "password": PASSWORD})
    assert "_auth_user_id" in elsewhere.session


def test_a_blocked_account_opens_again_after_five_minutes(client, known, clock):
    for _ in range(6):
        guess(client, known.email)
    clock.shift(301)
    client.post(reverse("account_login"), {"login": known.email, "password": PASSWORD})
    assert "_auth_user_id" in client.session


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


def test_wrong_codes_by_mail_count_with_wrong_passwords(client, known):
    for _ in range(4):
        guess(client, known.email)
    client.post(reverse("account_request_login_code"), {"email": known.email})
    code = re.search(r"^\s*([A-Z0-9-]{6,9})\s*$", Message.objects.get().text, re.MULTILINE)[1]
    client.post(reverse("account_confirm_login_code"), {"code": "XXXX-XXXX"})
    blocked = client.post(reverse("account_confirm_login_code"), {"code": code})
    assert TOO_MANY in blocked.text
    assert "_auth_user_id" not in client.session


def test_too_many_requests_get_a_german_page(client, body):
    answers = [client.post(reverse("account_login"), {"login": "", "password": ""}) for _ in range(31)]
    assert answers[-1].status_code == 429
    assert "Das waren zu viele Versuche." in answers[-1].text


def test_a_code_by_mail_works_once_and_only_where_it_was_asked_for(client, known):
    client.post(reverse("account_request_login_code"), {"email": known.email})
    code = re.search(r"^\s*([A-Z0-9-]{6,9})\s*$", Message.objects.get().text, re.MULTILINE)[1]
    elsewhere = Client()
    elsewhere.post(reverse("account_request_login_code"), {"email": known.email})
    elsewhere.post(reverse("account_confirm_login_code"), {"code": code})
    assert "_auth_user_id" not in elsewhere.session
    client.post(reverse("account_confirm_login_code"), {"code": code})
    assert "_auth_user_id" in client.session
    client.post(reverse("account_logout"))
    client.post(reverse("account_confirm_login_code"), {"code": code})
    assert "_auth_user_id" not in client.session


# Links in mails start with the address of the installation (P11) ------------------------------------------------------

HOSTS = ("testserver:1", "testserver:99999", "TESTSERVER", "testserver.", "evil.example", "testserver@evil.example")
FORWARDED = (
    {},
    {"X-Forwarded-Host": "evil.example"},
    {"X-Forwarded-Port": "4711"},
    {"X-Forwarded-Proto": "gopher"},
    {"Forwarded": "host=evil.example"},
)


@pytest.mark.parametrize(("host", "forwarded"), product(HOSTS, FORWARDED))
def test_forged_hosts_change_no_link(client, known, settings, host, forwarded):
    settings.BASE_URL = "https://portal.example.org"
    headers = {"Host": host, **forwarded}
    client.post(reverse("account_reset_password"), {"email": known.email}, headers=headers)
    client.post(reverse("account_request_login_code"), {"email": known.email}, headers=headers)
    texts = [message.text + message.html for message in Message.objects.all()]
    links = re.findall(r"https?://[^\s\"<]+", " ".join(texts))
    assert {link for link in links if not link.startswith("https://portal.example.org/")} == set()
    assert "evil" not in " ".join(texts)
    assert "4711" not in " ".join(links)


# Unsafe requests need their token (P23), pages of those signed in stay out of caches (P7) -----------------------------


def addresses(resolver, prefix="/") -> list[str]:
    """Every address of the map, with some id in it."""
    found = []
    for entry in resolver.url_patterns:
        path = prefix + re.sub(r"<int:\w+>", "1", str(entry.pattern))
        path = re.sub(r"<uuid:\w+>", "0" * 8 + "-0000-4000-8000-" + "0" * 12, path)
        path = re.sub(r"<str:\w+>|\(\?P<\w+>[^)]*\)", "x", path).replace("^", "").replace("$", "")
        found += addresses(entry, path) if isinstance(entry, URLResolver) else [path]
    return found


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_no_unsafe_request_passes_without_token(known, method):
    client = Client(enforce_csrf_checks=True)
    client.force_login(known)
    for address in addresses(get_resolver()):
        answer = getattr(client, method)(address, headers={"Origin": "https://evil.example"})
        assert answer.status_code in {403, 404, 405}, address


def test_no_page_of_somebody_signed_in_may_be_kept(client, lead, known):
    client.force_login(lead)
    kept = {}
    calendar_of_all = reverse("meetings:public_feed", args=[UUID("00000000-0000-4000-8000-000000000000")])
    for address in addresses(get_resolver()):
        if address == calendar_of_all:
            continue
        answer = client.get(address)
        if "_auth_user_id" in client.session and "no-store" not in answer.headers.get("Cache-Control", ""):
            kept[address] = answer.headers.get("Cache-Control")
        assert "Cookie" in answer.headers.get("Vary", "Cookie"), address
    assert kept == {}


def test_changing_the_address_needs_the_code_and_tells_nothing_of_others(client, known, other_delegate):
    client.force_login(known)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    answers = []
    for email in ("neu@example.org", other_delegate.email):
        answer = client.post(reverse("account_email"), {"email": email, "action_add": ""})
        answers.append((answer.status_code, answer.headers.get("Location")))
    assert answers[0] == answers[1]
    assert Person.objects.get(pk=known.pk).email == "dahlmann@example.org"
