"""What arrived at the mail server, read as its readers' programs read it."""

import re
from email.message import EmailMessage
from typing import Any

from portal.mail.models import Message
from portal.members.models import Person
from tests.mail.smtp import Sink
from tests.meetings.calendars import read_by_ical_js
from tests.pdf.test_documents import text_of
from tests.soak.processes import wait_until


def is_about(mail: EmailMessage, subject: str) -> bool:
    """Whether its subject begins so; a long one may begin on a line of its own."""
    return str(mail["Subject"]).strip().startswith(subject)


def arrived(sink: Sink, subject: str, addresses: set[str]) -> None:
    """Wait until exactly these have got it; on a busy machine a mail may need a second attempt, a minute later."""
    try:
        wait_until(lambda: readers(sink, subject) >= addresses, seconds=150)
    except AssertionError as error:
        outbox = Message.objects.values_list("to", "subject", "status", "attempts", "last_error")
        raise AssertionError(f"{subject!r} is not with {addresses}; outbox: {[*outbox]}") from error
    assert readers(sink, subject) == addresses


def readers(sink: Sink, subject: str) -> set[str]:
    """Who has got a mail whose subject begins so."""
    return {str(mail["To"].addresses[0].addr_spec) for mail in sink.mails if is_about(mail, subject)}


def letter(sink: Sink, person: Person, subject: str) -> EmailMessage:
    """The one mail to this person whose subject begins so."""
    (found,) = (
        mail for mail in sink.mails if is_about(mail, subject) and mail["To"].addresses[0].addr_spec == person.email
    )
    return found


def link(mail: EmailMessage, end: str) -> str:
    """The address in the text of a mail that ends so."""
    text = mail.get_body(("plain",))
    assert text, "no plain text"
    found = re.search(rf"https?://\S+{re.escape(end)}(?=\s|$)", text.get_content())
    assert found, f"no address ends with {end}"
    return found[0]


def calendar_part(mail: EmailMessage) -> EmailMessage:
    """The part that mail programs take for an invitation."""
    (part,) = (part for part in mail.walk() if part.get_content_type() == "text/calendar")
    assert isinstance(part, EmailMessage)
    return part


def method(mail: EmailMessage) -> str:
    """What the mail's headers say that the calendar part wants."""
    return str(calendar_part(mail)["Content-Type"].params["method"])


def calendar(mail: EmailMessage) -> bytes:
    """The calendar, as a mail program hands it on."""
    content = calendar_part(mail).get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


def event(mail: EmailMessage) -> dict[str, Any]:
    """What ical.js, the library of Thunderbird, reads in the calendar part: method, start, end, properties."""
    read = read_by_ical_js(calendar(mail))
    (entry,) = read["events"]
    return {"method": read["method"], **entry}


def everything_in(mail: EmailMessage) -> str:
    """All that can be read in a mail: subject, texts, calendar, and the text of its files."""
    parts = [str(mail["Subject"])]
    for part in mail.walk():
        content = part.get_payload(decode=True)
        if part.get_content_type() == "application/pdf":
            parts.append(text_of(content))
        elif content:
            parts += [content.decode(errors="replace").replace("\r\n ", ""), part.get_filename() or ""]
    return "\n".join(parts)
