from threading import Event, Thread
from time import sleep
from urllib.parse import quote

import pytest
from django.db import connection, transaction

from portal.audit.models import Kind, Line
from portal.meetings.actions import agenda
from portal.meetings.models import AgendaItem, Meeting
from tests.cast import CAST
from tests.factories import AgendaItemFactory, CommentFactory, MeetingFactory, TopicFactory
from tests.meetings.pages import sign_in, text_of, url

SENDERS = ("lead", "clerk")
ITEM = {"title": "Glasfaser", "minutes_planned": "15", "purpose": "consultation", "visibility": "internal"}
HTMX = {"HX-Request": "true"}


def titles(meeting):
    return [item.title for item in meeting.items.order_by("number")]


@pytest.fixture
def abc(group):
    """A draft with three internal items."""
    meeting = MeetingFactory(organization=group, number=5, state="draft")
    for title in "ABC":
        AgendaItemFactory(meeting=meeting, title=title)
    return meeting


# Who gets which page


@pytest.mark.parametrize("name", CAST)
@pytest.mark.parametrize("page", ["item_create", "item_edit", "item_delete"])
def test_agenda_page_of_a_draft_is_for_the_office(page, name, draft, meeting, person_of, client):
    sign_in(client, person_of(name))
    address = url(page, draft if page == "item_create" else draft.items.get())
    response = client.get(address)
    if name == "anonymous":
        assert response.url == f"/konto/login/?next={quote(address)}"
    else:
        assert response.status_code == (200 if name in ("lead", "staff", "clerk") else 404)


@pytest.mark.parametrize("name", CAST)
@pytest.mark.parametrize(
    ("page", "visibility", "outsiders"),
    [
        ("item_create", None, 403),
        ("item_edit", "public", 403),
        ("item_delete", "public", 403),
        ("item_edit", "confidential", 404),
        ("item_delete", "confidential", 404),
    ],
)
def test_agenda_page_of_a_published_meeting(page, visibility, outsiders, name, meeting, person_of, client):
    sign_in(client, person_of(name))
    response = client.get(url(page, meeting.items.get(visibility=visibility) if visibility else meeting))
    if name == "anonymous":
        assert response.status_code == 302
    elif name in SENDERS:
        assert response.status_code == 200
    else:
        member = name in ("staff", "delegate", "other_delegate", "deputy")
        assert response.status_code == (403 if member else outsiders)


@pytest.mark.parametrize("name", [name for name in CAST if name not in SENDERS])
def test_posts_of_those_who_may_not_change_nothing(name, meeting, public_item, person_of, client):
    person = person_of(name)
    meeting.refresh_from_db()
    before = (titles(meeting), meeting.version)
    sign_in(client, person)
    addresses = [url("item_create", meeting), url("reorder", meeting)]
    addresses += [url(page, public_item) for page in ("item_edit", "item_delete", "item_move")]
    for address in addresses:
        order = [str(item.pk) for item in meeting.items.order_by("-number")]
        response = client.post(address, {**ITEM, "version": "1", "step": "1", "item": order})
        assert response.status_code == (302 if name == "anonymous" else 403)
    meeting.refresh_from_db()
    assert (titles(meeting), meeting.version) == before
    assert not Line.objects.exclude(kind=Kind.REFUSAL).exists()


@pytest.mark.parametrize("page", ["item_move", "reorder"])
def test_moving_answers_posts_only(page, client, lead, meeting, item):
    client.force_login(lead)
    assert client.get(url(page, item if page == "item_move" else meeting)).status_code == 405


# Adding and changing


def test_item_create_post_adds_and_returns_to_the_agenda(client, staff, draft, topic):
    client.force_login(staff)
    response = client.post(url("item_create", draft), {**ITEM, "topic": str(topic.pk), "text": "Zeile 1\r\nZeile 2"})
    item = draft.items.get(title="Glasfaser")
    assert response.url == f"{draft.get_absolute_url()}#top-{item.pk}"
    assert (item.topic, item.minutes_planned, item.purpose) == (topic, 15, "consultation")


