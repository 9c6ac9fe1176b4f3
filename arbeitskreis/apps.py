"""The project as an app: its commands and its system checks."""

from django.apps import AppConfig
from django.core.checks import register

from arbeitskreis.checks import mail_server_is_named, npm_assets_are_installed


class ArbeitskreisConfig(AppConfig):
    """Holds `manage.py run`."""

    name = "arbeitskreis"

    def ready(self) -> None:
        """Register the system checks."""
        register(npm_assets_are_installed)
        register(mail_server_is_named, deploy=True)
