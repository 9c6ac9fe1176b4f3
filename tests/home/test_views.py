"""Topics, legal pages and the choice of light or dark."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.minutes.models import Minutes
from tests.cast import CAST, MEMBERS
from tests.factories import (
    AgendaItemFactory,
    EntryFactory,
    MeetingFactory,
    MembershipFactory,
    MinutesFactory,
    OutcomeFactory,
    TopicFactory,
)

pytestmark = pytest.mark.django_db
SIGNED_IN = [name for name in CAST if name != "anonymous"]
LEGAL = ["imprint", "privacy", "accessibility", "help"]
OFFICE = {"lead", "staff", "clerk"}


def at(days, group, topic, **fields):
    """An item of the topic, that many days from now."""
    start = timezone.now() + timedelta(days=days)
    state = fields.pop("state", "finished" if days < 0 else "invited")
    meeting = MeetingFactory(organization=group, number=days % 1000, start=start, state=state)
    return AgendaItemFactory(meeting=meeting, topic=topic, **fields)


def final(item, text):
    """Final minutes of the item's meeting, with one outcome."""
    minutes = MinutesFactory(meeting=item.meeting)
    OutcomeFactory(entry=EntryFactory(minutes=minutes, item=item), text=text)
    signed = {"finalised_at": timezone.now(), "finalised_by": minutes.clerk, "pdf": b"%PDF", "sha256": "0" * 64}
    Minutes.objects.filter(pk=minutes.pk).update(state="final", **signed)


@pytest.fixture
def page_of(client):
    def read(person, address):
        client.force_login(person)
        response = client.get(address)
        assert response.status_code == 200
        return response.content.decode()

    return read


# Topics ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SIGNED_IN)
def test_topic_list_is_for_members_and_kept_by_the_office(page_of, person_of, name, topic):
    page = page_of(person_of(name), reverse("home:topics"))
    assert (topic.title in page) is (name in MEMBERS)
    assert ("Thema anlegen" in page) is (name in {*OFFICE, "second_group_member"})
    assert ("Noch kein Thema" in page) is (name not in MEMBERS)


@pytest.mark.parametrize("name", CAST)
def test_topic_is_for_members_and_kept_by_the_office(client, person_of, name, topic):
    person = person_of(name)
    if name != "anonymous":
        client.force_login(person)
    response = client.get(topic.get_absolute_url())
    if name in MEMBERS:
        page = response.content.decode()
        assert topic.title in page
        assert (reverse("topics:edit", args=[topic.pk]) in page) is (name in OFFICE)
    elif name == "anonymous":
        assert response.url.startswith(reverse("account_login"))
    else:
        assert response.status_code == 404


def test_topic_list_shows_topics_in_work_first_with_last_and_next_item(client, delegate, group, topic):
    done = TopicFactory(organization=group, title="Abgeschlossenes", state="done")
    for days in (-60, -30, 30, 60):
        at(days, group, topic)
    at(-5, group, topic, state="cancelled")
    at(10, group, topic, state="draft")
    client.force_login(delegate)
    rows = client.get(reverse("home:topics")).context["topics"]
    assert rows == [topic, done]
    days = [
        round((item.meeting.start - timezone.now()) / timedelta(days=1))
        for item in (rows[0].last_item, rows[0].next_item)
    ]
    assert days == [-30, 30]
    assert (rows[1].last_item, rows[1].next_item) == (None, None)


def test_timeline_shows_what_the_reader_may_see(page_of, delegate, staff, group, topic):
    at(-30, group, topic, title="Damals")
    at(30, group, topic, title="Demnächst", visibility="confidential")
    at(60, group, topic, title="Noch geheim", state="draft")
    at(60, TopicFactory().organization, topic, title="Anderswo")
    address = topic.get_absolute_url()
    page = page_of(delegate, address)
    assert page.index("Demnächst") < page.index("Damals")
    assert "Noch geheim" not in page
    assert "Anderswo" not in page
    assert "Noch geheim" in page_of(staff, address)


def test_timeline_shows_outcomes_of_final_minutes_only(page_of, delegate, clerk, group, topic):
    final(at(-30, group, topic), "Das Ergebnis steht fest.")
    OutcomeFactory(entry=EntryFactory(item=at(-20, group, topic)), text="Das ist nur ein Entwurf.")
    for person in (delegate, clerk):
        page = page_of(person, topic.get_absolute_url())
        assert "Das Ergebnis steht fest." in page
        assert "Das ist nur ein Entwurf." not in page


def test_topic_without_items_says_what_comes(page_of, delegate, topic):
    assert "Noch auf keiner Tagesordnung" in page_of(delegate, topic.get_absolute_url())


def test_group_of_a_topic_is_named_only_to_people_with_several(page_of, delegate, lead, group, topic):
    MembershipFactory(person=delegate)
    for address in (reverse("home:topics"), topic.get_absolute_url()):
        assert page_of(delegate, address).count(group.short_name) > page_of(lead, address).count(group.short_name)


@pytest.mark.parametrize("count", [1, 3])
def test_topics_take_the_same_queries_for_any_number_of_rows(client, delegate, group, count, django_assert_num_queries):
    for number in range(1, count + 1):
        topic = TopicFactory(organization=group, responsible=delegate)
        for days in range(number):
            final(at(-30 * number - days, group, topic), "Ergebnis")
            at(30 * number + days, group, topic)
    client.force_login(delegate)
    client.get(topic.get_absolute_url())  # notes the time of sign-in
    with django_assert_num_queries(6):
        client.get(reverse("home:topics"))
    with django_assert_num_queries(8):
        client.get(topic.get_absolute_url())


# Legal pages and looks ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LEGAL)
def test_legal_pages_are_open_to_everybody_and_cheap(client, body, name, django_assert_num_queries):
    with django_assert_num_queries(1):
        response = client.get(reverse(f"home:{name}"))
    assert response.status_code == 200


@pytest.mark.parametrize("name", LEGAL)
def test_legal_pages_stay_open_before_the_portal_is_founded(client, name):
    assert client.get(reverse(f"home:{name}")).status_code == 200


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_theme_is_kept_in_a_cookie_and_shown(client, body, theme):
    imprint = reverse("home:imprint")
    response = client.post(reverse("home:theme"), {"theme": theme, "next": imprint})
    assert response.url == imprint
    cookie = response.cookies["theme"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert f'data-kern-theme="{theme}"' in client.get(imprint).content.decode()
    client.post(reverse("home:theme"), {"theme": "", "next": imprint})
    assert "data-kern-theme" not in client.get(imprint).content.decode()


@pytest.mark.parametrize("theme", ["pink", '"><script>'])
def test_unknown_theme_is_not_kept(client, body, theme):
    assert client.post(reverse("home:theme"), {"theme": theme}).cookies["theme"].value == ""
    assert "data-kern-theme" not in client.get(reverse("home:imprint")).content.decode()
    client.cookies["theme"] = theme
    assert "data-kern-theme" not in client.get(reverse("home:imprint")).content.decode()


@pytest.mark.parametrize(
    "target",
    [
        "",
        "https://evil.example/",
        "//evil.example/",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "account_logout",
        "themen/",
        "/\t/evil.example",
        "http:evil.example",
    ],
)
def test_theme_leads_to_no_other_host(client, target):
    assert client.post(reverse("home:theme"), {"theme": "dark", "next": target}).url == "/"


def test_a_link_changes_no_theme(client):
    assert client.get(reverse("home:theme")).status_code == 405
