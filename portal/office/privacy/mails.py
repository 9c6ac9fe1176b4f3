"""What the mail log holds of a person: the mails to them and from them, and those to others that name them."""

import re
from pathlib import Path

from django.conf import settings
from django.db.models import Q, QuerySet

from portal.mail.models import Attachment, Incoming, Message, UnreachableAddress
from portal.meetings.actions import proof
from portal.members.models import Person

PERSONAL_LINK = re.compile(
    r"(/(?:antwort|terminantwort|abbestellen)/)[^\s/]+"
)  # whoever has it acts in that person's name


def to_person(person: Person) -> "QuerySet[Message]":
    """By the person's id, and by the address for mails of the sign-in, which know no person."""
    found = Q(person=person.pk)
    if person.email:
        found |= Q(to__iexact=person.email)
    return Message.objects.filter(found).order_by("pk")


def from_person(person: Person) -> "QuerySet[Incoming]":
    """What came in from the person, or about the person's mail; by the id, and by the address."""
    found = Q(person=person.pk)
    if person.email:
        found |= Q(sender__iexact=person.email)
    return Incoming.objects.filter(found).order_by("pk")


def forget_address(person: Person) -> None:
    """The mark that mail to the person comes back."""
    UnreachableAddress.objects.filter(address__iexact=person.email or "").delete()


def to_others(person: Person) -> "QuerySet[Message]":
    """Handed over already, and the person's name stands in them."""
    name = person.get_short_name()
    named = Q(text__icontains=name) | Q(html__icontains=name) | Q(calendar__icontains=name)
    over = Q(status__in=[Message.Status.SENT, Message.Status.FAILED])
    return Message.objects.filter(named, over).exclude(pk__in=to_person(person).values("pk"))


def delete(mails: "QuerySet[Message]") -> int:
    """Delete these mails with the files that nobody else was sent; proofs of delivery stay. Returns how many mails."""
    chosen = list(mails.values_list("pk", flat=True))
    proof.keep(mails.values_list("uuid", flat=True))
    files = set(Attachment.objects.filter(messages__in=chosen).values_list("pk", flat=True))
    Message.objects.filter(pk__in=chosen).delete()
    Attachment.objects.filter(pk__in=files, messages=None).delete()
    return len(chosen)


def empty(mails: "QuerySet[Message]") -> int:
    """Leave of these mails only to whom they went, and when."""
    return mails.update(text="", html="", calendar="", calendar_method="", unsubscribe="")


def stored_files() -> list[Path]:
    """Without a mail server, mails lie here as files: a demo's stand-in for delivery."""
    folder = Path(settings.EMAIL_FILE_PATH)
    return sorted(folder.glob("*.log")) if folder.is_dir() else []
