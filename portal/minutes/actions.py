"""What happens to minutes: begun, written, attendance taken, finalised.

Every change of a draft passes `_draft`, which locks the minutes, and `_changed`, which raises their version: so nobody
finalises a text other than the one on their screen.
"""

from collections.abc import Sequence
from datetime import time
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from portal.audit import trail
from portal.audit.versions import Stale, lock
from portal.meetings.actions.presence import expected
from portal.meetings.models import Attendance, Meeting, seats_taken_twice
from portal.members.models import Person, Role
from portal.minutes import emails, pdf, rules
from portal.minutes.models import Entry, Minutes, Outcome, roll_stamp


class Finalised(Exception):
    """The minutes were finalised while somebody was still writing."""

    def __init__(self, minutes: Minutes) -> None:
        super().__init__(f"minutes {minutes.pk} are final")
        self.minutes = minutes


class SeatTaken(Exception):
    """Two people hold the one seat of a Fraktion at the same time."""


class Unprintable(Exception):
    """No font has some of the characters; `characters` would be replaced in the PDF."""

    def __init__(self, characters: tuple[str, ...]) -> None:
        super().__init__(" ".join(characters))
        self.characters = characters


class Wording(NamedTuple):
    """One outcome as typed; `pk` names the row it changes, if there is one."""

    pk: UUID | None
    kind: str
    text: str


@transaction.atomic
def open_minutes(meeting: Meeting, *, by: Person) -> Minutes:
    """Begin the minutes of a meeting, or go on with them: every item gets its entry, every member a row."""
    meeting = Meeting.objects.select_for_update(of=("self",)).select_related("organization").get(pk=meeting.pk)
    if not rules.may_open_minutes(by, meeting):
        raise PermissionDenied
    found = Minutes.objects.defer("pdf").filter(meeting=meeting).first()
    if found and found.is_final:
        return found
    return _catch_up(found or _begin(meeting, by), by)


@transaction.atomic
def save_frame(
    minutes: Minutes,
    *,
    by: Person,
    seen: str,
    started_at: time | None,
    ended_at: time | None,
    chair: Person | None,
    clerk: Person,
    remarks: str,
) -> None:
    """Write times, people and remarks; Stale if they are no longer those with the fingerprint `seen`."""
    current = _draft(minutes, by)
    before = current.frame_stamp
    stored = Minutes.objects.for_pages().get(pk=current.pk)
    current.started_at, current.ended_at, current.remarks = started_at, ended_at, remarks
    current.chair, current.clerk = chair, clerk
    if current.frame_stamp == before:
        return
    if before != seen:
        raise Stale(stored)
    current.save(update_fields=["started_at", "ended_at", "chair", "clerk", "remarks", "modified"])
    _changed(current)
    _record(current, by, "Rahmendaten der Niederschrift gespeichert")


@transaction.atomic
def save_entry(entry: Entry, *, by: Person, version: int, text: str, outcomes: Sequence[Wording]) -> None:
    """Write what the minutes say to one item; Stale if somebody else has written to it since `version`."""
    minutes = _draft(entry.minutes, by)
    if _says(Entry.objects.get(pk=entry.pk), text, outcomes):
        return
    current = lock(Entry.objects.all(), entry.pk, version)
    current.text, current.modified_by = text, by
    current.version += 1
    current.save(update_fields=["text", "modified_by", "version", "modified"])
    _write_outcomes(current, outcomes)
    _complete(minutes)
    _changed(minutes)
    _record(minutes, by, "Eintrag der Niederschrift gespeichert", entry=str(entry.pk), entry_version=current.version)


@transaction.atomic
def record_attendance(minutes: Minutes, *, by: Person, seen: str, rows: Sequence[Attendance]) -> None:
    """Write who took part; Stale if somebody else has written since the fingerprint `seen`."""
    current = _draft(minutes, by)
    stored = roll_stamp(current.meeting.attendances.all())
    if stored == roll_stamp(rows):
        return
    if stored != seen:
        raise Stale(current)
    if seats_taken_twice(rows):
        raise SeatTaken
    now = timezone.now()
    for row in rows:
        row.modified = now
    current.meeting.attendances.bulk_update(rows, ["presence", "arrived", "left", "in_place_of", "modified"])
    _changed(current)
    _record(current, by, "Anwesenheit erfasst", present=sum(row.took_part for row in rows))


