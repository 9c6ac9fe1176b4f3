from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from portal.audit.models import Line
from portal.audit.versions import Stale
from portal.meetings.actions import schedule
from portal.meetings.models import Location, Meeting
from tests.factories import (
    AgendaItemFactory,
    CommentFactory,
    GuestFactory,
    LocationFactory,
    MeetingFactory,
    MembershipFactory,
    TopicFactory,
    WorkingGroupFactory,
)

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2027, 3, 4, 17, 0, tzinfo=BERLIN)
TWO_HOURS = timedelta(hours=2)


def times(start=START):
    return {"start": start, "end": start + TWO_HOURS}


def verbs():
    return list(Line.objects.values_list("verb", flat=True))


def test_schedule_meeting_makes_a_draft_with_the_standing_items(group, staff):
    room = LocationFactory()
    meeting = schedule.schedule_meeting(
        group,
        by=staff,
        **times(),
        title="mit Rundgang",
        format="hybrid",
        location=room,
        video_url="https://v.example.org/",
    )
    assert (meeting.state, meeting.label, meeting.location, meeting.title) == (
        "draft",
        "1. Sitzung 2027",
        room,
        "mit Rundgang",
    )
    assert [(item.number, item.title) for item in meeting.items.all()] == [
        (1, "Feststellung der Einladung und der Tagesordnung"),
        (2, "Niederschrift der letzten Sitzung"),
        (3, "Mitteilungen der Verwaltung"),
        (4, "Anfragen"),
        (5, "Verschiedenes"),
    ]
    assert {item.visibility for item in meeting.items.all()} == {"internal"}
    line = Line.objects.get()
    assert (line.actor, line.verb, line.thing_id) == (staff, "Sitzung angelegt", str(meeting.pk))


def test_schedule_meeting_counts_within_group_and_local_year(group, staff):
    MeetingFactory(organization=WorkingGroupFactory(), year=2027, number=8)
    MeetingFactory(organization=group, year=2027, number=4)
    assert schedule.schedule_meeting(group, by=staff, **times()).number == 5
    new_year = schedule.schedule_meeting(group, by=staff, **times(datetime(2028, 1, 1, 0, 30, tzinfo=BERLIN)))
    assert (new_year.year, new_year.number) == (2028, 1)


def test_schedule_meeting_twice_gives_one_meeting(group, staff):
    first = schedule.schedule_meeting(group, by=staff, **times(), location=Location(name="Rathaus"))
    assert schedule.schedule_meeting(group, by=staff, **times(), location=Location(name="Rathaus")) == first
    assert (Meeting.objects.count(), Location.objects.count(), len(verbs())) == (1, 1, 1)


def test_schedule_meeting_refuses_another_one_at_the_same_time(group, staff):
    schedule.schedule_meeting(group, by=staff, **times())
    with pytest.raises(ValidationError, match=r"schon die 1\. Sitzung 2027 im Kalender"):
        schedule.schedule_meeting(group, by=staff, **times(), title="Anders")
    assert Meeting.objects.count() == 1


def test_schedule_meeting_may_take_the_place_of_a_cancelled_one(group, staff):
    MeetingFactory(organization=group, number=1, state="cancelled", **times())
    assert schedule.schedule_meeting(group, by=staff, **times()).number == 2


@pytest.mark.django_db(transaction=True)
def test_parallel_schedules_get_numbers_of_their_own():
    seat = MembershipFactory(role="staff")

    def one(index):
        try:
            start = START + timedelta(days=index)
            return schedule.schedule_meeting(seat.organization, by=seat.person, **times(start)).number
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(one, range(8))) == list(range(1, 9))


@pytest.mark.django_db(transaction=True)
def test_parallel_clicks_make_one_meeting():
    seat = MembershipFactory(role="staff")

    def one(_):
        try:
            return schedule.schedule_meeting(seat.organization, by=seat.person, **times()).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(one, range(4)))) == 1
    assert Meeting.objects.get().items.count() == 5


def test_copy_meeting_takes_agenda_and_place_but_nothing_that_happened(meeting, item, confidential_item, staff, group):
    item.topic = TopicFactory(organization=group)
    item.is_supplement = True
    item.save()
    CommentFactory(item=item)
    GuestFactory(meeting=meeting, items=[item])
    copy = schedule.copy_meeting(meeting, by=staff, **times())
    assert (copy.state, copy.location, copy.title, copy.start) == ("draft", meeting.location, "", START)
    copied = [(i.number, i.title, i.text, i.topic, i.visibility, i.is_supplement) for i in copy.items.all()]
    assert copied == [
        (1, "Punkt öffentlich", "Text public", None, "internal", False),
        (2, "Punkt intern", "Text internal", item.topic, "internal", False),
        (3, "Punkt vertraulich", "Text confidential", None, "confidential", False),
    ]
    assert not copy.guests.exists()
    assert not any(i.comments.exists() for i in copy.items.all())
    assert meeting.items.count() == 3
    assert verbs() == ["Sitzung kopiert"]


