"""Real processes that a test may stop, pause and kill: worker, beat, broker."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from django.db import connection

from arbeitskreis.devservices import LOOPBACK, answers_ping, die_with_parent, find_redis, free_port

WORKER = ["worker", "-Q", "mail", "-c", "1", "-l", "warning", "--without-gossip", "--without-mingle"]


class Process:
    """One program in a process group of its own, ended with the test."""

    def __init__(self, command: list[str | Path], folder: Path, env: dict[str, str] | None = None) -> None:
        self.command, self.folder, self.env = command, folder, {**os.environ, **(env or {})}
        self.popen: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        with (self.folder / "log").open("ab") as log:
            self.popen = subprocess.Popen(
                self.command,
                stdout=log,
                stderr=log,
                env=self.env,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGKILL),  # noqa: PLW1509
            )
        return self

    def signal(self, number: signal.Signals) -> None:
        """Signal the whole group: a worker and its children."""
        if self.popen is not None:
            os.killpg(self.popen.pid, number)

    def kill(self) -> None:
        """End it as a power cut would."""
        if self.popen is not None:
            self.signal(signal.SIGKILL)
            self.popen.wait()
            self.popen = None

    @property
    def is_alive(self) -> bool:
        return self.popen is not None and self.popen.poll() is None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.kill()


class Broker(Process):
    """A Redis or Valkey that comes back on the same port and forgets everything."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"redis://{LOOPBACK}:{self.port}/0"
        program = find_redis().path
        super().__init__([program, "--port", str(self.port), "--bind", LOOPBACK, "--save", "", "--dir", folder], folder)

    def start(self) -> Self:
        super().start()
        wait_until(lambda: answers_ping(self.port), seconds=10)
        return self


@contextmanager
def mail_processes(folder: Path, *, broker: str, mail_server: str, lease: int) -> Iterator[Process]:
    """A worker and a beat on the database of the test; gives the worker."""
    env = {
        "DATABASE_URL": database_url(),
        "REDIS_URL": broker,
        "EMAIL_URL": mail_server,
        "MAIL_LEASE_SECONDS": str(lease),
    }
    celery: list[str | Path] = [sys.executable, "-m", "celery", "-A", "arbeitskreis"]
    beat = Process([*celery, "beat", "--pidfile=", "-s", folder / "beat", "-l", "warning"], folder, env)
    with beat, Process([*celery, *WORKER], folder, env) as worker:
        try:
            yield worker
        finally:
            sys.stdout.write((folder / "log").read_text())  # pytest shows it with a failure


def database_url() -> str:
    """The address of the test's own database."""
    values: dict[str, Any] = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{values['NAME']}"
    login = values["USER"] + (f":{values['PASSWORD']}" if values["PASSWORD"] else "")
    return f"postgres://{login}@{values['HOST']}:{values['PORT']}/{values['NAME']}"


def wait_until(condition: Callable[[], bool], *, seconds: float) -> float:
    """Look every 50 ms; gives the seconds waited, fails when the time is over."""
    start = time.monotonic()
    while not condition():
        waited = time.monotonic() - start
        assert waited < seconds, f"nothing happened for {seconds} seconds"
        time.sleep(0.05)
    return time.monotonic() - start
