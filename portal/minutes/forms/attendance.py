"""Who took part: one sheet with a row for everybody, saved as one."""

from collections.abc import Mapping
from copy import copy

from django import forms
from django.http import QueryDict

from portal.meetings.models import Attendance, Meeting, seats_taken_twice
from portal.members.models import Role
from portal.minutes.forms.minutes import CLOCK
from portal.minutes.models import Roll

Presence = Attendance.Presence


class PresenceForm(forms.Form):
    """How one person took part."""

    presence = forms.ChoiceField(label="Teilnahme", required=False, choices=Presence)
    arrived = forms.TimeField(label="von", required=False, widget=CLOCK)
    left = forms.TimeField(label="bis", required=False, widget=CLOCK)
    substitutes = forms.BooleanField(label="in Vertretung", required=False)

    def __init__(self, data: Mapping | None, *, row: Attendance, delegate: Attendance | None) -> None:
        initial = {
            "presence": row.presence,
            "arrived": row.arrived,
            "left": row.left,
            "substitutes": bool(row.in_place_of_id),
        }
        super().__init__(data, prefix=str(row.pk), initial=initial)
        self.row, self.delegate = row, delegate
        if delegate is None:
            del self.fields["substitutes"]
        for field in self.fields.values():
            field.label = f"{row.person}: {field.label}"
        if delegate:
            self.fields["substitutes"].label = f"für {delegate.person}"

    def clean(self) -> dict:
        cleaned = super().clean()
        arrived, left = cleaned.get("arrived"), cleaned.get("left")
        came = cleaned.get("presence") in {Presence.PRESENT, Presence.REMOTE}
        if (arrived or left) and not came:
            self.add_error("presence", f"{self.row.person}: Zeiten gibt es nur bei einer Teilnahme.")
        if arrived and left and left <= arrived:
            self.add_error("left", f"{self.row.person}: „bis“ muss nach „von“ liegen.")
        if cleaned.get("substitutes") and not came and not self.row.holds_seat:
            self.add_error("presence", f"{self.row.person}: Eine Vertretung setzt die Teilnahme voraus.")
        return cleaned

    @property
    def typed(self) -> Attendance:
        """The row as it would be saved."""
        row, cleaned = copy(self.row), self.cleaned_data
        row.presence, row.arrived, row.left = cleaned["presence"], cleaned["arrived"], cleaned["left"]
        row.in_place_of = self.delegate.person if self.delegate and cleaned.get("substitutes") else None
        return row


class AttendanceSheet:
    """The rows of everybody who was invited or belongs to the group."""

    def __init__(self, data: Mapping | None, *, roll: Roll) -> None:
        self.roll = roll
        self.forms = [PresenceForm(data, row=row, delegate=roll.delegate_of(row)) for row in roll.rows]
        self.seen = data.get("seen", "") if data else roll.stamp
        self.errors: list[tuple[str, str]] = []

    def is_valid(self) -> bool:
        """Collect what is wrong as pairs of field and message."""
        wrong = [(form, name, text) for form in self.forms for name, texts in form.errors.items() for text in texts]
        self.errors = [(form[name].id_for_label, text) for form, name, text in wrong]
        if not self.errors:
            twice = seats_taken_twice(self.rows)
            self.errors = [(f"id_{other.pk}-presence", _twice(one, other)) for one, other in twice]
        return not self.errors

    @property
    def rows(self) -> list[Attendance]:
        return [form.typed for form in self.forms]

    @property
    def sections(self) -> list[tuple[str, list[PresenceForm]]]:
        forms_of = {form.row.pk: form for form in self.forms}
        return [(title, [forms_of[row.pk] for row in rows]) for title, rows in self.roll.sections]


def with_answers(data: QueryDict, roll: Roll) -> QueryDict:
    """What was typed, and for everybody without a mark what they had answered to the invitation."""
    filled = data.copy()
    here = Presence.REMOTE if roll.meeting.format == Meeting.Format.DIGITAL else Presence.PRESENT
    marks = {Attendance.Answer.ACCEPTED: here, Attendance.Answer.DECLINED: Presence.EXCUSED}
    for row in roll.rows:
        is_out = row.role == Role.DEPUTY and not row.holds_seat
        if is_out or not row.answer or filled.get(f"{row.pk}-presence"):
            continue
        filled[f"{row.pk}-presence"] = marks[row.answer]
        if row.holds_seat and roll.delegate_of(row):
            filled[f"{row.pk}-substitutes"] = "on"
    return filled


def _twice(one: Attendance, other: Attendance) -> str:
    return (
        f"{one.on_behalf_of} hat einen Sitz, für den {one.person} und {other.person} zur selben Zeit erfasst sind. "
        "Nehmen Sie „in Vertretung“ heraus oder tragen Sie Zeiten ein."
    )
