"""A thousand invitations through one worker to a local SMTP server."""

import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import transaction

from portal.mail import outbox
from portal.mail.models import Message
from portal.meetings.ical import calendar
from tests.mail.example import event
from tests.mail.smtp import Sink
from tests.soak.processes import Broker, mail_processes, wait_until

MAILS = 1000
PDF = outbox.Attachment("einladung.pdf", "application/pdf", b"%PDF" + bytes(60_000))


def figures(folder: Path) -> Iterator[tuple[str, float, float, str]]:
    Message.objects.all().delete()
    with Broker(folder) as broker, Sink() as sink:
        settings.CELERY_BROKER_URL = broker.url
        write()
        with mail_processes(folder, broker=broker.url, mail_server=sink.url, lease=120):
            begin = time.monotonic()
            wait_until(lambda: not Message.objects.exclude(status=Message.Status.SENT).exists(), seconds=180)
            seconds = time.monotonic() - begin
    yield f"{len(sink.deliveries)} invitations with calendar and PDF, worker's start included", seconds, 60, "s"


@transaction.atomic
def write() -> None:
    """The rows as inviting writes them."""
    ics = calendar(event(), method="REQUEST").decode()
    for number in range(MAILS):
        message = Message(
            key=f"bench:{number}",
            kind="Einladung",
            to=f"person{number}@example.org",
            to_name="Kim Albers",
            subject="Einladung: 3. Sitzung 2026",
            text="Guten Tag, Sie sind eingeladen.\n" * 20,
            html="<p>Guten Tag, Sie sind eingeladen.</p>" * 20,
            calendar_method="REQUEST",
            calendar=ics,
        )
        outbox.store(message, [PDF])
