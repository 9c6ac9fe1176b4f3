import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.mail.models import Message
from portal.members.actions import seats
from portal.members.models import Organization, Person, Role
from tests.cast import CAST
from tests.factories import PASSWORD, FraktionFactory, MembershipFactory


def sign_in(client, person):
    if person.is_authenticated:
        client.force_login(person)


@pytest.mark.parametrize("name", [name for name in CAST if name not in {"lead", "second_group_member"}])
@pytest.mark.parametrize("page", ["fraktion_create", "resend"])
def test_function_pages_are_for_the_lead(client, person_of, name, page, delegate):
    seat = delegate.memberships.get()
    person = person_of(name)
    sign_in(client, person)
    address = reverse(f"members:{page}", args=[seat.pk] if page == "resend" else [])
    for response in (client.get(address), client.post(address, {"name": "Fraktion Neu", "short_name": "Neu"})):
        if name == "anonymous":
            assert response.url.startswith(reverse("account_login"))
        else:
            assert response.status_code in {403, 404}
    assert not Organization.objects.filter(name="Fraktion Neu").exists()
    assert not Message.objects.exists()


def test_seats_of_another_group_do_not_exist(client, second_group_member, delegate):
    client.force_login(second_group_member)
    address = reverse("members:resend", args=[delegate.memberships.get().pk])
    assert client.get(address).status_code == 404
    assert client.post(address).status_code == 404


@pytest.mark.parametrize("name", ["lead", "staff", "clerk", "delegate", "other_delegate", "deputy"])
def test_list_shows_members_to_members(client, person_of, name, delegate):
    client.force_login(person_of(name))
    page = client.get(reverse("members:list")).content.decode()
    assert delegate.get_full_name() in page
    assert (delegate.email in page) is (name in {"lead", "staff", "clerk"})


@pytest.mark.parametrize("name", ["former", "second_group_member", "stranger", "superuser"])
def test_list_shows_nobody_to_outsiders(client, person_of, name, delegate):
    client.force_login(person_of(name))
    page = client.get(reverse("members:list"))
    assert page.status_code == 200
    assert delegate.last_name not in page.content.decode()


@pytest.mark.parametrize("members", [1, 3])
def test_list_takes_the_same_queries_for_any_number(client, lead, group, members, django_assert_num_queries):
    MembershipFactory.create_batch(members, organization=group)
    client.force_login(lead)
    client.get(reverse("members:list"))  # the first visit notes the time in the session
    with django_assert_num_queries(6):
        assert client.get(reverse("members:list")).status_code == 200


def days(number):
    return timezone.localdate() + timedelta(days=number)


def names_on(client, day=""):
    page = client.get(reverse("members:list"), {"stand": day} if day else {}).content.decode()
    return {name for name in ("Gegangen", "Bleibend", "Kommend") if name in page}


def test_list_shows_the_group_on_the_day_that_is_asked_for(client, lead, group):
    for name, dates in {
        "Gegangen": {"start_date": days(-100), "end_date": days(-50)},
        "Bleibend": {"start_date": days(-100)},
        "Kommend": {"start_date": days(20)},
    }.items():
        MembershipFactory(organization=group, person__last_name=name, **dates)
    client.force_login(lead)
    assert names_on(client) == {"Bleibend", "Kommend"}
    assert names_on(client, days(-51)) == {"Gegangen", "Bleibend"}
    assert names_on(client, days(-50)) == {"Bleibend"}
    assert names_on(client, days(20)) == {"Bleibend", "Kommend"}


def test_list_says_which_day_it_shows(client, delegate):
    client.force_login(delegate)
    assert "Gezeigt wird der heutige Stand" in client.get(reverse("members:list")).text
    past = client.get(reverse("members:list"), {"stand": "2024-03-01"}).text
    assert "der Stand vom Freitag, 1. März 2024" in " ".join(past.split())
    wrong = client.get(reverse("members:list"), {"stand": "2026-02-31"}).text
    assert "Dieses Datum gibt es nicht" in " ".join(wrong.split())


def test_list_shows_the_past_to_members_only(client, former, delegate):
    client.force_login(former)
    assert delegate.last_name not in client.get(reverse("members:list"), {"stand": days(-1)}).text


def test_list_offers_free_seats_to_the_lead_alone(client, lead, staff, delegate):
    free = FraktionFactory(name="Fraktion ohne Sitz")
    client.force_login(lead)
    page = client.get(reverse("members:list")).text
    assert f"?funktion=delegate&amp;fraktion={free.pk}" in page
    assert f"fraktion={delegate.memberships.get().on_behalf_of_id}" not in page
    delegate.memberships.update(end_date=days(30))
    page = client.get(reverse("members:list")).text
    assert f"fraktion={delegate.memberships.get().on_behalf_of_id}&amp;ab={days(30)}" in page
    client.force_login(staff)
    assert free.name not in client.get(reverse("members:list")).text


def test_fraktion_with_a_known_name_is_refused(client, lead, fraktion):
    client.force_login(lead)
    response = client.post(reverse("members:fraktion_create"), {"name": fraktion.name, "short_name": "X"})
    assert "Eine Fraktion mit diesem Namen gibt es schon." in response.content.decode()
    assert Organization.objects.filter(name=fraktion.name).count() == 1


def test_profile_changes_only_what_the_form_offers(client, delegate):
    client.force_login(delegate)
    client.post(
        reverse("members:profile"), {"title": "Dr.", "notify": "daily", "is_superuser": "on", "email": "x@example.org"}
    )
    delegate.refresh_from_db()
    assert (delegate.title, delegate.is_superuser, delegate.notify) == ("Dr.", False, "daily")
    assert delegate.email == "dahlmann@example.org"


@pytest.fixture
def link(lead, group):
    """The path of a fresh access link, taken from the mail."""
    person = Person(first_name="Nele", last_name="Neumann", email="neu@example.org")
    seats.appoint(group, by=lead, person=person, role=Role.STAFF)
    return re.search(r"/konto/einladung/\S+", Message.objects.get().text)[0]


def test_accept_opens_the_account_and_signs_in(client, link):
    assert "Nele Neumann" in client.get(link).content.decode()
    response = client.post(link, {"password": PASSWORD, "repeated": PASSWORD})
    assert response.url == reverse("home:start")
    assert client.session["_auth_user_id"] == str(Person.objects.get(email="neu@example.org").pk)


def test_accept_works_once(client, link):
    client.post(link, {"password": PASSWORD, "repeated": PASSWORD})
    client.logout()
    assert client.get(link).status_code == 404
    assert client.post(link, {"password": PASSWORD, "repeated": PASSWORD}).status_code == 404


@pytest.mark.parametrize(
    ("password", "repeated", "message"),
    [
        ("kurz", "kurz", "mindestens 12 Zeichen"),
        ("Nele Neumann", "Nele Neumann", "zu ähnlich"),
        (PASSWORD, PASSWORD + "x", "stimmen nicht überein"),
    ],
)
def test_accept_refuses_a_weak_or_mistyped_password(client, link, password, repeated, message):
    response = client.post(link, {"password": password, "repeated": repeated})
    assert response.status_code == 422
    assert message in response.content.decode()


def test_accept_forged_link_is_gone(client, db):
    assert client.get(reverse("members:accept", args=["forged"])).status_code == 404
