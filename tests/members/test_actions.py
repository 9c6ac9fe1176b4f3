from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.utils import timezone

from portal.audit.models import Line
from portal.mail.models import Message
from portal.members.actions import accounts, seats
from portal.members.models import Invitation, Membership, Person, Role
from tests.factories import FraktionFactory, PersonFactory, WorkingGroupFactory


def new_person(email="neu@example.org"):
    return Person(first_name="Nele", last_name="Neumann", email=email)


def test_appoint_opens_an_account_and_mails_the_link(group, lead, fraktion):
    seat = seats.appoint(group, by=lead, person=new_person(), role=Role.DELEGATE, on_behalf_of=fraktion)
    address = EmailAddress.objects.get(user=seat.person)
    mail = Message.objects.get()
    assert (address.email, address.verified, address.primary) == ("neu@example.org", True, True)
    assert not seat.person.has_usable_password()
    assert (mail.to, mail.secret, mail.kind) == ("neu@example.org", True, "Zugang")
    assert Invitation.objects.get().person == seat.person
    assert Line.objects.get().verb == "Mitglied berufen"


def test_appoint_known_person_keeps_name_and_tells_without_link(group, lead):
    known = PersonFactory(first_name="Alt", email="alt@example.org")
    seat = seats.appoint(group, by=lead, person=new_person("ALT@example.org"), role=Role.STAFF)
    assert (seat.person, seat.person.first_name) == (known, "Alt")
    assert (Message.objects.get().kind, Invitation.objects.count()) == ("Berufung", 0)


def test_appoint_ranks_deputies_in_order(group, lead, fraktion):
    given = [
        seats.appoint(group, by=lead, person=new_person(f"{n}@example.org"), role=Role.DEPUTY, on_behalf_of=fraktion)
        for n in range(3)
    ]
    assert [seat.rank for seat in given] == [1, 2, 3]


@pytest.mark.parametrize("ends_in", [None, 5])
def test_appoint_refuses_a_taken_seat(group, lead, delegate, fraktion, ends_in):
    if ends_in:
        delegate.memberships.update(end_date=timezone.localdate() + timedelta(days=ends_in))
    with pytest.raises(seats.SeatTaken, match="bereits eine delegierte Person"):
        seats.appoint(group, by=lead, person=new_person(), role=Role.DELEGATE, on_behalf_of=fraktion)
    assert not Person.objects.filter(email="neu@example.org").exists()
    assert not Message.objects.exists()


def test_appoint_successor_from_the_day_the_seat_is_free(group, lead, delegate, fraktion):
    free = timezone.localdate() + timedelta(days=5)
    delegate.memberships.update(end_date=free)
    seat = seats.appoint(
        group, by=lead, person=new_person(), role=Role.DELEGATE, on_behalf_of=fraktion, start_date=free
    )
    assert seat.start_date == free


@pytest.mark.django_db(transaction=True)
def test_appoint_many_at_once_leaves_one_delegate():
    group, fraktion = WorkingGroupFactory(), FraktionFactory()

    def try_to_appoint(number):
        try:
            return seats.appoint(
                group, by=None, person=new_person(f"{number}@example.org"), role=Role.DELEGATE, on_behalf_of=fraktion
            )
        except seats.SeatTaken:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        given = list(pool.map(try_to_appoint, range(16)))
    assert sum(seat is not None for seat in given) == 1
    assert Membership.objects.filter(role=Role.DELEGATE, on_behalf_of=fraktion).count() == 1
    assert Person.objects.count() == 1


def test_end_membership_takes_effect_at_once(group, lead, delegate):
    seat = delegate.memberships.get()
    assert seats.end_membership(seat, by=lead, end_date=timezone.localdate())
    assert not delegate.memberships.current().exists()
    assert Line.objects.get().verb == "Mitgliedschaft beendet"


def test_end_membership_twice_changes_nothing(lead, delegate):
    seat = delegate.memberships.get()
    first = timezone.localdate()
    assert seats.end_membership(seat, by=lead, end_date=first)
    assert not seats.end_membership(seat, by=lead, end_date=first + timedelta(days=9))
    seat.refresh_from_db()
    assert seat.end_date == first


def test_end_membership_voids_open_access_links(group, lead, fraktion):
    seat = seats.appoint(group, by=lead, person=new_person(), role=Role.DELEGATE, on_behalf_of=fraktion)
    seats.end_membership(seat, by=lead, end_date=timezone.localdate())
    assert not Invitation.objects.get().is_open


def test_send_access_voids_earlier_links(group, lead):
    seat = seats.appoint(group, by=lead, person=new_person(), role=Role.STAFF)
    accounts.send_access(seat, by=lead)
    assert [invitation.is_open for invitation in Invitation.objects.order_by("created_at")] == [False, True]
    assert Message.objects.count() == 2


def test_accept_invitation_sets_the_password_once(group, lead):
    seats.appoint(group, by=lead, person=new_person(), role=Role.STAFF)
    invitation = Invitation.objects.get()
    person = accounts.accept_with_password(invitation, password="Ein langes Kennwort 8")
    assert person.check_password("Ein langes Kennwort 8")
    assert accounts.accept_with_password(invitation, password="Ein anderes Kennwort 9") is None
    person.refresh_from_db()
    assert person.check_password("Ein langes Kennwort 8")


def test_add_fraktion_stands_on_the_trail(group, lead):
    fraktion = seats.add_fraktion(by=lead, organization=group, name="Fraktion Neu", short_name="Neu")
    assert (fraktion.kind, Line.objects.get().thing_id) == ("fraktion", str(fraktion.pk))
