"""The page of an agenda item: who sees what, and who closes its discussion."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.meetings.models import AgendaItem, Visibility
from portal.minutes.models import Minutes
from tests.cast import CAST, MEMBERS
from tests.factories import (
    AgendaItemFactory,
    CommentFactory,
    EntryFactory,
    MeetingFactory,
    MinutesFactory,
    OutcomeFactory,
    TopicFactory,
)

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


def sign_in(client, person):
    if person.is_authenticated:
        client.force_login(person)


def text_of(response):
    return response.content.decode()


def refused(response, person, status):
    if person.is_authenticated:
        return response.status_code == status
    return response.url.startswith(reverse("account_login"))


@pytest.mark.parametrize("name", CAST)
@pytest.mark.parametrize("visibility", Visibility)
def test_item_page_is_for_those_who_see_the_item(client, person_of, name, visibility, meeting):
    item = meeting.items.get(visibility=visibility)
    person = person_of(name)
    sees = name in MEMBERS or visibility == "public" or (name == "guest" and visibility == "internal")
    sign_in(client, person)
    response = client.get(item.get_absolute_url())
    if sees and name != "anonymous":
        assert item.title in text_of(response)
    else:
        assert refused(response, person, 404)


@pytest.mark.parametrize("name", ["lead", "staff", "clerk", "delegate", "guest", "stranger"])
def test_item_of_a_draft_is_for_the_office(client, person_of, name, draft):
    client.force_login(person_of(name))
    status = 200 if name in {"lead", "staff", "clerk"} else 404
    assert client.get(draft.items.get().get_absolute_url()).status_code == status


@pytest.mark.parametrize("name", [name for name in CAST if name != "anonymous"])
@pytest.mark.parametrize("extra", [{}, HTMX])
def test_comments_are_shown_to_members_only(client, person_of, name, extra, public_item):
    comment = CommentFactory(item=public_item, text="Nur für uns")
    client.force_login(person_of(name))
    page = text_of(client.get(public_item.get_absolute_url(), {"antwort": comment.pk}, **extra))
    assert ("Nur für uns" in page) is (name in MEMBERS)
    assert ("Diskussion" in page or "Antwort" in page) is (name in MEMBERS)


def test_topic_and_its_earlier_items_are_shown_to_members_only(client, delegate, stranger, public_item, topic):
    AgendaItem.objects.update(topic=topic)
    earlier = MeetingFactory(organization=topic.organization, start=timezone.now() - timedelta(days=40))
    AgendaItemFactory(meeting=earlier, topic=topic, title="Damals", visibility="public")
    for person, sees in ((delegate, True), (stranger, False)):
        client.force_login(person)
        page = text_of(client.get(public_item.get_absolute_url()))
        assert (topic.title in page) is sees
        assert ("Damals" in page) is sees


def test_neighbours_are_the_items_that_the_reader_sees(client, delegate, guest, stranger, meeting):
    public, internal, confidential = meeting.items.order_by("number")
    for person, before, after in ((delegate, public, confidential), (guest, public, None)):
        client.force_login(person)
        context = client.get(internal.get_absolute_url()).context
        assert (context["before"], context["after"]) == (before, after)
    client.force_login(stranger)
    page = text_of(client.get(public.get_absolute_url()))
    assert internal.title not in page
    assert "TOP 2" not in page


@pytest.mark.parametrize("name", [name for name in CAST if name != "anonymous"])
def test_minutes_are_shown_to_members_once_they_are_final(client, person_of, name, public_item):
    minutes = MinutesFactory(meeting=public_item.meeting)
    entry = EntryFactory(minutes=minutes, item=public_item, text="Man war sich einig.")
    OutcomeFactory(entry=entry, kind="recommendation", text="Dem Ausschuss wird empfohlen …")
    client.force_login(person_of(name))
    before = text_of(client.get(public_item.get_absolute_url()))
    assert "Dem Ausschuss wird empfohlen" not in before
    signed = {"finalised_at": timezone.now(), "finalised_by": minutes.clerk, "pdf": b"%PDF", "sha256": "0" * 64}
    Minutes.objects.update(state="final", **signed)
    after = text_of(client.get(public_item.get_absolute_url()))
    assert ("Dem Ausschuss wird empfohlen" in after) is (name in MEMBERS)
    assert ("Man war sich einig." in after) is (name in MEMBERS)


@pytest.mark.parametrize("name", CAST)
def test_discussion_is_closed_and_opened_by_lead_and_clerk(client, person_of, name, item):
    person = person_of(name)
    address = reverse("meetings:item_discussion", args=[item.pk])
    sign_in(client, person)
    response = client.post(address, {"diskussion": "schliessen"})
    item.refresh_from_db()
    if name in {"lead", "clerk"}:
        assert item.discussion_closed_at is not None
        client.post(address, {"diskussion": "oeffnen"})
        item.refresh_from_db()
    else:
        assert refused(response, person, 403 if name in {*MEMBERS, "guest"} else 404)
    assert item.discussion_closed_at is None


@pytest.mark.parametrize("name", ["lead", "clerk", "staff", "delegate"])
def test_closing_is_offered_to_lead_and_clerk(client, person_of, name, item):
    client.force_login(person_of(name))
    assert ("Diskussion schließen" in text_of(client.get(item.get_absolute_url()))) is (name in {"lead", "clerk"})


def test_a_link_cannot_close_the_discussion(client, lead, item):
    client.force_login(lead)
    assert client.get(reverse("meetings:item_discussion", args=[item.pk])).status_code == 405


@pytest.mark.parametrize("count", [1, 3])
def test_item_page_takes_the_same_queries_for_any_number_of_comments(
    client, item, delegate, count, django_assert_num_queries
):
    item.topic = TopicFactory(organization=item.meeting.organization)
    item.save()
    for number in range(count):
        earlier = MeetingFactory(organization=item.meeting.organization, start=timezone.now() - timedelta(9))
        past = AgendaItemFactory(meeting=earlier, topic=item.topic)
        OutcomeFactory(entry=EntryFactory(minutes=MinutesFactory(meeting=earlier), item=past))
        comment = CommentFactory(item=item)
        for _ in range(number + 1):
            CommentFactory(item=item, parent=comment)
    client.force_login(delegate)
    client.get(item.get_absolute_url())  # notes the time of sign-in
    with django_assert_num_queries(14):
        client.get(item.get_absolute_url())
