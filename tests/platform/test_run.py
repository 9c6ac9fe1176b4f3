"""`manage.py run` as a newcomer starts it: on an empty folder, with nothing around it."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from django.conf import settings

from arbeitskreis import devservices
from tests.platform.test_supervisor import are_gone


class Portal:
    """A running portal, its log and its processes."""

    def __init__(self, folder, port):
        self.url = f"http://localhost:{port}"
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "run", "--port", str(port)],
            cwd=settings.BASE_DIR,
            env={"PATH": os.environ["PATH"], "VAR_DIR": str(folder)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.log = []
        for line in self.process.stdout:
            self.log.append(line)
            if "the portal is at" in line:
                break

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=10) as response:
            return response.read().decode()

    def descendants(self):
        """Ids of the processes below it."""
        stats = [path.read_text().rpartition(")") for path in Path("/proc").glob("[0-9]*/stat")]
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


@pytest.fixture
def start(tmp_path):
    started = []

    def start_portal(port):
        started.append(Portal(tmp_path, port))
        return started[-1]

    yield start_portal
    for portal in started:
        portal.stop()


def test_run_serves_the_sign_in_page_and_stops_without_a_trace(start, tmp_path):
    portal = start(devservices.free_port())
    assert "Anmelden" in portal.get("/konto/login/")
    assert "--kern" in portal.get("/static/kern/kern.min.css")
    accounts = json.loads((tmp_path / "demo-accounts.json").read_text())
    assert all(set(account) == {"role", "email", "password", "name"} for account in accounts)
    assert any(accounts[0]["email"] in line for line in portal.log)
    processes = portal.descendants()
    assert len(processes) >= 6  # broker, web with two workers, worker with its child, beat
    assert portal.stop() == 0
    assert are_gone(processes)
    assert "Traceback" not in "".join(portal.log)


def test_second_run_keeps_the_data_and_takes_no_second_place(start, manage, tmp_path):
    first = start(devservices.free_port())
    refused = manage("run")
    assert refused.returncode == 2
    assert "is running already" in refused.stderr
    first.stop()
    written = (tmp_path / "demo-accounts.json").stat().st_mtime_ns
    second = start(devservices.free_port())
    assert "making demo data" in "".join(first.log)
    assert "making demo data" not in "".join(second.log)
    assert (tmp_path / "demo-accounts.json").stat().st_mtime_ns == written


def test_run_refuses_a_port_in_use(manage):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        refused = manage("run", PORT=str(port))
    assert refused.returncode == 2
    assert f"Port {port} is in use" in refused.stderr
