"""Makes rows for tests; every factory gives a valid row without being told anything."""

from datetime import datetime, time, timedelta

import factory
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from factory.django import DjangoModelFactory

from portal.meetings import models as meetings
from portal.members import models as members
from portal.minutes import models as minutes
from portal.topics.models import Topic

PASSWORD = "Ein langes Kennwort 7"


def evening(days: int) -> datetime:
    """Five in the afternoon, that many days from today: whatever the hour, the meeting ends on its day."""
    day = timezone.localdate() + timedelta(days=days)
    return timezone.make_aware(datetime.combine(day, time(17)))


class BodyFactory(DjangoModelFactory):
    class Meta:
        model = members.Body

    name = "Stadt Beispielhausen"
    department = "Fachbereich Digitalisierung"
    street = "Am Markt 1"
    postal_code = "40822"
    city = "Beispielhausen"
    telephone = "02104 0000"
    email = "rathaus@example.org"
    website = "https://www.example.org/"
    imprint = "Stadt Beispielhausen, Am Markt 1."


class OrganizationFactory(DjangoModelFactory):
    class Meta:
        model = members.Organization

    name = factory.Sequence(lambda n: f"Gremium {n}")
    short_name = factory.Sequence(lambda n: f"G{n}")
    kind = members.Organization.Kind.COMMITTEE


class WorkingGroupFactory(OrganizationFactory):
    name = factory.Sequence(lambda n: f"Arbeitskreis {n}")
    short_name = factory.Sequence(lambda n: f"AK {n}")
    kind = members.Organization.Kind.WORKING_GROUP


class FraktionFactory(OrganizationFactory):
    name = factory.Sequence(lambda n: f"Fraktion {n}")
    short_name = factory.Sequence(lambda n: f"F{n}")
    kind = members.Organization.Kind.FRAKTION


class PersonFactory(DjangoModelFactory):
    class Meta:
        model = members.Person

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    salutation = "Frau"
    first_name = "Jana"
    last_name = factory.Sequence(lambda n: f"Albers{n}")
    password = factory.LazyFunction(lambda: make_password(PASSWORD))


class MembershipFactory(DjangoModelFactory):
    """A delegate of a Fraktion of its own, unless told otherwise."""

    class Meta:
        model = members.Membership

    person = factory.SubFactory(PersonFactory)
    organization = factory.SubFactory(WorkingGroupFactory)
    role = members.Role.DELEGATE
    on_behalf_of = factory.Maybe(
        "needs_fraktion", yes_declaration=factory.SubFactory(FraktionFactory), no_declaration=None
    )
    rank = factory.LazyAttribute(lambda seat: 1 if seat.role == members.Role.DEPUTY else None)
    start_date = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=365))

    class Params:
        needs_fraktion = factory.LazyAttribute(lambda seat: seat.role in members.Role.of_fraktion())


class TopicFactory(DjangoModelFactory):
    class Meta:
        model = Topic

    organization = factory.SubFactory(WorkingGroupFactory)
    title = factory.Sequence(lambda n: f"Thema {n}")
    text = "Worum es geht."


class LocationFactory(DjangoModelFactory):
    class Meta:
        model = meetings.Location

    name = "Rathaus"
    room = "Raum 2.14"
    street = "Am Markt 1"
    postal_code = "40822"
    city = "Beispielhausen"


class MeetingFactory(DjangoModelFactory):
    """An invited meeting three weeks ahead, unless told otherwise: what a state demands comes along."""

    class Meta:
        model = meetings.Meeting

    organization = factory.SubFactory(WorkingGroupFactory)
    start = factory.LazyFunction(lambda: evening(days=21))
    end = factory.LazyAttribute(lambda meeting: meeting.start + timedelta(hours=2))
    year = factory.LazyAttribute(lambda meeting: timezone.localtime(meeting.start).year)
    number = factory.Sequence(lambda n: n + 1)
    location = factory.SubFactory(LocationFactory)
    state = meetings.Meeting.State.INVITED
    revision = factory.LazyAttribute(lambda meeting: int(meeting.state != "draft"))
    invited_at = factory.LazyAttribute(lambda meeting: None if meeting.state == "draft" else timezone.now())
    cancelled_at = factory.LazyAttribute(lambda meeting: timezone.now() if meeting.state == "cancelled" else None)


