"""What one reader sees of the agenda of a meeting."""

from datetime import datetime, timedelta
from itertools import accumulate
from uuid import UUID

from django.db.models import Count

from portal.meetings import rules
from portal.meetings.actions.sight import WHOLE, Barred, less_recusals
from portal.meetings.models import AgendaItem, Comment, Meeting, Visibility
from portal.members.models import Person
from portal.members.rules import Reader


def programme(meeting: Meeting, reader: Reader, barred: Barred | None = None) -> dict[str, object]:
    """The items that the reader sees, in their two parts and with planned times; never how many they do not see.

    `barred` is what `barred_in` gives, where it was read before.
    """
    inside = rules.may_read_inside(reader, meeting)
    items = _items(meeting, reader, barred, inside=inside)
    hidden = meeting.items.exclude(visibility=Visibility.PUBLIC)
    other = [item for item in items if item.visibility != Visibility.PUBLIC]
    minutes = sum(item.minutes_planned or 0 for item in items)
    planned_end = meeting.start + timedelta(minutes=minutes)
    return {
        "public_items": [item for item in items if item.visibility == Visibility.PUBLIC],
        "other_items": other,
        "has_other_part": bool(other) or (not inside and hidden.exists()),
        "is_member": inside,
        "may_edit_agenda": rules.may_edit_agenda(reader, meeting),
        "minutes": minutes,
        "planned_end": planned_end,
        "minutes_over": (planned_end - meeting.end) // timedelta(minutes=1),
    }


def only_group(person: Person) -> UUID | None:
    """The one working group of the reader, whose name goes without saying."""
    groups = {membership.organization_id for membership in person.current_memberships}
    return groups.pop() if len(groups) == 1 else None


def _items(meeting: Meeting, reader: Reader, barred: Barred | None, *, inside: bool) -> list[AgendaItem]:
    """The visible items in their order, each with `planned_at` and the number of its comments; barred ones as such."""
    agenda = list(meeting.items.select_related("topic").defer("text"))
    is_whole = inside and meeting.invited_at is not None
    shown = less_recusals(WHOLE, meeting, reader, barred).of(agenda) if is_whole else _filtered(meeting, reader)
    starts, talk = _starts(meeting, agenda), _talk(meeting, reader) if inside else {}
    for item in shown:
        item.meeting = meeting
        item.planned_at = starts[item.pk]
        item.comment_count = talk.get(item.pk, 0)
    return shown


def _filtered(meeting: Meeting, reader: Reader) -> list[AgendaItem]:
    """By the read filters, which say the same as `less_recusals` to an insider, but take five times as long."""
    shown = list(meeting.items.visible_to(reader).select_related("topic").defer("text"))
    shown += [item.barred() for item in meeting.items.barred_to(reader)]
    return sorted(shown, key=lambda item: item.number)


def _starts(meeting: Meeting, agenda: list[AgendaItem]) -> dict[UUID, datetime]:
    """When each item is to begin; those that the reader does not see take their time too."""
    before = accumulate((item.minutes_planned for item in agenda), initial=0)
    return {item.pk: meeting.start + timedelta(minutes=passed) for item, passed in zip(agenda, before, strict=False)}


def _talk(meeting: Meeting, insider: Person) -> dict[UUID, int]:
    """How many comments the reader finds below each item."""
    comments = Comment.objects.filter(item__meeting=meeting).not_barred_to(insider).standing().order_by()
    return dict(comments.values_list("item").annotate(Count("pk")))
