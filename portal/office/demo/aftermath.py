"""What has happened since the demo's invitation: a Nachtrag, a letter that came back, a question by mail."""

from datetime import timedelta
from random import Random

from django.utils import timezone

from portal.mail.models import Incoming, Message
from portal.meetings.actions import invitation
from portal.meetings.models import Delivery, Meeting
from portal.members.models import Person
from portal.office.demo.letters import RETURNED, TAKEN
from portal.office.demo.people import Cast
from portal.office.demo.sittings import Calendar
from portal.office.demo.texts import SUPPLEMENT


def follow(rng: Random, cast: Cast, calendar: Calendar) -> None:
    """Everything, about the next meeting of the group."""
    meeting = Meeting.objects.get(organization=cast.group, state=Meeting.State.INVITED)
    calendar.add_supplement(meeting, SUPPLEMENT)
    revision = invitation.send_changes(meeting, by=cast.lead, version=meeting.version)
    _come_back(rng, meeting.deliveries.get(revision=revision.number, person=cast.delegates[-1]))
    _ask(meeting, cast.delegates[0])


def _come_back(rng: Random, letter: Delivery) -> None:
    """The mail server took it, and another one sent it back: the mailbox was full."""
    now = timezone.now()
    Message.objects.filter(uuid=letter.message).update(
        status=Message.Status.SENT,
        sent_at=now,
        server_answer=TAKEN.format(f"{rng.getrandbits(40):X}"),
        attempts=1,
        returned_at=now + timedelta(minutes=2),
        return_reason=RETURNED,
    )
    Incoming.objects.create(
        key=f"{rng.getrandbits(256):064x}",
        outcome=Incoming.Outcome.RETURNED,
        sender="mailer-daemon@example.org",
        subject="Undelivered Mail Returned to Sender",
        text=RETURNED,
        group=letter.meeting.organization_id,
        about=letter.meeting_id,
        person=letter.person_id,
        message=letter.message,
    )


def _ask(meeting: Meeting, sender: Person) -> None:
    """Somebody answers the invitation with a question, which a person has to read."""
    Incoming.objects.create(
        key=f"{meeting.pk.hex}{sender.pk.hex}",
        sender=sender.email or "",
        sender_name=sender.get_full_name(),
        subject=f"Re: {meeting.label}",
        text="Guten Tag,\n\nich komme eine halbe Stunde später. Lässt sich der Nachtrag nach hinten stellen?\n\n"
        f"Mit freundlichen Grüßen\n{sender.get_full_name()}\n",
        group=meeting.organization_id,
        about=meeting.pk,
        person=sender.pk,
    )
