"""What happens to comments and to the discussion they make."""

from collections.abc import Callable
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from portal.audit import trail, versions
from portal.meetings import emails, rules
from portal.meetings.models import AgendaItem, Comment
from portal.members.models import Person

DOUBLE_CLICK = timedelta(seconds=60)


@transaction.atomic
def comment_on(item: AgendaItem, *, author: Person, text: str, parent: Comment | None = None) -> Comment:
    """Save a comment and tell the others; the same words twice within a minute are one comment."""
    item = _lock(item)
    if not (_may_reply(author, item, parent) if parent else rules.may_comment(author, item)):
        raise PermissionDenied
    since = timezone.now() - DOUBLE_CLICK
    same = item.comments.filter(author=author, parent=parent, text=text, withdrawn_at=None, created_at__gt=since)
    if said := same.first():
        return said
    comment = item.comments.create(author=author, text=text, parent=parent)
    emails.comment_posted(comment)
    trail.record(
        actor=author,
        verb="Kommentar geschrieben",
        thing=comment,
        organization=item.meeting.organization_id,
        item=str(item.pk),
    )
    return comment


@transaction.atomic
def edit_comment(comment: Comment, *, by: Person, text: str, version: int) -> Comment:
    """Change one's comment and keep what it said, unless another window has changed it since this version."""
    current = _lock_own(comment, by)
    if current.text == text:  # a double click, too
        return current
    if current.version != version:
        raise versions.Stale(current)
    _keep(current)
    current.text = text
    current.edited_at = timezone.now()
    current.save(update_fields=["text", "edited_at", "version"])
    _record("Kommentar geändert", current, by)
    return current


@transaction.atomic
def withdraw_comment(comment: Comment, *, by: Person) -> Comment:
    """Take one's comment back; what it said is kept in its history only."""
    current = _lock_own(comment, by)
    _keep(current)
    current.text = ""
    current.withdrawn_at = timezone.now()
    current.save(update_fields=["text", "withdrawn_at", "version"])
    _record("Kommentar zurückgezogen", current, by)
    return current


@transaction.atomic
def hide_comment(comment: Comment, *, by: Person, reason: str) -> Comment:
    """Show the reason in place of what somebody else wrote; the text itself stays as it is."""
    current = _lock_others(comment, by)
    if current.hidden_at is None:
        current.hidden_at, current.hidden_by, current.hidden_reason = timezone.now(), by, reason
        current.save(update_fields=["hidden_at", "hidden_by", "hidden_reason"])
        _record("Kommentar ausgeblendet", current, by)
    return current


@transaction.atomic
def show_comment(comment: Comment, *, by: Person) -> Comment:
    """Let everybody read a hidden comment again."""
    current = _lock_others(comment, by)
    if current.hidden_at is not None:
        current.hidden_at, current.hidden_by, current.hidden_reason = None, None, ""
        current.save(update_fields=["hidden_at", "hidden_by", "hidden_reason"])
        _record("Kommentar wieder eingeblendet", current, by)
    return current


@transaction.atomic
def close_discussion(item: AgendaItem, *, by: Person) -> AgendaItem:
    """Let nobody write any more; what was written stays."""
    return _set_discussion(item, by=by, is_open=False)


@transaction.atomic
def open_discussion(item: AgendaItem, *, by: Person) -> AgendaItem:
    """Let the members write again."""
    return _set_discussion(item, by=by, is_open=True)


def _set_discussion(item: AgendaItem, *, by: Person, is_open: bool) -> AgendaItem:
    item = _lock(item)
    if not rules.may_close_discussion(by, item):
        raise PermissionDenied
    if is_open != (item.discussion_closed_at is None):
        item.discussion_closed_at = None if is_open else timezone.now()
        item.save(update_fields=["discussion_closed_at", "modified"])
        verb = "Diskussion geöffnet" if is_open else "Diskussion geschlossen"
        trail.record(actor=by, verb=verb, thing=item, organization=item.meeting.organization_id)
    return item


def _lock(item: AgendaItem) -> AgendaItem:
    """The row as it is now; who comes at the same moment waits, so nobody writes into a closed discussion."""
    return AgendaItem.objects.select_for_update(of=("self",)).select_related("meeting").get(pk=item.pk)


def _may_reply(author: Person, item: AgendaItem, parent: Comment) -> bool:
    if parent.item_id != item.pk:
        return False
    parent.item = item
    return rules.may_reply(author, parent)


def _lock_own(comment: Comment, by: Person) -> Comment:
    return _lock_if(rules.may_edit_comment, comment, by)


def _lock_others(comment: Comment, by: Person) -> Comment:
    return _lock_if(rules.may_hide_comment, comment, by)


def _lock_if(may: Callable[[Person, Comment], bool], comment: Comment, by: Person) -> Comment:
    current = Comment.objects.select_for_update(of=("self",)).select_related("item__meeting").get(pk=comment.pk)
    if not may(by, current):
        raise PermissionDenied
    return current


def _keep(comment: Comment) -> None:
    comment.versions.create(text=comment.text)
    comment.version += 1


def _record(verb: str, comment: Comment, by: Person) -> None:
    trail.record(
        actor=by,
        verb=verb,
        thing=comment,
        organization=comment.item.meeting.organization_id,
        version=comment.version,
    )
