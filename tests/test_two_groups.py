"""Somebody sits in two working groups, here as a delegate, there as the lead: nothing carries over."""

import pytest
from django.urls import reverse

from portal.mail.models import Message
from portal.meetings import rules as meeting_rules
from portal.meetings.models import AgendaItem, Comment, DatePoll, Meeting
from portal.members import rules as member_rules
from portal.members.models import Membership, Role
from portal.minutes.models import Minutes
from portal.topics.models import Topic
from tests.factories import (
    AgendaItemFactory,
    AttendanceFactory,
    CommentFactory,
    DatePollFactory,
    MeetingFactory,
    MembershipFactory,
    MinutesFactory,
    TopicFactory,
    WorkingGroupFactory,
)

MARK = "Merkmal-Klima"
OTHER = "AK Klima"
READ = (Meeting, DatePoll, AgendaItem, Comment, Minutes, Topic, Membership)
LISTS = ("home:start", "meetings:list", "meetings:polls", "home:topics", "members:list", "office:outbox")


@pytest.fixture
def other(body):
    """The other working group with one row of everything, each marked."""
    group = WorkingGroupFactory(name=f"{MARK} Arbeitskreis", short_name=OTHER)
    seat = MembershipFactory(organization=group, role=Role.CLERK, person__last_name=MARK)
    topic = TopicFactory(organization=group, title=f"{MARK} Thema")
    meeting = MeetingFactory(organization=group, title=f"{MARK} Sitzung")
    item = AgendaItemFactory(meeting=meeting, topic=topic, title=f"{MARK} Punkt")
    CommentFactory(item=item, author=seat.person, text=MARK)
    AttendanceFactory(meeting=meeting, person=seat.person, role=Role.CLERK)
    DatePollFactory(organization=group, title=f"{MARK} Umfrage", asked=[seat.person])
    past = MeetingFactory(organization=group, state="finished", title=f"{MARK} zuvor")
    MinutesFactory(meeting=past, clerk=seat.person)
    Message.objects.create(key="other", kind="Einladung", to="a@example.org", subject=MARK, group=group.pk)
    return group


@pytest.fixture
def both(delegate, other):
    """The delegate, who leads the other working group."""
    MembershipFactory(person=delegate, organization=other, role=Role.LEAD)
    return delegate


@pytest.mark.parametrize("name", ["lead", "staff", "clerk", "delegate", "deputy"])
def test_no_row_of_another_group_is_visible(other, person_of, name):
    person = person_of(name)
    seen = {model.__name__: model.objects.visible_to(person) for model in READ}
    own = {model: {"organization": other} for model in ("Membership", "Topic", "Meeting", "DatePoll")}
    paths = own | {
        "AgendaItem": {"meeting__organization": other},
        "Comment": {"item__meeting__organization": other},
        "Minutes": {"meeting__organization": other},
    }
    assert {model for model, rows in seen.items() if rows.filter(**paths[model]).exists()} == set()


@pytest.mark.parametrize("name", ["lead", "staff", "clerk", "delegate", "deputy"])
@pytest.mark.parametrize("page", LISTS)
def test_no_list_shows_another_group(client, other, meeting, topic, person_of, name, page):
    client.force_login(person_of(name))
    answer = client.get(reverse(page))
    assert answer.status_code == (403 if page == "office:outbox" and name in {"delegate", "deputy"} else 200)
    assert MARK not in answer.content.decode()
    assert OTHER not in answer.content.decode()


VERBS = ("may_edit_agenda", "may_publish_item", "may_send", "may_invite", "may_update_invitation", "may_move")


@pytest.mark.parametrize("state", ["draft", "invited", "running", "finished"])
def test_leading_one_group_gives_no_right_in_another(group, both, state):
    here = MeetingFactory(organization=group, state=state, number=5)
    assert [verb for verb in VERBS if getattr(meeting_rules, verb)(both, here)] == []
    assert not meeting_rules.may_schedule(both, group.pk)
    assert not member_rules.may_appoint(both, group.pk)
    assert (Meeting.objects.visible_to(both).filter(pk=here.pk).exists()) is (state != "draft")


def test_leading_the_other_group_works_there(other, both):
    draft = MeetingFactory(organization=other, state="draft", number=5)
    assert meeting_rules.may_invite(both, draft)
    assert Meeting.objects.visible_to(both).filter(pk=draft.pk).exists()


@pytest.mark.parametrize("page", LISTS)
def test_lists_name_the_group_for_those_who_have_several(client, both, meeting, topic, item, page):
    client.force_login(both)
    assert OTHER in client.get(reverse(page)).content.decode()


def test_pages_of_one_group_name_no_other_group_to_its_members(client, both, meeting, item, staff):
    """A member of both writes; who sits in one of them learns nothing of the other."""
    CommentFactory(item=item, author=both)
    AttendanceFactory(meeting=meeting, person=both, role=Role.DELEGATE)
    client.force_login(staff)
    for page in (item.get_absolute_url(), meeting.get_absolute_url(), reverse("members:list"), reverse("home:start")):
        answer = client.get(page).content.decode()
        assert both.get_full_name() in answer, page
        assert OTHER not in answer, page


@pytest.mark.parametrize("name", ["lead", "clerk"])
def test_what_the_other_group_owns_answers_like_nothing(client, other, person_of, name):
    client.force_login(person_of(name))
    meeting = Meeting.objects.filter(organization=other, state="invited").get()
    item, minutes = meeting.items.get(), Minutes.objects.get(meeting__organization=other)
    for address in (
        meeting.get_absolute_url(),
        item.get_absolute_url(),
        reverse("meetings:invite", args=[meeting.pk]),
        reverse("meetings:invitation_pdf", args=[meeting.pk]),
        reverse("meetings:ics", args=[meeting.pk]),
        reverse("meetings:item_edit", args=[item.pk]),
        reverse("meetings:poll", args=[other.date_polls.get().pk]),
        reverse("meetings:poll_call_off", args=[other.date_polls.get().pk]),
        minutes.get_absolute_url(),
        reverse("minutes:pdf", args=[minutes.pk]),
        reverse("home:topic", args=[other.topics.get().pk]),
        reverse("office:message", args=[Message.objects.get(group=other.pk).pk]),
    ):
        assert client.get(address).status_code == 404, address
        assert client.post(address, {"text": "x"}).status_code in {404, 405}, address
