"""What may be typed in a discussion."""

from django import forms

from portal.meetings.models import AgendaItem, Comment

LIMIT = 10_000
TEXT = {
    "required": "Schreiben Sie Ihren Kommentar.",
    "max_length": "Ihr Kommentar ist zu lang: Möglich sind 10.000 Zeichen.",
}


class CommentForm(forms.ModelForm):
    """A new comment, or the reply to one that is `answered`, a first comment of the same item."""

    class Meta:
        model = Comment
        fields = ["text", "parent"]
        labels = {"text": "Ihr Kommentar"}
        help_texts = {"text": "Für alle Mitglieder des Arbeitskreises sichtbar. Sie können Markdown verwenden."}
        error_messages = {
            "text": TEXT,
            "parent": {"invalid_choice": "Dieser Kommentar wurde inzwischen zurückgezogen oder ausgeblendet."},
        }
        widgets = {"text": forms.Textarea(attrs={"rows": 4}), "parent": forms.HiddenInput}

    def __init__(self, data: dict | None = None, *, item: AgendaItem, parent: Comment | None = None) -> None:
        self.answered = parent
        self.anchor = f"antwort-{parent.pk}" if parent else "beitrag"
        super().__init__(data, initial={"parent": parent}, auto_id=f"{self.anchor}-%s")
        self.fields["parent"].queryset = item.comments.standing().filter(parent=None)
        if parent:
            self.fields["text"].label = f"Ihre Antwort an {parent.author.get_short_name()}"
            self.fields["text"].widget.attrs["autofocus"] = True


class CommentEditForm(forms.ModelForm):
    """Another text for one's comment; `version` is the one that it builds on."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Comment
        fields = ["text"]
        labels = {"text": "Ihr Kommentar"}
        help_texts = {"text": "Sie können Markdown verwenden. Der frühere Text bleibt gespeichert."}
        error_messages = {"text": TEXT}
        widgets = {"text": forms.Textarea(attrs={"rows": 6})}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = self.instance.version

    def build_on(self, version: int) -> None:
        """Let what was typed follow upon this version when it is sent again."""
        self.data = self.data.copy()
        self.data["version"] = version


class HideForm(forms.Form):
    """Why the lead hides a comment; it stands in its place."""

    reason = forms.CharField(
        label="Grund",
        max_length=300,
        help_text="Er steht an der Stelle des Kommentars und ist für alle Mitglieder sichtbar.",
        error_messages={
            "required": "Geben Sie den Grund an. Er steht an der Stelle des Kommentars.",
            "max_length": "Der Grund ist zu lang: Möglich sind 300 Zeichen.",
        },
    )
