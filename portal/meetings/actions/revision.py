"""One revision of an invitation, from the letters to the outbox."""

import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from portal.audit import trail, versions
from portal.meetings import emails, pdf
from portal.meetings.actions import changes, circle, ics
from portal.meetings.models import AgendaItem, Attendance, Meeting, Revision
from portal.members.models import Organization, Person

EMPTY = "Die Tagesordnung ist leer. Legen Sie zuerst mindestens einen Punkt an."
OVER = "Der Termin liegt in der Vergangenheit. Wählen Sie zuerst einen Termin, der noch kommt."
UNCHANGED = "Seit der letzten Einladung hat sich nichts geändert."
CHANGES_IN_A_LETTER = 6

Post = Callable[[emails.Letter], None]


@dataclass(frozen=True)
class Edition:
    """What some readers get of a revision: all of it, or what a guest may see."""

    items: list[AgendaItem]
    changes: list[emails.Change]
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
    ask_again: bool = False,
) -> Revision:
    """Set the letters first, then freeze and post in one transaction; raises Stale if anything changed meanwhile."""
    frozen = changes.snapshot(meeting)
    if meeting.version != version or (seen and seen != changes.digest(frozen)):
        raise versions.Stale(meeting)
    planned = _planned(meeting, wanted)
    old, new = changes.last_sent(meeting) or frozen, changes.snapshot(planned)
    people = circle.around(meeting)
    _refuse(planned, old, new, people)
    planned.sequence += planned.revision > 1 and changes.is_moved(old, new)
    sights = {None, *people.sights.values()}
    editions = {sight: _edition(planned, old, new, sight, by) for sight in sights}
    with transaction.atomic():
        _save(meeting, planned, wanted, version, new)
        people = circle.around(planned)
        if not sights.issuperset(people.sights.values()):
            raise versions.Stale(meeting)
        revision = _freeze(planned, new, editions[None], by)
        circle.save(people, at=revision.created_at)
        if ask_again:
            asked = planned.attendances.filter(invited_at__isnull=False)
            asked.update(answer="", answered_at=None, note="", invited_at=revision.created_at)
        _post(planned, people, editions, post)
        detail = {"revision": planned.revision, "people": len(people.stay) + len(people.new)}
        trail.record(actor=by, verb=verb, thing=planned, organization=planned.organization_id, **detail)
    return revision


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
    planned: Meeting, old: changes.Snapshot, new: changes.Snapshot, sight: circle.Sight, by: Person
) -> Edition:
    """The letter for those with this sight, and what it says is new."""
    items = changes.items_of(new, sight)
    told = changes.differences(old, new, sight) if planned.revision > 1 else []
    note = _version_note(planned, told) if planned.revision > 1 else ""
    rendered = pdf.invitation(planned, items, by=by, issued=timezone.now(), version_note=note)
    return Edition(items, told, rendered.pdf)


def _version_note(planned: Meeting, told: list[emails.Change]) -> str:
    lines = [str(change) for change in told[:CHANGES_IN_A_LETTER]]
    more = ["weitere Änderungen in der Tagesordnung"] if len(told) > CHANGES_IN_A_LETTER else []
    return f"{planned.revision}. Fassung. " + "; ".join([*lines, *more])


def _save(meeting: Meeting, planned: Meeting, wanted: dict[str, Any], version: int, new: changes.Snapshot) -> None:
    """Store the meeting as planned, if it is still what the letters say."""
    if "start" in wanted:
        _keep_time_free(planned)
    versions.lock(Meeting.objects.all(), meeting.pk, version)
    if planned.location is not None and planned.location._state.adding:
        place = planned.location
        place.save()
        planned.location = place  # takes over the key
    if changes.snapshot(planned) != new:
        raise versions.Stale(meeting)
    planned.version += 1
    planned.save(update_fields=[*wanted, "revision", "sequence", "version", "modified"])


def _keep_time_free(planned: Meeting) -> None:
    """No working group meets twice at once; whoever plans a meeting waits for the same lock."""
    Organization.objects.select_for_update().get(pk=planned.organization_id)
    others = Meeting.objects.filter(organization=planned.organization_id, start=planned.start).exclude(pk=planned.pk)
    if other := others.exclude(state=Meeting.State.CANCELLED).first():
        raise ValidationError(f"Zu dieser Zeit steht schon die {other.label} im Kalender.")


def _freeze(planned: Meeting, new: changes.Snapshot, whole: Edition, by: Person) -> Revision:
    return Revision.objects.create(
        meeting=planned,
        number=planned.revision,
        created_by=by,
        note="\n".join(str(change) for change in whole.changes),
        snapshot=new,
        invitation_pdf=whole.pdf,
    )


def _post(planned: Meeting, people: circle.Circle, editions: dict[circle.Sight, Edition], post: Post) -> None:
    """One mail to each who has something to learn."""
    new = {row.person_id for row in people.new}
    for row in _asked(planned):
        edition = editions[people.sight_of(row)]
        letter = emails.Letter(
            attendance=row,
            items=edition.items,
            changes=edition.changes,
            calendar=ics.request(row, edition.items),
            pdf=edition.pdf,
        )
        if row.person_id in new:
            emails.invitation(letter)
        elif edition.changes:
            post(letter)
    for row in people.gone:
        row.meeting = planned
        emails.released(row, calendar=ics.cancellation(row, sequence=planned.sequence + 1))


def _asked(planned: Meeting) -> Iterable[Attendance]:
    for row in planned.attendances.filter(invited_at__isnull=False).select_related("person"):
        row.meeting = planned
        yield row
