"""Who took part, in the order of a Niederschrift: by Fraktion, then the Verwaltung, then guests."""

from collections.abc import Iterable
from uuid import UUID

from portal.meetings.models import Attendance, Meeting
from portal.members.models import Role
from portal.minutes.models.minutes import stamp

SECTIONS = ("Fraktionen", "Verwaltung", "Gäste")
ORDER = [*Role.of_fraktion(), *Role.of_office(), "guest"]


class Roll:
    """The attendance of one meeting, read once."""

    def __init__(self, meeting: Meeting) -> None:
        self.meeting = meeting
        rows = meeting.attendances.select_related("person", "on_behalf_of", "in_place_of")
        self.rows = sorted(rows, key=_place)
        self.delegates: dict[UUID | None, Attendance] = {
            row.on_behalf_of_id: row for row in self.rows if row.role == Role.DELEGATE
        }

    @property
    def sections(self) -> list[tuple[str, list[Attendance]]]:
        parts: list[tuple[str, list[Attendance]]] = [(title, []) for title in SECTIONS]
        for row in self.rows:
            parts[_section(row)][1].append(row)
        return [(title, rows) for title, rows in parts if rows]

    @property
    def listed(self) -> list[Attendance]:
        """Whom the Niederschrift names: deputies only when they took part, or had taken the seat."""
        return [row for row in self.rows if row.role != Role.DEPUTY or row.took_part or row.holds_seat]

    @property
    def present(self) -> list[Attendance]:
        return [row for row in self.rows if row.took_part]

    @property
    def unrecorded(self) -> list[Attendance]:
        """Those the Niederschrift names without saying whether they came."""
        return [row for row in self.listed if not row.presence]

    @property
    def seats(self) -> tuple[int, int]:
        """How many of the Fraktionen were there, and how many there are."""
        there = {row.on_behalf_of_id for row in self.present if row.on_behalf_of_id}
        return len(there), len({row.on_behalf_of_id for row in self.rows if row.on_behalf_of_id})

    @property
    def stamp(self) -> str:
        return roll_stamp(self.rows)

    def delegate_of(self, deputy: Attendance) -> Attendance | None:
        """For whom this deputy can sit in."""
        return self.delegates.get(deputy.on_behalf_of_id) if deputy.role == Role.DEPUTY else None


def roll_stamp(rows: Iterable[Attendance]) -> str:
    """Fingerprint of who came when, and for whom."""
    facts = ((str(row.pk), row.presence, row.arrived, row.left, str(row.in_place_of_id)) for row in rows)
    return stamp(sorted(facts, key=lambda fact: fact[0]))


def _section(row: Attendance) -> int:
    if row.on_behalf_of_id:
        return 0
    return 2 if row.role == "guest" else 1


def _place(row: Attendance) -> tuple[int, str, int, int, str]:
    """Where somebody stands in the list."""
    fraktion = row.on_behalf_of.name if row.on_behalf_of else ""
    return _section(row), fraktion, ORDER.index(row.role), row.rank or 0, row.person.sort_key
