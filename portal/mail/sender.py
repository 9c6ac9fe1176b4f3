"""The sender: takes what is due, hands it over, writes down what became of it."""

from contextlib import closing
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from portal.mail.line import Broken, Deferred, Line, Refused, Unreachable
from portal.mail.models import Message, MessageQuerySet, Pause
from portal.mail.signs import SENDER, beat

BATCH = 20
GIVE_UP_AFTER = timedelta(hours=48)
TOO_LATE = "Nicht mehr verschickt, weil der Anlass vorüber ist."
LONGEST_WAIT = timedelta(hours=4)
LONGEST_WAIT_FOR_SERVER = timedelta(minutes=5)  # an outage is not the mail's fault: go soon after it ends


def sweep() -> None:
    """Send until nothing is due or the mail server is in trouble; the timetable asks again in five seconds."""
    with closing(Line()) as line:
        while True:
            beat(SENDER)
            batch = [] if is_paused() else claim()
            if not batch or not _deliver(batch, line):
                return


def is_paused() -> bool:
    """Whether somebody has stopped all sending."""
    return Pause.objects.exists()


def claim() -> list[Message]:
    """Take the next mails under a lease, so that no other sender takes them while this one lives."""
    token = uuid4().hex
    with transaction.atomic():
        due = Message.objects.due(timezone.now()).order_by("-priority", "not_before", "pk")
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        taken = list(due.values_list("pk", flat=True)[:BATCH])
        Message.objects.filter(pk__in=taken).update(
            status=Message.Status.SENDING, claim=token, lease_until=_lease(), attempts=F("attempts") + 1
        )
    mine = Message.objects.filter(claim=token).order_by("-priority", "not_before", "pk")
    return list(mine.prefetch_related("attachments"))


def _deliver(batch: list[Message], line: Line) -> bool:
    """Hand over one mail after the other; false if the server is in trouble and the rest went back."""
    for position, message in enumerate(batch):
        beat(SENDER)
        if is_paused():
            _give_back(batch[position:])
            return False
        if message.not_after and message.not_after <= timezone.now():
            _fail(message, TOO_LATE)
            continue
        try:
            _hand_over(message, line)
        except Refused as refusal:
            _fail(message, str(refusal))
        except Deferred as delay:
            _postpone(message, str(delay), LONGEST_WAIT)
        except (Broken, Unreachable) as trouble:
            _postpone(message, str(trouble), LONGEST_WAIT_FOR_SERVER)
            _give_back(batch[position + 1 :])
            return False
    return True


def _hand_over(message: Message, line: Line) -> None:
    """Send one mail that is still ours, over a new connection once more if the first one breaks."""
    if not _renew(message):
        return
    try:
        answer = line.send(message)
    except Broken:
        if not _renew(message):
            return
        answer = line.send(message)
    sent = {"status": Message.Status.SENT, "sent_at": timezone.now(), "last_error": "", "server_answer": answer}
    _settle(message, **sent, **_erasure(message))


def _renew(message: Message) -> bool:
    """Extend the lease; false if this process was paused for so long that another sender took the mail."""
    return bool(_mine(message).update(lease_until=_lease()))


def _postpone(message: Message, reason: str, longest: timedelta) -> None:
    """Try again after one, two, four ... minutes, and no longer than 48 hours."""
    now = timezone.now()
    give_up_at = message.give_up_at or now + GIVE_UP_AFTER
    if now >= give_up_at:
        _fail(message, f"Nach 48 Stunden aufgegeben. {reason}")
        return
    wait = min(timedelta(minutes=2 ** min(message.attempts - 1, 10)), longest)
    not_before = min(now + wait, give_up_at)
    _settle(message, status=Message.Status.QUEUED, not_before=not_before, give_up_at=give_up_at, last_error=reason)


def _fail(message: Message, reason: str) -> None:
    """Give the mail up and show the office why."""
    _settle(message, status=Message.Status.FAILED, last_error=reason, **_erasure(message))


def _give_back(messages: list[Message]) -> None:
    """Put mails back that were taken but never tried."""
    for message in messages:
        _settle(message, status=Message.Status.QUEUED, attempts=F("attempts") - 1)


def _settle(message: Message, **changes: Any) -> None:
    """Write the outcome and end the lease, unless another sender has taken the mail."""
    _mine(message).update(claim="", lease_until=None, **changes)


def _mine(message: Message) -> MessageQuerySet:
    return Message.objects.filter(pk=message.pk, claim=message.claim, status=Message.Status.SENDING)


def _erasure(message: Message) -> dict[str, str]:
    """A mail with a code or a link to an account leaves no text behind."""
    return {"text": "", "html": ""} if message.secret else {}


def _lease() -> datetime:
    return timezone.now() + timedelta(seconds=settings.MAIL_LEASE_SECONDS)
