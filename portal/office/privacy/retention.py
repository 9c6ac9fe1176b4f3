"""What is kept how long, and what takes it away at night. The page Datenschutz tells it to everybody."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.timezone import localdate

from portal.audit import trail
from portal.audit.models import Line
from portal.mail.models import Incoming, Message
from portal.meetings.models import AgendaItem, DatePoll, DateVoice, Meeting
from portal.members.models import Body, Invitation, Membership, Person
from portal.office.privacy import erasure, mails

MAILS = timedelta(days=90)
ADDRESSES = timedelta(days=30)
LINKS = timedelta(days=30)
ACCOUNTS = timedelta(days=30)  # after the end of the last membership, or after the meeting of a guest
DATES = timedelta(days=90)
BATCH = 500

Rows = Callable[[datetime], "QuerySet"]


@dataclass(frozen=True)
class Period:
    """One kind of thing that has had its time: how many there are, and what makes an end of them."""

    name: str
    label: str
    count: Callable[[datetime], int]
    end: Callable[[datetime], int]


def due(now: datetime) -> dict[str, int]:
    """What would go, without doing it."""
    return {period.label: period.count(now) for period in PERIODS}


def keep(now: datetime) -> dict[str, int]:
    """Make an end of all that has had its time, and say so on the trail; a second run finds nothing."""
    gone = [(period, period.end(now)) for period in PERIODS]
    if figures := {period.name: count for period, count in gone if count}:
        trail.record(actor=None, verb="Aufbewahrungsfristen angewendet", thing=Body.objects.get_solo(), **figures)
    return {period.label: count for period, count in gone}


def old_mails(now: datetime) -> "QuerySet[Message]":
    """Handed over long ago. Those about a meeting to come stay: their row keeps a reminder from going out twice."""
    ahead = Meeting.objects.filter(end__gt=now)
    items = AgendaItem.objects.filter(meeting__in=ahead.values("pk"))
    over = Message.objects.filter(status__in=[Message.Status.SENT, Message.Status.FAILED], created_at__lt=now - MAILS)
    return over.exclude(about__in=ahead.values("pk")).exclude(about__in=items.values("pk"))


def old_incoming(now: datetime) -> "QuerySet[Incoming]":
    return Incoming.objects.filter(received_at__lt=now - MAILS)


def dead_sessions(now: datetime) -> "QuerySet[Session]":
    return Session.objects.filter(expire_date__lt=now)


def old_devices(now: datetime) -> "QuerySet[UserSession]":
    """Where somebody was signed in, with the address of the device."""
    return UserSession.objects.filter(last_seen_at__lt=now - ADDRESSES)


def old_links(now: datetime) -> "QuerySet[Invitation]":
    """One-time links that were used or ran out."""
    return Invitation.objects.filter(Q(used_at__lt=now - LINKS) | Q(expires_at__lt=now - LINKS))


def old_date_voices(now: datetime) -> "QuerySet[DateVoice]":
    """Who could come when; the poll itself stays, with the date that was chosen."""
    over = DatePoll.objects.exclude(options__start__gt=now - DATES)
    return DateVoice.objects.filter(poll__in=over.values("pk"))


def accounts_of_gone(now: datetime) -> "QuerySet[Person]":
    """Open accounts of people whose last membership, and last meeting as a guest, is long over."""
    lately = Q(end_date=None) | Q(end_date__gt=localdate(now) - ACCOUNTS)
    still_member = Membership.objects.filter(lately).values("person")
    still_guest = Meeting.objects.filter(end__gt=now - ACCOUNTS, guests__isnull=False).values("guests__person")
    once_here = Q(memberships__isnull=False) | Q(guest_at__isnull=False)
    gone = Person.objects.filter(once_here, is_active=True, is_superuser=False).distinct()
    return gone.exclude(pk__in=still_member).exclude(pk__in=still_guest)


def gone_guests(now: datetime) -> "QuerySet[Person]":
    """Guests who were never members, once the minutes of all their meetings are final: these keep the name."""
    still_guest = Meeting.objects.filter(end__gt=now - ACCOUNTS, guests__isnull=False).values("guests__person")
    unwritten = Meeting.objects.exclude(minutes__state="final").exclude(state=Meeting.State.CANCELLED)
    waiting = unwritten.filter(attendances__isnull=False).values("attendances__person")
    guests = Person.objects.filter(guest_at__isnull=False, memberships=None, erased_at=None, is_superuser=False)
    return guests.distinct().exclude(pk__in=still_guest).exclude(pk__in=waiting)


def _close(person: Person) -> None:
    Person.objects.filter(pk=person.pk).update(is_active=False)
    trail.record(actor=None, verb="Zugang geschlossen", thing=person)


def _erase(person: Person) -> None:
    erasure.erase(person, by=None)


def _of_rows(name: str, label: str, rows: Rows, end: Callable[["QuerySet"], int]) -> Period:
    """Ended in batches, each in a transaction of its own, so that nobody waits long."""

    def run(now: datetime) -> int:
        total = 0
        while batch := list(rows(now).order_by("pk").values_list("pk", flat=True)[:BATCH]):
            with transaction.atomic():
                total += (done := end(rows(now).model._default_manager.filter(pk__in=batch)))
            if not done:
                break
        return total

    return Period(name, label, lambda now: rows(now).count(), run)


def _of_people(name: str, label: str, rows: Rows, end: Callable[[Person], None]) -> Period:
    """One after the other; somebody who has come back at this very moment stays."""

    def run(now: datetime) -> int:
        total = 0
        for person in list(rows(now)):
            try:
                end(person)
            except ValidationError:
                continue
            total += 1
        return total

    return Period(name, label, lambda now: rows(now).count(), run)


def _delete(rows: "QuerySet") -> int:
    return rows.delete()[0]


def _count_addresses(now: datetime) -> int:
    return Line.objects.exclude(address="").filter(at__lt=now - ADDRESSES).count()


def _forget_addresses(now: datetime) -> int:
    return trail.forget_addresses(before=now - ADDRESSES)


def _old_files(now: datetime) -> list:
    return [file for file in mails.stored_files() if datetime.fromtimestamp(file.stat().st_mtime, UTC) < now - MAILS]


def _remove_files(now: datetime) -> int:
    files = _old_files(now)
    for file in files:
        file.unlink(missing_ok=True)
    return len(files)


def _on_cache(statement: str, now: datetime) -> int:
    """Django empties its table only when that is full."""
    table = connection.ops.quote_name(settings.CACHES["default"]["LOCATION"])
    with connection.cursor() as cursor:
        cursor.execute(f"{statement} FROM {table} WHERE expires < %s", [connection.ops.adapt_datetimefield_value(now)])
        return cursor.fetchone()[0] if statement.startswith("SELECT") else cursor.rowcount


PERIODS = (
    _of_people("accounts", "Zugänge ehemaliger Mitglieder und Gäste, 30 Tage danach", accounts_of_gone, _close),
    _of_people("guests", "Gäste ohne Mitgliedschaft, deren Niederschriften abgeschlossen sind", gone_guests, _erase),
    _of_rows("mails", "E-Mails im Postausgang, älter als 90 Tage", old_mails, mails.delete),
    _of_rows("incoming", "Eingegangene E-Mails, älter als 90 Tage", old_incoming, _delete),
    _of_rows("links", "Zugangslinks, 30 Tage nach Benutzung oder Ablauf", old_links, _delete),
    _of_rows("dates", "Antworten auf Terminumfragen, 90 Tage nach dem letzten Termin", old_date_voices, _delete),
    _of_rows("sessions", "Abgelaufene Anmeldungen", dead_sessions, _delete),
    _of_rows("devices", "Geräte mit IP-Adresse, 30 Tage nach der letzten Nutzung", old_devices, _delete),
    Period("addresses", "IP-Adressen im Verlauf, älter als 30 Tage", _count_addresses, _forget_addresses),
    Period("files", "E-Mails als Dateien, älter als 90 Tage", lambda now: len(_old_files(now)), _remove_files),
    Period(
        "cache",
        "Abgelaufene Zwischenwerte",
        lambda now: _on_cache("SELECT COUNT(*)", now),
        lambda now: _on_cache("DELETE", now),
    ),
)
