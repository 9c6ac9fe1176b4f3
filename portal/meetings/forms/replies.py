"""What somebody may say to an invitation."""

from typing import Any

from django import forms

from portal.meetings.models import Attendance

Answer = Attendance.Answer
SUBSTITUTE = "substitute"  # a no with which a delegate asks for a deputy


class AnswerForm(forms.Form):
    """Yes or no, by the button that is pressed, and a remark."""

    answer = forms.ChoiceField(
        choices=[(choice, choice) for choice in (Answer.ACCEPTED, Answer.DECLINED, SUBSTITUTE)],
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
    release = forms.UUIDField(required=False, widget=forms.HiddenInput)

    @property
    def reply(self) -> dict[str, Any]:
        """What the action wants to know."""
        passes_on = self.cleaned_data["answer"] == SUBSTITUTE
        return self.cleaned_data | ({"answer": Answer.DECLINED, "pass_on": True} if passes_on else {})


class SeatForm(forms.Form):
    """Which deputy is asked; without one it goes by their order."""

    deputy = forms.UUIDField(required=False)
