"""`manage.py run` as a newcomer starts it: on an empty folder, with nothing around it."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from django.conf import settings

from arbeitskreis import devservices
from arbeitskreis.management.commands.run import choose_port, private_broker_url
from tests.platform.test_supervisor import are_gone
from tests.soak.processes import wait_until


class Portal:
    """A running portal, its log and its processes."""

    def __init__(self, folder, **environment):
        port = devservices.free_port()
        self.folder = folder
        self.url = f"http://localhost:{port}"
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "run", "--port", str(port)],
            cwd=settings.BASE_DIR,
            env={"PATH": os.environ["PATH"], "VAR_DIR": str(folder), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.log = []
        for line in self.process.stdout:
            self.log.append(line)
            if "the portal is at" in line:
                break

        self.browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())

    def get(self, path):
        with self.browser.open(self.url + path, timeout=10) as response:
            return response.read().decode()

    def send_form(self, path, **fields):
        """Post the form of a page, as a browser without scripts does."""
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get(path))[1]
        data = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": token}).encode()
        with self.browser.open(self.url + path, data, timeout=10) as response:
            return response.read().decode()

    def accounts(self):
        return json.loads((self.folder / "demo-accounts.json").read_text())

    def ask_for_a_new_password(self, email):
        """The mail, once it has left."""
        sent_before = set(self.folder.glob("mails/*"))
        self.send_form("/konto/password/reset/", email=email)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            for file in set(self.folder.glob("mails/*")) - sent_before:
                if email in (mail := file.read_text()):
                    return mail
            time.sleep(0.1)
        pytest.fail("no mail left the portal")

    def descendants(self):
        """Ids of the processes below it."""
        stats = []
        for path in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):  # it has just ended
                stats.append(path.read_text().rpartition(")"))
        parents = {int(head.split()[0]): int(rest.split()[1]) for head, _, rest in stats}
        family = [self.process.pid]
        for pid in family:
            family.extend(child for child, parent in parents.items() if parent == pid)
        return family[1:]

    def stop(self):
        """The exit code after Ctrl-C."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        if not self.process.stdout.closed:
            self.log.append(self.process.communicate(timeout=30)[0])
        return self.process.returncode


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    """One portal for the tests that only look at it."""
    running = Portal(tmp_path_factory.mktemp("run"))
    yield running
    running.stop()


@pytest.fixture
def start(tmp_path):
    started = []

    def start_portal(**environment):
        started.append(Portal(tmp_path, **environment))
        return started[-1]

    yield start_portal
    for running in started:
        running.stop()


def test_run_serves_pages_and_their_style(portal):
    assert "Anmelden" in portal.get("/konto/login/")
    assert "--kern" in portal.get("/static/kern/kern.min.css")


def test_run_shows_the_demo_accounts_and_writes_them_down(portal):
    accounts = portal.accounts()
    assert all(set(account) == {"role", "email", "password", "name"} for account in accounts)
    assert all(any(account["email"] in line for line in portal.log) for account in accounts)


def test_mail_asked_for_on_a_page_leaves(portal):
    assert "/konto/password/reset/key/" in portal.ask_for_a_new_password(portal.accounts()[0]["email"])


@pytest.mark.soak
def test_mail_leaves_without_redis_too(start):
    portal = start(REDIS_URL="filesystem://")
    assert "/konto/password/reset/key/" in portal.ask_for_a_new_password(portal.accounts()[0]["email"])


def test_ctrl_c_leaves_no_process_and_the_next_run_keeps_the_data(start):
    first = start()
    accounts = first.accounts()
    wait_until(lambda: len(first.descendants()) >= 7, seconds=30)  # broker, web + 2, worker + 1, beat
    processes = first.descendants()
    assert first.stop() == 0
    assert are_gone(processes)
    assert "making demo data" in "".join(first.log)
    assert "Traceback" not in "".join(first.log)
    second = start()
    assert "making demo data" not in "".join(second.log)
    assert second.accounts() == accounts


def test_second_run_on_the_same_data_is_refused(portal, manage):
    refused = manage("run", VAR_DIR=str(portal.folder))
    assert refused.returncode == 2
    assert "is running already" in refused.stderr


def test_run_refuses_a_port_in_use(manage):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        refused = manage("run", PORT=str(port))
    assert refused.returncode == 2
    assert f"Port {port} is in use" in refused.stderr


def test_run_takes_the_next_port_where_the_usual_one_is_in_use():
    first = choose_port(0)
    with socket.create_server(("127.0.0.1", first)):
        assert choose_port(0) > first


def test_broker_is_a_folder_where_the_machine_has_no_redis(monkeypatch):
    monkeypatch.setattr(devservices, "package_folder", lambda name: None)
    monkeypatch.setenv("PATH", "")
    with ExitStack() as stack:
        assert private_broker_url(stack) == "filesystem://"
