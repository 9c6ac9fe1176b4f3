"""Fifty at once for one seat (security.md, P24): one delegate, and everybody else is told in German."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.members.actions import seats
from portal.members.models import Membership, Person, Role
from tests.factories import FraktionFactory, MembershipFactory, PersonFactory, WorkingGroupFactory

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 50
REFUSED = (seats.DELEGATE_SEAT, seats.BUSY)  # the second where fifty at once wait longer than the settings allow


@pytest.fixture
def seat(body):
    """A free seat, and the lead who may fill it."""
    group, fraktion = WorkingGroupFactory(), FraktionFactory()
    MembershipFactory(organization=group, role=Role.LEAD)
    return {"organization": group, "role": Role.DELEGATE, "on_behalf_of": fraktion}


def at_once(act, many):
    """What so many threads with connections of their own get, all let go in the same moment."""
    barrier = Barrier(many)

    def run(number):
        try:
            barrier.wait(60)
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(many) as pool:
        return list(pool.map(run, range(many)))


def new_person(number):
    return Person(first_name="Nele", last_name=f"Neumann {number}", email=f"{number}@example.org")


def delegates(seat):
    return Membership.objects.filter(role=Role.DELEGATE, on_behalf_of=seat["on_behalf_of"])


def test_fifty_appointments_leave_one_delegate(seat):
    def appoint(number):
        try:
            return seats.appoint(by=None, person=new_person(number), **seat)
        except seats.SeatRefused as refused:
            return str(refused)

    results = at_once(appoint, MANY)
    assert sum(results.count(message) for message in REFUSED) == MANY - 1
    assert delegates(seat).count() == 1
    assert Person.objects.filter(email__contains="@example.org", last_name__startswith="Neumann").count() == 1


@pytest.mark.parametrize("many", [8, pytest.param(MANY, marks=pytest.mark.soak)])
def test_posts_at_once_leave_one_delegate_and_no_error_page(seat, many):
    lead = Membership.objects.get(role=Role.LEAD).person
    place = {"organization": seat["organization"].pk, "role": "delegate", "on_behalf_of": seat["on_behalf_of"].pk}
    typed = place | {"start_date": timezone.localdate().isoformat(), "first_name": "Nele", "last_name": "Neumann"}
    clients = [Client() for _ in range(many)]
    signs = []
    for number, client in enumerate(clients):
        client.force_login(lead)
        shown = client.post(reverse("office:appoint"), typed | {"email": f"{number}@example.org"})
        signs.append(shown.context["effects"].sign)

    def post(number):
        mine = typed | {"email": f"{number}@example.org", "seen": signs[number]}
        answer = clients[number].post(reverse("office:appoint"), mine)
        return answer.status_code, any(message in answer.text for message in REFUSED)

    results = at_once(post, many)
    assert results.count((302, False)) == 1
    assert results.count((422, True)) == many - 1
    assert delegates(seat).count() == 1


def test_the_database_has_the_last_word(seat):
    """Somebody writes the row past the action, which has found the seat free and waits for the constraint."""
    written, results = Barrier(2), []

    def appoint():
        try:
            written.wait(30)
            results.append(seats.appoint(by=None, person=new_person(1), **seat))
        except seats.SeatTaken as taken:
            results.append(str(taken))
        finally:
            connection.close()

    other = Thread(target=appoint)
    other.start()
    person = PersonFactory()
    with transaction.atomic():
        Membership.objects.create(person=person, end_date=timezone.localdate() + timedelta(days=9), **seat)
        written.wait(30)
        other.join(1)
        assert other.is_alive(), "the other has to wait for this transaction"
    other.join(30)
    assert results == [seats.DELEGATE_SEAT]
    assert delegates(seat).get().person == person
