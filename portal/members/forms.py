"""What may be typed about members and accounts."""

import struct
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.forms import ConfirmLoginCodeForm
from allauth.core import context as current
from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.forms import (
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
    SignupWebAuthnForm,
)
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout, Row
from cryptography.exceptions import InvalidSignature
from django import forms
from django.contrib.auth import password_validation
from django.utils.timezone import localdate

from portal.members.models import Membership, Organization, Person, Role

DATE_INPUT = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class AppointForm(forms.ModelForm):
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

    class Meta:
        model = Person
        fields = ["salutation", "title", "first_name", "last_name", "email"]
        error_messages = {
            "first_name": {"required": "Geben Sie den Vornamen ein."},
            "last_name": {"required": "Geben Sie den Nachnamen ein."},
        }
        help_texts = {"email": "An diese Adresse geht der Link, mit dem die Person ihren Zugang eröffnet."}

    def __init__(self, *args, groups: list[UUID], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True
        self.fields["email"].error_messages["required"] = "Geben Sie die E-Mail-Adresse ein."
        self.fields["start_date"].initial = localdate
        choice = self.fields["organization"]
        choice.queryset = Organization.objects.filter(pk__in=groups)
        choice.initial = groups[0]
        if len(groups) == 1:
            choice.widget = forms.HiddenInput()
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            Fieldset("Funktion", "organization", "role", "on_behalf_of", "start_date"),
            Fieldset("Person", Row("salutation", "title"), Row("first_name", "last_name"), "email"),
        )

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()

    def clean(self) -> dict:
        cleaned = super().clean()
        needs_fraktion = cleaned.get("role") in Role.of_fraktion()
        if needs_fraktion and not cleaned.get("on_behalf_of"):
            self.add_error("on_behalf_of", "Wählen Sie die Fraktion, für die diese Person spricht.")
        if not needs_fraktion and cleaned.get("role") and cleaned.get("on_behalf_of"):
            self.add_error("on_behalf_of", "Diese Funktion gehört zu keiner Fraktion. Wählen Sie „Keine“.")
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        """Somebody known by the address is appointed as they are, so a known address is no error."""
        return super()._get_validation_exclusions() | {"email"}

    @property
    def seat(self) -> dict:
        """The place, as `actions.appoint` takes it."""
        return {name: self.cleaned_data[name] for name in ("organization", "role", "on_behalf_of", "start_date")}


class EndForm(forms.Form):
    """The last day of a membership, as people say it; the row keeps the first day without it."""

    last_day = forms.DateField(
        label="Letzter Tag",
        widget=DATE_INPUT,
        help_text="Wählen Sie den gestrigen Tag, damit der Zugang sofort endet.",
        error_messages={"required": "Geben Sie ein Datum ein."},
    )

    def __init__(self, *args, membership: Membership, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.membership = membership
        self.fields["last_day"].initial = lambda: localdate() - timedelta(days=1)

    def clean_last_day(self):
        last_day = self.cleaned_data["last_day"]
        if last_day < self.membership.start_date - timedelta(days=1):
            raise forms.ValidationError("Das Ende darf nicht vor dem Beginn der Mitgliedschaft liegen.")
        return last_day

    @property
    def end_date(self):
        return self.cleaned_data["last_day"] + timedelta(days=1)


class FraktionForm(forms.ModelForm):
    class Meta:
        model = Organization
        fields = ["name", "short_name"]
        help_texts = {"short_name": "So steht die Fraktion hinter den Namen ihrer Mitglieder."}
        error_messages = {
            "name": {"required": "Geben Sie den Namen der Fraktion ein."},
            "short_name": {"required": "Geben Sie einen Kurznamen ein."},
        }

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        if Organization.objects.filter(kind=Organization.Kind.FRAKTION, name=name, end_date=None).exists():
            raise forms.ValidationError("Eine Fraktion mit diesem Namen gibt es schon.")
        return name


class PasswordForm(forms.Form):
    """The password with which somebody opens their account."""

    password = forms.CharField(
        label="Neues Passwort",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="Mindestens 12 Zeichen. Ein Satz, den nur Sie kennen, ist gut zu merken.",
        error_messages={"required": "Geben Sie ein Passwort ein."},
    )
    repeated = forms.CharField(
        label="Passwort wiederholen",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Wiederholen Sie das Passwort."},
    )

    def __init__(self, *args, person: Person, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_password(self) -> str:
        password_validation.validate_password(self.cleaned_data["password"], self.person)
        return self.cleaned_data["password"]

    def clean(self) -> dict:
        cleaned = super().clean()
        if cleaned.get("password") and cleaned.get("repeated") and cleaned["password"] != cleaned["repeated"]:
            self.add_error("repeated", "Die beiden Eingaben stimmen nicht überein.")
        return cleaned


class ProfileForm(forms.ModelForm):
    """How somebody is addressed, and what mails they wish."""

    class Meta:
        model = Person
        fields = ["salutation", "title", "notify"]
        widgets = {"notify": forms.RadioSelect}
        error_messages = {"notify": {"required": "Wählen Sie, wann Sie von Neuem erfahren."}}


class LoginCodeForm(ConfirmLoginCodeForm):
    """The code by mail. Wrong ones count together with wrong passwords, whether or not there is such an account."""

    def clean_code(self) -> str:
        request = current.request
        account = get_account_adapter(request)
        account.pre_authenticate(request, email=request._login_stage.state["email"])
        code = super().clean_code()
        account.give_back_attempt()
        return code


Clean = Callable[[Any], Any]
FORGERIES = (AttributeError, InvalidSignature, LookupError, TypeError, ValueError, struct.error)


def refuses_forgery(clean: Clean) -> Clean:
    """What no browser sends makes the library stumble in many ways; all of them are the wrong answer, not a fault."""

    @wraps(clean)
    def checked(form: forms.Form) -> Any:
        try:
            return clean(form)
        except FORGERIES as error:
            raise get_adapter().validation_error("incorrect_code") from error

    return checked


class PasskeyForm(SignupWebAuthnForm):
    """A new passkey: what the browser has made, and a name to know it by."""

    name = forms.CharField(
        label="Name des Passkeys",
        max_length=60,
        required=False,
        help_text="Damit Sie mehrere unterscheiden können, zum Beispiel „Diensthandy“.",
    )
    clean = refuses_forgery(SignupWebAuthnForm.clean)


class PasskeyLoginForm(LoginWebAuthnForm):
    clean_credential = refuses_forgery(LoginWebAuthnForm.clean_credential)


class PasskeySecondStepForm(AuthenticateWebAuthnForm):
    clean_credential = refuses_forgery(AuthenticateWebAuthnForm.clean_credential)


class PasskeyAgainForm(ReauthenticateWebAuthnForm):
    clean_credential = refuses_forgery(ReauthenticateWebAuthnForm.clean_credential)
