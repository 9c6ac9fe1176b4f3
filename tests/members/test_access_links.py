"""The one-time link from both sides: the lead who sends, revokes and resets; the person who comes in."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.audit.models import Line
from portal.mail.models import Message
from portal.members.actions import accounts, seats
from portal.members.models import Invitation, Person, Role
from tests.factories import PASSWORD, MembershipFactory, PersonFactory

BOTH = {"password": PASSWORD, "repeated": PASSWORD}


@pytest.fixture
def seat(lead, group):
    """Somebody just appointed, who has not come in yet."""
    person = Person(first_name="Nele", last_name="Neumann", email="neu@example.org")
    return seats.appoint(group, by=lead, person=person, role=Role.STAFF)


def newest_link() -> str:
    return re.search(r"/konto/einladung/\S+", Message.objects.latest("pk").text)[0]


@pytest.fixture
def link(seat):
    return newest_link()


def works(link: str) -> bool:
    return Client().get(link).status_code == 200


@pytest.fixture
def as_lead(client, lead):
    client.force_login(lead)
    return client


def test_a_new_link_voids_the_earlier_one(as_lead, seat, link):
    as_lead.post(reverse("members:resend", args=[seat.pk]))
    assert not works(link)
    assert works(newest_link())


def test_a_revoked_link_is_void_and_the_seat_stays(as_lead, seat, link):
    answer = as_lead.post(reverse("members:revoke", args=[seat.pk]), follow=True)
    assert "Der Zugangslink von Nele Neumann gilt nicht mehr." in answer.text
    assert not works(link)
    seat.refresh_from_db()
    assert seat.end_date is None
    assert Line.objects.filter(verb="Zugangslink zurückgezogen", thing_id=seat.person_id).count() == 1


def test_revoking_twice_says_that_there_is_nothing_to_revoke(as_lead, seat, link):
    as_lead.post(reverse("members:revoke", args=[seat.pk]))
    answer = as_lead.post(reverse("members:revoke", args=[seat.pk]), follow=True)
    assert "hat zurzeit keinen gültigen Zugangslink" in answer.text
    assert Line.objects.filter(verb="Zugangslink zurückgezogen").count() == 1


@pytest.mark.parametrize("change", ["used", "expired", "closed", "ended"])
def test_a_link_is_void_once_it_is(seat, link, lead, change):
    if change == "used":
        Client().post(link, BOTH)
    elif change == "expired":
        Invitation.objects.update(expires_at=timezone.now())
    elif change == "closed":
        Person.objects.filter(pk=seat.person_id).update(is_active=False)
    else:
        seats.end_membership(seat, by=lead, end_date=timezone.localdate())
    for answer in (Client().get(link), Client().post(link, BOTH), Client().post(link, {"credential": "{}"})):
        assert answer.status_code == 404
        assert "Dieser Link gilt nicht mehr" in answer.text
        assert "Leitung Ihres Arbeitskreises" in answer.text


def test_a_link_ends_with_the_seat_it_was_sent_for_on_the_very_day(seat, link):
    seat.end_date = timezone.localdate() + timedelta(days=1)
    seat.save()
    assert works(link)
    seat.end_date = timezone.localdate()
    seat.save()
    assert not works(link)


def test_of_two_tabs_the_first_wins_and_the_second_is_told(seat, link):
    first, second = Client(), Client()
    first.get(link), second.get(link)
    assert first.post(link, BOTH).status_code == 302
    late = second.post(link, {"password": PASSWORD + "!", "repeated": PASSWORD + "!"})
    assert late.status_code == 404
    person = Person.objects.get(pk=seat.person_id)
    assert person.check_password(PASSWORD)


def test_a_second_click_of_somebody_who_is_in_leads_on(client, link):
    client.post(link, BOTH)
    assert client.post(link, BOTH).headers["Location"] == reverse("home:start")


def test_coming_in_by_link_proves_the_address_and_needs_no_second_mail(client, seat, link):
    client.post(link, BOTH)
    assert client.get(reverse("members:profile")).status_code == 200
    assert EmailAddress.objects.get(user=seat.person).verified
    assert Message.objects.count() == 1


def test_a_forged_passkey_uses_nothing_up(client, seat, link):
    client.get(link)
    answer = client.post(link, {"credential": '{"id": "x", "rawId": "x", "type": "public-key", "response": {}}'})
    assert answer.status_code == 422
    assert works(link)
    assert not Authenticator.objects.exists()


def test_reset_closes_every_way_in_and_mails_a_new_link(as_lead, delegate):
    seat = delegate.memberships.get()
    device = Client()
    device.force_login(delegate)
    Authenticator.objects.create(user=delegate, type=Authenticator.Type.TOTP, data={"secret": "x"})
    device.get(reverse("home:help"))
    as_lead.post(reverse("members:reset_access", args=[seat.pk]))
    delegate.refresh_from_db()
    assert not delegate.has_usable_password()
    assert not Authenticator.objects.exists()
    assert device.get(reverse("members:profile")).status_code == 302
    assert works(newest_link())
    assert Line.objects.filter(verb="Zugang zurückgesetzt", thing_id=delegate.pk).exists()


@pytest.mark.parametrize("who", ["lead", "superuser", "newcomer"])
def test_reset_is_refused_for_oneself_administrators_and_newcomers(as_lead, lead, superuser, group, seat, who):
    if who == "superuser":
        seat = MembershipFactory(person=superuser, organization=group)
    elif who == "lead":
        seat = lead.memberships.get()
    address = reverse("members:reset_access", args=[seat.pk])
    assert (as_lead.get(address).status_code, as_lead.post(address).status_code) == (403, 403)


@pytest.mark.parametrize("page", ["resend", "revoke"])
def test_links_of_those_who_came_in_are_neither_sent_nor_revoked(as_lead, delegate, page):
    address = reverse(f"members:{page}", args=[delegate.memberships.get().pk])
    assert (as_lead.get(address).status_code, as_lead.post(address).status_code) == (403, 403)
    assert not Message.objects.exists()


def test_who_came_in_by_code_needs_no_link(as_lead, seat, link):
    EmailAddress.objects.filter(user=seat.person).update(verified=True)
    client = Client()
    client.post(reverse("account_request_login_code"), {"email": "neu@example.org"})
    code = re.search(r"^\s*([A-Z0-9-]{6,9})\s*$", Message.objects.latest("pk").text, re.MULTILINE)[1]
    client.post(reverse("account_confirm_login_code"), {"code": code})
    assert client.get(reverse("members:profile")).status_code == 200
    assert as_lead.get(reverse("members:resend", args=[seat.pk])).status_code == 403


def test_overview_says_how_each_link_stands(as_lead, lead, group, seat):
    sent = timezone.localtime(Invitation.objects.get().created_at)
    page = as_lead.get(reverse("members:access")).text
    assert f"Link verschickt am {sent:%d.%m.%Y}" in page
    assert reverse("members:revoke", args=[seat.pk]) in page
    accounts.revoke_access(seat, by=lead)
    page = as_lead.get(reverse("members:access")).text
    assert "Der letzte Link gilt seit" in page
    assert reverse("members:revoke", args=[seat.pk]) not in page
    MembershipFactory(person=PersonFactory(email=None, password="!"), organization=group)
    assert "Ohne E-Mail-Adresse gibt es keinen Zugang." in as_lead.get(reverse("members:access")).text


def test_overview_shows_nobody_of_another_group(as_lead, second_group_member):
    assert second_group_member.last_name not in as_lead.get(reverse("members:access")).text


def test_member_list_marks_who_has_not_come_in_for_the_lead_alone(as_lead, staff, seat):
    assert "Noch nicht angemeldet" in as_lead.get(reverse("members:list")).text
    client = Client()
    client.force_login(staff)
    assert "Noch nicht angemeldet" not in client.get(reverse("members:list")).text


@pytest.mark.parametrize("newcomers", [1, 3])
def test_overview_takes_the_same_queries_for_any_number(as_lead, group, newcomers, django_assert_num_queries):
    for _ in range(newcomers):
        MembershipFactory(organization=group, person=PersonFactory(password="!"))
        MembershipFactory(organization=group)
    as_lead.get(reverse("members:access"))
    with django_assert_num_queries(5):
        assert as_lead.get(reverse("members:access")).status_code == 200
