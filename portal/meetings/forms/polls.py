"""What may be typed to find a date: the dates that are offered, what somebody says to them, why there is none."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from django import forms
from django.forms.utils import from_current_timezone
from django.utils.timezone import localdate, localtime, now

from portal.meetings.models import FEWEST_DATES as FEWEST
from portal.meetings.models import MOST_DATES as MOST
from portal.meetings.models import DateAnswer, DateOption, DatePoll, Location
from portal.members.models import Organization
from portal.ui.templatetags.ui import clock, day

SHOWN = 4  # rows for dates that stand open
MINUTES = 120
Dates = list[tuple[datetime, datetime]]
Row = tuple[forms.BoundField, forms.BoundField, forms.BoundField]


class OfferForm(forms.Form):
    """Title, place, and up to twelve dates, each with its begin and how long it takes; `dates` puts them together."""

    organization = forms.ModelChoiceField(
        Organization.objects.none(),
        label="Arbeitskreis",
        empty_label="Bitte wählen",
        error_messages={"required": "Wählen Sie den Arbeitskreis."},
    )
    title = forms.CharField(
        label="Worum es geht",
        max_length=120,
        help_text="Zum Beispiel „Besuch im Rechenzentrum“. Steht später hinter der Nummer der Sitzung.",
        error_messages={
            "required": "Geben Sie an, worum es geht.",
            "max_length": "Der Text ist zu lang: Möglich sind 120 Zeichen.",
        },
    )
    location = forms.ModelChoiceField(
        Location.objects.all(),
        label="Ort",
        required=False,
        empty_label="Noch offen",
        help_text="Fehlt ein Ort in der Liste, geben Sie ihn später in der Sitzung an.",
    )
    answer_by = forms.DateField(
        label="Antwort bis",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text="Wer am Tag vorher noch nicht geantwortet hat, wird erinnert.",
        error_messages={
            "required": "Geben Sie an, bis wann geantwortet werden soll.",
            "invalid": "Geben Sie ein Datum wie 26.11.2026 ein.",
        },
    )

    def __init__(self, *args, groups: list[Organization], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if len(groups) > 1:
            self.fields["organization"].queryset = Organization.objects.filter(pk__in=[group.pk for group in groups])
        else:
            del self.fields["organization"]
        for number in range(1, MOST + 1):
            self._add_row(number)

    def _add_row(self, number: int) -> None:
        """A row counts as soon as it has a date."""
        place = f"{number}. Termin"
        self.fields[f"day_{number}"] = forms.DateField(
            label="Datum",
            required=False,
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            error_messages={"invalid": f"{place}: Geben Sie ein Datum wie 26.11.2026 ein."},
        )
        self.fields[f"starts_{number}"] = forms.TimeField(
            label="Beginn",
            required=False,
            widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
            error_messages={"invalid": f"{place}: Geben Sie den Beginn wie 17:00 ein."},
        )
        self.fields[f"minutes_{number}"] = forms.IntegerField(
            label="Dauer in Minuten",
            required=False,
            min_value=15,
            max_value=720,
            initial=MINUTES,
            error_messages={
                "invalid": f"{place}: Geben Sie die Dauer als ganze Zahl ein, zum Beispiel 90.",
                "min_value": f"{place}: Die Dauer muss mindestens 15 Minuten sein.",
                "max_value": f"{place}: Die Dauer darf höchstens 720 Minuten sein.",
            },
        )

    @property
    def rows(self) -> list[Row]:
        return [(self[f"day_{n}"], self[f"starts_{n}"], self[f"minutes_{n}"]) for n in range(1, MOST + 1)]

    @property
    def shown_rows(self) -> list[Row]:
        return self.rows[:SHOWN]

    @property
    def more_rows(self) -> list[Row]:
        return self.rows[SHOWN:]

    @property
    def has_more(self) -> bool:
        """Whether something stands in the rows that are folded in."""
        return any(field.value() for field, _, _ in self.more_rows) or any(
            field.errors for row in self.more_rows for field in row
        )

    def clean(self) -> dict:
        cleaned = super().clean() or self.cleaned_data
        self.dates = list(self._moments())
        typed = [n for n in range(1, MOST + 1) if f"day_{n}" in self.errors or cleaned.get(f"day_{n}")]
        for number in [n for n in range(1, FEWEST + 1) if n not in typed][: max(0, FEWEST - len(typed))]:
            self._refuse("day", number, f"Bieten Sie mindestens {FEWEST} Termine an.")
        self._check_answer_by(cleaned.get("answer_by"))
        return cleaned

    def _moments(self) -> Iterator[tuple[datetime, datetime]]:
        """Begin and end of each row that is filled."""
        known: set[datetime] = set()
        for number in range(1, MOST + 1):
            start = self._start(number)
            minutes = self.cleaned_data.get(f"minutes_{number}")
            if start is None:
                continue
            if start <= now():
                self._refuse("day", number, "Dieser Termin liegt in der Vergangenheit.")
            elif start in known:
                self._refuse("day", number, "Diesen Termin bieten Sie schon an.")
            elif f"minutes_{number}" not in self.errors:
                known.add(start)
                yield start, start + timedelta(minutes=minutes or MINUTES)

    def _start(self, number: int) -> datetime | None:
        """Day and time of day as one moment; some moments do not exist in the night when the clocks change."""
        on, at = self.cleaned_data.get(f"day_{number}"), self.cleaned_data.get(f"starts_{number}")
        if on is None and at and f"day_{number}" not in self.errors:
            self._refuse("day", number, "Geben Sie das Datum ein.")
        if on is None or f"starts_{number}" in self.errors:
            return None
        if at is None:
            self._refuse("starts", number, "Geben Sie den Beginn ein.")
            return None
        try:
            return from_current_timezone(datetime.combine(on, at))
        except forms.ValidationError:
            self._refuse("starts", number, "Diese Uhrzeit gibt es an dem Tag nicht: Die Uhren werden umgestellt.")
            return None

    def _refuse(self, name: str, number: int, words: str) -> None:
        """Say in which row it is: the summary of errors stands far from it."""
        self.add_error(f"{name}_{number}", f"{number}. Termin: {words}")

    def _check_answer_by(self, answer_by: date | None) -> None:
        if answer_by is None:
            return
        if answer_by < localdate():
            self.add_error("answer_by", "Dieser Tag liegt in der Vergangenheit.")
        elif self.dates and answer_by >= localtime(min(self.dates)[0]).date():
            self.add_error("answer_by", "Die Antworten müssen vor dem ersten Termin vorliegen.")


class DatesForm(forms.Form):
    """Ja, wenn nötig or nein to each date that is still ahead; what is left out stays as it is."""

    def __init__(self, *args, poll: DatePoll, said: dict[UUID, str], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for option in poll.options.all():
            if option.is_ahead:
                self.fields[option.pk.hex] = forms.ChoiceField(
                    label=_label(option),
                    choices=DateAnswer.Choice.choices,
                    required=False,
                    initial=said.get(option.pk),
                    widget=forms.RadioSelect,
                    error_messages={"invalid_choice": "Wählen Sie „Ja“, „Wenn nötig“ oder „Nein“."},
                )

    def clean(self) -> dict:
        cleaned = super().clean() or self.cleaned_data
        if not any(cleaned.values()) and not self.errors:
            raise forms.ValidationError("Wählen Sie bei mindestens einem Termin eine Antwort.")
        return cleaned

    @property
    def choices(self) -> dict[UUID, str]:
        """What was chosen, by date."""
        return {UUID(hex=name): choice for name, choice in self.cleaned_data.items() if choice}


def _label(option: DateOption) -> str:
    return f"{day(localtime(option.start))}, {clock(option.start)} bis {clock(option.end)} Uhr"


class DecideForm(forms.Form):
    """Which date it is, and whether to go on to the invitation."""

    option = forms.UUIDField()
    invite = forms.BooleanField(required=False)


class CallOffForm(forms.Form):
    """Why none of the dates is taken; whoever was asked reads it."""

    reason = forms.CharField(
        label="Grund",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Er steht in der Nachricht an alle, die gefragt sind.",
        error_messages={
            "required": "Geben Sie den Grund an. Er steht in der Nachricht an alle, die gefragt sind.",
            "max_length": "Der Text ist zu lang: Möglich sind 1000 Zeichen.",
        },
    )
