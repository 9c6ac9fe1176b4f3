"""What one reader sees of the agenda of a meeting."""

from datetime import datetime, timedelta
from itertools import accumulate
from uuid import UUID

from django.db.models import Count

from portal.meetings import rules
from portal.meetings.models import AgendaItem, Comment, Meeting, Visibility
from portal.members.models import Person
from portal.members.rules import Reader


def programme(meeting: Meeting, reader: Reader) -> dict[str, object]:
    """The items that the reader sees, in their two parts and with planned times; never how many they do not see."""
    inside = rules.may_read_inside(reader, meeting)
    items = _items(meeting, reader)
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


def _items(meeting: Meeting, reader: Reader) -> list[AgendaItem]:
    """The visible items in their order, each with `planned_at` and the number of its comments; barred ones as such."""
    shown = list(meeting.items.visible_to(reader).select_related("topic").defer("text"))
    shown += [item.barred() for item in meeting.items.barred_to(reader)]
    shown.sort(key=lambda item: item.number)
    starts, talk = _starts(meeting), _talk(meeting, reader)
    for item in shown:
        item.meeting = meeting
        item.planned_at = starts[item.pk]
        item.comment_count = talk.get(item.pk, 0)
    return shown


def _starts(meeting: Meeting) -> dict[UUID, datetime]:
    """When each item is to begin; those that the reader does not see take their time too."""
    minutes = dict(meeting.items.order_by("number").values_list("pk", "minutes_planned"))
    before = accumulate(minutes.values(), initial=0)
    return {pk: meeting.start + timedelta(minutes=passed) for pk, passed in zip(minutes, before, strict=False)}


def _talk(meeting: Meeting, reader: Reader) -> dict[UUID, int]:
    """How many comments the reader finds below each item."""
    comments = Comment.objects.visible_to(reader).standing().filter(item__meeting=meeting).order_by()
    return dict(comments.values_list("item").annotate(Count("pk")))
