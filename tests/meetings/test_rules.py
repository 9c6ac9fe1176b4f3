from datetime import timedelta

import pytest
from django.utils import timezone

from portal.meetings import rules
from portal.meetings.models import AgendaItem, Comment, Meeting, Recusal
from portal.members.models import Role, RulesOfProcedure
from tests.cast import CAST, MEMBERS
from tests.factories import AttendanceFactory, CommentFactory, FraktionFactory, MeetingFactory

OFFICE = ("lead", "staff", "clerk")
SENDERS = ("lead", "clerk")
WRITERS = tuple(name for name in MEMBERS if name != "deputy")  # a deputy speaks only when called in
NOBODY = ()

VERBS_BY_STATE = [
    # verb, who in: draft, invited, running, finished, cancelled
    ("may_edit_meeting", OFFICE, NOBODY, NOBODY, NOBODY, NOBODY),
    ("may_edit_agenda", OFFICE, SENDERS, SENDERS, NOBODY, NOBODY),
    ("may_publish_item", ("lead",), ("lead",), ("lead",), NOBODY, NOBODY),
    ("may_send", SENDERS, SENDERS, SENDERS, SENDERS, SENDERS),
    ("may_invite", SENDERS, NOBODY, NOBODY, NOBODY, NOBODY),
    ("may_update_invitation", NOBODY, SENDERS, NOBODY, NOBODY, NOBODY),
    ("may_move", NOBODY, SENDERS, NOBODY, NOBODY, NOBODY),
    ("may_cancel", SENDERS, SENDERS, NOBODY, NOBODY, NOBODY),
    ("may_start", NOBODY, SENDERS, NOBODY, NOBODY, NOBODY),
    ("may_finish", NOBODY, NOBODY, SENDERS, NOBODY, NOBODY),
    ("may_read_attendance", MEMBERS, MEMBERS, MEMBERS, MEMBERS, MEMBERS),
]
TABLE = [
    (verb, state, allowed)
    for verb, *columns in VERBS_BY_STATE
    for state, allowed in zip(Meeting.State.values, columns, strict=True)
]


@pytest.fixture
def everybody(meeting, person_of):
    """The cast by name."""
    return {name: person_of(name) for name in CAST}


def allowed_among(everybody, verb, thing):
    return {name for name, person in everybody.items() if getattr(rules, verb)(person, thing)}


@pytest.mark.parametrize(("verb", "state", "allowed"), TABLE)
def test_meeting_rule(verb, state, allowed, group, everybody):
    thing = MeetingFactory(organization=group, number=9, state=state)
    assert allowed_among(everybody, verb, thing) == set(allowed)


def test_scheduling_is_for_the_office(group, everybody):
    assert allowed_among(everybody, "may_schedule", group.pk) == set(OFFICE)


@pytest.mark.parametrize(
    ("state", "verb", "allowed"),
    [
        ("draft", "may_comment", WRITERS),
        ("invited", "may_comment", WRITERS),
        ("running", "may_comment", WRITERS),
        ("finished", "may_comment", NOBODY),
        ("cancelled", "may_comment", NOBODY),
        ("finished", "may_read_comments", MEMBERS),
        ("invited", "may_close_discussion", SENDERS),
        ("finished", "may_close_discussion", NOBODY),
    ],
)
def test_item_rule(state, verb, allowed, item, everybody):
    item.meeting.state = state
    assert allowed_among(everybody, verb, item) == set(allowed)


ASKED, SAYS_YES, SAYS_NO, NO_LONGER_ASKED = "", "accepted", "declined", None


