"""All that the portal holds of one person, as a ZIP of JSON files (DSGVO Art. 15 and 20). No text of anybody else."""

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from io import BytesIO
from operator import attrgetter
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Field, Model, Q, QuerySet
from django.utils import timezone
from django.utils.timezone import localtime

from portal.audit import trail
from portal.audit.models import Kind, Line
from portal.meetings.models import AgendaItem, Meeting
from portal.members.models import Body, Membership, Organization, Person
from portal.minutes.models import Minutes
from portal.office.privacy import mails
from portal.office.privacy.catalogue import TRACES
from portal.office.privacy.trace import Trace

ACCOUNT = (
    "id", "email", "salutation", "title", "first_name", "last_name", "sort_key", "is_active", "is_superuser", "notify",
    "news_until", "last_login", "created", "modified",
)  # fmt: skip
MAIL = ("kind", "to", "to_name", "subject", "text", "status", "created_at", "sent_at")
RECEIVED = ("sender", "sender_name", "subject", "text", "outcome", "received_at", "said_at")
LINE = ("at", "kind", "verb", "thing_type", "thing_id", "detail", "door")
LINES = "Zeilen im Verlauf, die Sie verursacht haben oder die Ihr Konto und Ihre Einträge betreffen"
README = """Auskunft über die Daten von {person}
{body}, erstellt am {day:%d.%m.%Y} um {day:%H:%M} Uhr

Jede Datei hat die Form JSON und lässt sich mit jedem Textprogramm öffnen. Unter „felder“ steht, was die Namen der
Angaben bedeuten, unter „eintraege“ stehen die Angaben selbst. Andere Personen erscheinen nur mit einer Kennung,
Sitzungen und Tagesordnungspunkte nur mit ihrer Nummer. Passwörter, Einmalcodes und geheime Adressen speichert das
Portal nicht lesbar; sie sind deshalb nicht enthalten.

{files}
"""


@transaction.atomic
def export(person: Person, *, by: Person) -> bytes:
    """Put everything into one ZIP, and say so on the trail."""
    trail.record_as(Kind.EXPORT, actor=by, verb="Auskunft erstellt", thing=person, own=by == person)
    files = dict(_files(person))
    listing = "\n".join(f"{name}.json  {part['titel']}: {len(part['eintraege'])}" for name, part in files.items())
    readme = README.format(
        person=person.get_full_name(), body=Body.objects.get_solo(), day=localtime(timezone.now()), files=listing
    )
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        archive.writestr("LIESMICH.txt", readme)
        for name, part in files.items():
            archive.writestr(f"{name}.json", json.dumps(part, ensure_ascii=False, indent=2))
    return buffer.getvalue()


def lines_of(person: Person) -> "QuerySet[Line]":
    """By the person, and about what is the person's own."""
    about = Q(thing_type="members.person", thing_id=str(person.pk))
    for trace in filter(attrgetter("is_own"), TRACES):
        own = [str(pk) for pk in trace.rows(person).values_list("pk", flat=True)]
        about |= Q(thing_type=trace.source._meta.label_lower, thing_id__in=own)
    return Line.objects.filter(Q(actor=person) | about).order_by("pk")


def sessions_of(person: Person) -> list[Session]:
    """The open sign-ins; whose they are stands inside each."""
    everything = Session.objects.filter(expire_date__gt=timezone.now())
    return [row for row in everything.iterator() if row.get_decoded().get(SESSION_KEY) == str(person.pk)]


def _files(person: Person) -> Iterator[tuple[str, dict]]:
    yield "konto", _part(Person, "Ihr Konto", ACCOUNT, [_entry(person, ACCOUNT)])
    for trace in TRACES:
        yield (
            trace.file,
            _part(trace.source, trace.label, trace.shown, [_row(row, trace) for row in trace.rows(person)]),
        )
    sent = mails.to_person(person).prefetch_related("attachments")
    yield "e-mails", _part(mails.Message, "E-Mails an Sie", MAIL, [_mail(mail) for mail in sent])
    received = [_entry(mail, RECEIVED) for mail in mails.from_person(person)]
    yield "e-mails_eingegangen", _part(mails.Incoming, "E-Mails von Ihnen", RECEIVED, received)
    ends = [{"expire_date": _plain(row.expire_date)} for row in sessions_of(person)]
    yield "anmeldungen", _part(Session, "Offene Anmeldungen", ("expire_date",), ends)
    lines = [
        _entry(line, LINE) | {"address": line.address if line.actor_id == person.pk else ""}
        for line in lines_of(person)
    ]
    yield "verlauf", _part(Line, LINES, (*LINE, "address"), lines)


def _part(source: type[Model], title: str, shown: Iterable[str], entries: list[dict]) -> dict:
    """One file: what it holds, what its keys mean, the entries."""
    fields = [source._meta.get_field(name) for name in shown]
    return {
        "titel": title,
        "felder": {field.name: str(getattr(field, "verbose_name", field.name)) for field in fields},
        "eintraege": entries,
    }


def _row(row: Model, trace: Trace) -> dict[str, object]:
    entry = _entry(row, trace.shown)
    return entry | {name: _plain(value) for name, value in (trace.inside(row) if trace.inside else {}).items()}


def _mail(mail: mails.Message) -> dict[str, object]:
    """A mail as it was sent, without the key in its personal link."""
    entry = _entry(mail, MAIL)
    entry["text"] = mails.PERSONAL_LINK.sub(r"\1…", mail.text)
    return entry | {"attachments": [file.name for file in mail.attachments.all()]}


def _entry(row: Model, shown: Iterable[str]) -> dict[str, object]:
    return {name: _value(row, row._meta.get_field(name)) for name in shown}


def _value(row: Model, field: Field) -> object:
    value = getattr(row, field.name)
    if field.choices and value not in {"", None}:
        return {"wert": value, "anzeige": str(dict(field.flatchoices).get(value, value))}
    return _plain(value)


def _plain(value: object) -> object:
    """What JSON can hold; of other rows only what identifies them."""
    if isinstance(value, Model):
        return _reference(value)
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, datetime):
        return localtime(value).isoformat(timespec="seconds")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _reference(row: Model) -> dict[str, str]:
    """Never the name of another person, nor the title of an item, which the reader may no longer see."""
    spoken = {
        Organization: str,
        Meeting: lambda meeting: f"{meeting.organization.short_name}, {meeting.label}",
        AgendaItem: lambda item: f"TOP {item.number}, {item.meeting.label}",
        Minutes: lambda minutes: f"Niederschrift der {minutes.meeting.label}",
        Membership: lambda seat: seat.get_role_display(),
    }
    label = spoken.get(type(row))
    return {"id": str(row.pk)} | ({"anzeige": label(row)} if label else {})
