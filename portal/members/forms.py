"""What may be typed about members and accounts."""

import struct
from collections.abc import Callable
from functools import wraps
from typing import Any

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
from cryptography.exceptions import InvalidSignature
from django import forms
from django.contrib.auth import password_validation

from portal.members.models import Organization, Person


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
