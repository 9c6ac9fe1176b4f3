"""Long: a mail server in every kind of trouble. No mail is lost, the lead reads why it waits, and pages stay fast."""

import re
import time
from collections import Counter
from html import unescape
from http.cookiejar import CookieJar
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse

from portal.mail import kick
from portal.mail.models import Message
from portal.meetings import emails
from portal.meetings.actions import invitation
from portal.members.models import Role
from tests.cast import appointed
from tests.mail.smtp import CUT, HANG, OK, Sink
from tests.soak.processes import Broker, mail_processes, wait_until

pytestmark = [pytest.mark.soak, pytest.mark.django_db(transaction=True)]

READERS = 30
SLOWEST = 1.0  # seconds
END = 400  # seconds until all has to be settled: the waits of one, two and four minutes are real
REFUSED = {f"person{number}@example.org" for number in range(0, READERS, 5)}


def later(step, address):
    return "451 4.7.1 greylisted, try again later" if step == "rcpt" else OK


def never_some(step, address):
    return "550 5.1.1 no such user" if step == "rcpt" and address in REFUSED else OK


def hangs(step, address):
    return HANG if step == "rcpt" else OK


def cut_off(step, address):
    return CUT if step == "data" else OK


TROUBLES = {  # how the server behaves, for how many seconds, and what the lead reads meanwhile
    "4xx": (later, 20, "Der Mailserver nimmt die Nachricht zurzeit nicht an: 451 4.7.1 greylisted, try again later"),
    "5xx": (never_some, 5, "Der Mailserver lehnt die Nachricht ab: 550 5.1.1 no such user"),
    "hanging": (hangs, 45, "Der Mailserver antwortet nicht."),
    "cut off in the middle of a mail": (cut_off, 20, "Die Verbindung zum Mailserver ist abgebrochen."),
    "down": (None, 60, "Der Mailserver nimmt keine Verbindung an."),
}


@pytest.fixture
def broker(tmp_path, settings):
    with Broker(tmp_path) as broker:
        settings.CELERY_BROKER_URL = broker.url
        yield broker
    kick._publisher.cache_clear()


@pytest.fixture
def say(capsys):
    """Print a figure past pytest's capture."""

    def write(text):
        with capsys.disabled():
            print(f"\n  {text}")  # noqa: T201

    return write


class Visitor:
    """A browser on the live server that keeps the longest time of each page."""

    def __init__(self, home, person=None):
        self.home, self.longest = home, Counter()
        self.opener = build_opener(HTTPCookieProcessor(CookieJar()))
        if person:
            client = Client()
            client.force_login(person)
            name = django_settings.SESSION_COOKIE_NAME
            self.opener.addheaders = [("Cookie", f"{name}={client.cookies[name].value}")]

    def open(self, page, address, **form):
        """The text of a page, or of the one that follows upon a form."""
        start = time.monotonic()
        with self.opener.open(self.home + address, urlencode(form).encode() if form else None, timeout=30) as answer:
            text = answer.read().decode()
        self.longest[page] = max(self.longest[page], time.monotonic() - start)
        return unescape(" ".join(text.split()))


class Portal:
    """What people do in the portal while the mail server is in trouble."""

    def __init__(self, home, meeting, lead):
        self.meeting, self.lead, self.guest = meeting, Visitor(home, lead), Visitor(home)
        attendance = meeting.attendances.get(person__email="person0@example.org")
        self.link = emails.answer_url(attendance).removeprefix(django_settings.BASE_URL)
        self.rounds = 0

    def visit(self):
        """Each page once; gives the Postausgang as the lead reads it."""
        self.rounds += 1
        self.lead.open("meeting", self.meeting.get_absolute_url())
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.guest.open("link", self.link))[1]
        answer, words = (("accepted", "Sie haben zugesagt"), ("declined", "Sie haben abgesagt"))[self.rounds % 2]
        assert words in self.guest.open("answer", self.link, answer=answer, csrfmiddlewaretoken=token)
        return self.lead.open("outbox", reverse("office:outbox"))

    @property
    def slowest(self):
        return {page: round(seconds, 2) for page, seconds in (self.lead.longest | self.guest.longest).items()}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_of_the_mail_server_delays_mails_and_nothing_else(
    tmp_path, broker, say, live_server, draft, lead, group, trouble
):
    mood, seconds, reason = TROUBLES[trouble]
    for number in range(READERS):
        appointed(f"Person{number}", Role.DELEGATE, group)
    with Sink() as sink, mail_processes(tmp_path, broker=broker.url, mail_server=sink.url, lease=120) as worker:
        sink.mood = mood
        if mood is None:
            sink.close()
        revision = invitation.invite(draft, by=lead, version=draft.version)
        portal = Portal(live_server.url, revision.meeting, lead)
        portal.visit()
        for browser in (portal.lead, portal.guest):
            browser.longest.clear()  # the first visit compiles templates
        end, told_after = time.monotonic() + seconds, None
        begin = time.monotonic()
        while time.monotonic() < end or told_after is None:
            if reason in portal.visit() and told_after is None:
                told_after = time.monotonic() - begin
            assert time.monotonic() < end + 60, "the lead was never told"
            time.sleep(0.2)
        taken = len(sink.deliveries)
        if mood is None:
            sink.open()
        elif trouble != "5xx":
            sink.mood = None
        waited = wait_until(lambda: bool(portal.visit()) and is_settled(), seconds=END)
        assert worker.is_alive
        received = Counter(mail["Message-ID"] for mail in sink.mails)
        readers = Counter(address for delivery in sink.deliveries for address in delivery.to)

    refused = REFUSED if trouble == "5xx" else set()
    failed = Message.objects.filter(status="failed")
    assert {mail.to for mail in failed} == refused
    assert {mail.last_error for mail in failed} <= {reason}
    sent = {mail.message_id for mail in Message.objects.filter(status="sent", last_error="")}
    assert (len(sent), set(received)) == (Message.objects.count() - len(refused), sent)
    assert not refused & set(readers)
    doubles = sum(received.values()) - len(sent)
    say(
        f"{trouble} for {seconds} s: {taken} of {Message.objects.count()} mails taken meanwhile, 0 lost, "
        f"{doubles} doubled, {len(refused)} refused; the lead read the reason after {told_after:.1f} s; all settled "
        f"{waited:.0f} s after the trouble; slowest of {portal.rounds} visits: {portal.slowest}"
    )
    assert doubles == 0
    assert max(portal.slowest.values()) < SLOWEST


def is_settled():
    return not Message.objects.filter(status__in=["queued", "sending"]).exists()
