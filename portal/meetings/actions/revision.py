"""One revision of an invitation, from the letters to the outbox."""

import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from portal.audit import trail, versions
from portal.meetings import emails, pdf
from portal.meetings.actions import changes, circle, ics, schedule, seats
from portal.meetings.actions.sight import WHOLE, Sight, sight_of
from portal.meetings.models import AgendaItem, Attendance, Meeting, Revision
from portal.members.actions.accounts import welcome_guest
from portal.members.models import Person

EMPTY = "Die Tagesordnung ist leer. Legen Sie zuerst mindestens einen Punkt an."
OVER = "Der Termin liegt in der Vergangenheit. Wählen Sie zuerst einen Termin, der noch kommt."
UNCHANGED = "Seit der letzten Einladung hat sich nichts geändert."
CHANGES_IN_A_LETTER = 6

Post = Callable[[emails.Letter], None]


@dataclass(frozen=True)
class Edition:
    """What some readers get of a revision: all of it, or what they may see."""

    items: list[AgendaItem]
    changes: list[emails.Change]
    supplement_reason: str
    pdf: bytes


def send(
    meeting: Meeting,
    wanted: dict[str, Any],
    *,
    by: Person,
    version: int,
    verb: str,
    post: Post,
    seen: str = "",
    supplement_reason: str = "",
    ask_again: bool = False,
) -> Revision:
    """Set the letters first, then freeze and post in one transaction; raises Stale if anything changed meanwhile."""
    frozen = changes.snapshot(meeting)
    is_fresh = meeting.version == version and Meeting.objects.filter(pk=meeting.pk, version=version).exists()
    if not is_fresh or (seen and seen != changes.digest(frozen)):
        raise versions.Stale(meeting)
    planned = _planned(meeting, wanted)
    old, new = changes.last_sent(meeting) or frozen, changes.snapshot(planned)
    people = circle.around(planned)
    _refuse(planned, old, new, people)
    sights = {WHOLE, *people.sights.values()}
    editions = {
        sight: _edition(planned, old, new, sight, by=by, supplement_reason=supplement_reason) for sight in sights
    }
    with transaction.atomic():
        stored = _hold(meeting, planned, wanted, version, new)
        stored.revision = planned.revision
        known = copy.copy(stored)
        if ask_again:
            seats.start_over(stored)
        planned.sequence = stored.sequence
        if not ask_again:
            seats.settle(planned)
        people = circle.around(planned)
        if not sights.issuperset(people.sights.values()):
            raise versions.Stale(meeting)
        is_for_calendars = changes.is_moved(old, new) or people.has_moved
        planned.sequence += planned.revision > 1 and is_for_calendars
        planned.version += 1
        planned.save(update_fields=[*wanted, "revision", "sequence", "version", "modified"])
        revision = _freeze(planned, new, editions[WHOLE], by)
        circle.save(people, at=revision.created_at)
        if ask_again:
            asked = planned.attendances.filter(invited_at__isnull=False)
            asked.update(answer="", answered_at=None, note="", invited_at=revision.created_at)
        _post(planned, people, editions, post, known)
        detail = {"revision": planned.revision, "people": len(people.stay) + len(people.new)}
        trail.record(actor=by, verb=verb, thing=planned, organization=planned.organization_id, **detail)
    return revision


def preview(meeting: Meeting, *, by: Person) -> bytes:
    """The letter as it would go out now, as far as the person who asks may read it."""
    planned, new = _planned(meeting, {}), changes.snapshot(meeting)
    return _edition(planned, changes.last_sent(meeting) or new, new, sight_of(meeting, by), by=by).pdf


def letter_for(meeting: Meeting, person: Person) -> bytes | None:
    """The newest letter that was sent, as this reader got it."""
    newest = meeting.revisions.select_related("created_by").order_by("-number").first()
    if newest is None:
        return None
    return as_sent(newest, meeting, sight_of(meeting, person))


def as_sent(sent: Revision, meeting: Meeting, sight: Sight) -> bytes:
    """The letter of a revision for those with this sight: the stored one, or set anew with less in it."""
    if sight == WHOLE:
        return bytes(sent.invitation_pdf)
    note = f"{sent.number}. Fassung." if sent.number > 1 else ""
    items = changes.items_of(sent.snapshot, sight)
    return pdf.invitation(
        meeting,
        items,
        by=sent.created_by,
        issued=sent.created_at,
        version_note=note,
        late_reason=sent.late_reason,
        supplement_reason=reason_of_supplement(sent, meeting, items),
    ).pdf


