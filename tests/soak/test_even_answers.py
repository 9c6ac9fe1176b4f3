"""Long: whether the time of an answer tells of an account; hashes, mails and rows as in production."""

from itertools import cycle
from statistics import median
from time import monotonic

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import reverse

from tests.factories import PersonFactory

pytestmark = [pytest.mark.soak, pytest.mark.django_db(transaction=True)]

PAIRS = 200
LATER = 1.10  # ten per cent
FORMS = {
    "account_login": lambda email: {"login": email, "password": "Das falsche Kennwort 1"},
    "account_request_login_code": lambda email: {"email": email},
    "account_reset_password": lambda email: {"email": email},
}


@pytest.mark.parametrize("kind", ["unknown", "closed"])
@pytest.mark.parametrize("form", FORMS)
def test_the_time_of_an_answer_tells_nothing(body, settings, form, kind):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    settings.ACCOUNT_RATE_LIMITS = False
    settings.SIGN_IN_ANSWER_SECONDS = 0.5
    emails = {"known": "bekannt@example.org", kind: "andere@example.org"}
    for name in emails if kind == "closed" else ["known"]:
        person = PersonFactory(email=emails[name], is_active=name == "known", password=make_password("Das richtige 1"))
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    times = {name: [] for name in emails}
    for name, _ in zip(cycle(emails), range(2 * PAIRS), strict=False):
        client = Client()
        begun = monotonic()
        client.post(reverse(form), FORMS[form](emails[name]))
        times[name].append(monotonic() - begun)
    fast, slow = sorted(median(taken) for taken in times.values())
    assert slow / fast < LATER, f"medians {fast:.3f} and {slow:.3f} s"
