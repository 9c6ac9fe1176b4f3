"""A real Chromium on a live server. What no page may ever do is watched on every page: see Watch.

Tests take `visitor` (opens a page, signed in or not), `axe` (what is not accessible on the page as it stands),
`everywhere` (the same at desktop and phone, light and dark, without loading the page again) and `screen` (runs a test
at all four).
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.mail.smtp import Sink
from tests.soak.processes import mail_processes

if TYPE_CHECKING:
    from portal.members.models import Person

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SCREENS = {f"{width}-{theme}": (width, theme) for width in (1280, 390) for theme in ("light", "dark")}
REFUSALS = ("Failed to load resource", "htmx:", "Response Status Error Code")  # the page tells its reader of these
AXE_OPTIONS = {
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
    "preload": False,  # axe would copy style sheets into the page, which the policy forbids
}
AXE_RUN = """options => axe.run(options).then(({violations}) => violations.flatMap(
    rule => rule.nodes.map(node => `${rule.id}: ${node.html.slice(0, 200)}`)))"""  # the whole report would take longer
AT_REST = "Promise.all(document.getAnimations().map(change => change.finished))"  # colours fade into each other

Visitor = Callable[..., Page]
Axe = Callable[[Page], list[str]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives Chromium."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


class Watch:
    """What the browser reports that no page may cause."""

    def __init__(self, home: str) -> None:
        self.home = home
        self.faults: list[str] = []

    def follow(self, context: BrowserContext) -> None:
        """Listen to every page of this context."""
        context.on("console", self.hear)
        context.on("request", self.see_request)
        context.on("response", self.see_response)
        context.on("weberror", lambda error: self.faults.append(f"script error: {error.error}"))

    def hear(self, message: ConsoleMessage) -> None:
        """Chromium tells of a broken content security policy, and of much else, on the console."""
        if message.type == "error" and not message.text.startswith(REFUSALS):
            self.faults.append(message.text)

    def see_request(self, request: Request) -> None:
        """Nothing is loaded from elsewhere."""
        if not request.url.startswith((self.home, "data:", "blob:")):
            self.faults.append(f"request to another host: {request.url}")

    def see_response(self, response: Response) -> None:
        """The server never fails, and every file of a page is there."""
        if response.status >= 500 or (response.status >= 400 and "/static/" in response.url):
            self.faults.append(f"{response.status}: {response.url}")


@pytest.fixture(scope="session")
def browser(chromium: Path) -> Iterator[Browser]:
    """One Chromium for all tests, in German."""
    with sync_playwright() as playwright:
        environment = {**os.environ, "LANGUAGE": "de"}
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS, env=environment)
        yield browser
        browser.close()


@pytest.fixture(params=SCREENS.values(), ids=SCREENS)
def screen(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Options for `visitor`: desktop and phone, light and dark."""
    width, theme = request.param
    return {"viewport": {"width": width, "height": 900}, "color_scheme": theme}


@pytest.fixture
def visitor(browser: Browser, live_server: LiveServer) -> Iterator[Visitor]:
    """Open a page as somebody or nobody; further options are Playwright's, such as java_script_enabled=False."""
    watch = Watch(live_server.url)
    contexts: list[BrowserContext] = []

    def visit(person: "Person | None" = None, **options: Any) -> Page:
        context = browser.new_context(base_url=live_server.url, locale="de-DE", **options)
        contexts.append(context)
        watch.follow(context)
        if person:
            context.add_cookies([session_cookie(person, live_server.url)])
        return context.new_page()

    yield visit
    for context in contexts:
        context.close()
    assert watch.faults == []


def session_cookie(person: "Person", url: str) -> dict[str, str]:
    """Signed in as by the form, but quicker."""
    client = Client()
    client.force_login(person)
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": url}


@pytest.fixture(scope="session")
def axe() -> Axe:
    """Accessibility faults of the page as it stands, sideways scrolling among them."""
    source = Path(settings.NODE_MODULES, "axe-core", "axe.min.js").read_text(encoding="utf-8")

    def faults(page: Page) -> list[str]:
        if not page.evaluate("'axe' in window"):
            page.evaluate(source)
        lines = page.evaluate(AXE_RUN, AXE_OPTIONS)
        return [*lines, *(["scrolls sideways"] if is_too_wide(page) else [])]

    return faults


def is_too_wide(page: Page) -> bool:
    """Whether the page has to be moved sideways to be read."""
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


@pytest.fixture
def everywhere(axe: Axe) -> Axe:
    """Accessibility faults at all four screens."""

    def faults(page: Page) -> list[str]:
        found = []
        for name, (width, theme) in SCREENS.items():
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=theme)
            page.evaluate(AT_REST)
            found += [f"{name}: {fault}" for fault in axe(page)]
        return found

    return faults


@pytest.fixture
def post(live_server: LiveServer, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Sink]:
    """A mail server, and behind the portal a real worker and a real timetable that hand over to it."""
    settings.BASE_URL = live_server.url
    monkeypatch.setenv("BASE_URL", live_server.url)
    with Sink() as sink, mail_processes(tmp_path, broker=os.environ["REDIS_URL"], mail_server=sink.url, lease=30):
        yield sink
