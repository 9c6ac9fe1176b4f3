"""Does everything run? Signs for those who operate the portal, and for the Verwaltung those of the mail."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.timesince import timesince

from portal.audit.models import Head, Inspection, Line
from portal.mail import kick, signs
from portal.mail.models import Job, Message, Pause

QUIET = timedelta(minutes=2)
WAITING = timedelta(minutes=5)
A_DAY = timedelta(hours=26)
ONLY_BY_TIMETABLE = "portal.audit.tasks.extend"  # runs each minute, and nobody else asks for it


@dataclass(frozen=True)
class Sign:
    """One sign of health: what it is about, what is the case, whether that is good."""

    name: str
    text: str
    is_good: bool


def all_signs() -> list[Sign]:
    """What an operator looks at first."""
    now = timezone.now()
    return [_worker(now), _outbox(now), _failed(Message.objects.dead().count()), _loose(now), _inspected(now)]


def of_mail(groups: Iterable[UUID]) -> list[Sign]:
    """What the Verwaltung has to know when mails do not come; numbers are those of its groups."""
    now = timezone.now()
    dead = Message.objects.of_groups(groups).dead().count()
    return [_sending(), _server(), _outbox(now), _failed(dead), _broker(), _worker(now), _timetable(now), _mailbox(now)]


def _sending() -> Sign:
    pause = Pause.objects.first()
    if pause is None:
        return Sign("Versand", "eingeschaltet", True)
    since = timezone.localtime(pause.since)
    return Sign("Versand", f"angehalten seit {since:%d.%m.%Y, %H:%M} Uhr: {pause.reason}", False)


def _server() -> Sign:
    """The last word of the mail server."""
    tried = Message.objects.filter(status=Message.Status.QUEUED).exclude(last_error="")
    trouble = tried.order_by("-not_before").values_list("last_error", flat=True).first()
    if trouble:
        return Sign("Mailserver", trouble, False)
    last = Message.objects.filter(status=Message.Status.SENT).order_by("-sent_at").first()
    text = f"hat zuletzt vor {timesince(last.sent_at)} eine E-Mail angenommen" if last else "noch nicht benutzt"
    return Sign("Mailserver", text, True)


def _broker() -> Sign:
    is_there = kick.is_there()
    return Sign(
        "Verbindung zum Hintergrunddienst",
        "antwortet" if is_there else "antwortet nicht, E-Mails gehen mit Verzögerung hinaus",
        is_there,
    )


def _worker(now: datetime) -> Sign:
    beat = signs.of(signs.SENDER)
    text = f"zuletzt tätig vor {timesince(beat.at, now)}" if beat else "hat sich noch nie gemeldet"
    return Sign("Hintergrunddienst", text, beat is not None and now - beat.at < QUIET)


def _timetable(now: datetime) -> Sign:
    ran = Job.objects.filter(name=ONLY_BY_TIMETABLE).values_list("ran_at", flat=True).first()
    text = f"zuletzt ausgelöst vor {timesince(ran, now)}" if ran else "hat noch nie etwas ausgelöst"
    return Sign("Zeitplan", text, ran is not None and now - ran < QUIET)


def _mailbox(now: datetime) -> Sign:
    if not settings.INBOUND_URL:
        text = "nicht eingerichtet: Antworten aus Kalendern und Rückläufer liest das Portal nicht"
        return Sign("Postfach", text, True)
    sign = signs.of(signs.MAILBOX)
    if sign is None:
        return Sign("Postfach", "wurde noch nie gelesen", False)
    text = sign.trouble or f"zuletzt gelesen vor {timesince(sign.at, now)}"
    return Sign("Postfach", text, not sign.trouble and now - sign.at < WAITING)


def _outbox(now: datetime) -> Sign:
    due = Message.objects.due(now)
    oldest = due.order_by("not_before").values_list("not_before", flat=True).first()
    if oldest is None:
        return Sign("Postausgang", "nichts wartet", True)
    count = due.count()
    text = f"{count} {'wartet' if count == 1 else 'warten'}, die älteste seit {timesince(oldest, now)}"
    return Sign("Postausgang", text, now - oldest < WAITING)


def _failed(number: int) -> Sign:
    return Sign("Nicht zustellbare E-Mails", str(number), not number)


def _loose(now: datetime) -> Sign:
    loose = Line.objects.filter(sequence=None)
    oldest = loose.order_by("pk").values_list("at", flat=True).first()
    head = Head.objects.filter(pk=1).first() or Head()
    text = f"{head.sequence} Zeilen verkettet, {loose.count()} warten"
    return Sign("Verlauf", text, oldest is None or now - oldest < WAITING)


def _inspected(now: datetime) -> Sign:
    inspection = Inspection.objects.filter(pk=1).first()
    if inspection is None:
        return Sign("Prüfung des Verlaufs", "noch nicht geprüft", True)
    return Sign("Prüfung des Verlaufs", inspection.report, not inspection.findings and now - inspection.at < A_DAY)
