"""Every column that points to a person. A test walks all models: a new one without a line here fails it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from django.apps import apps
from django.db.models import Model, QuerySet

from portal.meetings.models import Comment, Guest
from portal.members.models import Person


class Fate(StrEnum):
    """What becomes of the rows when the person is erased."""

    DELETED = "wird gelöscht"
    EMPTIED = "wird geleert"  # the row stays where others refer to it, what the person wrote goes
    REPLACED = "wird durch eine Bezeichnung ersetzt"
    UNTIED = "zeigt danach auf niemanden"
    NAMELESS = "bleibt ohne Namen"
    NAMED = "bleibt mit Namen"


@dataclass(frozen=True, kw_only=True)
class Trace:
    """One such column: what the export tells of its rows, and what erasure does with them and why."""

    model: str
    column: str
    file: str
    label: str
    shown: tuple[str, ...]
    fate: Fate
    why: str = ""
    is_own: bool = False  # the row is about the person alone, so what happened to it is the person's business
    inside: Callable[[Model], dict[str, object]] | None = None

    @cached_property
    def source(self) -> type[Model]:
        return apps.get_model(self.model)

    def rows(self, person: Person) -> "QuerySet[Model]":
        return self.source._default_manager.filter(**{self.column: person}).order_by("pk")


def _versions(comment: Comment) -> dict[str, object]:
    return {"earlier_versions": [{"text": old.text, "until": old.created_at} for old in comment.versions.all()]}


def _invited_for(guest: Guest) -> dict[str, object]:
    return {"agenda_items": list(guest.items.all())}


RECORD = (
    "Wer im Gremium mitgewirkt hat, gehört zum Vorgang. Der Name ist danach überall durch eine Bezeichnung ersetzt."
)
MINUTES = "Die Niederschrift nennt, wer sie geführt hat. Sie wird nach dem Abschluss nicht verändert."

TRACES = (
    Trace(
        model="members.Membership",
        column="person",
        is_own=True,
        file="mitgliedschaften",
        label="Mitgliedschaften",
        shown=("id", "organization", "role", "on_behalf_of", "rank", "start_date", "end_date", "created", "modified"),
        fate=Fate.NAMELESS,
        why=RECORD,
    ),
    Trace(
        model="meetings.Attendance",
        column="person",
        is_own=True,
        file="teilnahmen",
        label="Einladungen, Antworten und Teilnahmen",
        shown=(
            "id",
            "meeting",
            "on_behalf_of",
            "role",
            "rank",
            "invited_at",
            "answer",
            "answered_at",
            "note",
            "presence",
            "arrived",
            "left",
            "in_place_of",
            "created",
            "modified",
        ),
        fate=Fate.NAMELESS,
        why="Wer anwesend war, gehört zur Sitzung. Bemerkungen und Einladungen zu künftigen Sitzungen gehen.",
    ),
    Trace(
        model="meetings.Attendance",
        column="in_place_of",
        file="vertretungen",
        label="Sitzungen, in denen Sie vertreten wurden",
        shown=("id", "meeting", "presence", "arrived", "left"),
        fate=Fate.NAMELESS,
        why=RECORD,
    ),
    Trace(
        model="meetings.SeatStep",
        column="person",
        is_own=True,
        file="vertretungsverlauf",
        label="Bitten um Vertretung, die Sie betreffen",
        shown=("id", "meeting", "on_behalf_of", "kind", "rank", "answer_by", "at"),
        fate=Fate.NAMELESS,
        why=RECORD,
    ),
    Trace(
        model="meetings.SeatStep",
        column="by",
        file="vertretungsverlauf_veranlasst",
        label="Schritte einer Vertretung, die Sie veranlasst haben",
        shown=("id", "meeting", "on_behalf_of", "kind", "at"),
        fate=Fate.NAMELESS,
        why=RECORD,
    ),
    Trace(
        model="meetings.Guest",
        column="person",
        is_own=True,
        file="gast",
        label="Sitzungen, zu denen Sie als Gast eingeladen waren",
        shown=("id", "meeting", "created", "modified"),
        fate=Fate.NAMELESS,
        why=RECORD,
        inside=_invited_for,
    ),
    Trace(
        model="meetings.Recusal",
        column="person",
        is_own=True,
        file="befangenheit",
        label="Erfasste Befangenheit",
        shown=("id", "item", "created"),
        fate=Fate.NAMELESS,
        why="Die Niederschrift hält fest, wer an einem Punkt nicht mitgewirkt hat.",
    ),
    Trace(
        model="meetings.Recusal",
        column="recorded_by",
        file="befangenheit_erfasst",
        label="Befangenheit anderer, die Sie erfasst haben",
        shown=("id", "item", "created"),
        fate=Fate.NAMELESS,
        why=RECORD,
    ),
    Trace(
        model="meetings.Comment",
        column="author",
        is_own=True,
        file="kommentare",
        label="Kommentare mit ihren früheren Fassungen",
        shown=("id", "item", "parent", "text", "created_at", "edited_at", "withdrawn_at"),
        fate=Fate.EMPTIED,
        why="Text und frühere Fassungen gehen. Die leere Stelle bleibt, damit Antworten anderer lesbar bleiben.",
        inside=_versions,
    ),
    Trace(
        model="meetings.Revision",
        column="created_by",
        file="einladungen_verschickt",
        label="Einladungen, die Sie verschickt haben",
        shown=("id", "meeting", "number", "created_at", "note"),
        fate=Fate.NAMELESS,
        why=RECORD,
    ),
    Trace(
        model="minutes.Minutes",
        column="clerk",
        file="niederschriften_gefuehrt",
        label="Niederschriften, die Sie geführt haben",
        shown=("id", "meeting", "state", "created", "finalised_at"),
        fate=Fate.NAMELESS,
        why=MINUTES,
    ),
    Trace(
        model="minutes.Minutes",
        column="chair",
        file="sitzungen_geleitet",
        label="Niederschriften von Sitzungen, die Sie geleitet haben",
        shown=("id", "meeting", "state", "created", "finalised_at"),
        fate=Fate.NAMELESS,
        why=MINUTES,
    ),
    Trace(
        model="minutes.Minutes",
        column="finalised_by",
        file="niederschriften_abgeschlossen",
        label="Niederschriften, die Sie abgeschlossen haben",
        shown=("id", "meeting", "state", "finalised_at"),
        fate=Fate.NAMELESS,
        why=MINUTES,
    ),
    Trace(
        model="minutes.Entry",
        column="modified_by",
        file="niederschriften_eintraege",
        label="Einträge in Niederschriften, die Sie zuletzt bearbeitet haben",
        shown=("id", "minutes", "item", "modified"),
        fate=Fate.NAMELESS,
        why=MINUTES,
    ),
    Trace(
        model="topics.Topic",
        column="responsible",
        file="themen",
        label="Themen, für die Sie zuständig sind",
        shown=("id", "title", "state", "created", "modified"),
        fate=Fate.UNTIED,
    ),
    Trace(
        model="members.Invitation",
        column="person",
        is_own=True,
        file="zugangslinks",
        label="Zugangslinks, die Ihnen geschickt wurden",
        shown=("id", "created_at", "expires_at", "used_at"),
        fate=Fate.DELETED,
    ),
    Trace(
        model="members.CalendarFeed",
        column="person",
        is_own=True,
        file="kalenderabo",
        label="Kalenderabo",
        shown=("id", "created_at"),
        fate=Fate.DELETED,
    ),
    Trace(
        model="account.EmailAddress",
        column="user",
        file="anmeldeadressen",
        label="Adressen, mit denen Sie sich anmelden",
        shown=("email", "verified", "primary"),
        fate=Fate.DELETED,
    ),
    Trace(
        model="mfa.Authenticator",
        column="user",
        file="anmeldearten",
        label="Passkeys, Einmalcode-Apps und Notfallcodes",
        shown=("type", "created_at", "last_used_at"),
        fate=Fate.DELETED,
    ),
    Trace(
        model="usersessions.UserSession",
        column="user",
        file="geraete",
        label="Geräte, an denen Sie angemeldet waren",
        shown=("ip", "user_agent", "created_at", "last_seen_at"),
        fate=Fate.DELETED,
    ),
    Trace(
        model="members.Person_groups",
        column="person",
        file="rechtegruppen",
        label="Rechtegruppen der Systemverwaltung",
        shown=("group",),
        fate=Fate.DELETED,
    ),
    Trace(
        model="members.Person_user_permissions",
        column="person",
        file="rechte",
        label="Einzelne Rechte der Systemverwaltung",
        shown=("permission",),
        fate=Fate.DELETED,
    ),
)

ELSEWHERE = {  # columns that point to a person and are read and erased by code of their own
    "audit.Line.actor": "portal.office.privacy.export.lines_of: Zeilen im Verlauf, ohne Namen",
    "mail.Message.person": "portal.office.privacy.mails: E-Mails an die Person",
}


def label_of(person: Person) -> str:
    """What stands in the place of an erased name."""
    return "Ehemaliges Mitglied" if person.memberships.exists() else "Ehemaliger Gast"
