"""From a row of the outbox to the mail as it goes over the wire."""

from email.charset import QP, Charset
from email.headerregistry import Address
from email.utils import format_datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from portal.mail import addresses
from portal.mail.models import Message

SEVEN_BIT = Charset("utf-8")  # every relay hands it on unchanged, so signatures hold and lines end as they should
SEVEN_BIT.body_encoding = QP
RETURN = "z"  # the kind of address to which mail servers send a mail back
CALENDAR_NAMES = {"REQUEST": "einladung.ics", "CANCEL": "absage.ics"}


def build(message: Message) -> EmailMultiAlternatives:
    """One mail to one reader: text, HTML and calendar part as alternatives, then the calendar and files attached."""
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=message.text,
        from_email=addresses.give(RETURN, message.uuid) or settings.DEFAULT_FROM_EMAIL,
        to=[str(Address(message.to_name, addr_spec=message.to))],
        reply_to=[] if message.secret else [message.reply_to or settings.ORGANIZER_EMAIL],
        headers=_headers(message),
    )
    mail.encoding = SEVEN_BIT
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    if message.calendar:
        _attach_calendar(mail, message)
    for file in message.attachments.all():
        mail.attach(file.name, bytes(file.content), file.content_type)
    return mail


def _headers(message: Message) -> dict[str, str]:
    """The fixed Message-ID, the time of this town, the thread, the word to machines not to answer, the way out."""
    headers = {
        "From": settings.DEFAULT_FROM_EMAIL,
        "Message-ID": message.message_id,
        "Date": format_datetime(timezone.localtime()),
        "Auto-Submitted": "auto-generated",
        "Content-Language": "de",
    }
    if message.thread:
        headers |= {"References": message.thread_id, "In-Reply-To": message.thread_id}
    if message.unsubscribe:
        headers["List-Unsubscribe"] = f"<{message.unsubscribe}>"
        if message.unsubscribe.startswith("https://"):  # one click of the mail program, RFC 8058: over TLS only
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _attach_calendar(mail: EmailMultiAlternatives, message: Message) -> None:
    """Outlook reads the alternative and wants the method in its type; others look for the attachment."""
    name = CALENDAR_NAMES[message.calendar_method]
    mail.attach_alternative(message.calendar, f"text/calendar; method={message.calendar_method}")
    mail.attach(name, message.calendar.encode(), f"application/ics; name={name}")
