"""Which mails minutes cause."""

from django.conf import settings
from django.urls import reverse
from django.utils.timezone import localtime

from portal.mail import outbox
from portal.meetings.emails import is_reachable
from portal.members.emails import unsubscribe_url
from portal.members.models import Membership, Notify, Person
from portal.minutes.models import Minutes
from portal.ui.templatetags.ui import day


def final(minutes: Minutes) -> None:
    """Tell the readers who wish it at once where the Niederschrift lies; what it says stays behind the sign-in."""
    meeting = minutes.meeting
    for person in _members(minutes):
        outbox.put(
            key=f"minutes:{minutes.pk}:{person.pk}",
            kind="Niederschrift",
            to=person.email or "",
            to_name=person.get_full_name(),
            subject=f"Die Niederschrift liegt vor: {meeting.label} am {day(localtime(meeting.start))}",
            template="minutes/mail/final",
            context={
                "person": person,
                "meeting": meeting,
                "sender": meeting.organization.name,
                "link": settings.BASE_URL + minutes.get_absolute_url(),
                "profile_link": settings.BASE_URL + reverse("members:profile"),
            },
            group=meeting.organization_id,
            about=meeting.pk,
            person=person.pk,
            thread=f"meeting-{meeting.pk}",
            unsubscribe=unsubscribe_url(person),
        )


def _members(minutes: Minutes) -> list[Person]:
    seats = Membership.objects.current().filter(organization=minutes.meeting.organization_id)
    members = Person.objects.filter(pk__in=seats.values("person"), notify=Notify.AT_ONCE)
    reached = [person for person in members if is_reachable(person)]
    return [person for person in reached if Minutes.objects.visible_to(person).filter(pk=minutes.pk).exists()]
