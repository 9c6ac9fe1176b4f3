"""Django's and allauth's mails go the way of all mails: through the outbox."""

from collections.abc import Sequence
from uuid import uuid4

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from portal.mail import outbox
from portal.mail.models import Message


class OutboxBackend(BaseEmailBackend):
    """Write one hurried and secret message for each recipient: these mails hold codes and links to accounts."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for mail in email_messages:
            if mail.attachments:
                raise ValueError("Mails with attachments are written by portal.mail.outbox.put")
            for address in mail.recipients():
                outbox.store(_message(mail, address))
        return len(email_messages)


def _message(mail: EmailMessage, address: str) -> Message:
    html = [part.content for part in getattr(mail, "alternatives", []) if part.mimetype == "text/html"]
    return Message(
        key=f"account:{uuid4()}",
        kind="Konto",
        to=address,
        subject=str(mail.subject),
        text=str(mail.body),
        html=html[0] if html else "",
        priority=True,
        secret=True,
        not_before=timezone.now(),
    )
