"""What the minutes say to one item: a text, and what came of it."""

from django import forms

from portal.minutes import rules
from portal.minutes.forms.minutes import unix_lines
from portal.minutes.models import Entry, Outcome

SPARE = 6
NOTED = "Der Arbeitskreis nimmt Kenntnis."


class EntryForm(forms.ModelForm):
    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Entry
        fields = ["text"]
        labels = {"text": "Niederschrift"}
        widgets = {"text": forms.Textarea(attrs={"rows": 12})}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = self.instance.version
        self.fields["text"].strip = False

    def clean_text(self) -> str:
        return unix_lines(self.cleaned_data["text"])


class OutcomeForm(forms.Form):
    """One outcome; a row without kind and text counts as empty."""

    pk = forms.UUIDField(required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(label="Art", required=False, choices=[("", "Bitte wählen"), *Outcome.Kind.choices])
    text = forms.CharField(
        label="Wortlaut", required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean(self) -> dict:
        cleaned = super().clean()
        kind, text = cleaned.get("kind"), unix_lines(cleaned.get("text") or "")
        if kind == Outcome.Kind.NOTED and not text:
            text = NOTED
        if text and not kind and "kind" not in self.errors:
            self.add_error("kind", "Wählen Sie die Art des Ergebnisses.")
        if kind and not text and "text" not in self.errors:
            self.add_error("text", "Geben Sie den Wortlaut des Ergebnisses ein.")
        return {**cleaned, "text": text}

    @property
    def is_filled(self) -> bool:
        """Whether the row holds something, stored or typed."""
        return bool(self["kind"].value() or self["text"].value())

    @property
    def speaks_of_resolution(self) -> bool:
        return rules.speaks_of_resolution(self["text"].value() or "")


class BaseOutcomes(forms.BaseFormSet):
    """The outcomes of an entry, and a few spare rows."""

    deletion_widget = forms.CheckboxInput

    def add_fields(self, form, index) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = "Dieses Ergebnis entfernen"

    @property
    def kept(self) -> list[dict]:
        """What was typed, without empty and removed rows."""
        rows = (form.cleaned_data for form in self.forms)
        return [row for row in rows if row.get("kind") and not row.get("DELETE")]


OutcomeFormSet = forms.formset_factory(
    OutcomeForm, formset=BaseOutcomes, extra=SPARE, can_delete=True, max_num=60, absolute_max=80
)


def stored_outcomes(entry: Entry) -> list[dict]:
    """The outcomes of an entry as the formset wants them."""
    return [{"pk": row.pk, "kind": row.kind, "text": row.text} for row in entry.outcomes.all()]
