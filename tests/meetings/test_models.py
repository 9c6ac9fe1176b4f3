from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.meetings.models import AgendaItem, Attendance, Comment, Meeting
from tests.cast import CAST, MEMBERS
from tests.factories import (
    AgendaItemFactory,
    AttendanceFactory,
    CommentFactory,
    GuestFactory,
    LocationFactory,
    MeetingFactory,
    MembershipFactory,
    PersonFactory,
)

OFFICE = ("lead", "staff", "clerk")


@pytest.fixture
def never_sent(group):
    """A draft that was cancelled before anybody was invited."""
    meeting = MeetingFactory(organization=group, number=7, state="cancelled", invited_at=None, revision=0)
    AgendaItemFactory(meeting=meeting, visibility="public")
    return meeting


@pytest.mark.parametrize("name", CAST)
def test_meeting_in_draft_is_visible_to_the_office_only(name, draft, meeting, person_of):
    AgendaItemFactory(meeting=draft, visibility="public")
    seen = draft in Meeting.objects.visible_to(person_of(name))
    assert seen is (name in OFFICE)


@pytest.mark.parametrize("name", CAST)
def test_meeting_cancelled_as_a_draft_stays_with_the_office(name, never_sent, meeting, person_of):
    person = person_of(name)
    seen = never_sent in Meeting.objects.visible_to(person)
    items = AgendaItem.objects.visible_to(person).filter(meeting=never_sent)
    assert (seen, items.exists()) == (name in OFFICE, name in OFFICE)


@pytest.mark.parametrize("name", CAST)
def test_meeting_without_public_items_is_visible_to_group_and_guest_only(name, meeting, public_item, person_of):
    public_item.delete()
    seen = meeting in Meeting.objects.visible_to(person_of(name))
    assert seen is (name in (*MEMBERS, "guest"))


@pytest.mark.parametrize("name", CAST)
def test_agenda_items_of_an_invited_meeting(name, meeting, person_of):
    person = person_of(name)
    seen = set(AgendaItem.objects.visible_to(person).values_list("visibility", flat=True))
    if name in MEMBERS:
        assert seen == {"public", "internal", "confidential"}
    elif name == "guest":
        assert seen == {"public", "internal"}
    else:
        assert seen == {"public"}


@pytest.mark.parametrize("name", CAST)
def test_comments_are_for_members(name, item, person_of):
    comment = CommentFactory(item=item)
    assert (comment in Comment.objects.visible_to(person_of(name))) is (name in MEMBERS)


def test_guest_of_the_whole_meeting_sees_every_item_but_confidential_ones(meeting):
    guest = GuestFactory(meeting=meeting).person
    seen = AgendaItem.objects.visible_to(guest).values_list("visibility", flat=True)
    assert set(seen) == {"public", "internal"}


def test_guest_sees_nothing_hidden_eight_days_after(guest, meeting):
    Meeting.objects.filter(pk=meeting.pk).update(
        start=timezone.now() - timedelta(days=9), end=timezone.now() - timedelta(days=8)
    )
    assert set(AgendaItem.objects.visible_to(guest).values_list("visibility", flat=True)) == {"public"}


def test_meeting_is_listed_once_with_many_public_items(meeting, stranger):
    AgendaItemFactory(meeting=meeting, visibility="public")
    assert list(Meeting.objects.visible_to(stranger)) == [meeting]
    assert list(Meeting.objects.visible_to(AnonymousUser())) == [meeting]


def test_upcoming_are_invited_or_running_next_first(meeting, draft, group):
    later = MeetingFactory(organization=group, number=3, start=meeting.start + timedelta(days=30))
    overrun = MeetingFactory(organization=group, number=4, state="running", start=timezone.now() - timedelta(hours=3))
    MeetingFactory(organization=group, number=5, start=timezone.now() - timedelta(days=2))
    MeetingFactory(organization=group, number=6, state="cancelled")
    assert list(Meeting.objects.upcoming()) == [overrun, meeting, later]


def test_past_are_over_and_never_drafts_or_running(group):
    start = timezone.now() - timedelta(days=2)
    finished = MeetingFactory(organization=group, state="finished", start=start)
    forgotten = MeetingFactory(organization=group, state="invited", start=start - timedelta(days=1))
    for state in ("draft", "running"):
        MeetingFactory(organization=group, state=state, start=start)
    assert list(Meeting.objects.past()) == [finished, forgotten]


