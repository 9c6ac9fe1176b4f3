"""Making an item public is asked a second time, and the lead alone may do it."""

import pytest

from portal.audit.models import Line
from tests.meetings.pages import text_of, url
from tests.meetings.test_views_agenda import ITEM


def test_publishing_is_asked_a_second_time(client, lead, draft):
    item = draft.items.get()
    client.force_login(lead)
    typed = {**ITEM, "visibility": "public", "version": "1", "text": "Nur gut zu Lesendes"}
    asked = client.post(url("item_edit", item), typed)
    item.refresh_from_db()
    assert (asked.status_code, item.visibility) == (200, "internal")
    page = text_of(asked)
    assert "Diesen Punkt öffentlich machen?" in page
    for name, value in typed.items():
        assert f'name="{name}" value="{value}"' in page
    assert client.post(url("item_edit", item), {**typed, "confirmed": "1"}).status_code == 302
    item.refresh_from_db()
    assert item.visibility == "public"
    assert Line.objects.filter(verb="Tagesordnungspunkt öffentlich gemacht", actor=lead).exists()


def test_publishing_can_be_thought_over(client, lead, draft):
    client.force_login(lead)
    response = client.post(url("item_create", draft), {**ITEM, "visibility": "public", "back": "1"})
    assert response.status_code == 200
    assert 'value="Glasfaser"' in text_of(response)
    assert draft.items.count() == 1


def test_publishing_a_new_item_is_asked_too(client, lead, draft):
    client.force_login(lead)
    typed = {**ITEM, "visibility": "public", "next": "1"}
    assert 'name="next" value="1"' in text_of(client.post(url("item_create", draft), typed))
    assert draft.items.count() == 1
    assert client.post(url("item_create", draft), {**typed, "confirmed": "1"}).url == url("item_create", draft)
    assert draft.items.get(title="Glasfaser").visibility == "public"


@pytest.mark.parametrize("name", ["staff", "clerk"])
def test_publishing_is_not_offered_to_others_and_refused(name, client, draft, person_of):
    client.force_login(person_of(name))
    assert 'value="public"' not in text_of(client.get(url("item_create", draft)))
    response = client.post(url("item_create", draft), {**ITEM, "visibility": "public", "confirmed": "1"})
    assert response.status_code == 422
    assert draft.items.count() == 1
