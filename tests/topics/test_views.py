"""Forms of topics, for each of the cast."""

import re

import pytest
from django.urls import reverse

from portal.audit.models import Line
from portal.topics.models import Topic
from tests.cast import CAST
from tests.factories import MembershipFactory, WorkingGroupFactory

pytestmark = pytest.mark.django_db
OFFICE = {"lead", "staff", "clerk"}
CREATE = "/themen/neu/"


@pytest.fixture
def typed(group, topic):
    return {
        "organization": group.pk,
        "title": "Mobiles Arbeiten",
        "text": "Worum es geht.",
        "state": "open",
        "version": 1,
    }


def edit_of(topic):
    return reverse("topics:edit", args=[topic.pk])


def sign_in(client, person):
    if person.is_authenticated:
        client.force_login(person)


@pytest.mark.parametrize("name", sorted(set(CAST) - OFFICE - {"second_group_member"}))
def test_create_is_for_the_office(client, person_of, name, typed):
    sign_in(client, person_of(name))
    for response in (client.get(CREATE), client.post(CREATE, typed)):
        if name == "anonymous":
            assert response.url.startswith(reverse("account_login"))
        else:
            assert response.status_code == 403
    assert Topic.objects.count() == 1


@pytest.mark.parametrize("name", sorted(set(CAST) - OFFICE))
def test_edit_is_for_the_office(client, person_of, name, typed, topic):
    sign_in(client, person_of(name))
    for response in (client.get(edit_of(topic)), client.post(edit_of(topic), typed)):
        if name == "anonymous":
            assert response.url.startswith(reverse("account_login"))
        else:
            assert response.status_code == (403 if name in {"delegate", "other_delegate", "deputy"} else 404)
    topic.refresh_from_db()
    assert topic.version == 1


@pytest.mark.parametrize("name", sorted(OFFICE))
def test_create_adds_the_topic_and_shows_it(client, person_of, name, typed, group):
    client.force_login(person_of(name))
    assert client.get(CREATE).status_code == 200
    response = client.post(CREATE, typed)
    topic = Topic.objects.get(title="Mobiles Arbeiten")
    assert response.url == topic.get_absolute_url()
    assert topic.organization == group


def test_create_cannot_reach_into_another_group(client, staff, typed):
    other = WorkingGroupFactory()
    client.force_login(staff)
    assert client.post(CREATE, {**typed, "organization": other.pk}).status_code == 422
    assert not other.topics.exists()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"title": ""}, "Geben Sie einen Titel ein."),
        ({"title": "OZG-Leistungen"}, "Ein Thema mit diesem Titel gibt es schon."),
        ({"responsible": "stranger"}, "Dies ist keine gültige Auswahl."),
    ],
)
def test_create_says_what_is_wrong_and_keeps_what_was_typed(client, person_of, typed, wrong, message):
    if "responsible" in wrong:
        wrong = {"responsible": person_of("stranger").pk}
    client.force_login(person_of("staff"))
    response = client.post(CREATE, {**typed, **wrong})
    page = response.content.decode()
    assert response.status_code == 422
    assert re.search(r"<title>\s*Fehler:", page)
    assert message in page
    assert "Worum es geht." in page


def test_somebody_with_two_groups_chooses_one(client, staff, group, typed):
    other = MembershipFactory(person=staff, role="staff").organization
    outsider = MembershipFactory(organization=other).person
    client.force_login(staff)
    assert f'<option value="{other.pk}">' in client.get(CREATE).content.decode()
    response = client.post(CREATE, {**typed, "responsible": outsider.pk})
    assert "Diese Person gehört nicht zu diesem Arbeitskreis." in response.content.decode()
    client.post(CREATE, {**typed, "organization": other.pk, "responsible": outsider.pk})
    assert other.topics.get().responsible == outsider


def test_edit_saves_and_leaves_the_group_alone(client, staff, typed, topic, group):
    client.force_login(staff)
    other = WorkingGroupFactory()
    response = client.post(edit_of(topic), {**typed, "organization": other.pk})
    assert response.url == topic.get_absolute_url()
    topic.refresh_from_db()
    assert (topic.title, topic.organization) == ("Mobiles Arbeiten", group)


def test_edit_keeps_somebody_responsible_who_has_left(client, staff, typed, topic, former):
    Topic.objects.update(responsible=former)
    client.force_login(staff)
    assert client.post(edit_of(topic), {**typed, "responsible": former.pk}).status_code == 302
    topic.refresh_from_db()
    assert topic.responsible == former


def test_edit_shows_both_texts_when_somebody_else_was_faster(client, staff, typed, topic):
    Topic.objects.update(text="Inzwischen <b>neu</b>", version=2)
    client.force_login(staff)
    response = client.post(edit_of(topic), {**typed, "text": "Mein Text"})
    page = response.content.decode()
    assert response.status_code == 409
    assert "Inzwischen &lt;b&gt;neu&lt;/b&gt;" in page
    assert "Mein Text" in page
    assert 'name="version" value="2"' in page
    assert not Line.objects.exists()
    assert client.post(edit_of(topic), {**typed, "text": "Mein Text", "version": 2}).status_code == 302


@pytest.mark.parametrize("count", [1, 3])
def test_edit_takes_the_same_queries_for_any_number_of_people(client, staff, topic, count, django_assert_num_queries):
    for _ in range(count):
        MembershipFactory(organization=topic.organization)
    client.force_login(staff)
    client.get(edit_of(topic))  # notes the time of sign-in
    with django_assert_num_queries(6):
        client.get(edit_of(topic))
