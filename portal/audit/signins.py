"""Sign-ins for the trail: the one place that listens to signals, since Django and allauth call none of our actions."""

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.signals import user_logged_out, user_login_failed
from django.dispatch import receiver

from portal.audit import trail
from portal.audit.models import Kind


@receiver(account.user_logged_in)
def signed_in(user: AbstractBaseUser, **_: Any) -> None:
    _note(user, "Angemeldet")


@receiver(user_logged_out)
def signed_out(user: AbstractBaseUser | None, **_: Any) -> None:
    if user is not None:
        _note(user, "Abgemeldet")


@receiver(user_login_failed)
def failed(credentials: dict[str, Any], **_: Any) -> None:
    """Whoever tried is unknown; known is the account, if there is one with this address."""
    tried = get_user_model().objects.filter(email__iexact=credentials.get("email") or "").first()
    trail.record_as(Kind.ACCOUNT, actor=None, verb="Anmeldung fehlgeschlagen", thing=tried)


@receiver(account.login_code_rejected)
def code_rejected(user: AbstractBaseUser | None, **_: Any) -> None:
    trail.record_as(Kind.ACCOUNT, actor=None, verb="Anmeldung fehlgeschlagen", thing=user, method="code")


@receiver(account.password_set)
@receiver(account.password_changed)
def password_changed(user: AbstractBaseUser, **_: Any) -> None:
    _note(user, "Passwort geändert")


@receiver(account.password_reset)
def password_reset(user: AbstractBaseUser, **_: Any) -> None:
    _note(user, "Passwort zurückgesetzt")


@receiver(account.email_changed)
def address_changed(user: AbstractBaseUser, **_: Any) -> None:
    _note(user, "E-Mail-Adresse geändert")


@receiver(mfa.authenticator_added)
def factor_added(user: AbstractBaseUser, authenticator: Authenticator, **_: Any) -> None:
    _note(user, "Anmeldeweg eingerichtet", method=authenticator.type)


@receiver(mfa.authenticator_removed)
def factor_removed(user: AbstractBaseUser, authenticator: Authenticator, **_: Any) -> None:
    _note(user, "Anmeldeweg entfernt", method=authenticator.type)


@receiver(mfa.authenticator_reset)
def factor_reset(user: AbstractBaseUser, authenticator: Authenticator, **_: Any) -> None:
    _note(user, "Anmeldeweg erneuert", method=authenticator.type)


@receiver(mfa.authentication_failed)
def factor_failed(user: AbstractBaseUser | None, **_: Any) -> None:
    trail.record_as(Kind.ACCOUNT, actor=None, verb="Anmeldung fehlgeschlagen", thing=user, method="factor")


def _note(user: AbstractBaseUser, verb: str, **detail: str) -> None:
    trail.record_as(Kind.ACCOUNT, actor=user, verb=verb, thing=user, **detail)
