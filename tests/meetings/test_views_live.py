"""The page of a running meeting: what each reader sees, what polling costs, and how the chair moves on."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from arbeitskreis.middleware import SEEN
from portal.meetings.actions.live import call_up
from portal.meetings.actions.recusals import lift_recusal, record_recusal
from portal.meetings.models import AgendaItem
from tests.cast import CAST, MEMBERS
from tests.factories import AgendaItemFactory, RecusalFactory
from tests.meetings.pages import sign_in, text_of, url

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
HIDDEN = "Nichtöffentlicher Teil"


def turn_to(meeting, by, number):
    current = meeting.turns.open().first()
    return call_up(meeting, by=by, item=meeting.items.get(number=number).pk, seen=current and current.pk)


def stamp_of(client, meeting):
    return client.get(url("live", meeting)).context["sitting"].stamp


def poll(client, meeting, stamp):
    return client.get(url("live", meeting), {"stand": stamp}, headers=HTMX)


def press(client, meeting, number, seen=None, **options):
    fields = {"item": meeting.items.get(number=number).pk, "seen": seen.pk if seen else ""}
    return client.post(url("call_up", meeting), fields, **options)


@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize("name", [name for name in CAST if name != "anonymous"])
def test_the_open_item_is_shown_to_those_who_may_read_it(client, person_of, lead, name, number, guest, running):
    turn_to(running, lead, number)
    client.force_login(person_of(name))
    page = text_of(client.get(url("live", running)))
    reads = name in MEMBERS or number == 1 or (name == "guest" and number == 2)
    item = running.items.get(number=number)
    assert (f"<p>{item.text}</p>" in page) == reads
    assert ("Jetzt" in page and item.title in page) == reads
    assert (f'id="live-jetzt">{HIDDEN}' in page) == (not reads)
    assert (f"TOP {number}" in page) == reads


def test_what_outsiders_do_not_see_moves_without_their_noticing(client, stranger, lead, running):
    client.force_login(stranger)
    turn_to(running, lead, 2)
    stamp = stamp_of(client, running)
    turn_to(running, lead, 3)
    assert poll(client, running, stamp).status_code == 204


def test_whom_the_item_bars_sees_its_place(client, delegate, lead, running):
    item = running.items.get(number=2)
    RecusalFactory(item=item, person=delegate)
    turn_to(running, lead, 2)
    client.force_login(delegate)
    page = text_of(client.get(url("live", running)))
    assert "TOP 2</span>Nichtöffentlich, für Sie wegen Befangenheit gesperrt" in page
    assert item.title not in page
    assert item.text not in page
    assert "geplant bis" not in page


def test_befangenheit_of_this_moment_shows_at_the_next_look(client, delegate, lead, running):
    item = running.items.get(number=2)
    turn_to(running, lead, 2)
    client.force_login(delegate)
    stamp = stamp_of(client, running)
    recusal = record_recusal(item, by=lead, person=delegate)
    told = poll(client, running, stamp)
    assert item.title not in text_of(told)
    assert "wegen Befangenheit gesperrt" in text_of(told)
    lift_recusal(recusal, by=lead)
    assert item.text in text_of(poll(client, running, told.context["sitting"].stamp))


def test_a_barred_lead_still_moves_over_the_item(client, lead, clerk, running):
    RecusalFactory(item=running.items.get(number=2), person=lead)
    client.force_login(lead)
    press(client, running, 2, turn_to(running, clerk, 1))
    page = text_of(client.get(url("live", running)))
    assert "Weiter zu TOP 3" in page
    assert "Befangenheit erfassen" not in page


@pytest.mark.parametrize("name", ["lead", "staff", "clerk", "delegate", "deputy", "guest", "stranger", "superuser"])
def test_buttons_are_for_lead_and_clerk(client, person_of, name, guest, running):
    client.force_login(person_of(name))
    leads = name in {"lead", "clerk"}
    assert ("TOP 2 aufrufen" in text_of(client.get(url("live", running)))) == leads
    assert press(client, running, 1).status_code == (302 if leads else 403)
    assert running.turns.exists() == leads


@pytest.mark.parametrize("name", ["stranger", "former", "anonymous"])
def test_of_a_meeting_without_public_items_outsiders_learn_nothing(client, person_of, name, running):
    running.items.filter(visibility="public").delete()
    sign_in(client, person_of(name))
    status = 302 if name == "anonymous" else 404
    assert client.get(url("live", running)).status_code == status
    assert poll(client, running, "x").status_code == status
    assert press(client, running, 2).status_code == status


def test_plain_forms_lead_back_to_the_page(client, lead, running):
    client.force_login(lead)
    assert press(client, running, 1).url == url("live", running)
    first = running.turns.get()
    press(client, running, 2, first)
    answer = press(client, running, 3, first, follow=True)
    assert "Es ist schon TOP 2 dran." in text_of(answer)


def test_a_part_is_enough_for_htmx(client, lead, running):
    client.force_login(lead)
    answer = press(client, running, 1, headers=HTMX)
    assert "Jetzt TOP 1: Punkt öffentlich" in text_of(answer)
    assert "<html" not in text_of(answer)
    late = text_of(press(client, running, 3, headers=HTMX))
    assert "Es ist schon TOP 1 dran." in late
    assert 'id="live-ansage"' not in late


@pytest.mark.parametrize("wrong", [{"item": "x"}, {"seen": "1"}])
def test_what_is_no_name_of_a_thing_does_not_exist(client, lead, running, wrong):
    client.force_login(lead)
    assert client.post(url("call_up", running), wrong).status_code == 404


def test_the_last_item_is_closed_by_the_same_button(client, lead, running):
    client.force_login(lead)
    last = turn_to(running, lead, 3)
    assert "Letzten TOP beenden" in text_of(client.get(url("live", running)))
    client.post(url("call_up", running), {"item": "", "seen": last.pk})
    page = text_of(client.get(url("live", running)))
    assert "Zurück zu TOP 3" in page
    assert "Sitzung beenden" in page


def test_time_is_shown_against_the_plan(client, lead, delegate, running):
    running.items.filter(number=1).update(minutes_planned=10)
    client.force_login(delegate)
    begin = timezone.now()
    with time_machine.travel(begin, tick=False) as clock:
        turn_to(running, lead, 1)
        assert "noch 10 Minuten" in text_of(client.get(url("live", running)))
        stamp = stamp_of(client, running)
        clock.shift(timedelta(minutes=16))
        late = text_of(poll(client, running, stamp))
        assert "6 Minuten über dem Plan" in late
        assert 'id="live-ansage"' not in late
        turn_to(running, lead, 2)
        assert "behandelt, 16 von 10 Minuten" in text_of(client.get(url("live", running)))


@pytest.mark.parametrize(
    ("state", "words"),
    [("invited", "hat noch nicht begonnen"), ("finished", "ist beendet"), ("cancelled", "ist abgesagt")],
)
def test_before_and_after_the_page_says_so(client, delegate, running, state, words):
    running.state, running.cancelled_at = state, timezone.now() if state == "cancelled" else None
    running.save()
    client.force_login(delegate)
    page = text_of(client.get(url("live", running)))
    assert words in page
    assert ("data-hx-get" in page) == (state == "invited")


def test_a_new_item_and_changed_words_show_at_the_next_look(client, lead, delegate, running):
    client.force_login(delegate)
    stamp = stamp_of(client, running)
    AgendaItemFactory(meeting=running, title="Kam dazu")
    told = poll(client, running, stamp)
    assert "Kam dazu" in text_of(told)
    AgendaItem.objects.filter(meeting=running, number=1).update(title="Anders", version=2)
    assert "Anders" in text_of(poll(client, running, told.context["sitting"].stamp))


@pytest.mark.parametrize("count", [1, 30])
def test_polling_is_cheap(client, delegate, lead, running, count, django_assert_num_queries):
    AgendaItemFactory.create_batch(count, meeting=running)
    turn_to(running, lead, 1)
    client.force_login(delegate)
    stamp_of(client, running)  # the first page of a sign-in notes the device
    with django_assert_num_queries(7):
        stamp = stamp_of(client, running)
    with django_assert_num_queries(4):
        assert poll(client, running, stamp).status_code == 204
    turn_to(running, lead, 2)
    with django_assert_num_queries(7):
        assert poll(client, running, stamp).status_code == 200


def test_polling_costs_one_query_more_where_something_bars(client, delegate, lead, running, django_assert_num_queries):
    RecusalFactory(item=running.items.get(number=2), person=delegate)
    client.force_login(delegate)
    stamp = stamp_of(client, running)
    with django_assert_num_queries(5):
        assert poll(client, running, stamp).status_code == 204


def test_polling_does_not_keep_anybody_signed_in(client, delegate, running):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client.force_login(delegate)
        stamp = stamp_of(client, running)
        seen = client.session[SEEN]
        for _ in range(11):
            clock.shift(timedelta(minutes=5))
            assert poll(client, running, stamp).status_code == 204
        assert client.session[SEEN] == seen
        clock.shift(timedelta(minutes=5))
        assert poll(client, running, stamp).status_code == 302


def test_an_ended_membership_stops_it_at_once(client, delegate, running):
    running.items.filter(visibility="public").delete()
    client.force_login(delegate)
    stamp = stamp_of(client, running)
    assert poll(client, running, stamp).status_code == 204
    delegate.memberships.update(end_date=timezone.localdate())
    assert poll(client, running, stamp).status_code == 404


def test_whoever_has_left_sees_what_is_public_at_the_next_look(client, delegate, lead, running):
    turn_to(running, lead, 2)
    client.force_login(delegate)
    stamp = stamp_of(client, running)
    delegate.memberships.update(end_date=timezone.localdate())
    page = text_of(poll(client, running, stamp))
    assert HIDDEN in page
    assert "Punkt intern" not in page