def test_item_create_proposes_the_place_before_the_standing_items(client, staff, draft):
    AgendaItemFactory(meeting=draft, title=agenda.CLOSING[0][0])
    client.force_login(staff)
    form = client.get(url("item_create", draft)).context["form"]
    assert form["before"].initial.title == agenda.CLOSING[0][0]


def test_item_create_goes_on_with_the_next_one(client, staff, draft):
    client.force_login(staff)
    response = client.post(url("item_create", draft), {**ITEM, "next": "1"})
    assert response.url == url("item_create", draft)
    assert draft.items.count() == 2


def test_item_create_with_errors_keeps_what_was_typed(client, staff, draft):
    client.force_login(staff)
    response = client.post(url("item_create", draft), {**ITEM, "minutes_planned": "lang", "text": "Meine Erläuterung"})
    assert response.status_code == 422
    for kept in ("Geben Sie die Dauer in Minuten ein.", 'value="Glasfaser"', "Meine Erläuterung"):
        assert kept in text_of(response)


@pytest.mark.django_db(transaction=True)
def test_item_create_while_the_meeting_is_closed_keeps_what_was_typed(client, lead, meeting):
    """The page still sees an open agenda; the action waits for the row and finds it closed."""
    client.force_login(lead)
    is_locked = Event()

    def close():
        with transaction.atomic():
            Meeting.objects.filter(pk=meeting.pk).update(state="finished")
            is_locked.set()
            sleep(0.5)
        connection.close()

    closing = Thread(target=close)
    closing.start()
    is_locked.wait()
    response = client.post(url("item_create", meeting), ITEM)
    closing.join()
    assert response.status_code == 409
    assert "steht auf „Beendet“" in text_of(response)
    assert 'value="Glasfaser"' in text_of(response)
    assert meeting.items.count() == 3


def test_item_create_takes_topics_of_the_own_group_only(client, staff, draft):
    client.force_login(staff)
    response = client.post(url("item_create", draft), {**ITEM, "topic": str(TopicFactory().pk)})
    assert response.status_code == 422


def test_item_edit_post_changes_the_item(client, staff, draft):
    item = draft.items.get()
    client.force_login(staff)
    response = client.post(url("item_edit", item), {**ITEM, "version": "1"})
    assert response.url == f"{draft.get_absolute_url()}#top-{item.pk}"
    assert titles(draft) == ["Glasfaser"]


def test_item_edit_on_top_of_another_change_shows_both_and_can_be_sent_again(client, staff, draft):
    item = draft.items.get()
    AgendaItem.objects.filter(pk=item.pk).update(text="Von anderen", version=2)
    client.force_login(staff)
    typed = {**ITEM, "version": "1", "text": "Von mir"}
    response = client.post(url("item_edit", item), typed)
    assert response.status_code == 409
    assert "Von anderen" in text_of(response)
    assert "Von mir" in text_of(response)
    again = response.context["form"]["version"].value()
    assert client.post(url("item_edit", item), {**typed, "version": again}).status_code == 302
    item.refresh_from_db()
    assert (item.text, item.version) == ("Von mir", 3)


# Taking off


def test_item_delete_asks_and_then_deletes(client, staff, abc):
    item = abc.items.get(title="B")
    client.force_login(staff)
    assert "von der Tagesordnung nehmen?" in text_of(client.get(url("item_delete", item)))
    assert titles(abc) == ["A", "B", "C"]
    response = client.post(url("item_delete", item))
    assert response.url == f"{abc.get_absolute_url()}#tagesordnung"
    assert titles(abc) == ["A", "C"]


