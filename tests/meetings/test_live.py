"""A running meeting moves through its agenda: one item at a time, whoever clicks, and however often."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from portal.audit.models import Line
from portal.meetings import rules
from portal.meetings.actions import schedule
from portal.meetings.actions.live import AlreadyMoved, call_up
from portal.meetings.models import AgendaItem, Meeting, Turn
from tests.cast import CAST
from tests.factories import AgendaItemFactory

pytestmark = pytest.mark.django_db


def called_up(meeting, by, number, seen=None):
    item = meeting.items.get(number=number).pk if number else None
    return call_up(meeting, by=by, item=item, seen=seen and seen.pk)


def open_now(meeting):
    turn = meeting.turns.open().select_related("item").first()
    return turn and turn.item.number


@pytest.mark.parametrize("state", Meeting.State)
def test_lead_and_clerk_move_on_while_the_meeting_runs(person_of, meeting, state):
    meeting.state = state
    allowed = {name for name in CAST if rules.may_call_up(person_of(name), meeting)}
    assert allowed == ({"lead", "clerk"} if state == "running" else set())


def test_one_item_after_the_other_and_back(running, lead, clerk):
    first = called_up(running, lead, 1)
    second = called_up(running, clerk, 2, first)
    called_up(running, lead, 1, second)
    assert open_now(running) == 1
    assert list(running.turns.values_list("item__number", flat=True)) == [1, 2, 1]
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.started_at <= first.ended_at <= second.started_at <= second.ended_at


def test_the_last_one_can_be_closed(running, lead):
    assert called_up(running, lead, None, called_up(running, lead, 3)) is None
    assert open_now(running) is None


def test_each_step_is_on_the_trail(running, lead, clerk):
    called_up(running, clerk, None, called_up(running, lead, 3))
    lines = Line.objects.filter(thing_id=str(running.pk)).order_by("at")
    item = str(running.items.get(number=3).pk)
    told = [(line.verb, line.actor, line.detail) for line in lines]
    assert told == [("TOP aufgerufen", lead, {"item": item}), ("Letzten TOP beendet", clerk, {})]


def test_a_double_click_skips_nothing(running, lead):
    first = called_up(running, lead, 1)
    second = called_up(running, lead, 2, first)
    assert called_up(running, lead, 2, first) == second
    assert Line.objects.filter(verb="TOP aufgerufen").count() == 2


def test_whoever_saw_another_item_is_told_which_is_open(running, lead, clerk):
    first = called_up(running, lead, 1)
    called_up(running, clerk, 2, first)
    with pytest.raises(AlreadyMoved) as moved:
        called_up(running, lead, 3, first)
    assert moved.value.turn.item.number == 2
    assert open_now(running) == 2


def test_from_one_and_the_same_page_only_the_first_moves_after_going_back(running, lead):
    first = called_up(running, lead, 1)
    called_up(running, lead, 1, called_up(running, lead, 2, first))
    with pytest.raises(AlreadyMoved):
        called_up(running, lead, 2, first)


def test_an_item_of_another_meeting_is_none(running, lead):
    for pk in (AgendaItemFactory().pk, uuid4()):
        with pytest.raises(AgendaItem.DoesNotExist):
            call_up(running, by=lead, item=pk, seen=None)


@pytest.mark.parametrize("name", ["staff", "delegate", "second_group_member", "superuser", "former"])
def test_others_do_not_move_it(running, person_of, name):
    with pytest.raises(ValidationError):
        called_up(running, person_of(name), 1)
    assert not Turn.objects.exists()


def test_the_end_of_the_meeting_ends_the_item(running, lead):
    first = called_up(running, lead, 1)
    schedule.finish_meeting(running, by=lead)
    first.refresh_from_db()
    assert first.ended_at
    with pytest.raises(ValidationError, match="Beendet"):
        called_up(running, lead, 2, first)


def test_an_item_that_is_deleted_leaves_nothing_open(running, lead):
    called_up(running, lead, 2)
    running.items.get(number=2).delete()
    assert open_now(running) is None
    assert called_up(running, lead, 3)


def test_the_database_allows_one_open_item(running):
    one, other = running.items.all()[:2]
    running.turns.create(item=one)
    with pytest.raises(IntegrityError, match="turn_one_at_a_time"), transaction.atomic():
        running.turns.create(item=other)


@pytest.mark.django_db(transaction=True)
def test_many_at_once_move_one_step(running, lead, clerk):
    first = called_up(running, lead, 1)

    def press(number):
        try:
            return called_up(running, (lead, clerk)[number % 2], 2, first)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        turns = set(pool.map(press, range(16)))
    assert (len(turns), open_now(running), running.turns.count()) == (1, 2, 2)
