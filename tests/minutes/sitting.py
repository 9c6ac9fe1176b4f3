"""A meeting that is running, with its minutes begun by the clerk, and one with minutes closed."""

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.minutes import actions
from portal.minutes.models import Minutes
from tests.cast import CAST
from tests.factories import AgendaItemFactory, MeetingFactory, OutcomeFactory, RecusalFactory


@pytest.fixture
def sitting(group, topic, lead, clerk, delegate, deputy, other_delegate):
    """A running meeting with three items: public, internal, confidential."""
    meeting = MeetingFactory(organization=group, number=7, state="running")
    for visibility in ("public", "internal", "confidential"):
        AgendaItemFactory(meeting=meeting, visibility=visibility, title=f"Punkt {visibility}", topic=topic)
    return meeting


@pytest.fixture
def minutes(sitting, clerk):
    return actions.open_minutes(sitting, by=clerk)


@pytest.fixture
def entry(minutes):
    return minutes.entries.get(item__number=1)


@pytest.fixture
def finish(sitting):
    """End the meeting, so that its minutes may be closed."""

    def finished():
        sitting.state = "finished"
        sitting.save(update_fields=["state"])
        return sitting

    return finished


@pytest.fixture
def final(minutes, entry, clerk, finish):
    """Closed minutes with a text and a result."""
    finish()
    wording = actions.Wording(None, "recommendation", "Der Arbeitskreis empfiehlt den Ausbau.")
    actions.save_entry(entry, by=clerk, version=1, text="Der Punkt wurde beraten.", outcomes=[wording])
    minutes.refresh_from_db()
    return actions.finalise(minutes, by=clerk, version=minutes.version)


@pytest.fixture
def closed(entry, finish):
    """Closed minutes as a row, without the time it takes to set them."""
    finish()
    OutcomeFactory(entry=entry)
    RecusalFactory(item=entry.item)
    now, clerk = timezone.now(), entry.minutes.clerk
    Minutes.objects.update(state="final", finalised_at=now, finalised_by=clerk, pdf=b"%PDF", sha256="0" * 64)
    return Minutes.objects.get()


@pytest.fixture
def everybody(meeting, person_of):
    """The cast by name."""
    return {name: person_of(name) for name in CAST}


def url(minutes, page="detail"):
    return reverse(f"minutes:{page}", args=[minutes.pk])


def typed_entry(entry, *, text="Der Punkt wurde beraten.", outcomes=(), **more):
    """A form as the browser sends it; outcomes are (pk, kind, text)."""
    data = {"version": entry.version, "text": text, "ergebnis-TOTAL_FORMS": 6, "ergebnis-INITIAL_FORMS": 0}
    for number, (pk, kind, words) in enumerate(outcomes):
        data |= {f"ergebnis-{number}-pk": pk, f"ergebnis-{number}-kind": kind, f"ergebnis-{number}-text": words}
    return data | more