def test_item_delete_explains_why_an_item_stays(client, lead, item):
    CommentFactory(item=item)
    client.force_login(lead)
    for response, status in ((client.get(url("item_delete", item)), 200), (client.post(url("item_delete", item)), 409)):
        assert response.status_code == status
        assert "Zu diesem Punkt gibt es Kommentare." in text_of(response)
        assert "ak-btn--danger" not in text_of(response)
    assert AgendaItem.objects.filter(pk=item.pk).exists()


# Bringing into order


def test_item_move_without_script_comes_back_to_its_button(client, staff, abc):
    item = abc.items.get(title="C")
    client.force_login(staff)
    response = client.post(url("item_move", item), {"step": "-1"})
    assert response.url == f"{abc.get_absolute_url()}#auf-{item.pk}"
    assert titles(abc) == ["A", "C", "B"]
    page = text_of(client.get(abc.get_absolute_url()))
    assert f'id="auf-{item.pk}"' in page
    assert f'id="ab-{item.pk}"' in page


def test_item_move_with_htmx_gives_the_agenda_and_says_where_the_item_is(client, staff, abc):
    item = abc.items.get(title="A")
    client.force_login(staff)
    response = client.post(url("item_move", item), {"step": "1"}, headers=HTMX)
    page = text_of(response)
    assert page.index(">B<") < page.index(">A<") < page.index(">C<")
    assert 'role="status">„A“ ist jetzt TOP 2.<' in page
    assert "<html" not in page


@pytest.mark.parametrize("step", ["", "2", "hoch"])
def test_item_move_by_another_step_is_a_bad_request(step, client, staff, abc):
    client.force_login(staff)
    assert client.post(url("item_move", abc.items.first()), {"step": step}).status_code == 400


def test_reorder_with_htmx(client, staff, abc):
    order = [str(abc.items.get(title=title).pk) for title in "CAB"]
    client.force_login(staff)
    response = client.post(url("reorder", abc), {"item": order}, headers=HTMX)
    assert "Die neue Reihenfolge ist gespeichert." in text_of(response)
    assert titles(abc) == ["C", "A", "B"]


def test_reorder_of_an_agenda_that_has_changed_shows_the_new_one(client, staff, abc):
    order = [str(item.pk) for item in abc.items.order_by("-number")]
    AgendaItemFactory(meeting=abc, title="D")
    client.force_login(staff)
    response = client.post(url("reorder", abc), {"item": order}, headers=HTMX)
    assert response.status_code == 409
    assert 'role="alert"' in text_of(response)
    assert "inzwischen geändert" in text_of(response)
    assert titles(abc) == ["A", "B", "C", "D"]
    assert client.post(url("reorder", abc), {"item": order}).url == f"{abc.get_absolute_url()}#tagesordnung"


def test_reorder_with_nonsense_is_a_bad_request(client, staff, abc):
    client.force_login(staff)
    assert client.post(url("reorder", abc), {"item": ["1", "2"]}).status_code == 400


@pytest.mark.parametrize("rows", [1, 3])
def test_agenda_part_takes_the_same_queries_for_any_number_of_rows(rows, client, staff, abc, django_assert_num_queries):
    for _ in range(rows):
        CommentFactory(item=AgendaItemFactory(meeting=abc, topic=TopicFactory(organization=abc.organization)))
    item = abc.items.get(title="A")
    client.force_login(staff)
    client.post(url("item_move", item), {"step": "-1"}, headers=HTMX)
    with django_assert_num_queries(14):
        client.post(url("item_move", item), {"step": "-1"}, headers=HTMX)


@pytest.mark.parametrize("rows", [1, 3])
def test_item_form_takes_the_same_queries_for_any_number_of_rows(rows, client, staff, group, django_assert_num_queries):
    meeting = MeetingFactory(organization=group, state="draft")
    for _ in range(rows):
        AgendaItemFactory(meeting=meeting, topic=TopicFactory(organization=group))
    client.force_login(staff)
    client.get(url("item_create", meeting))
    with django_assert_num_queries(8):
        client.get(url("item_create", meeting))
