import socket
import time

import pytest
import redis

from arbeitskreis.devservices import free_port
from portal.mail import kick


@pytest.fixture(autouse=True)
def _fresh_publishers():
    yield
    kick._publisher.cache_clear()


@pytest.fixture
def hanging_broker():
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


def duration(call):
    start = time.monotonic()
    call()
    return time.monotonic() - start


def test_kick_puts_one_sweep_into_the_queue_of_the_sender(settings):
    broker = redis.Redis.from_url(settings.CELERY_BROKER_URL)
    broker.delete("mail")
    kick.kick()
    assert broker.llen("mail") == 1
    assert b"portal.mail.tasks.sweep" in broker.lpop("mail")
    broker.close()


def test_kick_without_broker_is_quick_and_quiet(settings, caplog):
    settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{free_port()}/0"
    assert duration(kick.kick) < 0.5
    assert duration(kick.kick) < 0.01
    assert len(caplog.records) == 1


def test_kick_waits_half_a_second_for_a_hanging_broker_and_then_not_again(settings, hanging_broker):
    settings.CELERY_BROKER_URL = hanging_broker
    assert duration(kick.kick) < 0.9
    assert duration(kick.kick) < 0.01


def test_kick_tries_again_after_the_quiet_time(settings, monkeypatch, caplog):
    monkeypatch.setattr(kick, "QUIET_SECONDS", 0)
    settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{free_port()}/0"
    kick.kick()
    kick.kick()
    assert len(caplog.records) == 2


def test_kick_works_with_a_folder_as_broker(settings, tmp_path):
    settings.CELERY_BROKER_URL = "filesystem://"
    folders = ("data_folder_in", "data_folder_out", "control_folder")
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = dict.fromkeys(folders, str(tmp_path))
    kick.kick()
    assert len([file for file in tmp_path.iterdir() if "portal.mail.tasks.sweep" in file.read_text()]) == 1
