"""Takes the pictures of the README from the demo, so that they stay true: `make pictures`."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import ThreadingMixIn
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from tests import stage

stage.prepare()

from django.conf import settings  # noqa: E402 - Django must be set up before models are imported
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db.models import Count  # noqa: E402
from django.urls import reverse  # noqa: E402
from playwright.sync_api import Browser, sync_playwright  # noqa: E402

from arbeitskreis.devservices import LOOPBACK  # noqa: E402
from portal.meetings.models import AgendaItem, Attendance, Meeting  # noqa: E402
from portal.members.models import Membership, Organization, Person, Role  # noqa: E402
from portal.minutes.models import Entry, Minutes  # noqa: E402
from tests.browser.conftest import FLAGS, session_cookie  # noqa: E402
from tests.conftest import BROWSERS  # noqa: E402

FOLDER = Path(settings.BASE_DIR) / "docs" / "pictures"
SEED = 1
DESK = {"viewport": {"width": 1280, "height": 830}}
TALL_DESK = {"viewport": {"width": 1280, "height": 1020}}
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
DOTS_PER_INCH = 96


class Server(ThreadingMixIn, WSGIServer):
    """Answers the browser's requests side by side."""

    daemon_threads = True


class Silent(WSGIRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the name of the base class
        """Nobody reads the log of a picture."""


@contextmanager
def portal() -> Iterator[str]:
    """The portal on a free port; gives its address."""
    settings.ALLOWED_HOSTS = [LOOPBACK]
    server = Server((LOOPBACK, 0), Silent)
    server.set_app(get_wsgi_application())
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://{LOOPBACK}:{server.server_port}"
    server.shutdown()


@contextmanager
def chromium() -> Iterator[Browser]:
    """The machine's Chromium, in German."""
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)))
    with sync_playwright() as playwright:
        environment = {**os.environ, "LANGUAGE": "de"}
        yield playwright.chromium.launch(executable_path=program, args=FLAGS, env=environment)


def views() -> Iterator[tuple[str, Person, str, dict[str, object]]]:
    """Name of the picture, who looks at which page, and through what."""
    group = Organization.objects.get(short_name="AK Digital")
    meeting = Meeting.objects.get(organization=group, state=Meeting.State.INVITED)
    delegate = Attendance.objects.filter(meeting=meeting, role=Role.DELEGATE, answer="").first().person
    talked = AgendaItem.objects.filter(meeting=meeting).annotate(said=Count("comments")).latest("said")
    clerk = Membership.objects.current().get(organization=group, role=Role.CLERK).person
    drafts = Minutes.objects.filter(meeting__organization=group, state=Minutes.State.DRAFT)
    entry = Entry.objects.filter(minutes__in=drafts).exclude(text="").get(item__number=2)
    yield "start-1280-light", delegate, reverse("home:start"), DESK
    yield "meeting-390-light", delegate, meeting.get_absolute_url(), PHONE
    yield "item-390-dark", delegate, talked.get_absolute_url() + "#diskussion", {**PHONE, "color_scheme": "dark"}
    yield "minutes-1280-light", clerk, reverse("minutes:entry", args=[entry.pk]), TALL_DESK


def photograph(browser: Browser, home: str) -> None:
    for name, person, address, options in views():
        context = browser.new_context(base_url=home, locale="de-DE", **options)
        context.add_cookies([session_cookie(person, home)])
        page = context.new_page()
        page.goto(address)
        page.evaluate("document.fonts.ready")
        page.screenshot(path=FOLDER / f"{name}.png", animations="disabled", caret="hide")
        context.close()


def print_first_page() -> None:
    """The first page of the longest Niederschrift, as it comes from the printer."""
    paper = max((minutes.pdf for minutes in Minutes.objects.final().defer(None)), key=len)
    command = ["pdftoppm", "-png", "-singlefile", "-r", str(DOTS_PER_INCH), "-", FOLDER / "niederschrift"]
    subprocess.run(command, input=bytes(paper), check=True)


def main() -> None:
    call_command("demo", seed=SEED, verbosity=0)
    Meeting.objects.filter(state=Meeting.State.RUNNING).update(state=Meeting.State.FINISHED)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with portal() as home, chromium() as browser:
        photograph(browser, home)
    print_first_page()
    for file in sorted(FOLDER.glob("*.png")):
        sys.stdout.write(f"{file.relative_to(settings.BASE_DIR)}  {file.stat().st_size // 1024} KB\n")


if __name__ == "__main__":
    main()
