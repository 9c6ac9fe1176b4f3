"""The demo's minutes."""

from datetime import timedelta
from hashlib import sha256
from random import Random

from django.utils import timezone

from portal.meetings.models import Meeting
from portal.members.models import Person
from portal.minutes import pdf
from portal.minutes.models import Entry, Minutes, Outcome
from portal.office.demo.ids import new_id
from portal.office.demo.texts import Matter


def write_minutes(
    rng: Random, meeting: Meeting, matters: list[Matter], *, clerk: Person, chair: Person, final: bool
) -> Minutes:
    """Minutes of a past meeting; a draft stops half-way through the agenda."""
    begin = timezone.localtime(meeting.start)
    minutes = Minutes.objects.create(
        id=new_id(rng),
        meeting=meeting,
        clerk=clerk,
        chair=chair,
        started_at=begin.time(),
        ended_at=(begin + timedelta(minutes=rng.randint(80, 125))).time(),
    )
    written = len(matters) if final else len(matters) // 2
    for number, (item, matter) in enumerate(zip(meeting.items.order_by("number"), matters, strict=True)):
        entry = Entry.objects.create(
            id=new_id(rng), minutes=minutes, item=item, text=matter.entry if number < written else "", modified_by=clerk
        )
        if number < written:
            _write_outcomes(rng, entry, matter)
    if final:
        _close(minutes, clerk)
    return minutes


def _write_outcomes(rng: Random, entry: Entry, matter: Matter) -> None:
    for position, (kind, text) in enumerate(matter.outcomes, 1):
        Outcome.objects.create(id=new_id(rng), entry=entry, kind=kind, text=text, position=position)


def _close(minutes: Minutes, clerk: Person) -> None:
    """What finalising leaves behind, dated back: ten days after the meeting."""
    minutes.state = Minutes.State.FINAL
    minutes.finalised_by = clerk
    minutes.finalised_at = minutes.meeting.end + timedelta(days=10)
    minutes.pdf = pdf.render(minutes).pdf
    minutes.sha256 = sha256(minutes.pdf).hexdigest()
    minutes.save()
