from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.members.models import Body, Invitation, Membership, Person, Role, RulesOfProcedure
from portal.members.models.person import sort_key
from tests.factories import (
    BodyFactory,
    FraktionFactory,
    MembershipFactory,
    PersonFactory,
    WorkingGroupFactory,
)


@pytest.mark.parametrize(
    ("seat", "constraint"),
    [
        ({"role": Role.DELEGATE}, "one_delegate_per_fraktion"),
        ({"role": Role.DEPUTY, "rank": 1}, "one_deputy_per_rank"),
    ],
)
def test_membership_seat_is_given_once(group, seat, constraint):
    fraktion = FraktionFactory()
    MembershipFactory(organization=group, on_behalf_of=fraktion, **seat)
    with pytest.raises(IntegrityError, match=constraint):
        MembershipFactory(organization=group, on_behalf_of=fraktion, **seat)


@pytest.mark.parametrize(
    ("seat", "constraint"),
    [
        ({"end_date": date(2000, 1, 1)}, "membership_ends_after_start"),
        ({"role": "king", "needs_fraktion": False}, "membership_"),
        ({"role": Role.DELEGATE, "on_behalf_of": None}, "membership_fraktion_fits_role"),
        ({"role": Role.DEPUTY, "rank": None}, "membership_rank_fits_role"),
        ({"role": Role.DELEGATE, "rank": 1}, "membership_rank_fits_role"),
    ],
)
def test_membership_constraint_refuses(db, seat, constraint):
    with pytest.raises(IntegrityError, match=constraint):
        MembershipFactory(**seat)


@pytest.mark.parametrize(
    ("seat", "constraint"),
    [
        ({"role": Role.DELEGATE}, "delegate_seat_once_a_day"),
        ({"role": Role.DEPUTY, "rank": 1}, "deputy_rank_once_a_day"),
    ],
)
def test_membership_seats_never_overlap(group, fraktion, seat, constraint):
    """The end is the first day without the seat, so on it the next may begin."""
    place = {"organization": group, "on_behalf_of": fraktion, **seat}
    MembershipFactory(start_date=date(2026, 1, 1), end_date=date(2026, 6, 1), **place)
    MembershipFactory(start_date=date(2026, 6, 1), end_date=date(2026, 7, 1), **place)
    MembershipFactory(start_date=date(2026, 3, 1), end_date=date(2026, 3, 1), **place)
    with pytest.raises(IntegrityError, match=constraint):
        MembershipFactory(start_date=date(2026, 5, 31), end_date=date(2026, 6, 1), **place)


def test_membership_one_role_at_a_time(lead, group):
    with pytest.raises(IntegrityError, match="role_once_a_day"):
        MembershipFactory(person=lead, organization=group, role=Role.LEAD, end_date=date(2100, 1, 1))


def test_membership_same_person_same_role_is_refused(lead, group):
    with pytest.raises(IntegrityError, match="one_role_once_a_person"):
        MembershipFactory(person=lead, organization=group, role=Role.LEAD)


@pytest.mark.parametrize(
    ("start", "end", "is_current"),
    [(0, None, True), (1, None, False), (-10, 0, False), (-10, 1, True), (-10, -1, False)],
)
def test_membership_current_is_half_open(db, start, end, is_current):
    today = timezone.localdate()
    seat = MembershipFactory(
        start_date=today + timedelta(days=start), end_date=None if end is None else today + timedelta(days=end)
    )
    assert Membership.objects.current().filter(pk=seat.pk).exists() is is_current


def test_membership_visible_to_members_of_the_same_group_only(person_of, delegate, lead, other_delegate):
    visible = {name: Membership.objects.visible_to(person_of(name)).count() for name in ("delegate", "lead")}
    hidden = {name: Membership.objects.visible_to(person_of(name)).count() for name in ("stranger", "superuser")}
    assert visible == {"delegate": 3, "lead": 3}
    assert hidden == {"stranger": 0, "superuser": 0}
    assert Membership.objects.visible_to(person_of("anonymous")).count() == 0


def test_membership_last_day_is_the_day_before_the_end(db):
    assert MembershipFactory(end_date=date(2031, 5, 1)).last_day == date(2031, 4, 30)
    assert MembershipFactory().last_day is None


def test_person_email_is_unique_whatever_its_case(db):
    PersonFactory(email="kim@example.org")
    with pytest.raises(IntegrityError, match="person_email_once"):
        PersonFactory(email="KIM@example.org")


def test_person_without_email_may_exist_twice(db):
    PersonFactory(email=None)
    PersonFactory(email=None)
    assert Person.objects.filter(email=None).count() == 2


def test_person_sorts_by_german_name(db):
    for name in ("Zebra", "Ärzte", "apfel", "Bund"):
        PersonFactory(last_name=name)
    assert [person.last_name for person in Person.objects.all()] == ["apfel", "Ärzte", "Bund", "Zebra"]


def test_sort_key_folds_umlauts_and_case():
    assert sort_key("Größe Öztürk") == "grosse ozturk"


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"salutation": "Frau", "title": "Dr.", "last_name": "Albers"}, "Frau Dr. Albers"),
        ({"salutation": "", "first_name": "Kim", "last_name": "Albers"}, "Kim Albers"),
    ],
)
def test_person_formal_name(fields, name):
    assert Person(**fields).formal_name == name


def test_invitation_is_open_until_used_or_expired(db):
    token, token_hash = Invitation.new_token()
    ahead = timezone.now() + timedelta(days=1)
    invitation = Invitation(person=PersonFactory(), token_hash=token_hash, expires_at=ahead)
    assert Invitation.hash_of(token) == token_hash
    assert invitation.is_open
    assert not Invitation(expires_at=timezone.now()).is_open
    assert not Invitation(expires_at=ahead, used_at=timezone.now()).is_open


def test_body_exists_once(body):
    with pytest.raises(IntegrityError, match="only"), transaction.atomic():
        BodyFactory()
    assert Body.objects.get_solo() == body


def test_rules_of_procedure_on_a_day_are_the_newest_valid_ones(db):
    group = WorkingGroupFactory()
    RulesOfProcedure.objects.create(organization=group, valid_from=date(2025, 1, 1), invitation_days=7)
    RulesOfProcedure.objects.create(organization=group, valid_from=date(2026, 1, 1), invitation_days=14)
    days = [RulesOfProcedure.objects.on(group, date(year, 6, 1)).invitation_days for year in (2024, 2025, 2026)]
    assert days == [10, 7, 14]
