"""The agenda: items added, changed, deleted and brought into order."""

from collections.abc import Sequence
from itertools import takewhile
from typing import Literal, TypedDict, Unpack
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from portal.audit import trail, versions
from portal.meetings import rules
from portal.meetings.models import AgendaItem, Meeting, Visibility
from portal.members.models import Person
from portal.topics.models import Topic

OPENING = (("Feststellung der Einladung und der Tagesordnung", 5), ("Niederschrift der letzten Sitzung", 5))
CLOSING = (("Mitteilungen der Verwaltung", 10), ("Anfragen", 10), ("Verschiedenes", 5))
ONLY_THE_LEAD = "Öffentlich machen kann einen Punkt nur die Leitung."


class ItemFields(TypedDict, total=False):
    """What may be said about an item."""

    title: str
    text: str
    topic: Topic | None
    presenter: str
    minutes_planned: int
    purpose: str
    visibility: str


@transaction.atomic
def add_item(
    meeting: Meeting, *, by: Person, before: AgendaItem | None = None, **fields: Unpack[ItemFields]
) -> AgendaItem:
    """Put an item on the agenda, at its end unless told otherwise; asked twice, it answers with the same item."""
    meeting = _open_agenda(meeting.pk, by)
    items = list(meeting.items.select_related("topic").order_by("position"))
    item = AgendaItem(meeting=meeting, is_supplement=meeting.state != Meeting.State.DRAFT, **fields)
    wanted = {name: getattr(item, name) for name in ItemFields.__annotations__}
    if known := next((other for other in items if not versions.changed(other, wanted)), None):
        return known
    item.position = item.number = len(items) + 1
    item.save(force_insert=True)
    place = items.index(before) if before in items else len(items)
    _settle([*items[:place], item, *items[place:]])
    if item.visibility == Visibility.PUBLIC:
        _publish(item, meeting, by)
    _record(meeting, by, "Tagesordnungspunkt angelegt", item)
    return item


@transaction.atomic
def edit_item(item: AgendaItem, *, by: Person, version: int, **fields: Unpack[ItemFields]) -> AgendaItem:
    """Change an item; raises Stale if it has become another one since it was read."""
    meeting = _open_agenda(item.meeting_id, by)
    wanted = dict(fields)
    try:
        current = versions.lock(AgendaItem.objects.all(), item.pk, version)
    except versions.Stale as stale:
        if not versions.changed(stale.current, wanted):
            return AgendaItem.objects.get(pk=item.pk)
        raise
    changed = versions.changed(current, wanted)
    if not changed:
        return current
    for name in changed:
        setattr(current, name, wanted[name])
    if "visibility" in changed and current.visibility == Visibility.PUBLIC:
        _publish(current, meeting, by)
    current.version += 1
    current.save(update_fields=[*changed, "version", "modified"])
    renumber(meeting)
    current.refresh_from_db(fields=["number", "position"])
    _record(meeting, by, "Tagesordnungspunkt geändert", current, changed=", ".join(changed))
    return current


@transaction.atomic
def delete_item(item: AgendaItem, *, by: Person) -> bool:
    """Take an item off the agenda if nothing hangs on it; false if it is gone already."""
    meeting = _open_agenda(item.meeting_id, by)
    current = AgendaItem.objects.select_for_update().filter(pk=item.pk).first()
    if current is None:
        return False
    if reasons := reasons_to_keep(current):
        raise ValidationError(reasons)
    _record(meeting, by, "Tagesordnungspunkt gelöscht", current)
    current.delete()
    renumber(meeting)
    return True


def reasons_to_keep(item: AgendaItem) -> list[str]:
    """Why the item cannot be deleted, in the words of the page; empty if it can."""
    reasons = []
    if item.comments.exists():
        reasons.append("Zu diesem Punkt gibt es Kommentare. Sie würden mit ihm verschwinden.")
    if hasattr(item, "entry"):
        reasons.append("Zu diesem Punkt gibt es einen Eintrag in der Niederschrift.")
    if item.recusals.exists():
        reasons.append("Zu diesem Punkt ist eine Befangenheit erfasst.")
    if item.guests.exists():
        reasons.append("Zu diesem Punkt ist ein Gast eingeladen.")
    return reasons


