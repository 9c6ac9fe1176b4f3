"""The face of the outbox: put() in, mail out."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.template import Context, Engine
from django.utils import timezone

from portal.mail import models
from portal.mail.cleaning import lines, one_line
from portal.mail.kick import kick
from portal.mail.models import Message, Pause


@dataclass(frozen=True)
class Calendar:
    """The calendar part of a mail."""

    method: Literal["REQUEST", "CANCEL"]
    ics: bytes


@dataclass(frozen=True)
class Attachment:
    """A file that goes out with a mail."""

    name: str
    content_type: str
    content: bytes


def put(
    *,
    key: str,
    kind: str,
    to: str,
    to_name: str,
    subject: str,
    template: str,
    context: Mapping[str, Any],
    group: UUID | None = None,
    about: UUID | None = None,
    person: UUID | None = None,
    calendar: Calendar | None = None,
    attachments: Sequence[Attachment] = (),
    thread: str | None = None,
    reply_to: str = "",
    unsubscribe: str = "",
    priority: bool = False,
    secret: bool = False,
    not_before: datetime | None = None,
    not_after: datetime | None = None,
) -> Message:
    """Write one mail in the caller's transaction; a second call with the same key changes nothing.

    `unsubscribe` is the reader's own address to hear no more of this, for mail that nobody has to get.
    """
    if written := Message.objects.filter(key=key).first():
        return written
    text, html = render(template, {"subject": one_line(subject), "unsubscribe": unsubscribe, **context})
    message = Message(
        key=key,
        kind=kind,
        to=to,
        to_name=to_name,
        subject=subject,
        text=text,
        html=html,
        calendar_method=calendar.method if calendar else "",
        calendar=calendar.ics.decode() if calendar else "",
        group=group,
        about=about,
        person=person,
        thread=thread or "",
        reply_to=reply_to,
        unsubscribe=unsubscribe,
        priority=priority,
        secret=secret,
        not_before=not_before or timezone.now(),
        not_after=not_after,
    )
    return store(message, attachments)


@transaction.atomic
def store(message: Message, attachments: Sequence[Attachment] = ()) -> Message:
    """Write a ready message and wake the sender after the commit; a row with the same key wins, also in a race."""
    message.to = one_line(message.to)
    message.to_name = one_line(message.to_name)[:200]
    message.subject = one_line(message.subject)[:250]
    message.text, message.html = lines(message.text), lines(message.html)
    Message.objects.bulk_create([message], ignore_conflicts=True)
    written = Message.objects.get(key=message.key)
    if written.uuid == message.uuid:
        if attachments:
            _attach(written, attachments)
        transaction.on_commit(kick)
    return written


def retry(message: Message, *, to: str = "") -> bool:
    """Let the sender try a mail again that it had given up, perhaps to another address; false if there is none."""
    fresh = {
        "to": one_line(to) or message.to,
        "status": Message.Status.QUEUED,
        "not_before": timezone.now(),
        "attempts": 0,
        "give_up_at": None,
    }
    dead = Message.objects.dead().filter(pk=message.pk, secret=False)
    if not dead.update(**fresh, last_error=""):
        return False
    transaction.on_commit(kick)
    return True


def pause(*, by: UUID, reason: str) -> Pause | None:
    """Let nothing leave any more; none if sending is paused already."""
    row, is_new = Pause.objects.get_or_create(pk=1, defaults={"by": by, "reason": one_line(reason)[:200]})
    return row if is_new else None


def resume() -> bool:
    """Let what waits leave; false if sending is not paused."""
    if not Pause.objects.all().delete()[0]:
        return False
    transaction.on_commit(kick)
    return True


def render(template: str, context: Mapping[str, Any]) -> tuple[str, str]:
    """The text and the HTML of a mail; in the text nothing is escaped."""
    values = {**context, "base_url": settings.BASE_URL}
    plain = Engine.get_default().get_template(f"{template}.txt").render(Context(values, autoescape=False))
    text = re.sub(r"[ \t]+\n", "\n", lines(plain))
    html = Engine.get_default().get_template(f"{template}.html").render(Context(values))
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n", html


def _attach(message: Message, attachments: Sequence[Attachment]) -> None:
    """Tie files to the message, each kept once, whoever wrote it first."""
    files = {_digest(file): file for file in attachments}
    kept = models.Attachment.objects.filter(sha256__in=files)
    known = set(kept.values_list("sha256", flat=True))
    models.Attachment.objects.bulk_create(
        [
            models.Attachment(sha256=digest, name=file.name, content_type=file.content_type, content=file.content)
            for digest, file in files.items()
            if digest not in known
        ],
        ignore_conflicts=True,
    )
    message.attachments.add(*kept.values_list("pk", flat=True))


def _digest(file: Attachment) -> str:
    """The checksum by which equal files are one row; the same bytes under another name are another file."""
    head = f"{file.name}\n{file.content_type}\n".encode()
    return sha256(head + file.content).hexdigest()
