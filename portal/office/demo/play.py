"""Puts the demo on stage."""

from functools import partial
from random import Random

from django.db import transaction

from portal.members.actions.procedure import switch_public_calendar
from portal.members.models import Body, Organization, Person
from portal.office.demo import aftermath, people, polls, second, traces
from portal.office.demo.ids import new_id
from portal.office.demo.large import enlarge
from portal.office.demo.sittings import Calendar
from portal.office.founding import add_matters


class NotEmpty(Exception):
    """The database holds something else, which the demo must not mix with."""


@transaction.atomic
def play(*, seed: int, large: bool = False) -> list[dict[str, str]]:
    """Fill an empty database; the same seed on the same day gives the same data. Returns the accounts."""
    if any(model.objects.exists() for model in (Body, Organization, Person)):
        raise NotEmpty
    rng = Random(seed)
    people.body(rng)
    casting = people.Casting(rng)
    cast = people.cast(rng, casting)
    topics = add_matters(cast.group, responsible=cast.staff, new_id=partial(new_id, rng))
    calendar = Calendar(rng, cast, topics)
    calendar.fill()
    aftermath.follow(rng, cast, calendar)
    polls.find_dates(rng, cast)
    calendar.plan_ahead()
    switch_public_calendar(cast.group, by=cast.lead, on=True)
    neighbours = second.cast(rng, casting, cast)
    second.SmallCalendar(rng, neighbours, second.topics(rng, neighbours)).fill()
    traces.leave(rng, cast.lead)
    people.newcomer(rng, casting, cast)
    people.change_ahead(rng, casting, cast)
    if large:
        enlarge(rng, cast, topics)
    return [*cast.accounts(), neighbours.account("second_group_lead", neighbours.lead)]
