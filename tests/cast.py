"""The cast that everyone knows: one person per role, one working group, its meetings."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from portal.meetings.models import Visibility
from portal.members.models import Person, Role
from tests.factories import (
    AgendaItemFactory,
    AttendanceFactory,
    BodyFactory,
    FraktionFactory,
    GuestFactory,
    MeetingFactory,
    MembershipFactory,
    PersonFactory,
    TopicFactory,
    WorkingGroupFactory,
    evening,
)

CAST = (
    "lead",
    "staff",
    "clerk",
    "delegate",
    "other_delegate",
    "deputy",
    "guest",
    "former",
    "second_group_member",
    "stranger",
    "superuser",
    "anonymous",
)
MEMBERS = ("lead", "staff", "clerk", "delegate", "other_delegate", "deputy")
OUTSIDERS = ("former", "second_group_member", "stranger", "superuser", "anonymous")


@pytest.fixture
def body(db):
    return BodyFactory()


@pytest.fixture
def group(body):
    return WorkingGroupFactory(name="Arbeitskreis Digitalisierung", short_name="AK Digital")


@pytest.fixture
def topic(group):
    return TopicFactory(organization=group, title="OZG-Leistungen")


@pytest.fixture
def fraktion(db):
    return FraktionFactory(name="Fraktion der Mitte", short_name="Mitte")


def appointed(name: str, role: Role, organization, **seat) -> Person:
    person = PersonFactory(first_name="Kim", last_name=name, email=f"{name.lower()}@example.org")
    MembershipFactory(person=person, role=role, organization=organization, **seat)
    return person


@pytest.fixture
def lead(group):
    return appointed("Leitner", Role.LEAD, group)


@pytest.fixture
def staff(group):
    return appointed("Amtmann", Role.STAFF, group)


@pytest.fixture
def clerk(group):
    return appointed("Schreiber", Role.CLERK, group)


@pytest.fixture
def delegate(group, fraktion):
    return appointed("Dahlmann", Role.DELEGATE, group, on_behalf_of=fraktion)


@pytest.fixture
def known(delegate):
    """The delegate, who can sign in by address and password."""
    EmailAddress.objects.create(user=delegate, email=delegate.email, verified=True, primary=True)
    return delegate


@pytest.fixture
def other_delegate(group):
    return appointed("Ostermann", Role.DELEGATE, group)


@pytest.fixture
def deputy(group, fraktion):
    return appointed("Vertreter", Role.DEPUTY, group, on_behalf_of=fraktion)


@pytest.fixture
def former(group):
    """A delegate whose membership ended today."""
    return appointed("Ehemann", Role.DELEGATE, group, end_date=timezone.localdate())


@pytest.fixture
def second_group_member(db):
    return appointed("Zweig", Role.LEAD, WorkingGroupFactory())


@pytest.fixture
def stranger(db):
    return PersonFactory(last_name="Fremd", email="fremd@example.org")


@pytest.fixture
def superuser(db):
    return PersonFactory(last_name="Admin", email="admin@example.org", is_superuser=True)


@pytest.fixture
def anonymous():
    return AnonymousUser()


@pytest.fixture
def guest(meeting, item):
    """An expert, invited to the internal item of the meeting."""
    person = PersonFactory(last_name="Gastmann", email="gastmann@example.org")
    GuestFactory(meeting=meeting, person=person, items=[item])
    AttendanceFactory(meeting=meeting, person=person, role="guest")
    return person


@pytest.fixture
def meeting(group):
    """An invited meeting three weeks ahead: TOP 1 public, TOP 2 internal, TOP 3 confidential."""
    meeting = MeetingFactory(organization=group, number=1)
    for visibility in (Visibility.PUBLIC, Visibility.INTERNAL, Visibility.CONFIDENTIAL):
        title = f"Punkt {visibility.label.lower()}"
        AgendaItemFactory(meeting=meeting, visibility=visibility, title=title, text=f"Text {visibility}")
    return meeting


@pytest.fixture
def public_item(meeting):
    return meeting.items.get(visibility=Visibility.PUBLIC)


@pytest.fixture
def item(meeting):
    return meeting.items.get(visibility=Visibility.INTERNAL)


@pytest.fixture
def confidential_item(meeting):
    return meeting.items.get(visibility=Visibility.CONFIDENTIAL)


@pytest.fixture
def running(meeting):
    """The same meeting, begun a moment ago."""
    meeting.state, meeting.start = "running", timezone.now()
    meeting.end = meeting.start + timedelta(hours=2)
    meeting.save(update_fields=["state", "start", "end"])
    return meeting


@pytest.fixture
def draft(group):
    meeting = MeetingFactory(organization=group, number=2, state="draft", start=evening(days=42))
    AgendaItemFactory(meeting=meeting)
    return meeting


@pytest.fixture
def person_of(request):
    """Any of the cast by name, for tables cast × verb."""
    return request.getfixturevalue
