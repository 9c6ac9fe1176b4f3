"""Which mails minutes cause."""

from django.conf import settings

from portal.mail import outbox
from portal.members.models import Membership
from portal.minutes.models import Minutes


def final(minutes: Minutes) -> None:
    """Tell every member where the Niederschrift lies; what it says stays behind the sign-in."""
    meeting = minutes.meeting
    seats = Membership.objects.current().filter(organization=meeting.organization, person__is_active=True)
    people = {seat.person for seat in seats.select_related("person") if seat.person.email}
    for person in sorted(people, key=lambda person: person.sort_key):
        outbox.put(
            key=f"minutes:{minutes.pk}:{person.pk}",
            kind="Niederschrift",
            to=person.email or "",
            to_name=person.get_full_name(),
            subject=f"Die Niederschrift liegt vor: {meeting.organization.short_name}, {meeting.label}",
            template="minutes/mail/final",
            context={
                "subject": "Die Niederschrift liegt vor",
                "sender": meeting.organization.name,
                "person": person,
                "minutes": minutes,
                "meeting": meeting,
                "link": settings.BASE_URL + minutes.get_absolute_url(),
            },
            group=meeting.organization_id,
            about=meeting.pk,
            person=person.pk,
        )
