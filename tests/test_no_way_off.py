"""No address that somebody hands in leads off the site (P22)."""

from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

ELSEWHERE = (
    "https://evil.example",
    "http://evil.example/",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "HTTPS://EVIL.EXAMPLE",
    "http:\\\\evil.example",
    " https://evil.example",
    "\thttps://evil.example",
    "\nhttps://evil.example",
    "ht\ntps://evil.example",
    "/\t/evil.example",
    "/%09/evil.example\n",
    "//evil.example@testserver",
    "https://testserver@evil.example",
    "https://testserver.evil.example",
    "https://evil.example#testserver",
    "https://evil.example?testserver",
    "https://evil.example\\@testserver",
    "//testserver:80@evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "ftp://evil.example",
    "mailto:x@evil.example",
    "blob:https://evil.example/x",
    "//evil%2eexample",
    "//[::1]",
    "https://[::1]/",
    "//evil.example:443/",
    "http://testserver:99999@evil.example/",
)


def stays(answer) -> bool:
    target = urlsplit(answer.headers.get("Location", "/"))
    return (
        target.scheme in {"", "http"}
        and target.netloc in {"", "testserver"}
        and not answer.headers.get("Location", "/").startswith(("//", "/\\", "\\"))
    )


def test_there_are_forty_forms_of_elsewhere():
    assert len(set(ELSEWHERE)) == 40


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_next_never_leaves_the_host(known, elsewhere):
    signed_in = Client()
    signed_in.force_login(known)
    password = {"login": known.email, "password": PASSWORD, "next": elsewhere}
    answers = [
        Client().post(reverse("account_login"), password),
        Client().get(reverse("account_login"), {"next": elsewhere}),
        signed_in.get(reverse("account_login"), {"next": elsewhere}),
        signed_in.post(reverse("home:theme"), {"theme": "dark", "next": elsewhere}),
        signed_in.post(f"{reverse('account_reauthenticate')}?next=/", {"password": PASSWORD, "next": elsewhere}),
        signed_in.post(reverse("account_logout"), {"next": elsewhere}),
    ]
    assert [stays(answer) for answer in answers] == [True] * len(answers)
