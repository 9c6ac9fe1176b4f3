"""Inviting: to a meeting for the first time, after a change, to another date; and calling it off."""

import copy
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from portal.audit import trail, versions
from portal.meetings import deadlines, emails, rules
from portal.meetings.actions import changes, circle, ics, revision
from portal.meetings.actions.sight import sight_of
from portal.meetings.deadlines import Deadline, Kind
from portal.meetings.models import Location, Meeting, Revision
from portal.members.models import Person

LATE = "Die Ladungsfrist ist nicht mehr einzuhalten. Geben Sie den Grund an, er steht dann in der Einladung."
LATE_SUPPLEMENT = "Die Frist für einen Nachtrag ist abgelaufen. Geben Sie den Grund an, er steht dann in der Nachricht."


class Place(TypedDict):
    """Where and how a meeting is held; the location may be one that is not stored yet."""

    location: Location | None
    format: str
    video_url: str


@dataclass(frozen=True)
class Plan:
    """What sending would do now, for the page that asks before it does."""

    people: circle.Circle
    subject: str
    changes: list[emails.Change]
    has_changes: bool
    agenda: list[tuple[str, str]]
    seen: str
    deadline: Deadline
    has_supplement: bool
    obstacle: str

    @property
    def is_late(self) -> bool:
        """Whether sending now shortens a Frist, so that a reason has to be given."""
        counts = self.has_supplement or self.deadline.kind == Kind.INVITATION
        return counts and self.deadline.is_over


def plan(meeting: Meeting, reader: Person) -> Plan:
    """Look at what sending would do, with as much of the agenda as the reader may see; nothing is saved."""
    new, people = changes.snapshot(meeting), circle.around(meeting)
    sight = sight_of(meeting, reader, people.barred)
    old = (changes.last_sent(meeting) if meeting.revision else None) or new
    has_changes = meeting.revision > 0 and bool(changes.differences(old, new))
    frist = Kind.SUPPLEMENT if meeting.revision else Kind.INVITATION
    obstacle = revision.obstacle(meeting, new)
    if meeting.revision and not (has_changes or people.new or people.gone):
        obstacle = obstacle or revision.UNCHANGED
    return Plan(
        people=people,
        subject=emails.changed_subject(meeting) if meeting.revision else emails.invitation_subject(meeting),
        changes=changes.differences(old, new, sight) if has_changes else [],
        has_changes=has_changes,
        agenda=emails.agenda(changes.items_of(new, sight)),
        seen=changes.digest(new),
        deadline=_deadline(frist, meeting),
        has_supplement=bool(changes.added(old, new)),
        obstacle=obstacle,
    )


def invite(meeting: Meeting, *, by: Person, version: int, late_reason: str = "", seen: str = "") -> Revision:
    """Freeze the agenda as the first revision and invite everybody who belongs to the meeting."""
    if not rules.may_invite(by, meeting):
        raise ValidationError("Zu dieser Sitzung kann nicht mehr eingeladen werden.")
    wanted: dict[str, Any] = {
        "state": Meeting.State.INVITED,
        "invited_at": timezone.now(),
        "late_reason": _reason_if_over(_deadline(Kind.INVITATION, meeting), late_reason),
    }
    return revision.send(
        meeting, wanted, by=by, version=version, seen=seen, verb="Einladung verschickt", post=emails.changed
    )


def send_changes(meeting: Meeting, *, by: Person, version: int, late_reason: str = "", seen: str = "") -> Revision:
    """Tell everybody what is new; who came later is invited, who has left is told so. A late Nachtrag has a reason."""
    if not rules.may_update_invitation(by, meeting):
        raise ValidationError("Zu dieser Sitzung kann keine Änderung mehr verschickt werden.")
    return revision.send(
        meeting,
        {},
        by=by,
        version=version,
        seen=seen,
        supplement_reason=_reason_for_supplement(meeting, meeting, late_reason),
        verb="Änderung verschickt",
        post=emails.changed,
    )


def move(
    meeting: Meeting,
    *,
    by: Person,
    version: int,
    start: datetime,
    end: datetime,
    note: str = "",
    late_reason: str = "",
    **place: Unpack[Place],
) -> Revision:
    """Give an invited meeting another time or place and tell everybody; after another time all are asked again."""
    if not rules.may_move(by, meeting):
        raise ValidationError("Diese Sitzung kann nicht mehr verlegt werden.")
    if meeting.version != version:
        raise versions.Stale(meeting)
    wanted: dict[str, Any] = {"start": start, "end": end, **place}
    if not versions.changed(meeting, wanted):
        raise ValidationError("Zeit und Ort sind unverändert. Ändern Sie etwas, oder brechen Sie ab.")
    if end <= start:
        raise ValidationError("Das Ende muss nach dem Beginn liegen.")
    ask_again, moved = start != meeting.start, copy.copy(meeting)
    moved.start, moved.end = start, end
    if ask_again:
        wanted["late_reason"] = _reason_if_over(_deadline(Kind.INVITATION, moved), late_reason)
    return revision.send(
        meeting,
        wanted,
        by=by,
        version=version,
        supplement_reason=_reason_for_supplement(meeting, moved, late_reason),
        verb="Sitzung verlegt",
        post=partial(emails.moved, note=note, ask_again=ask_again),
        ask_again=ask_again,
    )


@transaction.atomic
def cancel(meeting: Meeting, *, by: Person, version: int, reason: str = "") -> Meeting:
    """Call the meeting off; whoever was invited is told, a draft goes without a word."""
    current = versions.lock(Meeting.objects.select_related("organization", "location"), meeting.pk, version)
    if not rules.may_cancel(by, current):
        raise ValidationError("Diese Sitzung kann nicht mehr abgesagt werden.")
    was_invited = current.state == Meeting.State.INVITED
    if was_invited and not reason.strip():
        raise ValidationError("Geben Sie den Grund an. Er steht in der Nachricht an die Eingeladenen.")
    people = circle.around(current)
    current.state, current.cancelled_at, current.cancel_reason = Meeting.State.CANCELLED, timezone.now(), reason.strip()
    current.sequence += was_invited
    current.version += 1
    current.save()
    for row in people.stay:
        row.meeting = current
        emails.cancelled(row, calendar=ics.cancellation(row, sequence=current.sequence, reason=current.cancel_reason))
    for row in people.gone:
        row.meeting = current
        emails.released(row, calendar=ics.cancellation(row, sequence=current.sequence))
    trail.record(actor=by, verb="Sitzung abgesagt", thing=current, organization=current.organization_id)
    return current


def _deadline(kind: Kind, meeting: Meeting) -> Deadline:
    history = meeting.organization.rules_history
    return deadlines.before(kind, meeting, history, timezone.localdate())


def _reason_for_supplement(meeting: Meeting, planned: Meeting, reason: str) -> str:
    """The reason for items that come after the Frist for a Nachtrag, where there are any."""
    old = changes.last_sent(meeting)
    if old is None or not changes.added(old, changes.snapshot(meeting)):
        return ""
    return _reason_if_over(_deadline(Kind.SUPPLEMENT, planned), reason)


def _reason_if_over(deadline: Deadline, reason: str) -> str:
    """The reason for a short notice, where the notice is short; then there has to be one."""
    if not deadline.is_over:
        return ""
    if not reason.strip():
        raise ValidationError({"late_reason": LATE if deadline.kind == Kind.INVITATION else LATE_SUPPLEMENT})
    return reason.strip()
