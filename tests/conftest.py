"""Tests run on a real PostgreSQL and a real Redis: those of the environment, else throw-away ones started here."""

import gc
import os
import shutil
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

import django
import hypothesis
import pytest
from django.conf import settings
from django.db import connection
from pytest_django import DjangoDbBlocker

from arbeitskreis import devservices

CI = os.environ.get("CI") == "true"
SERVICES = {"TEST_DATABASE_URL": devservices.Postgres, "TEST_REDIS_URL": devservices.Redis}
FIXTURES = (
    "tests.cast",
    "tests.minutes.sitting",
    "tests.audit.lines",
    "tests.office.privacy.traces",
    "tests.meetings.seating",
    "tests.matrix.fixtures",
    "tests.mail.fixtures",
    "tests.office.post.fixtures",
)  # they import models, so Django comes first
BROWSERS = (
    "chromium-headless-shell",  # the same engine without a window: half the time
    "chromium",
    "chromium-browser",
    "google-chrome",
)

hypothesis.settings.register_profile("portal", deadline=None)
hypothesis.settings.load_profile("portal")


def pytest_configure(config: pytest.Config) -> None:
    """Start what is missing, then Django; workers of xdist inherit the environment of the process that started them."""
    worker = getattr(config, "workerinput", None)
    if worker is None:
        start_services(config)
    redis_database = worker["workerid"].removeprefix("gw") if worker else "0"
    own_folder = Path(os.environ["VAR_DIR"], redis_database)
    own_folder.mkdir()
    os.environ.update(
        VAR_DIR=str(own_folder),
        DATABASE_URL=os.environ["TEST_DATABASE_URL"],
        REDIS_URL=os.environ["TEST_REDIS_URL"].removesuffix("/0") + f"/{redis_database}",
        DJANGO_SETTINGS_MODULE="arbeitskreis.settings",
        DJANGO_ALLOW_ASYNC_UNSAFE="true",  # Playwright leaves a loop in the thread
    )
    django.setup()
    # In a worker pytest-django has read the settings before.
    settings.CELERY_BROKER_URL, settings.VAR_DIR = os.environ["REDIS_URL"], own_folder
    settings.SIGN_IN_ANSWER_SECONDS = 0
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    for plugin in FIXTURES:
        config.pluginmanager.import_plugin(plugin)
    gc.freeze()  # what is loaded stays: walking it again and again takes a fifth of the time
    gc.set_threshold(50_000, 20, 50)


def pytest_xdist_auto_num_workers() -> int:
    """One more than cores, since a test often waits for a browser, a server or a child process."""
    return len(os.sched_getaffinity(0)) + 1


def start_services(config: pytest.Config) -> None:
    """Servers, a folder for files, and no other setting from the machine."""
    want = os.environ.get("TEST_SERVICES")
    for variable, service in SERVICES.items():
        if not os.environ.get(variable):
            server = service(want)
            config.add_cleanup(server.stop)
            os.environ[variable] = server.url
    folder = tempfile.mkdtemp(prefix="ak-tests-")
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    for name in ("ALLOWED_HOSTS", "DEBUG", "EMAIL_URL", "HTTPS", "TRUSTED_PROXY_COUNT"):
        os.environ.pop(name, None)
    os.environ.update(
        SECRET_KEY="only-for-tests-" + "0" * 50,
        BASE_URL="http://testserver",
        VAR_DIR=folder,
        COLLECTED_STATIC="false",
        SECOND_FACTOR_ROLES="",
    )


@pytest.fixture(autouse=True, scope="session")
def _mail_into_the_outbox(django_test_environment: None) -> None:
    """Django's test environment swaps the mail backend; here mail goes where it goes in production."""
    settings.EMAIL_BACKEND = "portal.mail.backend.OutboxBackend"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Let tests empty the trail; at the end close what threads hold open, else the test database cannot be dropped."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_line DISABLE TRIGGER audit_line_not_emptied")
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The machine's Chromium."""
    for name in (os.environ.get("CHROMIUM", ""), *BROWSERS):
        if name and (found := shutil.which(name)):
            return Path(found)
    pytest.skip("no Chromium on this machine: install it, or name its path in CHROMIUM")


def skip_is_failure(report: pytest.TestReport | pytest.CollectReport) -> None:
    """In CI everything has to run."""
    if CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which fails in CI: {report.longrepr}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Look at every test."""
    report = yield
    skip_is_failure(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Iterator[pytest.CollectReport]:
    """Look at every module."""
    report = yield
    skip_is_failure(report)
    return report
