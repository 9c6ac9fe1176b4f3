"""Power cuts, lost brokers and a thousand mails: none is lost, few go twice."""

import signal
import time
from collections import Counter

import pytest
from django.db import transaction

from portal.mail import kick, outbox
from portal.mail.models import Message
from tests.mail.example import put, request
from tests.mail.example_templates import add_templates
from tests.mail.smtp import Sink
from tests.soak.processes import Broker, mail_processes, wait_until

pytestmark = pytest.mark.django_db(transaction=True)
LEASE = 2
ANSWER_DELAY = 0.006  # the mail server keeps the mail first and says so later: the window for doubles is wide
PDF = outbox.Attachment("einladung.pdf", "application/pdf", b"%PDF" + bytes(60_000))


@pytest.fixture(autouse=True)
def _setting(settings):
    add_templates(settings)
    yield
    kick._publisher.cache_clear()


@pytest.fixture
def broker(tmp_path, settings):
    with Broker(tmp_path) as broker:
        settings.CELERY_BROKER_URL = broker.url
        yield broker


@pytest.fixture
def say(capsys):
    """Print a figure past pytest's capture."""

    def write(text):
        with capsys.disabled():
            print(f"\n  {text}")  # noqa: T201

    return write


def put_many(count, **changes):
    with transaction.atomic():
        for number in range(count):
            put(f"invitation:{number}", **changes)


def all_sent():
    return not Message.objects.exclude(status="sent").exists()


@pytest.mark.parametrize(("mails", "kills"), [(30, 1), pytest.param(800, 10, marks=pytest.mark.soak)])
def test_worker_and_broker_killed_again_and_again_lose_no_mail(tmp_path, broker, say, mails, kills):
    """Each kill hits the worker, every other one the broker too."""
    put_many(mails, calendar=request())
    ids = {message.message_id for message in Message.objects.all()}
    with (
        Sink(delay=ANSWER_DELAY) as sink,
        mail_processes(tmp_path, broker=broker.url, mail_server=sink.url, lease=LEASE) as worker,
    ):
        for number in range(1, kills + 1):
            wait_until(lambda goal=number * mails // (kills + 1): len(sink.deliveries) >= goal, seconds=60)
            worker.kill()
            if number % 2:
                broker.kill()
                broker.start()
            worker.start()
        wait_until(all_sent, seconds=60)
        received = Counter(mail["Message-ID"] for mail in sink.mails)
    doubles = sum(received.values()) - mails
    killed = f"{kills} kills of the worker, {(kills + 1) // 2} of the broker"
    say(f"{mails} mails, {killed}: {mails - len(received)} lost, {doubles} doubled")
    assert set(received) == ids
    assert doubles <= kills


@pytest.mark.parametrize(
    ("outage", "seconds"),
    [
        ("refused", 1),
        pytest.param("refused", 40, marks=pytest.mark.soak),
        pytest.param("hung", 40, marks=pytest.mark.soak),
    ],
)
def test_broker_away_delays_mails_and_nothing_else(tmp_path, broker, say, outage, seconds):
    with (
        Sink() as sink,
        mail_processes(tmp_path, broker=broker.url, mail_server=sink.url, lease=LEASE) as worker,
    ):
        put("before")
        wait_until(lambda: len(sink.deliveries) == 1, seconds=30)
        go_away(broker, outage)
        durations = [duration(lambda key=f"during:{number}": put(key)) for number in range(10)]
        time.sleep(seconds)
        come_back(broker, outage)
        waited = wait_until(lambda: len(sink.deliveries) == 11, seconds=60)
        wait_until(all_sent, seconds=10)  # the server has a mail before its row says so
        assert worker.is_alive
    say(f"broker {outage} for {seconds} s: longest put {max(durations):.2f} s, mails {waited:.1f} s after its return")
    assert max(durations) < 1


@pytest.mark.soak
def test_thousand_invitations_leave_within_a_minute(tmp_path, broker, say):
    with Sink() as sink, mail_processes(tmp_path, broker=broker.url, mail_server=sink.url, lease=120):
        put("warm up")
        wait_until(all_sent, seconds=30)
        writing = duration(lambda: put_many(1000, calendar=request(), attachments=[PDF]))
        sending = wait_until(all_sent, seconds=120)
    say(f"1,000 mails with calendar and PDF: written in {writing:.1f} s, handed over in {sending:.1f} s")
    assert len(sink.deliveries) == 1001
    assert sending < 60


def duration(call):
    start = time.monotonic()
    call()
    return time.monotonic() - start


def go_away(broker, outage):
    if outage == "hung":
        broker.signal(signal.SIGSTOP)
    else:
        broker.kill()


def come_back(broker, outage):
    if outage == "hung":
        broker.signal(signal.SIGCONT)
    else:
        broker.start()
