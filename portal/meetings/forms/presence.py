"""Who is there, and since when."""

from django import forms

from portal.meetings.models import Mark


class MarkForm(forms.Form):
    """One button of one row, and the time for which it counts; without a time, now."""

    clock = forms.TimeField(
        label="Uhrzeit",
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        help_text="Für „Kommt“ und „Geht“. Ohne Angabe gilt jetzt.",
        error_messages={"invalid": "Geben Sie die Uhrzeit so an: 17:20."},
    )
    mark = forms.ChoiceField(choices=Mark, widget=forms.HiddenInput)
