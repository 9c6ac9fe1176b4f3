"""What may be typed about topics."""

from uuid import UUID

from django import forms

from portal.members.models import Membership, Organization, Person
from portal.topics.models import Topic


class TopicForm(forms.ModelForm):
    """A topic; `version` is the one that the typed text builds on."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Topic
        fields = ["organization", "title", "summary", "text", "state", "responsible"]
        error_messages = {
            "organization": {"required": "Wählen Sie den Arbeitskreis."},
            "title": {"required": "Geben Sie einen Titel ein."},
        }

    def __init__(self, *args, groups: list[UUID], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = self.instance.version
        self._choose_group(groups)
        seats = Membership.objects.current().filter(organization__in=groups)
        people = Person.objects.filter(pk__in=seats.values("person"))
        if self.instance.responsible_id:  # stays, even after the membership has ended
            people |= Person.objects.filter(pk=self.instance.responsible_id)
        self.fields["responsible"].queryset = people
        self.fields["responsible"].empty_label = "Niemand"

    def _choose_group(self, groups: list[UUID]) -> None:
        """Ask for the working group only where there is a choice; a topic never moves to another one."""
        choice = self.fields["organization"]
        choice.queryset = Organization.objects.filter(pk__in=groups)
        choice.disabled = not self.instance._state.adding
        if len(groups) == 1:
            choice.widget = forms.HiddenInput()
            choice.initial = groups[0]

    def clean(self) -> dict:
        cleaned = super().clean()
        group, person = cleaned.get("organization"), cleaned.get("responsible")
        if group and person and "responsible" in self.changed_data and not _sits_in(person, group):
            self.add_error("responsible", "Diese Person gehört nicht zu diesem Arbeitskreis.")
        return cleaned

    def build_on(self, version: int) -> None:
        """Let what was typed follow upon this version when it is sent again."""
        self.data = self.data.copy()
        self.data["version"] = version


def _sits_in(person: Person, group: Organization) -> bool:
    return person.memberships.current().filter(organization=group).exists()
