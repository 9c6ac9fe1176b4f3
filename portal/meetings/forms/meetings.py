"""What may be typed about a meeting."""

from copy import copy
from datetime import date, datetime, time

from django import forms
from django.core.validators import URLValidator
from django.db.models import Model
from django.forms.utils import from_current_timezone
from django.urls import reverse_lazy
from django.utils.timezone import localdate, localtime

from portal.meetings import almanac
from portal.meetings.models import Location, Meeting
from portal.members.models import Organization

NEW_PLACE = {
    "place_name": "name",
    "place_room": "room",
    "place_street": "street",
    "place_postal_code": "postal_code",
    "place_city": "city",
}
BOTH_PLACES = "Wählen Sie einen Ort aus der Liste oder geben Sie einen neuen an, nicht beides."
NO_PLACE = (
    "Eine digitale Sitzung hat keinen Ort. Leeren Sie die Angaben zum neuen Ort, oder wählen Sie eine andere Form."
)
SHOWS_NOTES = {
    "data-hx-get": reverse_lazy("meetings:day_notes"),
    "data-hx-trigger": "change",
    "data-hx-target": "#tag-hinweise",
    "data-hx-swap": "outerHTML",
}
Difference = tuple[str, str, str]


class TimeForm(forms.Form):
    """Day, begin and end as three fields; `times` puts them together."""

    day = forms.DateField(
        label="Datum",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", **SHOWS_NOTES}),
        error_messages={"required": "Geben Sie ein Datum ein.", "invalid": "Geben Sie ein Datum wie 26.11.2026 ein."},
    )
    starts = forms.TimeField(
        label="Beginn",
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"required": "Geben Sie den Beginn ein.", "invalid": "Geben Sie den Beginn wie 17:00 ein."},
    )
    ends = forms.TimeField(
        label="Ende (voraussichtlich)",
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"required": "Geben Sie das Ende ein.", "invalid": "Geben Sie das Ende wie 19:00 ein."},
    )

    def clean_day(self) -> date:
        day = self.cleaned_data["day"]
        if day < localdate():
            raise forms.ValidationError("Dieser Tag liegt in der Vergangenheit.")
        return day

    def clean(self) -> dict:
        cleaned = super().clean() or self.cleaned_data
        starts, ends = cleaned.get("starts"), cleaned.get("ends")
        if starts and ends and ends <= starts:
            self.add_error("ends", "Das Ende muss nach dem Beginn liegen.")
        self.times = {"start": self._moment("starts"), "end": self._moment("ends")}
        return cleaned

    def _moment(self, name: str) -> datetime | None:
        """Day and time of day as one moment; some moments do not exist in the night when the clocks change."""
        day, clock = self.cleaned_data.get("day"), self.cleaned_data.get(name)
        try:
            return from_current_timezone(datetime.combine(day, clock)) if day and clock else None
        except forms.ValidationError:
            self.add_error(name, "Diese Uhrzeit gibt es an dem Tag nicht eindeutig: Die Uhren werden umgestellt.")
            return None

    @property
    def day_notes(self) -> list[str]:
        """What speaks against the day in the field, if it holds one."""
        try:
            day = self.fields["day"].to_python(self["day"].value())
        except forms.ValidationError:
            return []
        return almanac.notes_on(day) if day else []

    @staticmethod
    def initial_of(meeting: Meeting) -> dict[str, date | time]:
        """The three fields for a meeting that exists."""
        start, end = localtime(meeting.start), localtime(meeting.end)
        return {"day": start.date(), "starts": start.time(), "ends": end.time()}


