"""Work with mail: pause and resume sending, a mail to oneself, and what comes in."""

from django.db import transaction
from django.utils import timezone

from portal.audit import trail
from portal.mail import outbox
from portal.mail.models import Incoming, Message
from portal.members.models import Person
from portal.members.rules import groups_where_office


@transaction.atomic
def pause(*, by: Person, reason: str) -> bool:
    """Stop all sending, for all working groups; false if somebody else has done so already."""
    row = outbox.pause(by=by.pk, reason=reason)
    if row is None:
        return False
    trail.record(actor=by, verb="Versand angehalten", thing=row)
    return True


@transaction.atomic
def resume(*, by: Person) -> bool:
    """Send again; false if sending is not paused."""
    if not outbox.resume():
        return False
    trail.record(actor=by, verb="Versand fortgesetzt", thing=None)
    return True


@transaction.atomic
def send_test(*, by: Person) -> Message:
    """A mail to oneself, at most one a minute."""
    minute = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    group = groups_where_office(by)[0]
    message = outbox.put(
        key=f"test:{by.pk}:{minute}",
        kind="Testnachricht",
        to=by.email or "",
        to_name=by.get_full_name(),
        subject="Testnachricht des Portals",
        template="office/mail/test",
        context={"person": by, "sender": "Arbeitskreis-Portal", "at": timezone.localtime()},
        group=group,
        person=by.pk,
        priority=True,
    )
    trail.record(actor=by, verb="Testnachricht geschickt", thing=message, organization=group)
    return message


@transaction.atomic
def settle(mail: Incoming, *, by: Person) -> bool:
    """Somebody has read a mail that came in and seen to it; false if another was faster."""
    open_still = Incoming.objects.to_look_at().filter(pk=mail.pk)
    if not open_still.update(done_at=timezone.now(), done_by=by.pk):
        return False
    trail.record(actor=by, verb="Eingang erledigt", thing=mail, organization=mail.group)
    return True


@transaction.atomic
def retry(mail: Message, *, by: Person) -> bool:
    """Try a dead mail once more, to the address that the person has by now; false if there is nothing to try."""
    person = Person.objects.filter(pk=mail.person).first() if mail.person else None
    if not outbox.retry(mail, to=(person.email if person else "") or mail.to):
        return False
    trail.record(actor=by, verb="E-Mail erneut gesendet", thing=mail, organization=mail.group)
    return True
