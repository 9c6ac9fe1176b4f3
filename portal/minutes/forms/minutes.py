"""The frame of the minutes, and the question before they are closed."""

from django import forms

from portal.meetings.models import Attendance
from portal.members.models import Person
from portal.minutes.models import Minutes

CLOCK = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
FRAME = ["started_at", "ended_at", "chair", "clerk", "remarks"]


class FrameForm(forms.ModelForm):
    """When it began and ended, who led and who wrote, and what was said before the first item."""

    seen = forms.CharField(widget=forms.HiddenInput)

    class Meta:
        model = Minutes
        fields = FRAME
        widgets = {"started_at": CLOCK, "ended_at": CLOCK, "remarks": forms.Textarea(attrs={"rows": 6})}
        help_texts = {
            "remarks": "Zum Beispiel: Feststellung der Einladung, Änderungen der Tagesordnung. Markdown ist möglich."
        }

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = self.instance.frame_stamp
        there = Attendance.objects.filter(meeting=self.instance.meeting_id).exclude(role="guest")
        people = Person.objects.filter(pk__in=there.values("person"))
        for name in ("chair", "clerk"):
            self.fields[name].queryset = people
            self.fields[name].required = True
            self.fields[name].empty_label = "Bitte wählen"
        self.fields["chair"].error_messages["required"] = "Wählen Sie, wer die Sitzung geleitet hat."
        self.fields["clerk"].error_messages["required"] = "Wählen Sie, wer die Niederschrift geführt hat."

    def clean_remarks(self) -> str:
        return unix_lines(self.cleaned_data["remarks"])


class FinaliseForm(forms.Form):
    """Which state of the minutes was on the screen, and whether characters may be replaced."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    replace = forms.BooleanField(
        required=False, label="Trotzdem abschließen; an diesen Stellen steht dann ein Ersatzzeichen"
    )


def unix_lines(text: str) -> str:
    """Browsers send CR LF; one kind of line end lets texts be compared."""
    return text.replace("\r\n", "\n").rstrip()
