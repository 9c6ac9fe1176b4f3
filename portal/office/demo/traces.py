"""What the demo's people did, as the trail would have kept it."""

from collections.abc import Iterator
from random import Random

from django.db import transaction

from portal.audit import chain, origin, trail
from portal.audit.models import Line
from portal.audit.origin import Door
from portal.meetings.models import Attendance, Comment, DatePoll, Meeting
from portal.members.models import Person
from portal.minutes.models import Minutes
from portal.office.demo.ids import new_id


def leave(rng: Random, lead: Person) -> None:
    """One line for each deed that can be read off the data, in the order of the year."""
    lines = sorted(
        [*_invited(lead), *_answered(), *_commented(), *_closed(), *_found_dates()],
        key=lambda line: (line.at, line.thing_id),
    )
    with origin.coming_from(Door.PORTAL):
        for line in lines:
            line.uuid = new_id(rng)
            trail.write(line)
    transaction.on_commit(chain.extend)


def _invited(lead: Person) -> Iterator[Line]:
    for meeting in Meeting.objects.exclude(invited_at=None):
        yield _line(meeting, at=meeting.invited_at, actor=lead, verb="Einladung verschickt", group=meeting)


def _answered() -> Iterator[Line]:
    for seat in Attendance.objects.exclude(answered_at=None).select_related("meeting", "person"):
        yield _line(seat, at=seat.answered_at, actor=seat.person, verb="Einladung beantwortet", group=seat.meeting)


def _commented() -> Iterator[Line]:
    for comment in Comment.objects.select_related("author", "item__meeting"):
        group = comment.item.meeting
        yield _line(comment, at=comment.created_at, actor=comment.author, verb="Kommentar geschrieben", group=group)


def _closed() -> Iterator[Line]:
    for minutes in Minutes.objects.final().select_related("meeting", "finalised_by"):
        at, by = minutes.finalised_at, minutes.finalised_by
        yield _line(minutes, at=at, actor=by, verb="Niederschrift abgeschlossen", group=minutes.meeting)


def _found_dates() -> Iterator[Line]:
    for poll in DatePoll.objects.filter(state=DatePoll.State.DECIDED).select_related("created_by"):
        yield _line(poll, at=poll.created, actor=poll.created_by, verb="Terminumfrage verschickt", group=poll)
        for voice in poll.voices.exclude(answered_at=None).select_related("person"):
            yield _line(poll, at=voice.answered_at, actor=voice.person, verb="Terminumfrage beantwortet", group=poll)
        yield _line(poll, at=poll.closed_at, actor=poll.created_by, verb="Termin festgelegt", group=poll)


def _line(thing, *, at, actor: Person, verb: str, group: Meeting | DatePoll) -> Line:
    return Line(
        at=at,
        actor=actor,
        verb=verb,
        thing_type=thing._meta.label_lower,
        thing_id=str(thing.pk),
        organization_id=group.organization_id,
    )
