from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from portal.audit.models import Line
from portal.audit.versions import Stale
from portal.meetings.actions import agenda, schedule
from portal.meetings.models import AgendaItem
from tests.factories import (
    AgendaItemFactory,
    CommentFactory,
    EntryFactory,
    GuestFactory,
    MeetingFactory,
    MembershipFactory,
    MinutesFactory,
    TopicFactory,
)

CLOSED = ("finished", "cancelled")


def titles(meeting):
    return [item.title for item in meeting.items.order_by("number")]


def verbs():
    return list(Line.objects.values_list("verb", flat=True))


@pytest.fixture
def agenda_of_four(group):
    """A draft: A and B public, C and D internal."""
    meeting = MeetingFactory(organization=group, number=5, state="draft")
    for title, visibility in (("A", "public"), ("B", "public"), ("C", "internal"), ("D", "internal")):
        AgendaItemFactory(meeting=meeting, title=title, visibility=visibility)
    return meeting


def test_add_item_goes_to_the_end(draft, staff, topic):
    item = agenda.add_item(
        draft, by=staff, title="Glasfaser", text="*Stand*", topic=topic, presenter="Frau Ost", minutes_planned=20
    )
    draft.refresh_from_db()
    assert (item.number, item.position, item.visibility, item.is_supplement) == (2, 2, "internal", False)
    assert draft.version == 2
    line = Line.objects.get()
    assert (line.actor, line.verb, line.thing_id, line.detail) == (
        staff,
        "Tagesordnungspunkt angelegt",
        str(item.pk),
        {"number": 2},
    )


def test_add_item_before_another(agenda_of_four, staff):
    c = agenda_of_four.items.get(title="C")
    item = agenda.add_item(agenda_of_four, by=staff, before=c, title="Neu")
    assert titles(agenda_of_four) == ["A", "B", "Neu", "C", "D"]
    assert item.number == 3


def test_add_public_item_stands_with_the_public_ones(agenda_of_four, lead):
    d = agenda_of_four.items.get(title="D")
    agenda.add_item(agenda_of_four, by=lead, before=d, title="Neu", visibility="public")
    assert titles(agenda_of_four) == ["A", "B", "Neu", "C", "D"]
    assert verbs() == ["Tagesordnungspunkt öffentlich gemacht", "Tagesordnungspunkt angelegt"]


def test_add_item_twice_gives_one_item(draft, staff):
    first = agenda.add_item(draft, by=staff, title="Glasfaser")
    assert agenda.add_item(draft, by=staff, title="Glasfaser") == first
    assert (draft.items.count(), verbs()) == (2, ["Tagesordnungspunkt angelegt"])


def test_add_item_after_the_invitation_is_a_supplement(meeting, clerk):
    assert agenda.add_item(meeting, by=clerk, title="Eilig").is_supplement


@pytest.mark.parametrize("state", CLOSED)
def test_closed_agenda_refuses_every_change(state, group, lead):
    meeting = MeetingFactory(organization=group, state=state)
    item = AgendaItemFactory(meeting=meeting)
    for change in (
        lambda: agenda.add_item(meeting, by=lead, title="Neu"),
        lambda: agenda.edit_item(item, by=lead, version=1, title="Neu"),
        lambda: agenda.delete_item(item, by=lead),
        lambda: agenda.move_item(item, by=lead, step=1),
        lambda: agenda.reorder(meeting, by=lead, order=[item.pk]),
    ):
        with pytest.raises(ValidationError, match="nicht mehr ändern"):
            change()
    assert (titles(meeting), verbs()) == ([item.title], [])


def test_staff_does_not_change_a_published_agenda(meeting, staff):
    with pytest.raises(ValidationError, match="steht auf „Eingeladen“"):
        agenda.add_item(meeting, by=staff, title="Neu")


@pytest.mark.parametrize("name", ["staff", "clerk"])
def test_only_the_lead_makes_items_public(name, draft, person_of):
    by = person_of(name)
    with pytest.raises(ValidationError, match="nur die Leitung"):
        agenda.add_item(draft, by=by, title="Neu", visibility="public")
    item = draft.items.get()
    with pytest.raises(ValidationError, match="nur die Leitung"):
        agenda.edit_item(item, by=by, version=1, visibility="public")
    assert (draft.items.filter(visibility="public").count(), verbs()) == (0, [])


def test_edit_item_makes_public_and_moves_to_the_public_part(agenda_of_four, lead):
    d = agenda_of_four.items.get(title="D")
    changed = agenda.edit_item(d, by=lead, version=1, visibility="public")
    assert (titles(agenda_of_four), changed.number) == (["A", "B", "D", "C"], 3)
    assert verbs() == ["Tagesordnungspunkt öffentlich gemacht", "Tagesordnungspunkt geändert"]


def test_edit_public_item_by_staff_may_stay_public(agenda_of_four, staff):
    a = agenda_of_four.items.get(title="A")
    agenda.edit_item(a, by=staff, version=1, title="A neu", visibility="public")
    assert titles(agenda_of_four)[0] == "A neu"


def test_edit_item_writes_only_what_was_given(draft, staff):
    item = draft.items.get()
    AgendaItem.objects.filter(pk=item.pk).update(presenter="Frau Ost")
    changed = agenda.edit_item(item, by=staff, version=1, title="Neu", text=item.text)
    item.refresh_from_db()
    draft.refresh_from_db()
    assert (item.title, item.presenter, item.version, draft.version) == ("Neu", "Frau Ost", 2, 2)
    assert changed.version == 2
    assert Line.objects.get().detail == {"number": 1, "changed": "title"}