class MeetingForm(TimeForm, forms.ModelForm):
    """A meeting that is planned; `plan` holds what the action wants."""

    organization = forms.ModelChoiceField(
        Organization.objects.none(),
        label="Arbeitskreis",
        empty_label="Bitte wählen",
        error_messages={"required": "Wählen Sie den Arbeitskreis."},
    )
    place_name = forms.CharField(label="Gebäude", required=False, max_length=120)
    place_room = forms.CharField(label="Raum", required=False, max_length=80)
    place_street = forms.CharField(label="Straße und Hausnummer", required=False, max_length=120)
    place_postal_code = forms.CharField(label="Postleitzahl", required=False, max_length=10)
    place_city = forms.CharField(label="Stadt", required=False, max_length=80)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    field_order = [
        "organization",
        "day",
        "starts",
        "ends",
        "format",
        "location",
        *NEW_PLACE,
        "video_url",
        "title",
        "intro",
    ]

    class Meta:
        model = Meeting
        fields = ["format", "location", "video_url", "title", "intro"]
        labels = {"video_url": "Adresse der Videokonferenz"}
        help_texts = {
            "location": "Ohne Angabe steht in der Einladung, dass der Ort noch bekannt gegeben wird.",
            "video_url": "Nötig bei hybriden und digitalen Sitzungen. Sie steht in der Einladung, nie öffentlich.",
            "title": "Steht hinter der Nummer der Sitzung, zum Beispiel „Besuch im Rechenzentrum“.",
            "intro": "Steht über der Tagesordnung. Sie können Markdown verwenden.",
        }
        widgets = {"format": forms.RadioSelect, "intro": forms.Textarea(attrs={"rows": 4})}
        error_messages = {
            "format": {"required": "Wählen Sie die Form der Sitzung."},
            "video_url": {"invalid": "Geben Sie eine Adresse ein, die mit https:// beginnt."},
        }

    def __init__(self, *args, groups: list[Organization] | None = None, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["location"].empty_label = "Noch offen oder neuer Ort"
        self.fields["video_url"].validators.append(
            URLValidator(schemes=["https", "http"], message="Geben Sie eine Adresse ein, die mit https:// beginnt.")
        )
        self.fields["version"].initial = self.instance.version
        if groups and len(groups) > 1:
            self.fields["organization"].queryset = Organization.objects.filter(pk__in=[g.pk for g in groups])
        else:
            del self.fields["organization"]

    def clean(self) -> dict:
        cleaned = super().clean()
        is_digital = cleaned.get("format") == Meeting.Format.DIGITAL
        if cleaned.get("format") in {Meeting.Format.HYBRID, Meeting.Format.DIGITAL} and not self._has("video_url"):
            self.add_error("video_url", "Geben Sie die Adresse der Videokonferenz ein.")
        if self.has_new_place:
            self._check_new_place(is_digital=is_digital)
        elif is_digital:
            cleaned["location"] = None
        return cleaned

    def _has(self, name: str) -> bool:
        """Whether something usable was typed, or something that has its own error already."""
        return bool(self.cleaned_data.get(name)) or name in self.errors

    def _check_new_place(self, *, is_digital: bool) -> None:
        if is_digital:
            self.add_error("place_name", NO_PLACE)
        elif self.cleaned_data.get("location"):
            self.add_error("location", BOTH_PLACES)
        elif not self._has("place_name"):
            self.add_error("place_name", "Geben Sie den Namen des Gebäudes ein.")

    @property
    def has_new_place(self) -> bool:
        """Whether a place that is not on the list was typed in; then its fields stand open."""
        return any(self[name].value() for name in NEW_PLACE)

    @property
    def plan(self) -> dict[str, object]:
        """Time, place and texts for the action; a new place is a Location that is not stored yet."""
        plan = {name: self.cleaned_data[name] for name in self._meta.fields}
        if self.has_new_place:
            plan["location"] = Location(**{field: self.cleaned_data[name] for name, field in NEW_PLACE.items()})
        return {**self.times, **plan}

    def build_on(self, current: Meeting) -> list[Difference]:
        """Let what was typed follow upon the row as it is now, and say where the two differ."""
        return build_on(self, current, self.plan)


class CopyForm(TimeForm):
    """When the copy of a meeting takes place, and whether its public items stay public."""

    keep_public = forms.BooleanField(
        label="Öffentliche Punkte bleiben öffentlich",
        required=False,
        help_text="Sonst sind sie in der neuen Sitzung zunächst intern.",
    )

    def __init__(self, *args, may_publish: bool, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if not may_publish:
            del self.fields["keep_public"]


def build_on(form: forms.Form, current: Model, typed: dict[str, object]) -> list[Difference]:
    """Give the form the version of the row as it is now; answers with label, stored and typed text of what differs."""
    form.data = form.data.copy()
    form.data["version"] = str(current.version)
    mine = copy(current)
    for name, value in typed.items():
        setattr(mine, name, value)
    labels = ((name, str(current._meta.get_field(name).verbose_name)) for name in typed)
    texts = [(label, _shown(current, name), _shown(mine, name)) for name, label in labels]
    return [(label, stored, new) for label, stored, new in texts if stored != new]


def _shown(row: Model, name: str) -> str:
    value = getattr(row, name)
    if isinstance(value, datetime):
        return f"{localtime(value):%d.%m.%Y, %H:%M} Uhr"
    display = getattr(row, f"get_{name}_display", None)
    return display() if display else str(value or "")
