"""What somebody may say to an invitation."""

from django import forms

from portal.meetings.models import Attendance

CHOICES = (Attendance.Answer.ACCEPTED, Attendance.Answer.DECLINED)


class AnswerForm(forms.Form):
    """Yes or no, by the button that is pressed, and a remark."""

    answer = forms.ChoiceField(
        choices=[(choice.value, choice.label) for choice in CHOICES],
        widget=forms.HiddenInput,
        error_messages={
            "required": "Wählen Sie „Zusagen“ oder „Absagen“.",
            "invalid_choice": "Wählen Sie „Zusagen“ oder „Absagen“.",
        },
    )
    note = forms.CharField(
        label="Bemerkung",
        required=False,
        max_length=200,
        help_text="Für die Mitglieder des Arbeitskreises sichtbar, zum Beispiel „komme später“.",
        error_messages={"max_length": "Die Bemerkung ist zu lang: Möglich sind 200 Zeichen."},
    )
