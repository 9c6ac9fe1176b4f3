"""What may be typed about seats."""

from datetime import date, timedelta
from uuid import UUID

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout, Row
from django import forms
from django.utils.timezone import localdate

from portal.members.models import Membership, Organization, Person, Role

DATE_INPUT = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
WHO = Fieldset("Person", Row("salutation", "title"), Row("first_name", "last_name"), "email")


class PersonForm(forms.ModelForm):
    """Whom a seat is given to; somebody known by the address keeps the name they have."""

    class Meta:
        model = Person
        fields = ["salutation", "title", "first_name", "last_name", "email"]
        error_messages = {
            "first_name": {"required": "Geben Sie den Vornamen ein."},
            "last_name": {"required": "Geben Sie den Nachnamen ein."},
        }
        help_texts = {"email": "An diese Adresse geht der Link, mit dem die Person ihren Zugang eröffnet."}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True
        self.fields["email"].error_messages["required"] = "Geben Sie die E-Mail-Adresse ein."
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()

    def _get_validation_exclusions(self) -> set[str]:
        """Somebody known by the address is appointed as they are, so a known address is no error."""
        return super()._get_validation_exclusions() | {"email"}


class AppointForm(PersonForm):
    """Who is appointed, and to which place."""

    organization = forms.ModelChoiceField(Organization.objects.none(), label="Arbeitskreis", empty_label=None)
    role = forms.ChoiceField(
        label="Funktion",
        choices=[("", "Bitte wählen"), *Role.choices],
        error_messages={"required": "Wählen Sie eine Funktion."},
    )
    on_behalf_of = forms.ModelChoiceField(
        Organization.objects.filter(kind=Organization.Kind.FRAKTION, end_date=None),
        label="Fraktion",
        required=False,
        empty_label="Keine",
        help_text="Nur für Delegierte und Stellvertretungen.",
    )
    start_date = forms.DateField(label="Ab", widget=DATE_INPUT, error_messages={"required": "Geben Sie ein Datum ein."})

    def __init__(self, *args, groups: list[UUID], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["start_date"].initial = localdate
        choice = self.fields["organization"]
        choice.queryset = Organization.objects.filter(pk__in=groups)
        choice.initial = groups[0]
        if len(groups) == 1:
            choice.widget = forms.HiddenInput()
        self.helper.layout = Layout(Fieldset("Funktion", "organization", "role", "on_behalf_of", "start_date"), WHO)

    def clean(self) -> dict:
        cleaned = super().clean()
        needs_fraktion = cleaned.get("role") in Role.of_fraktion()
        if needs_fraktion and not cleaned.get("on_behalf_of"):
            self.add_error("on_behalf_of", "Wählen Sie die Fraktion, für die diese Person spricht.")
        if not needs_fraktion and cleaned.get("role") and cleaned.get("on_behalf_of"):
            self.add_error("on_behalf_of", "Diese Funktion gehört zu keiner Fraktion. Wählen Sie „Keine“.")
        return cleaned

    @property
    def group(self) -> Organization:
        return self.cleaned_data["organization"]

    @property
    def seat(self) -> dict:
        """The place, as `seats.appoint` takes it."""
        return {name: self.cleaned_data[name] for name in ("organization", "role", "on_behalf_of", "start_date")}

    @property
    def is_done(self) -> bool:
        """Whether exactly this appointment stands already, as after a second click."""
        return Membership.objects.filter(person__email=self.cleaned_data["email"], **self.seat).exists()


class SeatForm(forms.Form):
    """A step with one seat; this one asks for nothing more."""

    def __init__(self, *args, membership: Membership, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.membership = membership
        self.group = membership.organization


class EndForm(SeatForm):
    """The last day of a membership, as people say it; the row keeps the first day without it."""

    last_day = forms.DateField(
        label="Letzter Tag",
        widget=DATE_INPUT,
        help_text="Wählen Sie den gestrigen Tag, damit der Zugang sofort endet.",
        error_messages={"required": "Geben Sie ein Datum ein."},
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["last_day"].initial = lambda: localdate() - timedelta(days=1)

    def clean_last_day(self) -> date:
        last_day = self.cleaned_data["last_day"]
        if last_day < self.membership.start_date - timedelta(days=1):
            raise forms.ValidationError("Das Ende darf nicht vor dem Beginn der Mitgliedschaft liegen.")
        return last_day

    @property
    def end_date(self) -> date:
        return self.cleaned_data["last_day"] + timedelta(days=1)


class ReplaceForm(PersonForm):
    """Who takes the seat over, and from which day on."""

    first_day = forms.DateField(
        label="Erster Tag der neuen Person",
        widget=DATE_INPUT,
        help_text="Die bisherige Person hat den Sitz bis einschließlich des Tages davor.",
        error_messages={"required": "Geben Sie ein Datum ein."},
    )

    def __init__(self, *args, membership: Membership, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.group = membership.organization
        self.fields["first_day"].initial = localdate
        self.helper.layout = Layout(Fieldset("Wechsel", "first_day"), WHO)


class StartForm(SeatForm):
    """Another first day for an appointment that has not begun."""

    start_date = forms.DateField(
        label="Erster Tag", widget=DATE_INPUT, error_messages={"required": "Geben Sie ein Datum ein."}
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["start_date"].initial = self.membership.start_date

    def clean_start_date(self) -> date:
        start_date = self.cleaned_data["start_date"]
        if start_date < localdate():
            raise forms.ValidationError("Der erste Tag darf nicht in der Vergangenheit liegen.")
        return start_date
