"""What the tests of seats share: a meeting whose delegate has two deputies, and short words for what people do."""

import pytest

from portal.meetings.actions import chain, replies
from portal.meetings.models import SeatStep
from portal.members.models import Role, RulesOfProcedure
from tests.cast import appointed
from tests.factories import AttendanceFactory


@pytest.fixture
def second(group, fraktion):
    """The second deputy of the delegate's Fraktion."""
    return appointed("Zweitmann", Role.DEPUTY, group, on_behalf_of=fraktion, rank=2)


@pytest.fixture
def asked(meeting, lead, clerk, delegate, other_delegate, fraktion, deputy, second):
    """The delegate's invitation; lead, clerk and another delegate are invited too."""
    for person, role in ((lead, "lead"), (clerk, "clerk")):
        AttendanceFactory(meeting=meeting, person=person, role=role)
    other = other_delegate.memberships.get().on_behalf_of
    AttendanceFactory(meeting=meeting, person=other_delegate, role="delegate", on_behalf_of=other)
    return AttendanceFactory(meeting=meeting, person=delegate, role="delegate", on_behalf_of=fraktion)


@pytest.fixture
def only_when_called_in(group):
    """The house rule by which deputies read what is not public only when they are called in."""
    RulesOfProcedure.objects.create(organization=group, deputy_access="when_called_in")


def row(meeting, person):
    return meeting.attendances.select_related("meeting__organization", "person").get(person=person)


def says(meeting, person, answer, **more):
    """The person's answer, given afresh."""
    attendance = row(meeting, person)
    return replies.answer(attendance, by=attendance.person, answer=answer, **more)


def pass_on(meeting, delegate):
    """A no with the wish for a deputy."""
    return says(meeting, delegate, "declined", pass_on=True)


def seat(meeting, fraktion):
    """The seat as it is now."""
    return chain.seat(meeting, fraktion.pk)


def story(meeting):
    """The steps as pairs of what and who."""
    steps = SeatStep.objects.filter(meeting=meeting).select_related("person")
    return [(step.kind, step.person and step.person.last_name) for step in steps]
