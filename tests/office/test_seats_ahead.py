"""What has not begun yet can be corrected: the first day, or the whole appointment."""

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.mail.models import Message
from portal.members.actions import seats
from portal.members.models import Membership, Person, Role
from tests.office.test_seats import address_of, confirm, days, seat_of, sign_on


@pytest.fixture
def coming(group, fraktion, lead):
    """Appointed for next week."""
    seat = seats.appoint(
        group,
        by=lead,
        person=Person(first_name="Mona", last_name="Morgen", email="morgen@example.org"),
        role=Role.STAFF,
        start_date=days(7),
    )
    Message.objects.all().delete()
    return seat


def test_start_of_somebody_to_come_can_move(client, lead, coming):
    client.force_login(lead)
    address = reverse("office:start", args=[coming.pk])
    confirm(client, address, {"start_date": days(3).isoformat()})
    coming.refresh_from_db()
    assert coming.start_date == days(3)
    refused = client.post(address, {"start_date": days(-3).isoformat()})
    assert (refused.status_code, "nicht in der Vergangenheit" in refused.text) == (422, True)


def test_withdraw_takes_the_appointment_and_its_link_back(client, lead, coming):
    client.force_login(lead)
    address = reverse("office:withdraw", args=[coming.pk])
    shown = client.get(address)
    assert "entfällt" in shown.text
    client.post(address, {"seen": sign_on(shown)})
    coming.refresh_from_db()
    assert coming.is_over
    assert not coming.person.invitations.get().is_open
    assert not Membership.objects.on(days(8)).filter(pk=coming.pk).exists()


@pytest.mark.parametrize("page", ["start", "withdraw", "reopen"])
def test_what_has_begun_is_not_corrected(client, lead, delegate, page):
    client.force_login(lead)
    answer = client.post(address_of(page, delegate), {"start_date": days(3).isoformat(), "seen": "x"})
    assert answer.url == reverse("members:list")
    assert seat_of(delegate).start_date < timezone.localdate()
