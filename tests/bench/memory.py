"""Memory of web, worker and beat when nothing happens; pages shared between processes count once."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from arbeitskreis.devservices import LOOPBACK, free_port

SETTLE_SECONDS = 8


def figures(folder: Path) -> Iterator[tuple[str, float, float, str]]:
    port = free_port()
    kept = ("DATABASE_URL", "REDIS_URL", "BASE_URL", "DJANGO_SETTINGS_MODULE", "DJANGO_ALLOW_ASYNC_UNSAFE")
    environment = {name: value for name, value in os.environ.items() if name not in kept}
    environment |= {"VAR_DIR": str(folder / "run"), "PORT": str(port)}
    command = [sys.executable, "manage.py", "run"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT) as portal:
        try:
            wait_for(f"http://{LOOPBACK}:{port}/konto/login/")
            time.sleep(SETTLE_SECONDS)
            megabytes = sum(map(proportional_size, family_of(portal.pid)))
        finally:
            portal.send_signal(signal.SIGINT)
    yield "memory of web, worker, beat and broker, idle", megabytes, 400, "MB"


def wait_for(address: str) -> None:
    for _ in range(600):
        try:
            return urlopen(address).close()
        except URLError:
            time.sleep(0.1)
    raise TimeoutError(address)


def family_of(pid: int) -> set[int]:
    """The process and all its descendants."""
    parents = {int(path.name): parent_of(path) for path in Path("/proc").glob("[0-9]*")}
    family = {pid}
    while more := {child for child, parent in parents.items() if parent in family} - family:
        family |= more
    return family


def parent_of(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def proportional_size(pid: int) -> float:
    """MB of this process, shared pages divided among those who share them."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
