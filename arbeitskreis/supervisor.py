"""Runs several processes as one: one log, one Ctrl-C."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import FrameType

from arbeitskreis.devservices import die_with_parent

POLL_SECONDS = 0.2
GRACE_SECONDS = 20


class Part:
    """One process, in a session of its own so that Ctrl-C in the terminal does not reach it past the supervisor."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.name = name
        self.process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )
        self.reader = threading.Thread(target=self._relay, daemon=True)

    def _relay(self) -> None:
        """Copy its output into the common log, until it ends."""
        for line in self.process.stdout or ():
            say(self.name, line.rstrip())

    def is_running(self) -> bool:
        """Whether the process still lives."""
        return self.process.poll() is None

    def kill(self) -> None:
        """End it and whatever it started."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.reader.join(timeout=1)


class Supervisor:
    """Starts the parts, waits until somebody asks to stop or a part ends, then ends them all."""

    def __init__(self, commands: Mapping[str, Sequence[str]], environment: Mapping[str, str]) -> None:
        self.commands = commands
        self.environment = environment
        self.stop_requests = 0

    def run(self) -> int:
        """The exit code: 0 if asked to stop, 1 if a part ended by itself."""
        for signum in (signal.SIGINT, signal.SIGTERM):
            signal.signal(signum, self._request_stop)
        parts = [Part(name, command, self.environment) for name, command in self.commands.items()]
        for part in parts:
            part.reader.start()
        while not self.stop_requests and all(part.is_running() for part in parts):
            time.sleep(POLL_SECONDS)
        ended = [part for part in parts if not part.is_running() and not self.stop_requests]
        for part in ended:
            say("run", f"{part.name} ended with code {part.process.returncode}, so everything stops.")
        self._stop(parts)
        return 1 if ended else 0

    def _request_stop(self, signum: int, frame: FrameType | None) -> None:
        self.stop_requests += 1

    def _stop(self, parts: Sequence[Part]) -> None:
        """Let them finish what they are doing; a second request or a long wait kills them."""
        requests_so_far = self.stop_requests
        for part in parts:
            part.process.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        while any(part.is_running() for part in parts):
            if time.monotonic() > deadline or self.stop_requests > requests_so_far:
                break
            time.sleep(0.05)
        for part in parts:
            part.kill()


def say(name: str, text: str) -> None:
    """One line of the common log."""
    sys.stdout.write(f"{name:<6} | {text}\n")
    sys.stdout.flush()
