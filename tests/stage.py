"""Django on throw-away servers with the demo's data, for programs beside the tests: bench and pictures."""

import os
import tempfile
from pathlib import Path

import django
from django.core.management import call_command

from arbeitskreis import devservices


def prepare() -> Path:
    """Start PostgreSQL and Redis, set up Django, its tables and static files; returns the folder for files."""
    folder = Path(tempfile.mkdtemp(prefix="ak-stage-"))
    os.environ.update(
        DATABASE_URL=devservices.Postgres().url,
        REDIS_URL=devservices.Redis().url,
        SECRET_KEY="only-for-measuring-" + "0" * 50,
        BASE_URL="http://testserver",
        VAR_DIR=str(folder),
        DJANGO_SETTINGS_MODULE="arbeitskreis.settings",
        DJANGO_ALLOW_ASYNC_UNSAFE="true",
        SECOND_FACTOR_ROLES="",
    )
    for name in ("ALLOWED_HOSTS", "DEBUG", "EMAIL_URL", "HTTPS", "TRUSTED_PROXY_COUNT"):
        os.environ.pop(name, None)
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    return folder
