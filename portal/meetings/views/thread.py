"""What one reader sees of the discussion of an agenda item."""

from uuid import UUID

from portal.meetings import rules
from portal.meetings.models import AgendaItem, Comment
from portal.members.models import Membership, Person


def thread(item: AgendaItem, reader: Person, *, only: UUID | None = None) -> list[Comment]:
    """The first comments (or `only` one of them), each with `visible_replies`; a withdrawn one only if answered."""
    if not rules.may_read_comments(reader, item):
        return []
    found = item.comments.visible_to(reader).threads()
    comments = list(found.filter(pk=only) if only else found)
    for comment in comments:
        comment.visible_replies = [reply for reply in comment.replies.all() if not reply.withdrawn_at]
    shown = [comment for comment in comments if only or not comment.withdrawn_at or comment.visible_replies]
    _prepare(item, reader, [*shown, *(reply for comment in shown for reply in comment.visible_replies)])
    return shown


def _prepare(item: AgendaItem, reader: Person, comments: list[Comment]) -> None:
    """Say for each whose function its author has in the group, and what the reader may do with it."""
    authors = {comment.author_id for comment in comments}
    seats = Membership.objects.filter(organization=item.meeting.organization_id, person__in=authors)
    functions = {seat.person_id: seat.label for seat in seats.select_related("on_behalf_of").order_by("start_date")}
    may_write = rules.may_comment(reader, item)
    for comment in comments:
        comment.item = item
        comment.function = functions.get(comment.author_id, "")
        comment.may_edit = may_write and rules.is_own(reader, comment)
        comment.may_hide = rules.may_hide_comment(reader, comment)
        comment.may_read = rules.may_read_text(reader, comment)
        comment.may_reply = may_write and rules.is_answerable(comment)
