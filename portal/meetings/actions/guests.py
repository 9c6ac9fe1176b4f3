"""Guests of a meeting: invited to some items or to the whole, told of changes, removed."""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from portal.audit import trail
from portal.audit.versions import Stale
from portal.meetings import emails, rules
from portal.meetings.actions import changes, ics, revision
from portal.meetings.actions.sight import Sight, invited_for, less_recusals, sight_of
from portal.meetings.models import AgendaItem, Attendance, Guest, Meeting, Revision
from portal.members.actions import accounts
from portal.members.models import Person

MEMBER = "Diese Person gehört dem Arbeitskreis an und ist kein Gast."
State = Meeting.State


def invite_guest(
    meeting: Meeting, *, by: Person, person: Person, whole_meeting: bool, items: Iterable[AgendaItem]
) -> Guest:
    """Ask somebody to a meeting; of a draft they hear with the invitation, of an invited one at once.

    The letter is set before the transaction; Stale if another revision was sent meanwhile.
    """
    chosen = list(items)
    sent = _last_sent(meeting)
    known = accounts.known_by_address(person) or person
    sight = less_recusals(invited_for(chosen, whole_meeting=whole_meeting), meeting, known)
    letter = revision.as_sent(sent, meeting, sight) if sent else b""
    with transaction.atomic():
        meeting = _hold(meeting, by, sent)
        person = accounts.with_account(person)
        if person.memberships.current().filter(organization=meeting.organization_id).exists():
            raise ValidationError(MEMBER)
        guest, is_new = Guest.objects.get_or_create(
            meeting=meeting, person=person, defaults={"whole_meeting": whole_meeting}
        )
        if is_new:
            guest.items.set(chosen)
            _record(guest, by, "Gast eingeladen")
            if sent:
                row = _ask(guest)
                emails.late_invitation(_letter(row, sent, sight, letter))
                accounts.welcome_guest(person, occasion=meeting.label, group=meeting.organization)
    return guest


def change_guest(guest: Guest, *, by: Person, whole_meeting: bool, items: Iterable[AgendaItem]) -> bool:
    """Open another part of the agenda to a guest, who is told if invited already; false if it is the same part."""
    chosen = list(items)
    if (guest.whole_meeting, set(guest.items.all())) == (whole_meeting, set(chosen)):
        return False
    meeting = guest.meeting
    sent, before = _last_sent(meeting), sight_of(meeting, guest.person)
    after = less_recusals(invited_for(chosen, whole_meeting=whole_meeting), meeting, guest.person)
    letter = revision.as_sent(sent, meeting, after) if sent else b""
    with transaction.atomic():
        meeting = _hold(meeting, by, sent)
        guest = Guest.objects.select_for_update(of=("self",)).select_related("person").get(pk=guest.pk)
        guest.meeting, guest.whole_meeting = meeting, whole_meeting
        guest.save(update_fields=["whole_meeting", "modified"])
        guest.items.set(chosen)
        _record(guest, by, "Einladung eines Gasts geändert")
        row = meeting.attendances.filter(person=guest.person, invited_at__isnull=False).select_related("person").first()
        if sent and row:
            _count_up(meeting)
            row.meeting = meeting
            told = changes.differences(sent.snapshot, sent.snapshot, after, before=before)
            emails.other_part(_letter(row, sent, after, letter, told))
    return True


@transaction.atomic
def remove_guest(guest: Guest, *, by: Person) -> bool:
    """Take the invitation back: nothing of the meeting is open any more, and it leaves the calendar."""
    meetings = Meeting.objects.select_for_update(of=("self",)).select_related("organization", "location")
    meeting = meetings.get(pk=guest.meeting_id)
    if not rules.may_remove_guests(by, meeting):
        raise PermissionDenied
    current = Guest.objects.filter(pk=guest.pk).select_related("person").first()
    if current is None:
        return False
    current.meeting = meeting
    _record(current, by, "Gast ausgeladen")
    person = current.person
    current.delete()
    _release(meeting, person)
    if not (person.memberships.current().exists() or person.guest_at.exists()):
        person.invitations.filter(used_at=None).update(expires_at=timezone.now())
    return True


def _last_sent(meeting: Meeting) -> Revision | None:
    """What the others have in their hands; a draft has gone to nobody."""
    return None if meeting.state == State.DRAFT else meeting.revisions.order_by("-number").first()


def _hold(meeting: Meeting, by: Person, sent: Revision | None) -> Meeting:
    """The meeting, locked, if this person may still invite guests and the letter is still the newest."""
    meetings = Meeting.objects.select_for_update(of=("self",)).select_related("organization", "location")
    current = meetings.get(pk=meeting.pk)
    if not rules.may_invite_guests(by, current):
        raise PermissionDenied
    if _last_sent(current) != sent:
        raise Stale(current)
    return current


def _ask(guest: Guest) -> Attendance:
    """The guest's row at the meeting, asked now and without an answer."""
    _count_up(guest.meeting)
    asked = {"role": "guest", "on_behalf_of": None, "rank": None, "answer": "", "answered_at": None}
    row, _ = Attendance.objects.update_or_create(
        meeting=guest.meeting, person=guest.person, defaults={**asked, "invited_at": timezone.now()}
    )
    return row


def _release(meeting: Meeting, person: Person) -> None:
    """As long as the meeting lies ahead, the guest is told and no longer asked."""
    row = meeting.attendances.filter(person=person, role="guest", invited_at__isnull=False).first()
    if row is None or meeting.state != State.INVITED:
        return
    _count_up(meeting)
    row.meeting, row.person = meeting, person
    if meeting.start > timezone.now():
        emails.released(row, calendar=ics.cancellation(row, sequence=meeting.sequence))
    row.delete()


def _count_up(meeting: Meeting) -> None:
    """Calendars take note, and the mail differs from an earlier one of the same revision."""
    meeting.sequence += 1
    meeting.save(update_fields=["sequence", "modified"])


def _letter(
    row: Attendance, sent: Revision, sight: Sight, pdf: bytes, told: Iterable[emails.Change] = ()
) -> emails.Letter:
    items = changes.items_of(sent.snapshot, sight)
    return emails.Letter(attendance=row, items=items, changes=list(told), calendar=ics.request(row, items), pdf=pdf)


def _record(guest: Guest, by: Person, verb: str) -> None:
    meeting = guest.meeting
    numbers = ", ".join(str(number) for number in guest.items.order_by("number").values_list("number", flat=True))
    trail.record(
        actor=by,
        verb=verb,
        thing=meeting,
        organization=meeting.organization_id,
        person=str(guest.person_id),
        whole_meeting=guest.whole_meeting,
        items=numbers,
    )
