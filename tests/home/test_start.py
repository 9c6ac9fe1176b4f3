"""The start page: one look says what to do."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.mail.models import Message
from portal.meetings.models import Comment, Meeting
from tests.cast import CAST, MEMBERS
from tests.factories import (
    AgendaItemFactory,
    AttendanceFactory,
    CommentFactory,
    DatePollFactory,
    MeetingFactory,
    MembershipFactory,
    MinutesFactory,
    TopicFactory,
)
from tests.home.meetings import over

pytestmark = pytest.mark.django_db
START = "/"
SIGNED_IN = [name for name in CAST if name != "anonymous"]


@pytest.fixture
def page_of(client):
    """The start page as text, for one person."""

    def read(person):
        client.force_login(person)
        return " ".join(client.get(START).content.decode().split())

    return read


# The next meeting -----------------------------------------------------------------------------------------------------


def test_anonymous_people_are_sent_to_the_sign_in(client):
    assert client.get(START).url.startswith(reverse("account_login"))


@pytest.mark.parametrize("name", SIGNED_IN)
def test_next_meeting_is_shown_to_members_and_its_guest(page_of, person_of, name, meeting):
    page = page_of(person_of(name))
    own = name in {*MEMBERS, "guest"}
    assert ("Nächste Sitzung · in 21 Tagen" in page) is own
    assert (meeting.get_absolute_url() in page) is own


@pytest.mark.parametrize(("name", "sees_all"), [("delegate", True), ("deputy", True), ("guest", False)])
def test_next_meeting_names_only_items_that_the_reader_sees(page_of, person_of, name, sees_all, meeting):
    page = page_of(person_of(name))
    assert "Punkt öffentlich · Punkt intern" in page
    assert ("Punkt vertraulich" in page) is sees_all
    assert "weitere" not in page


def test_next_meeting_names_the_matters_before_the_formalities(page_of, delegate, meeting, topic):
    meeting.items.filter(number=3).update(topic=topic)
    page = page_of(delegate)
    assert "Punkt vertraulich" in page
    assert "Punkt öffentlich" not in page
    assert "und 2 weitere" in page


def test_own_answer_is_asked_for(page_of, delegate, lead, meeting):
    AttendanceFactory(meeting=meeting, person=delegate)
    AttendanceFactory(meeting=meeting, person=lead, answer="accepted")
    assert f'action="{reverse("meetings:rsvp", args=[meeting.pk])}"' in page_of(delegate)
    assert "1 von 2 Eingeladenen haben zugesagt." in page_of(delegate)
    assert "Sie haben zugesagt." in page_of(lead)


def test_guest_does_not_learn_who_comes(page_of, guest, meeting, lead):
    AttendanceFactory(meeting=meeting, person=lead, answer="accepted")
    assert "haben zugesagt" not in page_of(guest).replace("Sie haben zugesagt", "")


def test_draft_is_nobodys_next_meeting(page_of, delegate, staff, draft):
    for person in (delegate, staff):
        assert "Zur nächsten Sitzung ist noch nicht eingeladen" in page_of(person)
    assert draft.get_absolute_url() not in page_of(delegate)


def test_running_meeting_stays_on_top(page_of, delegate, meeting):
    Meeting.objects.update(state="running", start=timezone.now() - timedelta(minutes=5))
    assert "Die Sitzung läuft" in page_of(delegate)


def test_meeting_stays_for_its_guest_for_a_week(page_of, guest, meeting):
    over(meeting)
    assert "Vergangene Sitzung" in page_of(guest)
    Meeting.objects.update(end=timezone.now() - timedelta(days=8), start=timezone.now() - timedelta(days=9))
    assert "Sie gehören noch zu keinem Arbeitskreis" in page_of(guest)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("stranger", "Sie gehören noch zu keinem Arbeitskreis"),
        ("former", "Ihre Mitgliedschaft ist beendet"),
        ("superuser", "Mit diesem Zugang verwalten Sie das Portal."),
    ],
)
def test_people_without_a_group_learn_whom_to_ask(page_of, person_of, name, words, meeting, body):
    page = page_of(person_of(name))
    assert words in page
    assert body.email in page
    assert body.telephone in page


# Topics and comments --------------------------------------------------------------------------------------------------


def test_open_topics_are_listed_own_ones_first(client, delegate, group, topic):
    own = TopicFactory(organization=group, title="Zuletzt im Alphabet", responsible=delegate)
    TopicFactory(organization=group, title="Erledigt", state="done")
    TopicFactory(title="Aus einem anderen Arbeitskreis")
    client.force_login(delegate)
    response = client.get(START)
    assert list(response.context["topics"]) == [own, topic]
    assert "Sie sind zuständig" in response.content.decode()


def test_new_comments_of_others_are_listed(client, delegate, item, draft):
    new = CommentFactory(item=item)
    old = CommentFactory(item=item)
    Comment.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=15))
    CommentFactory(item=item, author=delegate)
    CommentFactory(item=item, withdrawn_at=timezone.now())
    CommentFactory(item=draft.items.get())
    CommentFactory()
    client.force_login(delegate)
    assert list(client.get(START).context["comments"]) == [new]


def test_group_is_named_only_to_people_with_several(page_of, delegate, lead, group, meeting, topic):
    MembershipFactory(person=lead, organization=group, role="clerk")
    other = MembershipFactory(person=delegate).organization
    TopicFactory(organization=other)
    assert f"{group.short_name} ·" in page_of(delegate)
    assert other.short_name in page_of(delegate)
    assert f"{group.short_name} ·" not in page_of(lead)


# Few queries ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("name", "queries"), [("delegate", 10), ("clerk", 14), ("stranger", 7)])
def test_start_page_takes_the_same_queries_for_any_number_of_rows(
    client, person_of, name, queries, count, django_assert_num_queries
):
    person, group = person_of(name), person_of("group")
    for number in range(1, count + 1):
        fill(group, person, number)
    client.force_login(person)
    client.get(START)  # notes the time of sign-in
    with django_assert_num_queries(queries):
        client.get(START)


def fill(group, person, number):
    """One of everything that the page can show."""
    ahead = MeetingFactory(organization=group, number=number, start=timezone.now() + timedelta(days=20 + number))
    AttendanceFactory(meeting=ahead, person=person)
    AttendanceFactory(meeting=ahead)
    CommentFactory(item=AgendaItemFactory(meeting=ahead))
    MeetingFactory(organization=group, number=number + 10, state="draft")
    over(MeetingFactory(organization=group, number=number + 20), state="running")
    MinutesFactory(meeting=over(MeetingFactory(organization=group, number=number + 30)))
    TopicFactory(organization=group, responsible=person)
    DatePollFactory(organization=group, asked=[person] if person.current_memberships else [])
    mail = {"kind": "Einladung", "to": "weg@example.org", "subject": "Einladung", "status": "failed"}
    Message.objects.create(key=str(number), group=group.pk, **mail)
