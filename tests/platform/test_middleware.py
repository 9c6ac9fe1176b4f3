"""Lifetime of a sign-in, and what caches may keep."""

from datetime import timedelta
from time import monotonic

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from arbeitskreis.middleware import SEEN

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


@pytest.fixture
def page():
    """An address that answers everybody, so that only the middleware decides."""
    return reverse("healthz")


def is_signed_in(client):
    return "_auth_user_id" in client.session


def test_sign_in_ends_after_an_idle_hour(client, delegate, clock, page):
    client.force_login(delegate)
    client.get(page)
    clock.shift(timedelta(minutes=59))
    client.get(page)
    assert is_signed_in(client)
    clock.shift(timedelta(minutes=60))
    client.get(page)
    assert not is_signed_in(client)


def test_sign_in_ends_after_twelve_hours_of_work(client, delegate, clock, page):
    client.force_login(delegate)
    client.get(page)
    for _ in range(23):
        clock.shift(timedelta(minutes=30))
        client.get(page)
    assert is_signed_in(client)
    clock.shift(timedelta(minutes=30))
    client.get(page)
    assert not is_signed_in(client)


def test_ended_sign_in_is_explained_at_the_next_page(client, delegate, clock, page):
    client.force_login(delegate)
    client.get(page)
    clock.shift(timedelta(hours=2))
    client.get(page)
    assert "wurden zu Ihrer Sicherheit abgemeldet" in client.get(reverse("account_login")).text


def test_fragments_fetched_by_a_script_do_not_prolong_the_sign_in(client, delegate, clock, page):
    client.force_login(delegate)
    client.get(page)
    clock.shift(timedelta(minutes=59))
    client.get(page, headers={"HX-Request": "true"})
    clock.shift(timedelta(minutes=1))
    client.get(page)
    assert not is_signed_in(client)


def test_forms_sent_by_a_script_prolong_the_sign_in(client, delegate, clock, page):
    client.force_login(delegate)
    client.get(page)
    clock.shift(timedelta(minutes=59))
    client.post(page, headers={"HX-Request": "true"})
    clock.shift(timedelta(minutes=59))
    client.get(page)
    assert is_signed_in(client)


def test_reading_writes_the_session_at_most_every_five_minutes(client, delegate, clock, page):
    client.force_login(delegate)
    client.get(page)
    first = client.session[SEEN]
    clock.shift(timedelta(minutes=4))
    client.get(page)
    assert client.session[SEEN] == first
    clock.shift(timedelta(minutes=1))
    client.get(page)
    assert client.session[SEEN] == first + 300


def test_pages_of_those_signed_in_stay_out_of_caches(client, delegate, page):
    client.force_login(delegate)
    response = client.get(page)
    assert response.headers["Cache-Control"] == "no-store"
    assert "Cookie" in response.headers["Vary"]


def test_pages_for_everybody_may_be_kept(client, page):
    assert "Cache-Control" not in client.get(page).headers


def test_a_page_without_cookie_asks_the_database_nothing(client, page, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get(page)


@pytest.mark.parametrize("form", ["login", "request_login_code", "confirm_login_code", "reset_password"])
def test_forms_of_sign_in_are_answered_after_the_same_time(client, body, settings, form):
    settings.SIGN_IN_ANSWER_SECONDS = 0.5
    begun = monotonic()
    client.post(reverse(f"account_{form}"), {"login": "a@example.org", "email": "a@example.org", "password": "x"})
    assert 0.5 <= monotonic() - begun < 1.5


def test_pages_are_answered_at_once(client, body, settings):
    settings.SIGN_IN_ANSWER_SECONDS = 60
    assert client.get(reverse("account_login")).status_code == 200


@pytest.mark.parametrize(
    ("came_from", "back_to"),
    [
        ("http://testserver/sitzungen/?page=2", "/sitzungen/"),
        ("http://elsewhere.example.org/trap/", "/"),
        ("", "/"),
    ],
)
def test_a_button_after_a_lost_session_leads_back_to_its_page(client, db, came_from, back_to):
    answer = client.post("/postausgang/1/erneut/", headers={"Referer": came_from})
    assert answer.url == f"/konto/login/?next={back_to}"


def test_a_page_after_a_lost_session_leads_back_to_itself(client, db):
    assert client.get("/postausgang/").url == "/konto/login/?next=/postausgang/"
