"""What is kept of a person around meetings: the part of the catalogue that belongs to that room."""

from portal.meetings.models import Comment, DateVoice, Guest
from portal.office.privacy.trace import RECORD, Fate, Trace


def _versions(comment: Comment) -> dict[str, object]:
    return {"earlier_versions": [{"text": old.text, "until": old.created_at} for old in comment.versions.all()]}


def _invited_for(guest: Guest) -> dict[str, object]:
    return {"agenda_items": list(guest.items.all())}


def _said_to_dates(voice: DateVoice) -> dict[str, object]:
    answers = voice.answers.select_related("option").order_by("option__start")
    return {"answers": [{"start": one.option.start, "answer": one.get_choice_display()} for one in answers]}


OF_MEETINGS = (
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
        label="Sitzungen mit einer Vertretung für die Person",
        shown=("id", "meeting", "presence", "arrived", "left"),
        fate=Fate.NAMELESS,
        why=RECORD,
    ),
    Trace(
        model="meetings.Delivery",
        column="person",
        is_own=True,
        file="zustellungen",
        label="Zustellungen: Schreiben zu Sitzungen und ihr Weg",
        shown=(
            "id",
            "meeting",
            "kind",
            "revision",
            "written_at",
            "address",
            "handed_at",
            "returned_at",
            "opened_at",
            "answered_at",
            "answer",
            "way",
            "told_at",
            "remark",
        ),
        fate=Fate.NAMELESS,
        why="Der Zustellnachweis belegt, dass geladen wurde. Adressen, Serverantworten und Bemerkungen gehen.",
    ),
    Trace(
        model="meetings.Delivery",
        column="noted_by",
        file="zustellungen_vermerkt",
        label="Zustellungen auf anderem Weg, von der Person vermerkt",
        shown=("id", "meeting", "kind", "way", "told_at", "noted_at"),
        fate=Fate.NAMELESS,
        why=RECORD,
    ),
    Trace(
        model="meetings.SeatStep",
        column="person",
        is_own=True,
        file="vertretungsverlauf",
        label="Vertretungen: Anfragen, Zusagen und Absagen",
        shown=("id", "meeting", "on_behalf_of", "kind", "rank", "answer_by", "at"),
        fate=Fate.NAMELESS,
        why=RECORD,
    ),
    Trace(
        model="meetings.SeatStep",
        column="by",
        file="vertretungsverlauf_veranlasst",
        label="Vertretungen, von der Person veranlasst",
        shown=("id", "meeting", "on_behalf_of", "kind", "at"),
        fate=Fate.NAMELESS,
        why=RECORD,
    ),
    Trace(
        model="meetings.Guest",
        column="person",
        is_own=True,
        file="gast",
        label="Sitzungen als Gast",
        shown=("id", "meeting", "created", "modified"),
        fate=Fate.NAMELESS,
        why=RECORD,
        inside=_invited_for,
    ),
    Trace(
        model="meetings.DateVoice",
        column="person",
        is_own=True,
        file="terminumfragen",
        label="Antworten auf Terminumfragen",
        shown=("id", "poll", "role", "on_behalf_of", "asked_at", "answered_at"),
        fate=Fate.DELETED,
        inside=_said_to_dates,
    ),
    Trace(
        model="meetings.DatePoll",
        column="created_by",
        file="terminumfragen_verschickt",
        label="Selbst verschickte Terminumfragen",
        shown=("id", "organization", "title", "answer_by", "state", "created"),
        fate=Fate.NAMELESS,
        why=RECORD,
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
        label="Befangenheit anderer, von der Person erfasst",
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
        shown=("id", "item", "parent", "text", "created_at", "edited_at", "withdrawn_at", "hidden_at", "hidden_reason"),
        fate=Fate.EMPTIED,
        why="Text und frühere Fassungen gehen. Die leere Stelle bleibt, damit Antworten anderer lesbar bleiben.",
        inside=_versions,
    ),
    Trace(
        model="meetings.Comment",
        column="hidden_by",
        file="kommentare_ausgeblendet",
        label="Kommentare anderer, von der Person ausgeblendet",
        shown=("id", "item", "hidden_at", "hidden_reason"),
        fate=Fate.NAMELESS,
        why=RECORD,
    ),
    Trace(
        model="meetings.Revision",
        column="created_by",
        file="einladungen_verschickt",
        label="Selbst verschickte Einladungen",
        shown=("id", "meeting", "number", "created_at", "note"),
        fate=Fate.NAMELESS,
        why=RECORD,
    ),
)
