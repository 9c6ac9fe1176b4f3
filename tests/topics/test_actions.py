"""What happens to topics."""

import pytest

from portal.audit.models import Line
from portal.audit.versions import Stale
from portal.topics import actions
from portal.topics.models import Topic

pytestmark = pytest.mark.django_db


@pytest.fixture
def typed(topic):
    return {"title": topic.title, "summary": "", "text": topic.text, "state": topic.state, "responsible": None}


def test_create_adds_a_topic_and_a_line_of_the_trail(group, staff, clerk):
    topic = actions.create_topic(group, by=staff, title="Mobiles Arbeiten", responsible=clerk)
    assert (topic.organization, topic.state, topic.responsible) == (group, Topic.State.OPEN, clerk)
    line = Line.objects.get()
    assert (line.verb, line.actor, line.thing_id) == ("Thema angelegt", staff, str(topic.pk))
    assert line.organization_id == group.pk


def test_edit_changes_what_was_typed_and_names_the_fields(topic, staff, typed):
    actions.edit_topic(topic, by=staff, version=1, **{**typed, "summary": "Kurz.", "state": "done"})
    topic.refresh_from_db()
    assert (topic.summary, topic.state, topic.version) == ("Kurz.", "done", 2)
    line = Line.objects.get()
    assert (line.verb, line.detail) == ("Thema geändert", {"version": 2, "fields": "summary, state"})


def test_edit_refuses_to_overwrite_somebody_else(topic, staff, lead, typed):
    actions.edit_topic(topic, by=staff, version=1, **{**typed, "summary": "Von der Verwaltung"})
    with pytest.raises(Stale) as stale:
        actions.edit_topic(topic, by=lead, version=1, **{**typed, "summary": "Von der Leitung"})
    assert stale.value.current.summary == "Von der Verwaltung"
    topic.refresh_from_db()
    assert topic.summary == "Von der Verwaltung"


def test_edit_twice_with_the_same_text_is_one_change(topic, staff, typed):
    for _ in range(2):
        actions.edit_topic(topic, by=staff, version=1, **{**typed, "summary": "Kurz."})
    topic.refresh_from_db()
    assert topic.version == 2
    assert Line.objects.count() == 1