def test_copy_meeting_keeps_public_items_public_for_the_lead(meeting, lead):
    copy = schedule.copy_meeting(meeting, by=lead, **times(), keep_public=True)
    assert copy.items.get(number=1).visibility == "public"
    assert Line.objects.get().detail["keep_public"] is True


def test_copy_meeting_refuses_to_publish_for_the_staff(meeting, staff):
    with pytest.raises(ValidationError, match="nur die Leitung"):
        schedule.copy_meeting(meeting, by=staff, **times(), keep_public=True)
    assert Meeting.objects.count() == 1


def test_copy_meeting_twice_gives_one_copy(meeting, staff):
    first = schedule.copy_meeting(meeting, by=staff, **times())
    assert schedule.copy_meeting(meeting, by=staff, **times()) == first
    assert first.items.count() == 3


def test_edit_meeting_changes_the_draft(draft, staff):
    changed = schedule.edit_meeting(
        draft, by=staff, version=1, **times(), title="Neu", location=Location(name="Bücherei")
    )
    draft.refresh_from_db()
    assert (draft.start, draft.title, draft.location.name, draft.version) == (START, "Neu", "Bücherei", 2)
    assert changed == draft
    line = Line.objects.get()
    assert (line.verb, line.detail) == ("Sitzung geändert", {"changed": "start, end, title, location"})


def test_edit_meeting_takes_a_number_of_the_other_year(draft, group, staff):
    MeetingFactory(organization=group, year=2028, number=6)
    start = datetime(2028, 1, 10, 17, 0, tzinfo=BERLIN)
    moved = schedule.edit_meeting(draft, by=staff, version=1, **times(start))
    assert moved.label == "7. Sitzung 2028"


def test_edit_meeting_without_a_change_leaves_the_version(draft, staff):
    schedule.edit_meeting(draft, by=staff, version=1, start=draft.start, end=draft.end)
    draft.refresh_from_db()
    assert (draft.version, verbs()) == (1, [])


def test_edit_meeting_on_top_of_another_change_is_stale(draft, staff, lead):
    schedule.edit_meeting(draft, by=lead, version=1, **times(), title="Von der Leitung")
    with pytest.raises(Stale) as stale:
        schedule.edit_meeting(draft, by=staff, version=1, **times(), title="Vom Amt")
    assert stale.value.current.title == "Von der Leitung"
    draft.refresh_from_db()
    assert draft.title == "Von der Leitung"


def test_edit_meeting_twice_is_harmless(draft, staff):
    for _ in range(2):
        schedule.edit_meeting(draft, by=staff, version=1, **times(), title="Neu")
    draft.refresh_from_db()
    assert (draft.version, verbs()) == (2, ["Sitzung geändert"])


def test_edit_meeting_refuses_what_is_no_draft_any_more(meeting, lead):
    with pytest.raises(ValidationError, match="kein Entwurf mehr"):
        schedule.edit_meeting(meeting, by=lead, version=1, **times())
    assert verbs() == []


def test_edit_meeting_refuses_the_time_of_another_meeting(meeting, draft, staff):
    with pytest.raises(ValidationError, match="schon die"):
        schedule.edit_meeting(draft, by=staff, version=1, start=meeting.start, end=meeting.end)


def test_meeting_starts_and_finishes_once(meeting, clerk):
    assert schedule.start_meeting(meeting, by=clerk) is True
    assert schedule.start_meeting(meeting, by=clerk) is False
    assert schedule.finish_meeting(meeting, by=clerk) is True
    assert schedule.finish_meeting(meeting, by=clerk) is False
    meeting.refresh_from_db()
    assert (meeting.state, meeting.version) == ("finished", 3)
    assert verbs() == ["Sitzung begonnen", "Sitzung beendet"]


@pytest.mark.parametrize(
    ("state", "action"),
    [
        ("draft", schedule.start_meeting),
        ("cancelled", schedule.start_meeting),
        ("invited", schedule.finish_meeting),
        ("cancelled", schedule.finish_meeting),
    ],
)
def test_meeting_does_not_skip_a_state(state, action, group, lead):
    meeting = MeetingFactory(organization=group, state=state)
    with pytest.raises(ValidationError, match="Das geht nicht"):
        action(meeting, by=lead)
    meeting.refresh_from_db()
    assert (meeting.state, verbs()) == (state, [])


def test_staff_does_not_start_a_meeting(meeting, staff):
    with pytest.raises(ValidationError):
        schedule.start_meeting(meeting, by=staff)


def test_scheduling_reads_the_calendar_once(group, staff, django_assert_max_num_queries):
    AgendaItemFactory.create_batch(3, meeting=MeetingFactory(organization=group))
    with django_assert_max_num_queries(10):
        schedule.schedule_meeting(group, by=staff, **times())
