"""A running meeting moves through its agenda."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from portal.audit import trail
from portal.meetings import rules
from portal.meetings.models import AgendaItem, Meeting, Turn
from portal.members.models import Person


class AlreadyMoved(Exception):
    """Somebody else has moved on since the page was read; `turn` is what is open now, if anything is."""

    def __init__(self, turn: Turn | None) -> None:
        super().__init__(f"open now: {turn.pk if turn else 'nothing'}")
        self.turn = turn


@transaction.atomic
def call_up(meeting: Meeting, *, by: Person, item: UUID | None, seen: UUID | None) -> Turn | None:
    """It is this item's turn now, or nothing's; AlreadyMoved if it was not `seen`'s any more.

    A second click finds what the first one did and changes nothing. AgendaItem.DoesNotExist for an item of elsewhere.
    """
    meeting = Meeting.objects.select_for_update().get(pk=meeting.pk)
    if not rules.may_call_up(by, meeting):
        raise ValidationError(f"Das geht nicht: Die Sitzung steht auf „{meeting.get_state_display()}“.")
    wanted = meeting.items.get(pk=item) if item else None
    current = meeting.turns.open().select_related("item").first()
    if (current and current.item) == wanted:
        return current
    if (current and current.pk) != seen:
        raise AlreadyMoved(current)
    close_turn(meeting)
    turn = meeting.turns.create(item=wanted) if wanted else None
    verb = "TOP aufgerufen" if wanted else "Letzten TOP beendet"
    _record(meeting, by, verb, wanted)
    return turn


def close_turn(meeting: Meeting) -> None:
    """Nothing is called up any more; the caller holds the lock of the meeting."""
    meeting.turns.open().update(ended_at=timezone.now())


def _record(meeting: Meeting, by: Person, verb: str, item: AgendaItem | None) -> None:
    detail = {"item": str(item.pk)} if item else {}
    trail.record(actor=by, verb=verb, thing=meeting, organization=meeting.organization_id, **detail)