@pytest.mark.parametrize(
    ("house_rule", "answer", "reads", "speaks"),
    [
        ("always", NO_LONGER_ASKED, True, False),
        ("always", ASKED, True, True),
        ("always", SAYS_NO, True, False),
        ("when_called_in", NO_LONGER_ASKED, False, False),
        ("when_called_in", ASKED, True, True),
        ("when_called_in", SAYS_YES, True, True),
        ("when_called_in", SAYS_NO, False, False),
    ],
)
def test_deputy_by_house_rule_and_when_called_in(house_rule, answer, reads, speaks, item, fraktion, deputy):
    RulesOfProcedure.objects.create(organization=item.meeting.organization, deputy_access=house_rule)
    called = {"invited_at": None} if answer is NO_LONGER_ASKED else {"answer": answer}
    AttendanceFactory(meeting=item.meeting, person=deputy, role=Role.DEPUTY, on_behalf_of=fraktion, **called)
    assert rules.may_read_inside(deputy, item.meeting) is reads
    assert rules.may_read_comments(deputy, item) is reads
    assert rules.may_comment(deputy, item) is speaks
    assert AgendaItem.objects.visible_to(deputy).filter(pk=item.pk).exists() is reads
    assert AgendaItem.objects.visible_to(deputy).filter(visibility="public").exists()
    assert Comment.objects.visible_to(deputy).filter(pk=CommentFactory(item=item).pk).exists() is reads


def test_deputy_of_another_fraktion_is_not_called_in(item, deputy):
    AttendanceFactory(meeting=item.meeting, person=deputy, role=Role.DEPUTY, on_behalf_of=FraktionFactory())
    assert not rules.is_called_in(deputy, item.meeting)


def test_deputy_whose_membership_ends_is_no_longer_called_in(item, fraktion, deputy):
    AttendanceFactory(meeting=item.meeting, person=deputy, role=Role.DEPUTY, on_behalf_of=fraktion)
    assert rules.is_called_in(deputy, item.meeting)
    deputy.memberships.update(end_date=timezone.localdate())
    assert not rules.is_called_in(deputy, item.meeting)


@pytest.mark.parametrize("name", [*MEMBERS, "guest"])
def test_recusal_leaves_only_what_is_public(name, item, public_item, lead, person_of):
    person = person_of(name)
    seen = AgendaItem.objects.visible_to(person)
    assert {item, public_item} <= set(seen)
    for recused in (item, public_item):
        Recusal.objects.create(item=recused, person=person, recorded_by=lead)
        CommentFactory(item=recused)
        assert not rules.may_read_comments(person, recused)
        assert not rules.may_comment(person, recused)
    assert item not in seen.all()
    assert public_item in seen.all()
    assert not Comment.objects.visible_to(person).exists()


def test_nobody_comments_on_a_closed_item(item, everybody):
    item.discussion_closed_at = timezone.now()
    assert allowed_among(everybody, "may_comment", item) == set()


def test_replies_go_one_level_deep_and_not_below_a_withdrawn_comment(item, everybody):
    first = CommentFactory(item=item)
    reply = CommentFactory(item=item, parent=first)
    withdrawn = CommentFactory(item=item, withdrawn_at=timezone.now())
    assert allowed_among(everybody, "may_reply", first) == set(WRITERS)
    assert allowed_among(everybody, "may_reply", reply) == set()
    assert allowed_among(everybody, "may_reply", withdrawn) == set()


@pytest.mark.parametrize("author", ["delegate", "staff"])
def test_only_the_author_changes_a_comment_while_writing_is_open(author, item, everybody):
    comment = CommentFactory(item=item, author=everybody[author])
    assert allowed_among(everybody, "may_edit_comment", comment) == {author}
    comment.withdrawn_at = timezone.now()
    assert allowed_among(everybody, "may_edit_comment", comment) == set()


def test_a_former_member_does_not_change_the_own_comment(item, former):
    assert not rules.may_edit_comment(former, CommentFactory(item=item, author=former))


@pytest.mark.parametrize(("name", "may"), [("delegate", True), ("guest", True), ("former", False)])
def test_answering_is_for_the_invited_who_still_belong(name, may, meeting, person_of):
    person = person_of(name)
    attendance = meeting.attendances.filter(person=person).first() or AttendanceFactory(meeting=meeting, person=person)
    assert rules.may_answer(person, attendance) is may


def test_answering_for_somebody_else_or_uninvited_or_after_the_start_is_refused(meeting, delegate, lead):
    attendance = AttendanceFactory(meeting=meeting, person=delegate)
    assert not rules.may_answer(lead, attendance)
    attendance.invited_at = None
    assert not rules.may_answer(delegate, attendance)
    attendance.invited_at = timezone.now()
    meeting.start = timezone.now() - timedelta(minutes=1)
    assert not rules.may_answer(delegate, attendance)
