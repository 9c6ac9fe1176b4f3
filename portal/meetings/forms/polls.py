"""What may be typed to find a date: which dates are offered, what somebody says to them, why there is none."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.forms.utils import from_current_timezone
from django.utils.timezone import localdate, localtime, now

from portal.meetings.models import FEWEST_DATES as FEWEST
from portal.meetings.models import MOST_DATES as MOST
from portal.meetings.models import DateAnswer, DateOption, DatePoll, Location
from portal.members.models import Organization
from portal.ui.templatetags.ui import clock, day

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

    noun, shown = "Termin", 4  # what a row is called, and how many stand open
    offered: Sequence[DateOption] = ()  # dates that are offered already

    def __init__(self, *args, groups: list[Organization], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.numbers = range(1, MOST - len(self.offered) + 1)
        if len(groups) > 1:
            self.fields["organization"].queryset = Organization.objects.filter(pk__in=[group.pk for group in groups])
        else:
            del self.fields["organization"]
        for number in self.numbers:
            self._add_row(number)

    def _add_row(self, number: int) -> None:
        """A row counts as soon as it has a date."""
        place = f"{number}. {self.noun}"
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
        return [(self[f"day_{n}"], self[f"starts_{n}"], self[f"minutes_{n}"]) for n in self.numbers]

    @property
    def shown_rows(self) -> list[Row]:
        return self.rows[: self.shown]

    @property
    def more_rows(self) -> list[Row]:
        return self.rows[self.shown :]

    @property
    def has_more(self) -> bool:
        """Whether something stands in the rows that are folded in."""
        return any(field.value() for field, _, _ in self.more_rows) or any(
            field.errors for row in self.more_rows for field in row
        )

    def clean(self) -> dict:
        cleaned = super().clean() or self.cleaned_data
        self.dates = list(self._moments())
        self._check_count()
        self._check_answer_by(cleaned.get("answer_by"))
        return cleaned

    def _check_count(self) -> None:
        typed = [n for n in self.numbers if f"day_{n}" in self.errors or self.cleaned_data.get(f"day_{n}")]
        for number in [n for n in range(1, FEWEST + 1) if n not in typed][: max(0, FEWEST - len(typed))]:
            self._refuse("day", number, f"Bieten Sie mindestens {FEWEST} Termine an.")

    def _moments(self) -> Iterator[tuple[datetime, datetime]]:
        """Begin and end of each row that is filled."""
        known = self._known()
        for number in self.numbers:
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

    def _known(self) -> set[datetime]:
        return set()

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
        self.add_error(f"{name}_{number}", f"{number}. {self.noun}: {words}")

    def _check_answer_by(self, answer_by: date | None) -> None:
        if answer_by is None:
            return
        if answer_by < localdate():
            self.add_error("answer_by", "Dieser Tag liegt in der Vergangenheit.")
        elif (first := self._first()) and answer_by >= localtime(first).date():
            self.add_error("answer_by", "Die Antworten müssen vor dem ersten Termin vorliegen.")

    def _first(self) -> datetime | None:
        """When the first of the dates begins."""
        return min((start for start, _ in self.dates), default=None)


class AnyDates(forms.TypedMultipleChoiceField):
    """Ticks of dates; one that has been taken back meanwhile is no mistake."""

    def valid_value(self, value: object) -> bool:
        return True


class ChangeForm(OfferForm):
    """What is offered already, to be changed: the texts, dates that nobody can take, and dates that are new."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    take_back = AnyDates(
        label="Termine zurücknehmen",
        required=False,
        coerce=UUID,
        widget=forms.CheckboxSelectMultiple,
        help_text="Zur Wahl steht, wozu niemand „Ja“ oder „Wenn nötig“ gesagt hat.",
    )
    noun, shown = "neuer Termin", 2

    def __init__(self, *args, poll: DatePoll, unwanted: Sequence[DateOption], **kwargs) -> None:
        self.offered = list(poll.options.all())
        texts = {name: getattr(poll, name) for name in ("title", "location", "answer_by", "version")}
        self.poll = poll
        super().__init__(*args, groups=[], initial=texts, **kwargs)
        self.fields["take_back"].choices = [(str(option.pk), _label(option)) for option in unwanted]

    @property
    def texts(self) -> dict[str, Any]:
        """What stands beside the dates."""
        return {name: self.cleaned_data[name] for name in ("title", "location", "answer_by")}

    def _check_count(self) -> None:
        if len(self._kept()) + len(self.dates) < FEWEST:
            self.add_error("take_back", f"Mindestens {FEWEST} Termine bleiben im Angebot.")

    def _check_answer_by(self, answer_by: date | None) -> None:
        if answer_by != self.poll.answer_by or self.dates:
            super()._check_answer_by(answer_by)

    def _known(self) -> set[datetime]:
        """After a second click the new dates are offered already, which is no mistake."""
        is_current = self.cleaned_data.get("version") == self.poll.version
        return {option.start for option in self.offered} if is_current else set()

    def _kept(self) -> list[DateOption]:
        return [option for option in self.offered if option.pk not in self.cleaned_data["take_back"]]

    def _first(self) -> datetime | None:
        kept = [option.start for option in self._kept() if option.is_ahead]
        return min((*kept, *(start for start, _ in self.dates)), default=None)

    def differences(self, current: DatePoll) -> list[tuple[str, str, str]]:
        """Label, what is stored, what was typed: the texts in which they differ, and always the dates."""
        texts = [(str(self[name].label), getattr(current, name), typed) for name, typed in self.texts.items()]
        differ = [(label, _words(stored), _words(typed)) for label, stored, typed in texts if stored != typed]
        back = [f"Zurück: {option}" for option in self.offered if option not in self._kept()]
        new = [f"Neu: {localtime(start):%d.%m.%Y, %H:%M} Uhr" for start, _ in self.dates]
        stored = [str(option) for option in current.options.all()]
        return [*differ, ("Termine", "\n".join(stored), "\n".join([*back, *new]))]


def _words(value: object) -> str:
    return day(value) if isinstance(value, date) else str(value or "")


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
