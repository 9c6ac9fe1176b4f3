"""Who may keep topics: a table cast × verb."""

import pytest

from portal.topics import rules
from portal.topics.models import Topic
from tests.cast import CAST, MEMBERS

pytestmark = pytest.mark.django_db
OFFICE = {"lead", "staff", "clerk"}


@pytest.mark.parametrize("name", CAST)
def test_topics_are_kept_by_the_office(name, topic, group, person_of):
    person = person_of(name)
    assert rules.may_create_topic(person, group.pk) is (name in OFFICE)
    assert rules.may_edit_topic(person, topic) is (name in OFFICE)


@pytest.mark.parametrize("name", CAST)
def test_topics_are_visible_to_members(name, topic, person_of):
    assert (topic in Topic.objects.visible_to(person_of(name))) is (name in MEMBERS)
