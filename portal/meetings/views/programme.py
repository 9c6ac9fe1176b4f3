"""What one reader sees of the agenda of a meeting."""

from datetime import timedelta

from django.db.models import Count, IntegerField, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from portal.meetings import rules
from portal.meetings.models import AgendaItem, Meeting, Visibility
from portal.members.rules import Reader, is_member


def programme(meeting: Meeting, reader: Reader) -> dict[str, object]:
    """The items that the reader sees, in their two parts and with planned times; never how many they do not see."""
    member = is_member(reader, meeting.organization_id)
    items = _items(meeting, reader)
    hidden = meeting.items.exclude(visibility=Visibility.PUBLIC)
    other = [item for item in items if item.visibility != Visibility.PUBLIC]
    minutes = sum(item.minutes_planned for item in items)
    planned_end = meeting.start + timedelta(minutes=minutes)
    return {
        "public_items": [item for item in items if item.visibility == Visibility.PUBLIC],
        "other_items": other,
        "has_other_part": bool(other) or (not member and hidden.exists()),
        "is_member": member,
        "may_edit_agenda": rules.may_edit_agenda(reader, meeting),
        "minutes": minutes,
        "planned_end": planned_end,
        "minutes_over": (planned_end - meeting.end) // timedelta(minutes=1),
    }


def _items(meeting: Meeting, reader: Reader) -> list[AgendaItem]:
    """The visible items in their order, each with `planned_at` and the number of its comments."""
    before = AgendaItem.objects.filter(meeting=OuterRef("meeting"), number__lt=OuterRef("number"))
    minutes = before.order_by().values("meeting").annotate(sum=Sum("minutes_planned")).values("sum")
    items = meeting.items.visible_to(reader).select_related("topic").order_by("number")
    items = items.annotate(
        minutes_before=Coalesce(Subquery(minutes, output_field=IntegerField()), 0),
        comment_count=Count("comments", filter=Q(comments__withdrawn_at=None)),
    )
    shown = list(items.defer("text"))
    for item in shown:
        item.meeting = meeting
        item.planned_at = meeting.start + timedelta(minutes=item.minutes_before)
    return shown