def reason_of_supplement(sent: Revision, meeting: Meeting, items: Iterable[AgendaItem]) -> str:
    """Why the Nachtrag of a revision came late, for those who read at least one of its items."""
    if not sent.supplement_reason:
        return ""
    old = meeting.revisions.values_list("snapshot", flat=True).get(number=sent.number - 1)
    return _told_of(changes.added(old, sent.snapshot), items, sent.supplement_reason)


def _planned(meeting: Meeting, wanted: dict[str, Any]) -> Meeting:
    """The meeting as it will be."""
    planned = copy.copy(meeting)
    for name, value in wanted.items():
        setattr(planned, name, value)
    planned.revision += 1
    return planned


def _refuse(planned: Meeting, old: changes.Snapshot, new: changes.Snapshot, people: circle.Circle) -> None:
    if reason := obstacle(planned, new):
        raise ValidationError(reason)
    if planned.revision > 1 and not (changes.differences(old, new) or people.new or people.gone):
        raise ValidationError(UNCHANGED)


def obstacle(meeting: Meeting, frozen: changes.Snapshot) -> str:
    """Why nobody can be invited to the meeting as it is, if so."""
    if not frozen["items"]:
        return EMPTY
    return OVER if meeting.start <= timezone.now() else ""


def _edition(
    planned: Meeting,
    old: changes.Snapshot,
    new: changes.Snapshot,
    sight: Sight,
    *,
    by: Person,
    supplement_reason: str = "",
) -> Edition:
    """The letter for those with this sight, and what it says is new."""
    items = changes.items_of(new, sight)
    told = changes.differences(old, new, sight) if planned.revision > 1 else []
    reason = _told_of(changes.added(old, new), items, supplement_reason)
    rendered = pdf.invitation(
        planned,
        items,
        by=by,
        issued=timezone.now(),
        version_note=_version_note(planned, told) if planned.revision > 1 else "",
        late_reason=planned.late_reason,
        supplement_reason=reason,
    )
    return Edition(items, told, reason, rendered.pdf)


def _told_of(added: set[UUID], items: Iterable[AgendaItem], reason: str) -> str:
    """The reason for a late Nachtrag, for those who read at least one of its items."""
    return reason if any(item.pk in added and not item.is_barred for item in items) else ""


def _version_note(planned: Meeting, told: list[emails.Change]) -> str:
    lines = [str(change) for change in told[:CHANGES_IN_A_LETTER]]
    more = ["weitere Änderungen in der Tagesordnung"] if len(told) > CHANGES_IN_A_LETTER else []
    return f"{planned.revision}. Fassung. " + "; ".join([*lines, *more])


def _hold(meeting: Meeting, planned: Meeting, wanted: dict[str, Any], version: int, new: changes.Snapshot) -> Meeting:
    """Lock the meeting as it is stored, if the letters are still true of it."""
    if "start" in wanted:
        schedule.lock_calendar(meeting.organization_id)
        if other := schedule.at_the_same_time(meeting.organization_id, planned.start, but=meeting.pk):
            raise ValidationError(f"Zu dieser Zeit steht schon die {other.label} im Kalender.")
    current = versions.lock(Meeting.objects.all(), meeting.pk, version)
    planned.location = schedule.stored(planned.location)
    if changes.snapshot(planned) != new:
        raise versions.Stale(meeting)
    return current


def _freeze(planned: Meeting, new: changes.Snapshot, whole: Edition, by: Person) -> Revision:
    return Revision.objects.create(
        meeting=planned,
        number=planned.revision,
        created_by=by,
        note="\n".join(str(change) for change in whole.changes),
        late_reason=planned.late_reason,
        supplement_reason=whole.supplement_reason,
        snapshot=new,
        invitation_pdf=whole.pdf,
    )


def _post(planned: Meeting, people: circle.Circle, editions: dict[Sight, Edition], post: Post, known: Meeting) -> None:
    """One mail to each who has something to learn; whoever has gone reads of the meeting as it is `known` to them."""
    new = {row.person_id for row in people.new}
    for row in _asked(planned):
        edition = editions[people.sight_of(row)]
        letter = emails.Letter(
            attendance=row,
            items=edition.items,
            changes=edition.changes,
            supplement_reason=edition.supplement_reason,
            calendar=ics.request(row, edition.items),
            pdf=edition.pdf,
        )
        if row.person_id in new:
            emails.invitation(letter)
            if row.role == "guest":
                welcome_guest(row.person, occasion=planned.label, group=planned.organization)
        elif edition.changes:
            post(letter)
    known.sequence = planned.sequence
    for row in people.gone:
        row.meeting = known
        emails.released(row, calendar=ics.cancellation(row, sequence=planned.sequence))


def _asked(planned: Meeting) -> Iterable[Attendance]:
    for row in planned.attendances.filter(invited_at__isnull=False).select_related("person"):
        row.meeting = planned
        yield row
