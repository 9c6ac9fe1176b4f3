import pytest

from portal.members import rules
from tests.cast import CAST
from tests.factories import WorkingGroupFactory

LEAD, OFFICE, ALL = (
    ("lead",),
    ("lead", "staff", "clerk"),
    ("lead", "staff", "clerk", "delegate", "other_delegate", "deputy"),
)


@pytest.mark.parametrize("name", CAST)
@pytest.mark.parametrize(
    ("rule", "allowed"),
    [
        (rules.is_member, ALL),
        (rules.is_office, OFFICE),
        (rules.is_lead, LEAD),
        (rules.is_clerk, ("clerk",)),
        (rules.may_appoint, LEAD),
    ],
)
def test_rule_holds_for(rule, allowed, name, person_of, group):
    assert rule(person_of(name), group.pk) is (name in allowed)
    assert not rule(person_of(name), WorkingGroupFactory().pk)


@pytest.mark.parametrize("name", CAST)
def test_groups_where_office(name, person_of, group):
    assert rules.groups_where_office(person_of(name)).count(group.pk) == int(name in OFFICE)


def test_roles_in_follow_the_memberships_of_today(former, group):
    assert rules.roles_in(former, group.pk) == frozenset()
