import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.mail.models import Message
from portal.members.actions import seats
from portal.members.models import Membership, Organization, Person, Role
from tests.cast import CAST
from tests.factories import PASSWORD, MembershipFactory

APPOINTMENT = {
    "salutation": "Frau",
    "first_name": "Nele",
    "last_name": "Neumann",
    "email": "Neu@example.org",
    "role": Role.STAFF,
    "start_date": "2026-01-01",
}


def sign_in(client, person):
    if person.is_authenticated:
        client.force_login(person)


@pytest.mark.parametrize("name", [name for name in CAST if name not in {"lead", "second_group_member"}])
@pytest.mark.parametrize("page", ["appoint", "fraktion_create", "end", "resend"])
def test_function_pages_are_for_the_lead(client, person_of, name, page, delegate):
    seat = delegate.memberships.get()
    person = person_of(name)
    sign_in(client, person)
    address = reverse(f"members:{page}", args=[seat.pk] if page in {"end", "resend"} else [])
    for response in (client.get(address), client.post(address, APPOINTMENT)):
        if name == "anonymous":
            assert response.url.startswith(reverse("account_login"))
        else:
            assert response.status_code in {403, 404}
    seat.refresh_from_db()
    assert seat.end_date is None
    assert not Person.objects.filter(email="neu@example.org").exists()


@pytest.mark.parametrize("page", ["end", "resend"])
def test_seats_of_another_group_do_not_exist(client, second_group_member, delegate, page):
    client.force_login(second_group_member)
    address = reverse(f"members:{page}", args=[delegate.memberships.get().pk])
    assert client.get(address).status_code == 404
    assert client.post(address, {"last_day": "2026-01-01"}).status_code == 404


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
    with django_assert_num_queries(5):
        assert client.get(reverse("members:list")).status_code == 200


def test_appoint_post_appoints_and_redirects(client, lead, group):
    client.force_login(lead)
    response = client.post(reverse("members:appoint"), {**APPOINTMENT, "organization": group.pk})
    assert response.url == reverse("members:list")
    assert Membership.objects.get(person__email="neu@example.org").role == Role.STAFF


def test_appoint_post_without_fraktion_keeps_what_was_typed(client, lead, group):
    client.force_login(lead)
    response = client.post(reverse("members:appoint"), {**APPOINTMENT, "organization": group.pk, "role": Role.DELEGATE})
    page = response.content.decode()
    assert response.status_code == 422
    assert "Wählen Sie die Fraktion, für die diese Person spricht." in page
    assert 'value="Neumann"' in page


def test_appoint_post_to_a_taken_seat_says_so(client, lead, group, delegate, fraktion):
    client.force_login(lead)
    seat = {"organization": group.pk, "role": Role.DELEGATE, "on_behalf_of": fraktion.pk}
    response = client.post(reverse("members:appoint"), {**APPOINTMENT, **seat})
    assert response.status_code == 422
    assert "Diese Fraktion hat bereits eine delegierte Person." in response.content.decode()


def test_appoint_into_a_group_of_others_is_refused(client, lead, second_group_member):
    elsewhere = second_group_member.memberships.get().organization
    client.force_login(lead)
    response = client.post(reverse("members:appoint"), {**APPOINTMENT, "organization": elsewhere.pk})
    assert response.status_code == 422
    assert elsewhere.memberships.count() == 1


def test_end_post_closes_the_pages_with_the_next_request(client, lead, delegate, clerk):
    seat = delegate.memberships.get()
    client.force_login(lead)
    yesterday = timezone.localdate() - timedelta(days=1)
    client.post(reverse("members:end", args=[seat.pk]), {"last_day": yesterday.isoformat()})
    client.force_login(delegate)
    assert "Schreiber" not in client.get(reverse("members:list")).content.decode()


def test_end_post_before_the_beginning_is_refused(client, lead, delegate):
    seat = delegate.memberships.get()
    client.force_login(lead)
    response = client.post(reverse("members:end", args=[seat.pk]), {"last_day": "2001-01-01"})
    assert response.status_code == 422
    assert "Das Ende darf nicht vor dem Beginn" in response.content.decode()


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