@transaction.atomic
def move_item(item: AgendaItem, *, by: Person, step: Literal[-1, 1]) -> AgendaItem:
    """One place up or down among the items of its part; at the border it stays where it is."""
    meeting = _open_agenda(item.meeting_id, by)
    items = list(meeting.items.order_by("position"))
    index = items.index(item)
    target = index + step
    if 0 <= target < len(items) and _is_public(items[index]) == _is_public(items[target]):
        items[index], items[target] = items[target], items[index]
        _settle(items)
        _record(meeting, by, "Tagesordnung umgestellt", items[target])
        return items[target]
    return items[index]


@transaction.atomic
def reorder(meeting: Meeting, *, by: Person, order: Sequence[UUID]) -> None:
    """Bring the items into this order; raises Stale if it does not name the items as they are now."""
    meeting = _open_agenda(meeting.pk, by)
    items = {item.pk: item for item in meeting.items.all()}
    if len(order) != len(items) or set(order) != set(items):
        raise versions.Stale(meeting)
    if _settle([items[pk] for pk in order]):
        _record(meeting, by, "Tagesordnung umgestellt")


def renumber(meeting: Meeting) -> None:
    """Public items first, then the rest, each part in its order; the numbers follow."""
    _settle(list(meeting.items.order_by("position", "created")))


def usual_place(meeting: Meeting) -> AgendaItem | None:
    """Before which item a new one goes: the first of the standing items that close the agenda."""
    closing = {title for title, _ in CLOSING}
    at_the_end = list(takewhile(lambda item: item.title in closing, meeting.items.order_by("-position")))
    return at_the_end[-1] if at_the_end else None


def _open_agenda(meeting_id: UUID, by: Person) -> Meeting:
    """The meeting, locked, if this person may still change its agenda."""
    meeting = Meeting.objects.select_for_update().get(pk=meeting_id)
    if not rules.may_edit_agenda(by, meeting):
        state = meeting.get_state_display()
        raise ValidationError(f"Sie können die Tagesordnung nicht mehr ändern: Die Sitzung steht auf „{state}“.")
    return meeting


def _is_public(item: AgendaItem) -> bool:
    return item.visibility == Visibility.PUBLIC


def _settle(items: list[AgendaItem]) -> list[AgendaItem]:
    """Number the items in this order, public ones first; answers with those that moved."""
    moved = []
    for number, item in enumerate(sorted(items, key=lambda item: not _is_public(item)), 1):
        if (item.position, item.number) != (number, number):
            item.position = item.number = number
            moved.append(item)
    AgendaItem.objects.bulk_update(moved, ["position", "number"])
    return moved


def _publish(item: AgendaItem, meeting: Meeting, by: Person) -> None:
    if not rules.may_publish_item(by, meeting):
        raise ValidationError({"visibility": ONLY_THE_LEAD})
    _trail(meeting, by, "Tagesordnungspunkt öffentlich gemacht", item)


def _record(
    meeting: Meeting, by: Person, verb: str, item: AgendaItem | None = None, **detail: str | int | bool | None
) -> None:
    """One line in the trail, and a new version of the meeting: whoever is about to invite will notice."""
    meeting.version += 1
    meeting.save(update_fields=["version", "modified"])
    _trail(meeting, by, verb, item, **detail)


def _trail(meeting: Meeting, by: Person, verb: str, item: AgendaItem | None, **detail: str | int | bool | None) -> None:
    if item is not None:
        detail["number"] = item.number
    trail.record(actor=by, verb=verb, thing=item or meeting, organization=meeting.organization_id, **detail)
