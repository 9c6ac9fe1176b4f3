"""What the tests of invitations share: reading the outbox, and markers that must not get into it."""

import re

import icalendar

from portal.mail.models import Message
from tests.factories import AgendaItemFactory
from tests.pdf.test_documents import text_of

SECRETS = ("Quellwolke", "Zinnober", "Wacholder")  # title, presenter and text of a confidential item
TEXT = "Perlmutt"  # text of an internal item
INTERNAL = "Kranichzug"  # title of an internal item


def add_marked_items(meeting):
    """An internal item with a marked title and text, and a confidential one that is marked all over."""
    title, presenter, text = SECRETS
    internal = AgendaItemFactory(meeting=meeting, title=INTERNAL, text=TEXT)
    secret = AgendaItemFactory(
        meeting=meeting, visibility="confidential", title=title, presenter=presenter, text=text, purpose="consultation"
    )
    return internal, secret


def mails(**fields):
    return list(Message.objects.filter(**fields).order_by("pk"))


def mail_to(person, **fields):
    return Message.objects.get(to=person.email, **fields)


def readers(**fields):
    return {message.to for message in mails(**fields)}


def event_of(message):
    """The one event of a mail's calendar part."""
    return icalendar.Calendar.from_ical(message.calendar).walk("VEVENT")[0]


def everything_in(message):
    """All that a reader can find in a mail: subject, both bodies, calendar, names and text of the files."""
    calendar = message.calendar.replace("\r\n ", "").replace("\n ", "")
    files = [f"{file.name} {text_of(bytes(file.content))}" for file in message.attachments.all()]
    return "\n".join([message.subject, message.text, message.html, calendar, *files])


def answer_path(message):
    """The path of the personal link in a mail."""
    return re.search(r"http://testserver(/antwort/[^/]+/)\?antwort=zusage", message.text)[1]
