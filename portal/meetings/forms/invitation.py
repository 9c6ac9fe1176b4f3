"""What may be typed when people are invited, told of a move, or told that the meeting is off."""

from django import forms

from portal.meetings.deadlines import Kind
from portal.meetings.forms.meetings import MeetingForm
from portal.meetings.models import Meeting

LATE_REASON = forms.CharField(
    label="Grund für die verkürzte Ladungsfrist",
    required=False,
    max_length=1000,
    widget=forms.Textarea(attrs={"rows": 3}),
    help_text="Er steht in der Einladung.",
)


class InviteForm(forms.Form):
    """What the reader has seen of the meeting, and a reason if the Frist for what is sent is over (`late`)."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    revision = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=16)
    late_reason = LATE_REASON

    def __init__(self, *args, late: Kind | None, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        reason = self.fields["late_reason"]
        reason.required = True
        reason.error_messages["required"] = "Geben Sie den Grund für die kurze Frist an."
        if late is None:
            del self.fields["late_reason"]
        elif late == Kind.SUPPLEMENT:
            reason.label = "Grund für den Nachtrag nach Ablauf der Frist"
            reason.help_text = "Er steht in der Nachricht und in der neuen Einladung."


class MoveForm(MeetingForm):
    """Another time or place for a meeting to which people are invited."""

    note = forms.CharField(
        label="Grund",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Er steht in der Nachricht an alle Eingeladenen.",
    )
    late_reason = LATE_REASON

    class Meta(MeetingForm.Meta):
        fields = ["format", "location", "video_url"]

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["late_reason"].label = "Grund für die verkürzte Frist"
        self.fields["late_reason"].help_text = (
            "Nur nötig, wenn der neue Termin innerhalb der Ladungsfrist liegt oder ein Nachtrag zu spät kommt. "
            "Er steht in der Einladung."
        )


class CancelForm(forms.Form):
    """Why the meeting is called off; whoever was invited reads it."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label="Grund der Absage",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Geben Sie den Grund an. Er steht in der Nachricht an die Eingeladenen."},
    )

    def __init__(self, *args, meeting: Meeting, **kwargs) -> None:
        super().__init__(*args, initial={"version": meeting.version}, **kwargs)
        if meeting.state == Meeting.State.DRAFT:
            self.fields["reason"].required = False
            self.fields["reason"].help_text = "Niemand wird benachrichtigt."
        else:
            self.fields["reason"].help_text = "Er steht in der Nachricht an die Eingeladenen."
