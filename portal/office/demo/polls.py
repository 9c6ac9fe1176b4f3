"""The demo's date polls: one that runs with mixed answers, and one of which the date was chosen."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from random import Random

from dateutil.relativedelta import MO, relativedelta
from django.utils import timezone

from portal.meetings.actions import polls
from portal.meetings.models import DateAnswer, DateOption, DatePoll, DateVoice, Location, Meeting
from portal.members.models import Person
from portal.office.demo.ids import new_id
from portal.office.demo.people import Cast

Choice = DateAnswer.Choice
ANSWERS = (Choice.YES, Choice.YES, Choice.MAYBE, Choice.NO, "")
SILENT = 3  # of those who are asked


def find_dates(rng: Random, cast: Cast) -> None:
    """Both of them."""
    place = Location.objects.earliest("created")
    _running(rng, cast, place)
    _decided(rng, cast, place)


def _running(rng: Random, cast: Cast, place: Location) -> None:
    monday = timezone.localdate() + relativedelta(weeks=4, weekday=MO)
    poll = polls.offer_dates(
        cast.group,
        by=cast.staff,
        title="Besuch im Rechenzentrum",
        dates=[_afternoon(monday + timedelta(days=days)) for days in (1, 3, 8, 10)],
        answer_by=timezone.localdate() + timedelta(days=10),
        location=place,
    )
    options = list(poll.options.all())
    voices = list(poll.voices.select_related("person"))
    for voice in rng.sample(voices, len(voices) - SILENT):
        choices = {option.pk: choice for option in options if (choice := rng.choice(ANSWERS))}
        polls.answer(voice, by=voice.person, choices=choices or {options[0].pk: Choice.YES})


def _decided(rng: Random, cast: Cast, place: Location) -> None:
    """Dated back; it became the last of the drafts."""
    meeting = Meeting.objects.filter(organization=cast.group, state=Meeting.State.DRAFT).latest("start")
    Meeting.objects.filter(pk=meeting.pk).update(title="Klausurtagung")
    asked_at = timezone.now() - timedelta(days=12)
    poll = DatePoll.objects.create(
        id=new_id(rng),
        organization=cast.group,
        title="Klausurtagung",
        location=place,
        answer_by=timezone.localdate() - timedelta(days=4),
        created_by=cast.lead,
    )
    DatePoll.objects.filter(pk=poll.pk).update(created=asked_at)
    options = [_option(rng, poll, meeting.start + timedelta(days=days)) for days in (-7, 0, 2)]
    for person in (cast.lead, cast.staff, cast.clerk, *cast.delegates):
        _say(rng, poll, person, options, asked_at)
    poll.refresh_from_db()
    poll.state, poll.chosen, poll.meeting = DatePoll.State.DECIDED, options[1], meeting
    poll.closed_at = timezone.now() - timedelta(days=3)
    poll.save()


def _option(rng: Random, poll: DatePoll, start: datetime) -> DateOption:
    return DateOption.objects.create(id=new_id(rng), poll=poll, start=start, end=start + timedelta(hours=2))


def _say(rng: Random, poll: DatePoll, person: Person, options: Iterable[DateOption], asked_at: datetime) -> None:
    seat = poll.organization.memberships.current().filter(person=person).earliest("start_date")
    voice = DateVoice.objects.create(
        id=new_id(rng),
        poll=poll,
        person=person,
        role=seat.role,
        on_behalf_of=seat.on_behalf_of,
        asked_at=asked_at,
        answered_at=asked_at + timedelta(hours=rng.randint(1, 100)),
    )
    for place, option in enumerate(options):
        choice = Choice.YES if place == 1 else rng.choice(ANSWERS)
        if choice:
            voice.answers.create(option=option, choice=choice)


def _afternoon(day: date) -> tuple[datetime, datetime]:
    """Ninety minutes from four on."""
    start = timezone.make_aware(datetime.combine(day, time(16)))
    return start, start + timedelta(minutes=90)
