"""Where one is signed in, and ending it from elsewhere."""

from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.audit.models import Line
from tests.factories import PASSWORD

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile/15E148 Safari/604.1"
DESK = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
START = reverse("home:help")


def device(person, user_agent, address="192.0.2.7"):
    client = Client(headers={"User-Agent": user_agent}, REMOTE_ADDR=address)
    client.force_login(person)
    client.get(START)
    return client


def is_signed_in(client) -> bool:
    return client.get(reverse("members:profile")).status_code == 200


@pytest.fixture
def desk(delegate):
    return device(delegate, DESK)


@pytest.fixture
def phone(delegate):
    return device(delegate, PHONE, "198.51.100.9")


def row_of(client) -> UserSession:
    return UserSession.objects.get(session_key=client.session.session_key)


def test_page_shows_own_devices_with_name_address_and_times(desk, phone, other_delegate):
    device(other_delegate, "Chrome/140 (X11; Linux)", "203.0.113.1")
    page = desk.get(reverse("members:devices")).text
    assert page.index("Firefox auf Windows") < page.index("Safari auf iPhone")
    assert "198.51.100.9" in page
    assert "203.0.113.1" not in page
    assert f"Angemeldet seit {timezone.localtime():%d.%m.%Y}" in page


def test_ending_a_device_refuses_its_very_next_request(desk, phone, delegate):
    desk.post(reverse("members:device_end", args=[row_of(phone).pk]))
    assert not is_signed_in(phone)
    assert is_signed_in(desk)
    assert Line.objects.get(verb="Gerät abgemeldet").actor == delegate


def test_ending_all_others_keeps_this_one(desk, phone, delegate):
    tablet = device(delegate, "Firefox/140 (Android)")
    answer = desk.post(reverse("members:devices_end_others"), follow=True)
    assert "Alle anderen Geräte sind abgemeldet." in answer.text
    assert [is_signed_in(client) for client in (desk, phone, tablet)] == [True, False, False]


def test_a_second_click_says_that_nothing_was_left(desk):
    answer = desk.post(reverse("members:devices_end_others"), follow=True)
    assert "Sie sind nur auf diesem Gerät angemeldet." in answer.text


def test_devices_of_others_cannot_be_ended(desk, other_delegate):
    theirs = device(other_delegate, PHONE)
    assert desk.post(reverse("members:device_end", args=[row_of(theirs).pk])).status_code == 404
    assert is_signed_in(theirs)


def test_this_device_is_left_by_signing_out_not_from_the_list(desk):
    assert desk.post(reverse("members:device_end", args=[row_of(desk).pk])).status_code == 404
    assert is_signed_in(desk)


def test_signing_out_ends_the_session_itself(desk):
    cookie = desk.cookies["sessionid"].value
    desk.post(reverse("account_logout"))
    assert not Session.objects.filter(session_key=cookie).exists()


def test_list_leaves_out_what_would_be_refused_anyway(delegate):
    with time_machine.travel(timezone.now() - timedelta(minutes=61)):
        device(delegate, PHONE)
    desk = device(delegate, DESK)
    assert "iPhone" not in desk.get(reverse("members:devices")).text


@pytest.mark.parametrize("others", [1, 3])
def test_list_takes_the_same_queries_for_any_number(delegate, desk, others, django_assert_num_queries):
    for _ in range(others):
        device(delegate, PHONE)
    with django_assert_num_queries(5):
        assert desk.get(reverse("members:devices")).status_code == 200


def test_a_new_password_ends_all_other_devices(client, desk, phone, delegate):
    EmailAddress.objects.create(user=delegate, email=delegate.email, verified=True, primary=True)
    new = "Ein anderes langes Kennwort 8"
    desk.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert not is_signed_in(phone)
    assert not UserSession.objects.filter(session_key=phone.cookies["sessionid"].value).exists()
    client.post(reverse("account_login"), {"login": delegate.email, "password": new})
    assert is_signed_in(client)


def test_signing_in_gives_a_new_session_id(client, delegate):
    EmailAddress.objects.create(user=delegate, email=delegate.email, verified=True, primary=True)
    client.session.save()
    before = client.cookies["sessionid"].value
    client.post(reverse("account_login"), {"login": delegate.email, "password": PASSWORD})
    assert is_signed_in(client)
    assert client.cookies["sessionid"].value != before


def test_a_closed_account_is_out_with_the_next_request(desk, delegate):
    delegate.is_active = False
    delegate.save()
    assert not is_signed_in(desk)


def test_reading_notes_the_device_at_most_every_five_minutes(delegate, django_assert_num_queries):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        desk = device(delegate, DESK)
        first = row_of(desk).last_seen_at
        clock.shift(timedelta(minutes=4))
        desk.get(START)
        assert row_of(desk).last_seen_at == first
        clock.shift(timedelta(minutes=2))
        desk.get(START)
        assert row_of(desk).last_seen_at == first + timedelta(minutes=6)
