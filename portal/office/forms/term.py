"""What may be typed about the change of Wahlperiode."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.timezone import localdate

from portal.members.models import Membership, Organization, Person, Role
from portal.office.actions import term
from portal.office.forms.seats import DATE_INPUT

NEW_ROWS = 3
GOES_ON, ENDS = "weiter", "endet"
FATES = [(GOES_ON, "besteht weiter"), (ENDS, "endet mit der alten Wahlperiode")]
DELEGATE = {"first_name": "Vorname", "last_name": "Nachname", "email": "E-Mail-Adresse"}
MISSING = (
    "Vorname, Nachname und E-Mail-Adresse gehören zusammen. Füllen Sie alle drei aus, oder lassen Sie alle drei leer."
)


class SeatsField(forms.ModelMultipleChoiceField):
    """Memberships to tick."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, seat: Membership) -> str:
        return f"{seat.person}, {seat.label}"


class TermForm(forms.Form):
    """The new Wahlperiode: its name and first day, who goes on, which Fraktionen there are and who sits for them."""

    name = forms.CharField(
        label="Name der neuen Wahlperiode",
        max_length=60,
        help_text="Zum Beispiel „Wahlperiode 2030 bis 2035“.",
        error_messages={"required": "Geben Sie den Namen der Wahlperiode ein."},
    )
    first_day = forms.DateField(
        label="Erster Tag",
        widget=DATE_INPUT,
        help_text="Alle Sitze, die nicht weitergehen, enden mit dem Tag davor.",
        error_messages={"required": "Geben Sie ein Datum ein."},
    )
    carried = SeatsField(
        Membership.objects.none(),
        label="Diese Sitze gehen weiter",
        required=False,
        help_text="Vorgeschlagen ist die Verwaltung. Alle anderen Sitze enden.",
    )

    def __init__(self, *args, group: Organization, **kwargs) -> None:
        self.group = group
        planned = group.term if group.term and group.term.start_date > localdate() else None
        seats = list(term.seats_before(group, planned and planned.start_date))
        carried = [seat.pk for seat in seats if (seat.end_date is None if planned else seat.role in Role.of_office())]
        values = {"name": planned.name, "first_day": planned.start_date} if planned else {}
        super().__init__(*args, initial={"carried": carried, **values}, **kwargs)
        self.fields["carried"].queryset = term.seats_before(group)
        self.fields["first_day"].disabled = planned is not None
        self.keys = {fraktion.pk.hex: fraktion for fraktion in term.factions_of(group, planned and planned.start_date)}
        self.keys |= {f"new{number}": None for number in range(NEW_ROWS)}
        for key, fraktion in self.keys.items():
            self._add_row(key, fraktion)

    def _add_row(self, key: str, fraktion: Organization | None) -> None:
        if fraktion:
            self.fields[f"fate_{key}"] = forms.ChoiceField(
                label="In der neuen Wahlperiode",
                choices=FATES,
                widget=forms.RadioSelect,
                required=False,  # a Fraktion that came after the page was shown is left as it is
                initial=GOES_ON if fraktion.end_date is None else ENDS,
            )
        else:
            self.fields[f"name_{key}"] = forms.CharField(label="Name der Fraktion", max_length=120, required=False)
            self.fields[f"short_name_{key}"] = forms.CharField(label="Kurzname", max_length=30, required=False)
        for name, label in DELEGATE.items():
            kind = forms.EmailField if name == "email" else forms.CharField
            self.fields[f"{name}_{key}"] = kind(label=label, max_length=60, required=False)

    def rows(self) -> Iterator[dict[str, Any]]:
        """For the page: each Fraktion with its fields; the last ones are new."""
        for key, fraktion in self.keys.items():
            about = ["fate"] if fraktion else ["name", "short_name"]
            yield {
                "fraktion": fraktion,
                "about": [self[f"{name}_{key}"] for name in about],
                "delegate": [self[f"{name}_{key}"] for name in DELEGATE],
            }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for key, fraktion in self.keys.items():
            self._check_row(key, fraktion, cleaned)
        return cleaned

    def _check_row(self, key: str, fraktion: Organization | None, cleaned: dict[str, Any]) -> None:
        person = [cleaned.get(f"{name}_{key}") for name in DELEGATE]
        if any(person) and not all(person):
            self.add_error(f"first_name_{key}", MISSING)
        if fraktion:
            if any(person) and cleaned.get(f"fate_{key}") == ENDS:
                self.add_error(f"fate_{key}", "Diese Fraktion endet. Sie kann niemanden entsenden.")
            return
        names = [cleaned.get(f"{name}_{key}") for name in ("name", "short_name")]
        if (any(names) or any(person)) and not all(names):
            self.add_error(f"name_{key}", "Geben Sie Name und Kurznamen der Fraktion ein.")

    def clean_first_day(self):
        first_day = self.cleaned_data["first_day"]
        if first_day < localdate() - timedelta(days=366):
            raise forms.ValidationError("Der erste Tag liegt mehr als ein Jahr zurück.")
        return first_day

    @property
    def plan(self) -> term.Plan:
        cleaned = self.cleaned_data
        return term.Plan(
            name=cleaned["name"],
            first_day=cleaned["first_day"],
            carried=frozenset(seat.pk for seat in cleaned["carried"]),
            factions=tuple(self._factions()),
        )

    def _factions(self) -> Iterator[term.Faction]:
        cleaned = self.cleaned_data
        for key, fraktion in self.keys.items():
            name = fraktion.name if fraktion else cleaned[f"name_{key}"]
            fate = cleaned[f"fate_{key}"] if fraktion else GOES_ON
            if not (name and fate):
                continue
            yield term.Faction(
                name=name,
                short_name=fraktion.short_name if fraktion else cleaned[f"short_name_{key}"],
                existing=fraktion,
                goes_on=fate == GOES_ON,
                delegate=self._delegate(key),
            )

    def _delegate(self, key: str) -> Person | None:
        fields = {name: self.cleaned_data[f"{name}_{key}"] for name in DELEGATE}
        return Person(**fields | {"email": fields["email"].lower()}) if fields["email"] else None
