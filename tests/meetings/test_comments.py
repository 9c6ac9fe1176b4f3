"""What happens to comments and to the discussion they make."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from portal.audit.models import Line
from portal.audit.versions import Stale
from portal.mail.models import Message
from portal.meetings.actions import comments as actions
from portal.meetings.models import AgendaItem, Comment, Meeting
from portal.members.models import RulesOfProcedure
from tests.cast import MEMBERS, OUTSIDERS
from tests.factories import CommentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def comment(item, delegate):
    return CommentFactory(item=item, author=delegate, text="Bitte vertagen.")


def trail():
    return [(line.verb, line.actor, line.thing_id) for line in Line.objects.all()]


def close(meeting):
    meeting.state = meeting.State.FINISHED
    meeting.save()


@pytest.mark.parametrize("name", [name for name in MEMBERS if name != "deputy"])
def test_comment_on_saves_the_comment_and_one_line_of_the_trail(item, person_of, name):
    author = person_of(name)
    comment = actions.comment_on(item, author=author, text="Bitte vertagen.")
    assert [(row.author, row.text, row.parent) for row in item.comments.all()] == [(author, "Bitte vertagen.", None)]
    assert trail() == [("Kommentar geschrieben", author, str(comment.pk))]
    assert "vertagen" not in str(Line.objects.get().detail)


@pytest.mark.usefixtures("guest", "former", "stranger")
def test_comment_on_writes_one_mail_per_other_member(item, delegate, lead, clerk):
    actions.comment_on(item, author=delegate, text="Bitte vertagen.")
    assert {message.to for message in Message.objects.all()} == {lead.email, clerk.email}


@pytest.mark.parametrize("name", [*OUTSIDERS, "guest", "deputy"])
def test_comment_on_is_for_members(item, person_of, name):
    with pytest.raises(PermissionDenied):
        actions.comment_on(item, author=person_of(name), text="Von draußen")
    assert not Comment.objects.exists()
    assert not Message.objects.exists()
    assert not Line.objects.exists()


def test_comment_on_refuses_after_the_discussion_was_closed(item, delegate, lead):
    actions.close_discussion(item, by=lead)
    with pytest.raises(PermissionDenied):
        actions.comment_on(item, author=delegate, text="Noch etwas")


def test_comment_on_refuses_after_the_meeting(item, meeting, delegate):
    close(meeting)
    with pytest.raises(PermissionDenied):
        actions.comment_on(item, author=delegate, text="Noch etwas")


def test_replies_go_below_a_first_comment_of_the_same_item(item, public_item, comment, lead):
    reply = actions.comment_on(item, author=lead, text="Gern.", parent=comment)
    elsewhere = CommentFactory(item=public_item)
    withdrawn = CommentFactory(item=item, withdrawn_at=timezone.now())
    for parent in (reply, elsewhere, withdrawn):
        with pytest.raises(PermissionDenied):
            actions.comment_on(item, author=lead, text="Noch tiefer", parent=parent)
    assert list(comment.replies.all()) == [reply]


def test_the_same_words_twice_within_a_minute_are_one_comment(item, delegate, lead):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        first = actions.comment_on(item, author=delegate, text="Einmal")
        assert actions.comment_on(item, author=delegate, text="Einmal") == first
        assert (Message.objects.count(), Line.objects.count()) == (1, 1)
        clock.shift(timedelta(seconds=61))
        assert actions.comment_on(item, author=delegate, text="Einmal") != first


def test_the_same_words_of_somebody_else_or_elsewhere_are_another_comment(item, public_item, delegate, lead):
    first = actions.comment_on(item, author=delegate, text="Einverstanden.")
    others = [
        actions.comment_on(item, author=lead, text="Einverstanden."),
        actions.comment_on(item, author=delegate, text="Einverstanden.", parent=first),
        actions.comment_on(public_item, author=delegate, text="Einverstanden."),
    ]
    assert len({first, *others}) == 4


def test_edit_keeps_what_the_comment_said(comment, delegate):
    saved = actions.edit_comment(comment, by=delegate, text="Bitte beraten.", version=1)
    assert (saved.text, saved.version) == ("Bitte beraten.", 2)
    assert saved.edited_at is not None
    assert [version.text for version in comment.versions.all()] == ["Bitte vertagen."]
    assert trail() == [("Kommentar geändert", delegate, str(comment.pk))]
    assert not Message.objects.exists()


def test_edit_without_a_change_leaves_no_trace(comment, delegate):
    saved = actions.edit_comment(comment, by=delegate, text=comment.text, version=1)
    assert (saved.version, saved.edited_at) == (1, None)
    assert not Line.objects.exists()


def test_edit_refuses_to_overwrite_another_window(comment, delegate):
    actions.edit_comment(comment, by=delegate, text="Zweite Fassung", version=1)
    with pytest.raises(Stale) as stale:
        actions.edit_comment(comment, by=delegate, text="Aus dem alten Fenster", version=1)
    assert stale.value.current.text == "Zweite Fassung"
    comment.refresh_from_db()
    assert comment.text == "Zweite Fassung"


@pytest.mark.parametrize("verb", [actions.edit_comment, actions.withdraw_comment])
@pytest.mark.parametrize("name", ["lead", "staff", "clerk", "other_delegate", "deputy", "guest", *OUTSIDERS])
def test_nobody_changes_the_comment_of_another(comment, person_of, name, verb):
    typed = {"text": "Anders", "version": 1} if verb is actions.edit_comment else {}
    with pytest.raises(PermissionDenied):
        verb(comment, by=person_of(name), **typed)
    comment.refresh_from_db()
    assert (comment.text, comment.withdrawn_at) == ("Bitte vertagen.", None)


def test_nobody_changes_a_comment_after_the_discussion_was_closed(comment, item, delegate, lead):
    actions.close_discussion(item, by=lead)
    with pytest.raises(PermissionDenied):
        actions.edit_comment(comment, by=delegate, text="Anders", version=1)
    with pytest.raises(PermissionDenied):
        actions.withdraw_comment(comment, by=delegate)


def test_withdraw_keeps_the_text_in_the_history_only(comment, delegate):
    gone = actions.withdraw_comment(comment, by=delegate)
    assert gone.text == ""
    assert gone.withdrawn_at is not None
    assert [version.text for version in comment.versions.all()] == ["Bitte vertagen."]
    assert trail() == [("Kommentar zurückgezogen", delegate, str(comment.pk))]


@pytest.mark.parametrize("name", ["lead", "clerk"])
def test_lead_and_clerk_close_and_open_the_discussion(item, person_of, name):
    chair = person_of(name)
    closed_at = actions.close_discussion(item, by=chair).discussion_closed_at
    assert closed_at is not None
    assert actions.close_discussion(item, by=chair).discussion_closed_at == closed_at
    assert actions.open_discussion(item, by=chair).discussion_closed_at is None
    assert [verb for verb, *_ in trail()] == ["Diskussion geschlossen", "Diskussion geöffnet"]


@pytest.mark.parametrize("name", ["staff", "delegate", "deputy", "guest", *OUTSIDERS])
def test_nobody_else_closes_the_discussion(item, person_of, name):
    with pytest.raises(PermissionDenied):
        actions.close_discussion(item, by=person_of(name))
    item.refresh_from_db()
    assert item.discussion_closed_at is None


@pytest.mark.django_db(transaction=True)
def test_eight_clicks_at_the_same_moment_are_one_comment(item, delegate, lead):
    def click(_):
        try:
            return actions.comment_on(item, author=delegate, text="Einmal").pk
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as clicks:
        assert len(set(clicks.map(click, range(8)))) == 1
    assert (item.comments.count(), Message.objects.count(), Line.objects.count()) == (1, 1, 1)


@pytest.mark.parametrize(
    ("ahead", "words"), [(4, "Kommentieren können Sie bis "), (2, "Kommentare: 2 volle Tage vor der Sitzung")]
)
def test_page_says_until_when_to_comment(client, item, delegate, group, ahead, words):
    RulesOfProcedure.objects.create(organization=group, comment_days=2, valid_from=timezone.localdate())
    client.force_login(delegate)
    soon = timezone.now() + timedelta(days=ahead)
    Meeting.objects.filter(pk=item.meeting_id).update(start=soon, end=soon + timedelta(hours=1))
    page = " ".join(client.get(item.get_absolute_url()).text.split())
    assert words in page
    assert ("Kommentar veröffentlichen" in page) == (ahead == 4)


def test_comments_end_with_their_frist(item, delegate, group):
    rules = RulesOfProcedure.objects.create(organization=group, comment_days=2)
    last_day = item.meeting.start - timedelta(days=3)
    with time_machine.travel(last_day):
        actions.comment_on(item, author=delegate, text="Gerade noch.")
    with time_machine.travel(last_day + timedelta(days=1)), pytest.raises(PermissionDenied):
        actions.comment_on(item, author=delegate, text="Zu spät.")
    rules.delete()
    item = AgendaItem.objects.get(pk=item.pk)
    with time_machine.travel(item.meeting.start + timedelta(days=1)):  # the meeting takes longer than planned
        actions.comment_on(item, author=delegate, text="Noch in der Sitzung.")
