"""What has happened since the demo's invitation: a Nachtrag, a letter that came back, a question by mail."""

from datetime import timedelta
from random import Random

from django.db.models import F
from django.utils import timezone

from portal.mail.models import Incoming, Message
from portal.meetings.actions import invitation
from portal.meetings.models import AgendaItem, Delivery, Meeting
from portal.members.models import Person
from portal.office.demo.ids import new_id
from portal.office.demo.letters import RETURNED, TAKEN
from portal.office.demo.people import Cast
from portal.office.demo.texts import SUPPLEMENT
from portal.topics.models import Topic


def follow(rng: Random, cast: Cast, topics: list[Topic]) -> None:
    """Everything, about the next meeting of the group."""
    meeting = Meeting.objects.get(organization=cast.group, state=Meeting.State.INVITED)
    _add_supplement(rng, meeting, topics)
    revision = invitation.send_changes(meeting, by=cast.lead, version=meeting.version)
    reader = cast.delegates[-1]
    _come_back(rng, meeting.deliveries.get(revision=revision.number, person=reader))
    _ask(meeting, cast.delegates[0])


def _add_supplement(rng: Random, meeting: Meeting, topics: list[Topic]) -> None:
    """A further item before the last one, as the lead would add it."""
    last = meeting.items.latest("position")
    place = last.position
    meeting.items.filter(pk=last.pk).update(position=F("position") + 1, number=F("number") + 1)
    AgendaItem.objects.create(
        id=new_id(rng),
        meeting=meeting,
        position=place,
        number=place,
        title=SUPPLEMENT.title,
        text=SUPPLEMENT.text,
        topic=topics[SUPPLEMENT.topic],
        minutes_planned=SUPPLEMENT.minutes,
        purpose=SUPPLEMENT.purpose,
        visibility=SUPPLEMENT.visibility,
        is_supplement=True,
    )


def _come_back(rng: Random, letter: Delivery) -> None:
    """The mail server took it, and another one sent it back: the mailbox was full."""
    now = timezone.now()
    message = Message.objects.get(uuid=letter.message)
    answer = TAKEN.format(f"{rng.getrandbits(40):X}")
    Message.objects.filter(pk=message.pk).update(
        status=Message.Status.SENT,
        sent_at=now,
        server_answer=answer,
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
        message=message.uuid,
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
