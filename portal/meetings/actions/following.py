"""Meetings ahead follow the seats: whoever comes is invited at once, whoever goes is told at once."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from portal.audit import trail
from portal.meetings import emails
from portal.meetings.actions import changes, circle, ics, revision, seats
from portal.meetings.actions.sight import barred_in, sights_of
from portal.meetings.models import Attendance, Meeting, Revision
from portal.members.models import Person


@dataclass(frozen=True)
class Shift:
    """One meeting ahead, who has been invited to it and who no longer comes."""

    meeting: Meeting
    invited: list[Person]
    released: list[Person]


@transaction.atomic
def follow_seats(organization_id: UUID, *, by: Person | None) -> list[Shift]:
    """Set every invited meeting ahead against the seats of its day, within the revision that was sent last."""
    return [shift for meeting in _ahead(organization_id) if (shift := _follow(meeting, by))]


def _ahead(organization_id: UUID) -> Iterator[Meeting]:
    """Drafts too: whoever is inviting to one at this moment comes first, or else sees the new seats."""
    open_states = (Meeting.State.DRAFT, Meeting.State.INVITED)
    ahead = Meeting.objects.filter(organization=organization_id, state__in=open_states, start__gt=timezone.now())
    locked = ahead.select_related("organization", "location").select_for_update(of=("self",)).order_by("start", "pk")
    return (meeting for meeting in locked if meeting.state == Meeting.State.INVITED)


def _follow(meeting: Meeting, by: Person | None) -> Shift | None:
    seats.settle(meeting)
    sent = meeting.revisions.order_by("-number").first()
    people = _members_only(circle.around(meeting))
    if sent is None or not people.has_moved:
        return None
    meeting.sequence += 1
    meeting.save(update_fields=["sequence", "modified"])
    circle.save(people, at=timezone.now())
    for row in meeting.attendances.filter(person__in=[row.person_id for row in people.new]).select_related("person"):
        _invite(row, meeting, sent)
    for row in people.gone:
        row.meeting = meeting
        emails.released(row, calendar=ics.cancellation(row, sequence=meeting.sequence))
    detail = {"invited": len(people.new), "released": len(people.gone)}
    trail.record(
        actor=by, verb="Einladungen an Sitze angepasst", thing=meeting, organization=meeting.organization_id, **detail
    )
    return Shift(meeting, [row.person for row in people.new], [row.person for row in people.gone])


def _members_only(people: circle.Circle) -> circle.Circle:
    """Guests come and go with a revision, or by an action of their own."""
    new, gone = ([row for row in rows if row.role != "guest"] for rows in (people.new, people.gone))
    return replace(people, new=new, gone=gone)


def _invite(row: Attendance, meeting: Meeting, sent: Revision) -> None:
    """The letter as the others have it, less what Befangenheit bars."""
    row.meeting = meeting
    sight = sights_of([row], [], barred_in(meeting))[row.person_id]
    items = changes.items_of(sent.snapshot, sight)
    emails.late_invitation(
        emails.Letter(
            attendance=row,
            items=items,
            changes=[],
            calendar=ics.request(row, items),
            pdf=revision.as_sent(sent, meeting, sight),
        )
    )