def finalise(minutes: Minutes, *, by: Person, version: int, replace: bool = False) -> Minutes:
    """Close the minutes for good, as they are at `version`: the PDF and its checksum are kept, the members are told.

    The PDF is set before the transaction, since that may take seconds; if anything changes meanwhile, the version does.
    Unprintable if characters would get lost and `replace` does not allow it.
    """
    if not rules.may_finalise(by, _catch_up(minutes, by)):
        raise PermissionDenied
    final = Minutes.objects.for_pages().get(pk=minutes.pk)
    if final.version != version:
        raise Stale(final)
    final.state, final.finalised_by = Minutes.State.FINAL, by
    final.finalised_at = timezone.now().replace(microsecond=0)
    rendered = pdf.render(final)
    if rendered.replaced and not replace:
        raise Unprintable(rendered.replaced)
    final.pdf, final.sha256 = rendered.pdf, sha256(rendered.pdf).hexdigest()
    _close(final, by, version)
    return final


@transaction.atomic
def _close(final: Minutes, by: Person, version: int) -> None:
    """Store final minutes unless the draft has changed while the PDF was set."""
    _draft(final, by)
    lock(Minutes.objects.defer("pdf"), final.pk, version)
    final.save(update_fields=["state", "finalised_at", "finalised_by", "pdf", "sha256", "modified"])
    _record(final, by, "Niederschrift abgeschlossen", sha256=final.sha256)
    emails.final(final)


def _draft(minutes: Minutes, by: Person) -> Minutes:
    """Lock the draft against other writers, if the person may still write it."""
    rows = Minutes.objects.defer("pdf").select_related("meeting__organization")
    locked = rows.select_for_update(of=("self",)).get(pk=minutes.pk)
    if locked.is_final:
        raise Finalised(locked)
    if not rules.may_write(by, locked):
        raise PermissionDenied
    return locked


@transaction.atomic
def _catch_up(minutes: Minutes, by: Person) -> Minutes:
    """Take over what has joined agenda and group since; that is a change which somebody has to see."""
    draft = _draft(minutes, by)
    if _complete(draft):
        _changed(draft)
    return draft


def _changed(minutes: Minutes) -> None:
    minutes.version += 1
    minutes.save(update_fields=["version", "modified"])


def _record(minutes: Minutes, by: Person, verb: str, **detail: str | int) -> None:
    group = minutes.meeting.organization_id
    trail.record(actor=by, verb=verb, thing=minutes, organization=group, version=minutes.version, **detail)


def _begin(meeting: Meeting, by: Person) -> Minutes:
    day = timezone.localdate(meeting.start)
    leads = meeting.organization.memberships.on(day).filter(role=Role.LEAD).select_related("person")
    lead = leads.order_by("start_date").first()
    minutes = Minutes.objects.create(
        meeting=meeting,
        clerk=by,
        chair=lead.person if lead else None,
        started_at=timezone.localtime(meeting.start).time(),
    )
    _record(minutes, by, "Niederschrift begonnen")
    return minutes


def _complete(minutes: Minutes) -> bool:
    """Add what the agenda and the group have and the minutes have not; true if something was missing."""
    meeting = minutes.meeting
    entries = [Entry(minutes=minutes, item=item) for item in meeting.items.filter(entry=None)]
    Entry.objects.bulk_create(entries)
    known = set(meeting.attendances.values_list("person", flat=True))
    rows = [row for row in expected(meeting) if row.person_id not in known]
    Attendance.objects.bulk_create(rows)
    return bool(entries or rows)


def _says(entry: Entry, text: str, outcomes: Sequence[Wording]) -> bool:
    """Whether the entry already says exactly this: then there is nothing to save, and no conflict."""
    stored = [(outcome.kind, outcome.text) for outcome in entry.outcomes.all()]
    return entry.text == text and stored == [(wording.kind, wording.text) for wording in outcomes]


def _write_outcomes(entry: Entry, outcomes: Sequence[Wording]) -> None:
    """Bring the rows in line with what was typed; rows that stay keep their identity."""
    rows: dict[UUID | None, Outcome] = {row.pk: row for row in entry.outcomes.all()}
    kept = []
    for position, wording in enumerate(outcomes, start=1):
        row = rows.get(wording.pk) or Outcome(entry=entry)
        row.kind, row.text, row.position = wording.kind, wording.text, position
        row.save()
        kept.append(row.pk)
    entry.outcomes.exclude(pk__in=kept).delete()