class AgendaItemFactory(DjangoModelFactory):
    class Meta:
        model = meetings.AgendaItem

    meeting = factory.SubFactory(MeetingFactory)
    number = factory.LazyAttribute(lambda item: item.meeting.items.count() + 1)
    position = factory.LazyAttribute(lambda item: item.number)
    title = factory.Sequence(lambda n: f"Punkt {n}")
    text = "Erläuterung zum Punkt."
    visibility = meetings.Visibility.INTERNAL


class AttendanceFactory(DjangoModelFactory):
    class Meta:
        model = meetings.Attendance

    meeting = factory.SubFactory(MeetingFactory)
    person = factory.SubFactory(PersonFactory)
    role = members.Role.STAFF
    invited_at = factory.LazyFunction(timezone.now)
    answered_at = factory.LazyAttribute(lambda attendance: timezone.now() if attendance.answer else None)
    answer = ""


class DeliveryFactory(DjangoModelFactory):
    """A letter of the first revision, without a row in the outbox unless told otherwise."""

    class Meta:
        model = meetings.Delivery

    key = factory.Sequence(lambda n: f"invitation:{n}")
    meeting = factory.SubFactory(MeetingFactory)
    person = factory.SubFactory(PersonFactory)
    kind = "Einladung"
    revision = 1
    sequence = 0
    start = factory.LazyAttribute(lambda delivery: delivery.meeting.start)


class DatePollFactory(DjangoModelFactory):
    """An open poll with two dates three weeks ahead, answers due in a week; `asked` are people of the group."""

    class Meta:
        model = meetings.DatePoll
        skip_postgeneration_save = True

    organization = factory.SubFactory(WorkingGroupFactory)
    title = factory.Sequence(lambda n: f"Termin {n}")
    answer_by = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=7))
    created_by = factory.SubFactory(PersonFactory)

    @factory.post_generation
    def days(self, create, extracted, **kwargs):
        for day in extracted or (21, 28):
            self.options.create(start=evening(days=day), end=evening(days=day) + timedelta(hours=2))

    @factory.post_generation
    def asked(self, create, extracted, **kwargs):
        for person in extracted or ():
            seat = person.memberships.current().filter(organization=self.organization).first()
            self.voices.create(person=person, role=seat.role, on_behalf_of=seat.on_behalf_of)


class GuestFactory(DjangoModelFactory):
    class Meta:
        model = meetings.Guest

    meeting = factory.SubFactory(MeetingFactory)
    person = factory.SubFactory(PersonFactory)

    @classmethod
    def _create(cls, model_class, *args, items=(), **kwargs):
        """A guest of these items, or of the whole meeting."""
        guest = super()._create(model_class, *args, **{"whole_meeting": not items, **kwargs})
        guest.items.set(items)
        return guest


class RecusalFactory(DjangoModelFactory):
    class Meta:
        model = meetings.Recusal

    item = factory.SubFactory(AgendaItemFactory)
    person = factory.SubFactory(PersonFactory)
    recorded_by = factory.SubFactory(PersonFactory)


class CommentFactory(DjangoModelFactory):
    class Meta:
        model = meetings.Comment

    item = factory.SubFactory(AgendaItemFactory)
    author = factory.SubFactory(PersonFactory)
    text = factory.Sequence(lambda n: f"Kommentar {n}")


class MinutesFactory(DjangoModelFactory):
    """A draft of the minutes of a finished meeting."""

    class Meta:
        model = minutes.Minutes

    meeting = factory.SubFactory(MeetingFactory, state=meetings.Meeting.State.FINISHED)
    clerk = factory.SubFactory(PersonFactory)


class EntryFactory(DjangoModelFactory):
    class Meta:
        model = minutes.Entry

    minutes = factory.SubFactory(MinutesFactory)
    item = factory.SubFactory(AgendaItemFactory, meeting=factory.SelfAttribute("..minutes.meeting"))
    text = "Der Punkt wurde vorgestellt."


class OutcomeFactory(DjangoModelFactory):
    class Meta:
        model = minutes.Outcome

    entry = factory.SubFactory(EntryFactory)
    kind = minutes.Outcome.Kind.NOTED
    text = "Der Arbeitskreis nimmt Kenntnis."
