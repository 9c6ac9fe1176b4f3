"""One's own page: wishes for mails and the calendar address; for those who have left, to read only."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.audit.models import Line
from portal.members.actions import profile as actions
from portal.members.models import CalendarFeed, Notify
from portal.members.models.token import hash_of

PROFILE, FEED = reverse("members:profile"), reverse("members:feed")


def page(client, address=PROFILE):
    return " ".join(client.get(address).content.decode().split())


def address_in(response):
    found = re.search(r'value="(http://testserver/kalender/[^"]+)"', response.content.decode())
    return found and found[1]


@pytest.mark.parametrize("wish", Notify.values)
def test_profile_keeps_the_wish_for_mails(client, delegate, wish):
    client.force_login(delegate)
    assert client.post(PROFILE, {"title": "Dr.", "notify": wish}).url == PROFILE
    delegate.refresh_from_db()
    assert (delegate.title, delegate.notify) == ("Dr.", wish)
    assert Line.objects.get().detail == {"notify": wish}


def test_profile_without_a_wish_loses_nothing_typed(client, delegate):
    client.force_login(delegate)
    response = client.post(PROFILE, {"title": "Prof. Dr.", "notify": "hourly"})
    assert response.status_code == 422
    assert 'value="Prof. Dr."' in response.content.decode()


def test_collecting_begins_with_the_wish_and_goes_on_when_it_is_saved_again(delegate):
    before = timezone.now()
    actions.update_profile(delegate, salutation="", title="", notify=Notify.DAILY)
    delegate.refresh_from_db()
    begun = delegate.news_until
    assert begun >= before
    actions.update_profile(delegate, salutation="Frau", title="", notify=Notify.DAILY)
    delegate.refresh_from_db()
    assert delegate.news_until == begun


def test_profile_of_those_who_have_left_is_read_only(client, former):
    client.force_login(former)
    shown = page(client)
    assert "Ihr Zugang bleibt 30 Tage nach dem Ende offen" in shown
    assert 'name="notify"' not in shown
    assert FEED not in shown
    assert client.post(PROFILE, {"title": "Dr.", "notify": "daily"}).status_code == 403
    assert client.post(FEED, {"step": "new"}).status_code == 403
    former.refresh_from_db()
    assert former.title == ""


def test_feed_address_is_shown_once_and_kept_as_a_hash(client, delegate):
    client.force_login(delegate)
    address = address_in(client.post(FEED, {"step": "new"}))
    token = address.removeprefix("http://testserver/kalender/").removesuffix(".ics")
    assert len(token) >= 43  # 256 bits
    assert CalendarFeed.objects.get().token_hash == hash_of(token)
    assert token not in page(client, FEED)
    assert token not in page(client)
    assert token not in str(list(Line.objects.values()))
    assert client.get(address).status_code == 200


def test_new_feed_address_ends_the_old_one(client, delegate):
    client.force_login(delegate)
    old, new = (address_in(client.post(FEED, {"step": "new"})) for _ in range(2))
    assert (client.get(old).status_code, client.get(new).status_code) == (404, 200)
    assert CalendarFeed.objects.count() == 1


def test_ended_feed_is_gone_and_a_second_click_says_nothing(client, delegate):
    client.force_login(delegate)
    address = address_in(client.post(FEED, {"step": "new"}))
    assert "Ihr Kalenderabo ist beendet." in client.post(FEED, {"step": "end"}, follow=True).content.decode()
    assert "Ihr Kalenderabo ist beendet." not in client.post(FEED, {"step": "end"}, follow=True).content.decode()
    assert client.get(address).status_code == 404
    assert list(Line.objects.values_list("verb", flat=True)) == ["Kalenderabo eingerichtet", "Kalenderabo beendet"]
