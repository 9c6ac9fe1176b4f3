"""Who is a guest, and what of the agenda a guest may read."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout, Row
from django import forms
from django.db.models import QuerySet

from portal.meetings.models import AgendaItem, Guest
from portal.members.models import Person

WHOLE, SOME = "whole", "some"
SCOPES = (
    (WHOLE, "Die ganze Sitzung, ohne vertrauliche Punkte"),
    (SOME, "Nur die öffentlichen und die hier gewählten Punkte"),
)


class PartForm(forms.Form):
    """The part of the agenda that is open to a guest; a confidential item only when it is ticked."""

    scope = forms.ChoiceField(
        label="Der Gast liest",
        choices=SCOPES,
        widget=forms.RadioSelect,
        error_messages={"required": "Wählen Sie, was der Gast lesen darf."},
    )
    items = forms.ModelMultipleChoiceField(
        AgendaItem.objects.none(),
        label="Punkte",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Vertrauliche Punkte liest der Gast nur, wenn Sie sie hier ankreuzen, auch bei der ganzen Sitzung.",
        error_messages={"invalid_choice": "Ein gewählter Punkt steht nicht mehr auf der Tagesordnung."},
    )

    def __init__(self, *args, offered: QuerySet[AgendaItem], guest: Guest | None = None, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.kept = []
        self.fields["items"].queryset = offered
        self.fields["items"].label_from_instance = _named
        if not offered:
            del self.fields["items"]
        if guest:
            self.initial = {"scope": WHOLE if guest.whole_meeting else SOME, "items": list(guest.items.all())}
            self.kept = [item for item in guest.items.all() if item not in offered]  # closed to whoever edits

    def clean(self) -> dict:
        cleaned = super().clean()
        if cleaned.get("scope") == SOME and not (cleaned.get("items") or self.kept) and "items" in self.fields:
            self.add_error("items", "Kreuzen Sie mindestens einen Punkt an, oder wählen Sie die ganze Sitzung.")
        return cleaned

    @property
    def part(self) -> dict:
        """The part, as the actions take it."""
        items = [*self.cleaned_data.get("items", []), *self.kept]
        return {"whole_meeting": self.cleaned_data["scope"] == WHOLE, "items": items}


class GuestForm(PartForm, forms.ModelForm):
    """A guest, by name and address, and the part of the agenda."""

    class Meta:
        model = Person
        fields = ["salutation", "title", "first_name", "last_name", "email"]
        error_messages = {
            "first_name": {"required": "Geben Sie den Vornamen ein."},
            "last_name": {"required": "Geben Sie den Nachnamen ein."},
        }
        help_texts = {
            "email": "Wer unter dieser Adresse im Portal bekannt ist, wird unter dem bekannten Namen eingeladen."
        }

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True
        self.fields["email"].error_messages["required"] = "Geben Sie die E-Mail-Adresse ein."
        self.helper = FormHelper()
        self.helper.form_tag = False
        part = [name for name in ("scope", "items") if name in self.fields]
        self.helper.layout = Layout(
            Fieldset("Person", Row("salutation", "title"), Row("first_name", "last_name"), "email"),
            Fieldset("Tagesordnung", *part),
        )

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()

    def _get_validation_exclusions(self) -> set[str]:
        """Somebody known by the address is invited as they are, so a known address is no error."""
        return super()._get_validation_exclusions() | {"email"}


def _named(item: AgendaItem) -> str:
    return f"TOP {item.number}: {item.title}{' (vertraulich)' if item.is_confidential else ''}"
