"""The agenda as it was sent, and what has changed since. What is said about changes may stand in a mail."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from itertools import pairwise
from typing import TypedDict
from uuid import UUID

from django.utils.timezone import localtime

from portal.meetings.actions.sight import WHOLE, Sight
from portal.meetings.emails import Change, line
from portal.meetings.models import AgendaItem, Meeting, Revision
from portal.ui.templatetags.ui import clock, day

ITEM_FIELDS = ("number", "title", "text", "presenter", "minutes_planned", "purpose", "visibility", "is_supplement")
NONE = "keine Angabe"
FACTS: dict[str, Callable[[AgendaItem], str]] = {
    "Titel": lambda item: item.title,
    "gewünscht ist": lambda item: item.get_purpose_display(),
    "Vortrag": lambda item: item.presenter or NONE,
    "Dauer": lambda item: f"{item.minutes_planned} Minuten",
    "Erläuterung": lambda item: item.text,
}


class Snapshot(TypedDict):
    """A meeting as a revision freezes it: plain values that JSON keeps."""

    start: str
    end: str
    place: str
    format: str
    video_url: str
    intro: str
    items: list[dict[str, str | int | bool]]


def snapshot(meeting: Meeting) -> Snapshot:
    """Freeze time, place and agenda as they are now."""
    entries = meeting.items.order_by("number").values("id", *ITEM_FIELDS)
    return Snapshot(
        start=meeting.start.astimezone(UTC).isoformat(),
        end=meeting.end.astimezone(UTC).isoformat(),
        place=meeting.address,
        format=meeting.format,
        video_url=meeting.video_url,
        intro=meeting.intro,
        items=[{**entry, "id": str(entry["id"])} for entry in entries],
    )


def digest(frozen: Snapshot) -> str:
    """A short sign of what somebody has seen, to notice when it has changed since."""
    return sha256(json.dumps(frozen, sort_keys=True).encode()).hexdigest()[:16]


def last_sent(meeting: Meeting) -> Snapshot | None:
    """The snapshot of the newest revision, if anything was ever sent."""
    frozen: Snapshot | None = meeting.revisions.order_by("-number").values_list("snapshot", flat=True).first()
    return frozen


def items_of(frozen: Snapshot, sight: Sight = WHOLE) -> list[AgendaItem]:
    """The frozen items as a reader sees them."""
    return sight.of(AgendaItem(**{**entry, "id": UUID(str(entry["id"]))}) for entry in frozen["items"])


def history(meeting: Meeting, sight: Sight) -> list[Revision]:
    """All revisions, the newest first, each with the note on what was new as this reader may read it."""
    revisions = meeting.revisions.select_related("created_by").defer("invitation_pdf").order_by("-number")
    if sight == WHOLE:
        return list(revisions.defer("invitation_pdf", "snapshot"))
    rows = list(revisions)
    for row, before in pairwise(rows):
        row.supplement_reason = ""
        row.note = "\n".join(str(change) for change in differences(before.snapshot, row.snapshot, sight))
    return rows


def differences(old: Snapshot, new: Snapshot, sight: Sight = WHOLE, *, before: Sight | None = None) -> list[Change]:
    """What this reader has to be told, time and place first; `before` is the sight the reader had until now."""
    was = {item.pk: item for item in items_of(old, before or sight)}
    now = {item.pk: item for item in items_of(new, sight)}
    both = [(was[pk], item) for pk, item in now.items() if pk in was]
    return [
        *_of_time_and_place(old, new),
        *(Change(_kind(item), after=line(item)) for pk, item in now.items() if pk not in was),
        *(Change("Entfällt", before=line(item)) for pk, item in was.items() if pk not in now),
        *_of_numbers(both),
        *(change for pair in both for change in _of_item(*pair)),
    ]


def _kind(item: AgendaItem) -> str:
    """How an item is called that this reader has not had: others had it before, or it came after the invitation."""
    return "Nachtrag" if item.is_supplement and not item.is_confidential else "Neu"


def added(old: Snapshot, new: Snapshot) -> set[UUID]:
    """Which items are new."""
    return {UUID(str(entry["id"])) for entry in new["items"]} - {UUID(str(entry["id"])) for entry in old["items"]}


def is_moved(old: Snapshot, new: Snapshot) -> bool:
    """Whether calendars have to take note: another time or place."""
    return any(_of_time_and_place(old, new))


def _of_time_and_place(old: Snapshot, new: Snapshot) -> Iterator[Change]:
    if (old["start"], old["end"]) != (new["start"], new["end"]):
        yield Change("Zeit", _when(old), _when(new))
    if old["format"] != new["format"]:
        yield Change("Form", Meeting.Format(old["format"]).label, Meeting.Format(new["format"]).label)
    if old["place"] != new["place"]:
        yield Change("Ort", old["place"], new["place"])
    if old["video_url"] != new["video_url"]:
        yield Change("Videokonferenz", old["video_url"] or NONE, new["video_url"] or NONE)


def _when(frozen: Snapshot) -> str:
    start, end = (localtime(datetime.fromisoformat(time)) for time in (frozen["start"], frozen["end"]))
    return f"{day(start)}, {clock(start)} bis {clock(end)} Uhr"


def _of_numbers(pairs: list[tuple[AgendaItem, AgendaItem]]) -> Iterator[Change]:
    moved = [f"TOP {old.number} wird TOP {new.number}" for old, new in pairs if old.number != new.number]
    if moved:
        yield Change("Reihenfolge", after=", ".join(moved))


def _of_item(old: AgendaItem, new: AgendaItem) -> Iterator[Change]:
    """What is new with one item; where it is or was confidential, only that something is."""
    name = new.open_title if new.is_confidential else f"TOP {new.number}"
    if old.visibility != new.visibility:
        yield Change(f"{name}, Sichtbarkeit", old.get_visibility_display(), new.get_visibility_display())
    facts = [(label, word(old), word(new)) for label, word in FACTS.items() if word(old) != word(new)]
    if old.is_confidential or new.is_confidential:
        if facts and old.visibility == new.visibility:
            yield Change(f"{name}, Angaben geändert")
        return
    for label, was, now in facts:
        yield (
            Change(f"{name}, Erläuterung geändert") if label == "Erläuterung" else Change(f"{name}, {label}", was, now)
        )