def test_edit_item_on_top_of_another_change_is_stale(draft, staff, lead):
    item = draft.items.get()
    agenda.edit_item(item, by=lead, version=1, title="Von der Leitung")
    with pytest.raises(Stale) as stale:
        agenda.edit_item(item, by=staff, version=1, title="Vom Amt")
    assert stale.value.current.title == "Von der Leitung"
    assert titles(draft) == ["Von der Leitung"]


def test_edit_item_twice_is_harmless(draft, staff):
    item = draft.items.get()
    for _ in range(2):
        agenda.edit_item(item, by=staff, version=1, title="Neu")
    item.refresh_from_db()
    assert (item.version, verbs()) == (2, ["Tagesordnungspunkt geändert"])


def test_delete_item_closes_the_gap(agenda_of_four, staff):
    item = agenda_of_four.items.get(title="B")
    assert agenda.delete_item(item, by=staff) is True
    assert [(i.number, i.title) for i in agenda_of_four.items.all()] == [(1, "A"), (2, "C"), (3, "D")]
    agenda_of_four.refresh_from_db()
    assert agenda_of_four.version == 2
    line = Line.objects.get()
    assert (line.verb, line.thing_id, line.detail) == ("Tagesordnungspunkt gelöscht", str(item.pk), {"number": 2})


def test_delete_item_twice_is_harmless(agenda_of_four, staff):
    item = agenda_of_four.items.get(title="B")
    gone = AgendaItem.objects.get(pk=item.pk)
    agenda.delete_item(item, by=staff)
    assert agenda.delete_item(gone, by=staff) is False
    assert verbs() == ["Tagesordnungspunkt gelöscht"]


def test_delete_item_keeps_what_carries_comments_minutes_or_a_guest(
    meeting, lead, item, public_item, confidential_item
):
    CommentFactory(item=item)
    EntryFactory(minutes=MinutesFactory(meeting=meeting), item=public_item)
    GuestFactory(meeting=meeting, items=[confidential_item])
    for kept, reason in ((item, "Kommentare"), (public_item, "Niederschrift"), (confidential_item, "Gast")):
        with pytest.raises(ValidationError, match=reason):
            agenda.delete_item(kept, by=lead)
    assert (meeting.items.count(), verbs()) == (3, [])


@pytest.mark.parametrize(
    ("title", "step", "order"),
    [
        ("A", 1, "BACD"),
        ("B", -1, "BACD"),
        ("D", -1, "ABDC"),
        ("A", -1, "ABCD"),  # already first
        ("D", 1, "ABCD"),  # already last
        ("B", 1, "ABCD"),  # the public part ends here
        ("C", -1, "ABCD"),
    ],
)
def test_move_item_stays_in_its_part(title, step, order, agenda_of_four, staff):
    item = agenda.move_item(agenda_of_four.items.get(title=title), by=staff, step=step)
    assert "".join(titles(agenda_of_four)) == order
    assert item.number == order.index(title) + 1
    assert verbs() == ([] if order == "ABCD" else ["Tagesordnung umgestellt"])
    agenda_of_four.refresh_from_db()
    assert agenda_of_four.version == (1 if order == "ABCD" else 2)


def test_reorder_keeps_the_public_part_first(agenda_of_four, staff):
    by_title = {item.title: item.pk for item in agenda_of_four.items.all()}
    agenda.reorder(agenda_of_four, by=staff, order=[by_title[title] for title in "DBCA"])
    assert "".join(titles(agenda_of_four)) == "BADC"
    agenda.reorder(agenda_of_four, by=staff, order=[by_title[title] for title in "BADC"])
    agenda_of_four.refresh_from_db()
    assert (agenda_of_four.version, verbs()) == (2, ["Tagesordnung umgestellt"])


def test_reorder_refuses_an_order_of_other_items(agenda_of_four, staff, item):
    order = [i.pk for i in agenda_of_four.items.all()]
    for wrong in (order[:3], [*order, item.pk], [*order[:3], item.pk], [*order, order[0]]):
        with pytest.raises(Stale):
            agenda.reorder(agenda_of_four, by=staff, order=wrong)
    assert "".join(titles(agenda_of_four)) == "ABCD"


def test_usual_place_is_before_the_closing_items(group, staff, draft):
    scheduled = MeetingFactory(organization=group, number=8, state="draft", start=draft.start.replace(hour=9))
    for title, _ in agenda.OPENING + agenda.CLOSING:
        AgendaItemFactory(meeting=scheduled, title=title)
    assert agenda.usual_place(scheduled).title == "Mitteilungen der Verwaltung"
    assert agenda.usual_place(draft) is None


@pytest.mark.django_db(transaction=True)
def test_parallel_items_get_numbers_of_their_own():
    seat = MembershipFactory(role="staff")
    meeting = MeetingFactory(organization=seat.organization, state="draft")

    def one(index):
        try:
            agenda.add_item(meeting, by=seat.person, title=f"Punkt {index}")
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(one, range(8)))
    assert [item.number for item in meeting.items.all()] == list(range(1, 9))
    meeting.refresh_from_db()
    assert meeting.version == 9


def test_start_closes_the_agenda_for_staff_but_not_for_the_clerk(meeting, clerk):
    schedule.start_meeting(meeting, by=clerk)
    assert agenda.add_item(meeting, by=clerk, title="Eilig", topic=TopicFactory(organization=meeting.organization))
