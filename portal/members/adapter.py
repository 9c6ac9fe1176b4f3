"""How allauth signs people in here: by appointment only, with links that never follow the Host header."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as current
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest

from portal.members.actions import devices
from portal.members.models import Body, Person
from portal.ui.browsers import device


@dataclass(frozen=True)
class Site:
    """What allauth's mails call the site."""

    name: str
    domain: str


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Failures count for the account; allauth adds the Host header, whose port anybody may vary."""
        return credentials.get("email", "").lower()

    def give_back_attempt(self) -> None:
        """The attempt that `pre_authenticate` counted was right, so it is no failure."""
        self._rollback_login_failed_rl_usage()

    def set_password(self, user: Person, password: str) -> None:
        """A new password ends every sign-in but this one."""
        super().set_password(user, password)
        devices.end_others(user, session_key=self.request.session.session_key)

    def get_reset_password_from_key_url(self, key: str) -> str:
        path = urlsplit(super().get_reset_password_from_key_url(key)).path
        return settings.BASE_URL + path

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        site = Site(Body.objects.get_solo().name, urlsplit(settings.BASE_URL).netloc)
        super().send_mail(template_prefix, email, {**context, "current_site": site})


class SecondFactorAdapter(DefaultMFAAdapter):
    """Passkeys and codes carry the name of the Kommune and of the device they were made on."""

    def generate_authenticator_name(self, user: Person, type: str) -> str:  # noqa: A002 allauth calls it so
        return device(current.request.headers.get("User-Agent", ""))

    def _get_site_name(self) -> str:
        return Body.objects.get_solo().name
