"""What the lead may ask the trail."""

from collections.abc import Iterable
from datetime import datetime, time

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Row
from django import forms
from django.apps import apps
from django.db.models import Q
from django.utils.timezone import make_aware

from portal.audit.models import Kind
from portal.members.models import Person

NOUNS = (
    "meetings.meeting",
    "meetings.agendaitem",
    "meetings.attendance",
    "meetings.comment",
    "meetings.guest",
    "meetings.recusal",
    "minutes.minutes",
    "topics.topic",
    "members.membership",
    "members.person",
    "members.organization",
    "mail.message",
)


def noun(label: str) -> str:
    """What the reader calls a thing of this kind."""
    return str(apps.get_model(label)._meta.verbose_name)


class TrailForm(forms.Form):
    person = forms.ChoiceField(label="Person", required=False)
    kind = forms.ChoiceField(label="Art", required=False, choices=[("", "Alles"), *Kind.choices])
    thing_type = forms.ChoiceField(label="Gegenstand", required=False)
    first = forms.DateField(
        label="Von", required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    last = forms.DateField(
        label="Bis", required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )

    def __init__(self, *args, people: Iterable[Person], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        names = [(str(person.pk), person.get_full_name()) for person in people]
        self.fields["person"].choices = [("", "Alle"), *names]
        self.fields["thing_type"].choices = [("", "Alles"), *((label, noun(label)) for label in NOUNS)]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(Row("person", "kind", "thing_type"), Row("first", "last"))

    def conditions(self) -> Q:
        """The chosen filters; what is not valid filters nothing, its field says why."""
        wanted = {name: value for name, value in self.cleaned_data.items() if value}
        condition = Q(**{name: wanted[name] for name in ("kind", "thing_type") if name in wanted})
        if person := wanted.get("person"):
            condition &= Q(actor=person) | Q(thing_type="members.person", thing_id=person)
        if first := wanted.get("first"):
            condition &= Q(at__gte=make_aware(datetime.combine(first, time.min)))
        if last := wanted.get("last"):
            condition &= Q(at__lte=make_aware(datetime.combine(last, time.max)))
        return condition
