"""The lead orders the deputies of a Fraktion, one place at a time."""

import pytest
from django.urls import reverse

from portal.members.models import Membership, Role
from tests.factories import MembershipFactory


@pytest.fixture
def deputies(group, fraktion):
    return [
        MembershipFactory(organization=group, on_behalf_of=fraktion, role=Role.DEPUTY, rank=rank) for rank in (1, 2, 3)
    ]


def order_of(deputies):
    return list(Membership.objects.filter(pk__in=[seat.pk for seat in deputies]).order_by("rank"))


def move(client, deputies, seat, direction):
    address = reverse("office:order", args=[deputies[0].pk])
    typed = {"order": [deputy.pk for deputy in deputies], "seat": seat.pk, "direction": direction}
    return client.post(address, typed)


def test_order_moves_a_deputy_by_one_place(client, lead, deputies):
    first, second, third = deputies
    client.force_login(lead)
    assert move(client, deputies, third, "up").status_code == 302
    assert order_of(deputies) == [first, third, second]
    move(client, order_of(deputies), first, "down")
    assert order_of(deputies) == [third, first, second]
    assert [seat.rank for seat in order_of(deputies)] == [1, 2, 3]


@pytest.mark.parametrize(("place", "direction"), [(0, "up"), (2, "down")])
def test_order_has_two_ends(client, lead, deputies, place, direction):
    client.force_login(lead)
    move(client, deputies, deputies[place], direction)
    assert order_of(deputies) == deputies


def test_order_that_somebody_else_has_changed_is_shown_first(client, lead, deputies):
    first, second, third = deputies
    client.force_login(lead)
    move(client, deputies, third, "up")
    page = move(client, deputies, third, "up")
    assert page.status_code == 409
    assert "Jemand anderes hat die Reihenfolge gerade geändert." in page.text
    assert order_of(deputies) == [first, third, second]


def test_order_knows_no_deputy_of_another_fraktion(client, lead, deputies, group):
    stranger = MembershipFactory(organization=group, role=Role.DEPUTY, rank=1)
    client.force_login(lead)
    assert move(client, deputies, stranger, "up").status_code == 404
    assert move(client, deputies, deputies[0], "up").status_code == 302
