"""Whose Befangenheit is recorded."""

from django import forms
from django.db.models import QuerySet

from portal.members.models import Person


class RecusalForm(forms.Form):
    """One of those who belong to the meeting."""

    person = forms.ModelChoiceField(
        Person.objects.none(),
        label="Person",
        empty_label="Bitte wählen",
        error_messages={
            "required": "Wählen Sie die Person.",
            "invalid_choice": "Diese Person gehört nicht zur Sitzung, oder ihre Befangenheit ist schon erfasst.",
        },
    )

    def __init__(self, data: dict | None = None, *, people: QuerySet[Person]) -> None:
        super().__init__(data)
        self.fields["person"].queryset = people
