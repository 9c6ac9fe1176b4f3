"""System checks of the installation."""

from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core import checks

NPM_ASSETS = ("kern/kern.min.css", "fira/fira-sans-latin-400-normal.woff2")


def npm_assets_are_installed(**_: Any) -> list[checks.CheckMessage]:
    """Pages without KERN and its font would be bare text."""
    missing = [asset for asset in NPM_ASSETS if finders.find(asset) is None]
    if not missing:
        return []
    hint = "Run `npm ci --omit=dev` in the project's folder, or `make run`, which does."
    return [checks.Error(f"Missing in node_modules: {', '.join(missing)}.", hint=hint, id="arbeitskreis.E001")]


def mail_server_is_named(**_: Any) -> list[checks.CheckMessage]:
    """Without EMAIL_URL mails end as files, which is right for a demo only."""
    if settings.SMTP_BACKEND != "django.core.mail.backends.filebased.EmailBackend":
        return []
    hint = "Set EMAIL_URL, for example smtp+tls://user:password@mail.example.org:587."
    return [checks.Warning("Mails are written to files, nobody gets them.", hint=hint, id="arbeitskreis.W001")]
