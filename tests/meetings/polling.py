"""What the tests of date polls share."""

from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from portal.audit.models import Line
from portal.meetings.actions import polls
from portal.meetings.emails.polls import poll_url
from tests.factories import evening

DATES = [(evening(days=day), evening(days=day) + timedelta(minutes=90)) for day in (28, 21)]


def offer(group, by, **wanted):
    due = timezone.localdate() + timedelta(days=7)
    return polls.offer_dates(group, by=by, **{"title": "Klausurtagung", "dates": DATES, "answer_by": due} | wanted)


def option(poll, place=1):
    """One of its dates, counted from the first."""
    return poll.options.order_by("start")[place - 1]


def end_of_all(poll):
    """The last of its dates is over."""
    poll.options.update(start=F("start") - timedelta(days=60), end=F("end") - timedelta(days=60))


def lines(verb):
    """Who did it, and the plain facts, as the trail keeps them."""
    return [(line.actor, line.detail) for line in Line.objects.filter(verb=verb)]


def voice(poll, person):
    return poll.voices.get(person=person)


def says(poll, person, *words):
    """Keep "yes", "maybe", "no" or "" for each of the dates in their order."""
    answers = zip(poll.options.order_by("start"), words, strict=False)
    chosen = {one.pk: word for one, word in answers if word}
    return polls.answer(voice(poll, person), by=person, choices=chosen)


def said(poll, person):
    """What the person has said to each of the dates."""
    answers = dict(voice(poll, person).answers.values_list("option", "choice"))
    return [answers.get(one.pk, "") for one in poll.options.order_by("start")]


def link(poll, person):
    return poll_url(voice(poll, person)).removeprefix("http://testserver")


def typed(title="Klausurtagung", days=(21, 28), **fields):
    """What the form for a new poll sends."""
    rows = {"answer_by": f"{evening(days=7):%Y-%m-%d}"}
    for number, day in enumerate(days, 1):
        rows |= {f"day_{number}": f"{evening(days=day):%Y-%m-%d}", f"starts_{number}": "17:00"}
        rows[f"minutes_{number}"] = "120"
    return {"title": title, **rows, **fields}
