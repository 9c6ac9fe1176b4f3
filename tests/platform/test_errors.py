"""Pages for errors while the database is refused or hangs, from a real web process."""

import http.client
import os
import socket
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.test import RequestFactory

from arbeitskreis import devservices
from arbeitskreis.errors import server_error


@pytest.fixture
def database_port():
    return devservices.free_port()


@pytest.fixture
def web_port(tmp_path, database_port):
    """A gunicorn whose database is at a port where nobody listens."""
    port = devservices.free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "VAR_DIR": str(tmp_path),
        "COLLECTED_STATIC": "false",
        "DATABASE_URL": f"postgres://portal@127.0.0.1:{database_port}/portal",
        "WEB_BIND": f"127.0.0.1:{port}",
        "WEB_WORKERS": "1",
    }
    command = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "arbeitskreis.wsgi"]
    with subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stderr=subprocess.DEVNULL) as process:
        wait_until_it_answers(port)
        yield port
        process.terminate()


def wait_until_it_answers(port):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            return get(port, "/healthz/")
        except OSError:
            time.sleep(0.1)
    pytest.fail("the web process does not answer")


def get(port, path, **headers):
    """Status, headers, text and seconds."""
    start = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path, headers={"Host": "localhost", **headers})
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response.status, response.headers, text, time.monotonic() - start


def assert_says_unavailable(answer):
    status, headers, text, seconds = answer
    assert status == 503
    assert "vorübergehend nicht erreichbar" in text
    assert headers["Retry-After"] == "30"
    assert headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert seconds < 5


def test_database_away_or_hanging_gives_the_503_page_quickly(web_port, database_port):
    assert_says_unavailable(get(web_port, "/", Cookie="sessionid=abcdefghijklmnopqrstuvwxyz012345"))
    with socket.create_server(("127.0.0.1", database_port)):  # takes connections and never says a word
        assert_says_unavailable(get(web_port, "/", Cookie="sessionid=abcdefghijklmnopqrstuvwxyz012345"))
    assert get(web_port, "/healthz/")[0] == 200


def test_other_errors_give_the_500_page():
    try:
        raise LookupError
    except LookupError:
        response = server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert "Hier ist etwas schiefgegangen" in response.text
    assert response.headers["Cache-Control"] == "no-store"


def test_error_pages_ask_the_database_nothing(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        server_error(RequestFactory().get("/"))
