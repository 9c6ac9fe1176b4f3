"""Erasing a person (DSGVO Art. 17): first a list of what goes, what stays and why; then all of it at once."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from portal.audit import trail
from portal.meetings.models import AgendaItem, Attendance, Comment, CommentVersion, Delivery, Meeting, Revision
from portal.members.models import Notify, Person
from portal.minutes.models import Minutes
from portal.office.demo import accounts
from portal.office.privacy import mails
from portal.office.privacy.catalogue import TRACES
from portal.office.privacy.export import sessions_of
from portal.office.privacy.rules import why_not_erased
from portal.office.privacy.trace import Fate, label_of


@dataclass(frozen=True)
class Step:
    """One line of the list: what, how many, what becomes of it, and why."""

    what: str
    count: int
    fate: Fate
    why: str = ""

    @property
    def ground(self) -> str:
        return f"{self.fate}. {self.why}".strip()


@dataclass(frozen=True)
class Plan:
    """What goes, what stays without the name, what keeps it."""

    goes: list[Step]
    nameless: list[Step]
    named: list[Step]


def plan(person: Person) -> Plan:
    """What erasing would do, without doing it."""
    found = (*_of_account(person), *_of_rows(person), *_of_papers(person))
    steps = sorted((step for step in found if step.count), key=lambda step: step.ground)
    stays = {Fate.NAMELESS, Fate.NAMED}
    return Plan(
        goes=[step for step in steps if step.fate not in stays],
        nameless=[step for step in steps if step.fate == Fate.NAMELESS],
        named=[step for step in steps if step.fate == Fate.NAMED],
    )


def places(person: Person, reader: Person) -> list[AgendaItem | Comment]:
    """Texts of others in which the last name stands, as far as the reader sees them; people decide about these."""
    name = person.last_name
    comments = Comment.objects.visible_to(reader).filter(text__icontains=name).exclude(author=person)
    items = AgendaItem.objects.visible_to(reader)
    named = items.filter(title__icontains=name) | items.filter(text__icontains=name)
    named |= items.filter(entry__text__icontains=name) | items.filter(entry__outcomes__text__icontains=name)
    return [*named.distinct().select_related("meeting"), *comments.select_related("item__meeting")]


@transaction.atomic
def erase(person: Person, *, by: Person | None) -> Person:
    """Do what the plan says, once; somebody who has a place again in the meantime stays."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    if person.erased_at:
        return person
    if reason := why_not_erased(person):
        raise ValidationError(reason)
    address = person.email or ""
    mails.empty(mails.to_others(person))
    mails.delete(mails.to_person(person))
    mails.from_person(person).delete()
    mails.forget_address(person)
    Session.objects.filter(pk__in=[row.pk for row in sessions_of(person)]).delete()
    _forget_presenter(person.get_short_name(), label_of(person))
    _forget_rows(person)
    trail.forget_addresses(of=person)
    _make_nameless(person)
    trail.record(actor=by, verb="Person gelöscht", thing=person)
    transaction.on_commit(lambda: _forget_files(address))
    return person


def _of_account(person: Person) -> Iterator[Step]:
    yield Step("Name, Anrede, Titel, E-Mail-Adresse und Passwort", 1, Fate.REPLACED, f"Danach: {label_of(person)}.")
    yield Step("Offene Anmeldungen", len(sessions_of(person)), Fate.DELETED)
    yield Step("E-Mails an die Person mit ihren Anhängen", mails.to_person(person).count(), Fate.DELETED)
    yield Step("E-Mails von der Person, die eingegangen sind", mails.from_person(person).count(), Fate.DELETED)
    others = mails.to_others(person).count()
    yield Step("Texte verschickter E-Mails an andere, in denen der Name steht", others, Fate.EMPTIED)
    yield Step("E-Mails, die ohne Mailserver als Dateien abgelegt sind", len(mails.stored_files()), Fate.DELETED)
    presented = AgendaItem.objects.filter(presenter__contains=person.get_short_name()).count()
    yield Step("Name als Vortrag in Tagesordnungen", presented, Fate.REPLACED)


def _of_rows(person: Person) -> Iterator[Step]:
    for trace in TRACES:
        yield Step(trace.label, trace.rows(person).count(), trace.fate, trace.why)


def _of_papers(person: Person) -> Iterator[Step]:
    took_part = Meeting.objects.filter(attendances__person=person).values("pk")
    yield Step(
        "Abgeschlossene Niederschriften als PDF",
        Minutes.objects.final().filter(meeting__in=took_part).count(),
        Fate.NAMED,
        "Sie belegen, wer beraten und empfohlen hat, und sind gegen jede Änderung gesichert"
        " (Art. 17 Abs. 3 Buchst. b und d DSGVO).",
    )
    yield Step(
        "Verschickte Einladungen als PDF",
        Revision.objects.filter(meeting__in=took_part).count(),
        Fate.NAMED,
        "Sie belegen, wozu und wie geladen wurde. Der Name steht darin nur bei einem Vortrag oder als Unterschrift.",
    )


def _forget_presenter(name: str, label: str) -> None:
    """The name as somebody typed it beside an agenda item: there, in frozen agendas, in what was said of changes."""
    for item in AgendaItem.objects.filter(presenter__contains=name):
        AgendaItem.objects.filter(pk=item.pk).update(presenter=item.presenter.replace(name, label))
    for revision in Revision.objects.only("snapshot", "note").iterator():
        items = revision.snapshot.get("items", [])
        if name not in revision.note and not any(name in item["presenter"] for item in items):
            continue
        for item in items:
            item["presenter"] = item["presenter"].replace(name, label)
        revision.note = revision.note.replace(name, label)
        revision.save(update_fields=["snapshot", "note"])


def _forget_rows(person: Person) -> None:
    Attendance.objects.filter(person=person, meeting__start__gt=timezone.now()).delete()
    Attendance.objects.filter(person=person).update(note="")
    Delivery.objects.filter(person=person).update(address="", server_answer="", failure="", return_reason="", remark="")
    CommentVersion.objects.filter(comment__author=person).delete()
    Comment.objects.filter(author=person, withdrawn_at=None).update(withdrawn_at=timezone.now())
    Comment.objects.filter(author=person).update(text="", hidden_at=None, hidden_by=None, hidden_reason="")
    for trace in TRACES:
        if trace.fate == Fate.DELETED:
            trace.rows(person).delete()
        elif trace.fate == Fate.UNTIED:
            trace.rows(person).update(**{trace.column: None})


def _make_nameless(person: Person) -> None:
    person.first_name, person.last_name = label_of(person).split()
    person.salutation = person.title = ""
    person.email = person.last_login = None
    person.is_active = False
    person.notify = Notify.INVITATIONS
    person.erased_at = timezone.now()
    person.set_unusable_password()
    person.save()


def _forget_files(address: str) -> None:
    """What lies beside the database where there is no server: mails, the demo's accounts, deleted pages of SQLite."""
    for file in mails.stored_files():
        file.unlink(missing_ok=True)
    accounts.forget(address)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