def test_meeting_label_has_number_and_year(group):
    assert str(MeetingFactory(organization=group, number=3, year=2026)) == "3. Sitzung 2026"


def test_meeting_place(group):
    room = LocationFactory(name="Rathaus", room="Saal")
    assert MeetingFactory(location=room).place == "Rathaus, Saal"
    assert MeetingFactory(location=room, format="digital").place == "Videokonferenz"
    assert MeetingFactory(location=None).place == "Ort wird noch bekannt gegeben"


def test_location_address_is_one_line():
    assert LocationFactory.build().address == "Rathaus, Raum 2.14, Am Markt 1, 40822 Beispielhausen"


def test_item_open_title_hides_what_is_confidential(item, confidential_item):
    assert (item.open_title, confidential_item.open_title) == ("Punkt intern", "TOP 3 (vertraulich)")


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"number": 1}, "meeting_number_once_a_year"),
        ({"start": timezone.now(), "end": timezone.now() - timedelta(hours=1)}, "meeting_ends_after_start"),
        ({"state": "planned"}, "meeting_state_is_known"),
        ({"state": "invited", "invited_at": None}, "meeting_invited_when_published"),
        ({"state": "draft", "invited_at": timezone.now()}, "meeting_invited_when_published"),
        ({"state": "cancelled", "cancelled_at": None}, "meeting_cancelled_when_cancelled"),
        ({"cancelled_at": timezone.now()}, "meeting_cancelled_when_cancelled"),
    ],
)
def test_meeting_constraint(meeting, fields, constraint):
    values = {"organization": meeting.organization, "year": meeting.year, "number": 2} | fields
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        MeetingFactory(**values)


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [({"visibility": "secret"}, "item_visibility_is_known"), ({"purpose": "decision"}, "item_purpose_is_known")],
)
def test_item_constraint(item, fields, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        AgendaItem.objects.filter(pk=item.pk).update(**fields)


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"answer": "accepted", "answered_at": None}, "attendance_answer_has_time"),
        ({"answer": "", "answered_at": timezone.now()}, "attendance_answer_has_time"),
        ({"answer": "maybe", "answered_at": timezone.now()}, "attendance_answer_is_known"),
        ({"presence": "asleep"}, "attendance_presence_is_known"),
    ],
)
def test_attendance_constraint(meeting, fields, constraint):
    attendance = AttendanceFactory(meeting=meeting)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Attendance.objects.filter(pk=attendance.pk).update(**fields)


def test_person_attends_and_is_guest_once(meeting):
    person = AttendanceFactory(meeting=meeting).person
    with pytest.raises(IntegrityError, match="attendance_once_a_person"), transaction.atomic():
        AttendanceFactory(meeting=meeting, person=person)
    GuestFactory(meeting=meeting, person=person)
    with pytest.raises(IntegrityError, match="guest_once_a_meeting"), transaction.atomic():
        GuestFactory(meeting=meeting, person=person)


def test_revision_number_once(meeting, lead):
    revision = {"number": 1, "created_by": lead, "snapshot": [], "invitation_pdf": b"%PDF"}
    meeting.revisions.create(**revision)
    with pytest.raises(IntegrityError, match="revision_number_once"), transaction.atomic():
        meeting.revisions.create(**revision)


def test_comment_is_not_its_own_reply(item):
    comment = CommentFactory(item=item)
    with pytest.raises(IntegrityError, match="comment_is_not_its_own_reply"), transaction.atomic():
        Comment.objects.filter(pk=comment.pk).update(parent=comment)


def test_attendance_took_part_and_label(meeting, fraktion):
    seat = MembershipFactory(role="deputy", on_behalf_of=fraktion)
    attendance = AttendanceFactory(
        meeting=meeting, person=seat.person, role="deputy", rank=1, on_behalf_of=fraktion, presence="remote"
    )
    assert attendance.took_part
    assert attendance.label == "Mitte, 1. Stellvertretung"
    assert AttendanceFactory(meeting=meeting, person=PersonFactory(), role="guest").label == "Gast"


def test_threads_hold_replies_with_their_authors(item, django_assert_num_queries):
    first = CommentFactory(item=item)
    reply = CommentFactory(item=item, parent=first)
    with django_assert_num_queries(2):
        threads = [(c.author.last_name, [r.author.pk for r in c.replies.all()]) for c in item.comments.threads()]
    assert threads == [(first.author.last_name, [reply.author_id])]
