"""What may be typed about an agenda item."""

from django import forms
from django.db.models import Q

from portal.meetings.forms.meetings import Difference, build_on
from portal.meetings.models import AgendaItem, Meeting, Visibility
from portal.members.models import Person
from portal.topics.models import Topic

WHO_SEES = {
    Visibility.PUBLIC: "Öffentlich: alle können Titel und Text lesen, sobald eingeladen ist",
    Visibility.INTERNAL: "Intern: der Arbeitskreis; der Titel steht auch in E-Mails und in der Einladung",
    Visibility.CONFIDENTIAL: "Vertraulich: der Arbeitskreis; E-Mails und Einladung nennen nur die Nummer",
}


class ItemForm(forms.ModelForm):
    """An item of the agenda; `fields_of_item` holds what the action wants."""

    before = forms.ModelChoiceField(
        AgendaItem.objects.none(),
        label="Einordnen",
        required=False,
        empty_label="Am Ende",
        help_text="Öffentliche Punkte stehen immer vor den übrigen.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = AgendaItem
        fields = ["title", "text", "topic", "presenter", "minutes_planned", "purpose", "visibility"]
        help_texts = {
            "title": "Bei vertraulichen Punkten erscheint er nur im Portal, nach der Anmeldung.",
            "presenter": "Wer den Punkt vorstellt, zum Beispiel „Frau Dr. Albers, Amt für Digitalisierung“.",
            "topic": "Der Punkt erscheint auch auf der Seite dieses Themas.",
        }
        widgets = {
            "text": forms.Textarea(attrs={"rows": 6}),
            "purpose": forms.RadioSelect,
            "visibility": forms.RadioSelect,
            "minutes_planned": forms.NumberInput(attrs={"min": 0, "max": 600, "inputmode": "numeric"}),
        }
        error_messages = {
            "title": {"required": "Geben Sie einen Titel ein."},
            "minutes_planned": {
                "required": "Geben Sie die Dauer ein.",
                "invalid": "Geben Sie die Dauer in Minuten ein.",
            },
            "purpose": {"required": "Wählen Sie, was gewünscht ist."},
            "visibility": {"required": "Wählen Sie, wer den Punkt sehen darf."},
        }

    def __init__(self, *args, meeting: Meeting, may_publish: bool, reader: Person, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.was_public = not self.instance._state.adding and self.instance.visibility == Visibility.PUBLIC
        topics = Topic.objects.filter(organization=meeting.organization_id)
        self.fields["topic"].queryset = topics.filter(~Q(state=Topic.State.DONE) | Q(pk=self.instance.topic_id))
        self.fields["topic"].empty_label = "Kein Thema"
        self._offer_visibility(may_publish=may_publish)
        if self.instance._state.adding:
            items = meeting.items.visible_to(reader).order_by("number")
            self.fields["before"].queryset = items
            self.fields["before"].label_from_instance = lambda item: f"Vor TOP {item.number}: {item.title}"
            del self.fields["version"]
        else:
            del self.fields["before"]
            self.fields["version"].initial = self.instance.version

    def _offer_visibility(self, *, may_publish: bool) -> None:
        field = self.fields["visibility"]
        offered = [level for level in WHO_SEES if level != Visibility.PUBLIC or may_publish or self.was_public]
        field.choices = [(level.value, WHO_SEES[level]) for level in offered]
        if Visibility.PUBLIC not in offered:
            field.help_text = "Öffentlich machen kann einen Punkt nur die Leitung."

    def clean_minutes_planned(self) -> int:
        minutes = self.cleaned_data["minutes_planned"]
        if minutes > 600:
            raise forms.ValidationError("Mehr als 600 Minuten kann ein Punkt nicht dauern.")
        return minutes

    @property
    def publishes(self) -> bool:
        """Whether saving makes the item public: that is asked a second time."""
        return self.cleaned_data["visibility"] == Visibility.PUBLIC and not self.was_public

    @property
    def fields_of_item(self) -> dict[str, object]:
        return {name: self.cleaned_data[name] for name in self._meta.fields}

    def build_on(self, current: AgendaItem) -> list[Difference]:
        """Let what was typed follow upon the row as it is now, and say where the two differ."""
        return build_on(self, current, self.fields_of_item)
