"""Several processes as one: started, logged, ended together."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings

SUPERVISE = """
import os, sys
from arbeitskreis.supervisor import Supervisor
commands = {f"part{number}": [sys.executable, "-c", code] for number, code in enumerate(sys.argv[1:], start=1)}
sys.exit(Supervisor(commands, os.environ).run())
"""
WAITING = "import os, time; print('waiting as', os.getpid(), flush=True); time.sleep(60)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {WAITING}"


@pytest.fixture
def supervise():
    started = []

    def start(*codes):
        command = [sys.executable, "-c", SUPERVISE, *codes]
        process = subprocess.Popen(command, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def pids_of(process, parts):
    """What the waiting parts say of themselves."""
    lines = [process.stdout.readline() for _ in range(parts)]
    return [int(line.split()[-1]) for line in lines]


def are_gone(pids):
    deadline = time.monotonic() + 10
    while any(is_alive(pid) for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def is_alive(pid):
    status = Path("/proc", str(pid), "stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"


def test_every_line_names_its_part(supervise):
    process = supervise(*(f"import time; print({word!r}, flush=True); time.sleep(60)" for word in ("eins", "zwei")))
    lines = {process.stdout.readline() for _ in range(2)}
    assert lines == {"part1  | eins\n", "part2  | zwei\n"}


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_request_to_stop_ends_all_parts(supervise, signum):
    process = supervise(WAITING, WAITING)
    pids = pids_of(process, parts=2)
    process.send_signal(signum)
    assert process.wait(20) == 0
    assert are_gone(pids)


def test_part_that_ends_takes_the_others_along(supervise):
    process = supervise(WAITING, "import sys; sys.exit(3)")
    output, _ = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "run    | part2 ended with code 3, so everything stops.\n" in output


def test_second_request_kills_a_part_that_will_not_end(supervise):
    process = supervise(STUBBORN)
    pids = pids_of(process, parts=1)
    process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    assert process.wait(5) == 0
    assert are_gone(pids)


def test_parts_end_with_a_killed_supervisor(supervise):
    process = supervise(WAITING, WAITING)
    pids = pids_of(process, parts=2)
    os.kill(process.pid, signal.SIGKILL)
    assert are_gone(pids)
