"""What may be typed about the Geschäftsordnung."""

from datetime import date

from django import forms
from django.utils.timezone import localdate

from portal.members.actions.procedure import TOO_LATE, Figures
from portal.members.models import RulesOfProcedure
from portal.office.forms.seats import DATE_INPUT


def figure(label: str, most: int, *, least: int = 0, help_text: str = "", required: bool = True) -> forms.IntegerField:
    """A whole number within bounds, with words for everything that may be wrong."""
    wrong = f"Geben Sie eine ganze Zahl von {least} bis {most} ein."
    messages = dict.fromkeys(("required", "invalid", "min_value", "max_value"), wrong)
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        help_text=help_text,
        error_messages=messages,
        required=required,
    )


class RulesForm(forms.Form):
    """The rules from a day on, filled with those of today."""

    valid_from = forms.DateField(
        label="Gilt ab", widget=DATE_INPUT, error_messages={"required": "Geben Sie ein Datum ein."}
    )
    invitation_days = figure(
        "Ladungsfrist in vollen Tagen",
        60,
        help_text="So viele ganze Tage liegen mindestens zwischen Einladung und Sitzung.",
    )
    supplement_days = figure(
        "Nachtrag, volle Tage vor der Sitzung", 60, help_text="Für Punkte, die nach der Einladung dazukommen."
    )
    proposal_days = figure("Vorschläge zur Tagesordnung, volle Tage vor der Sitzung", 90)
    comment_days = figure(
        "Kommentare, volle Tage vor der Sitzung",
        60,
        help_text="Ohne Angabe kann bis zum Ende der Sitzung kommentiert werden.",
        required=False,
    )
    minutes_days = figure("Niederschrift, volle Tage nach der Sitzung", 90)
    objection_days = figure("Einwendungen, volle Tage nach dem Abschluss der Niederschrift", 90)
    remind_silent_days = figure("Erinnerung ohne Antwort, Tage vor der Sitzung", 30)
    remind_coming_days = figure("Erinnerung bei Zusage, Tage vor der Sitzung", 30)
    deputy_access = forms.ChoiceField(
        label="Stellvertretungen lesen nichtöffentliche Punkte",
        choices=RulesOfProcedure.DeputyAccess.choices,
        widget=forms.RadioSelect,
        help_text="Wirkt vom ersten Tag an auf alle Sitzungen, auch auf frühere.",
        error_messages={"required": "Wählen Sie, wann Stellvertretungen lesen."},
    )
    deputy_answer_hours = figure("Antwortfrist einer gefragten Stellvertretung in Stunden", 336, least=1)

    def __init__(self, *args, now: RulesOfProcedure, **kwargs) -> None:
        values = {name: getattr(now, name) for name in Figures.__annotations__}
        super().__init__(*args, initial=values | {"valid_from": localdate()}, **kwargs)

    def clean_valid_from(self) -> date:
        valid_from = self.cleaned_data["valid_from"]
        if valid_from < localdate():
            raise forms.ValidationError(TOO_LATE)
        return valid_from
