"""Everything the portal needs, in one command: `make run`."""

import fcntl
import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from argparse import ArgumentParser
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, TextIO

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connections

from arbeitskreis import devservices
from arbeitskreis.supervisor import Supervisor, say
from portal.office.demo.accounts import FILE

FIRST_PORT, LAST_PORT = 8000, 8099
USUAL_SEED = "1"
POLL_SECONDS = 0.1
START_SECONDS = 60
CELERY = [sys.executable, "-m", "celery", "--quiet", "-A", "arbeitskreis"]


class Command(BaseCommand):
    """Web, worker, beat and a private broker, on demo data if the database is empty."""

    help = "Start the portal on this machine: database, demo data, web, worker, beat. Ctrl-C stops everything."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Both can come from the environment too, as PORT and SEED."""
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 0), help="default: 8000 or next")
        parser.add_argument("--seed", default=os.environ.get("SEED") or USUAL_SEED, help="seed of the demo data")

    def handle(self, *, port: int, seed: str, **_: Any) -> None:
        """Prepare, start, wait, stop."""
        os.chdir(settings.BASE_DIR)
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:
            stack.enter_context(only_one(settings.VAR_DIR / "run.lock"))
            port = choose_port(port)
            environment = children_environment(port, broker_url(stack))
            accounts = settings.VAR_DIR / FILE
            try:
                prepare_database(environment, seed, accounts)
            except KeyboardInterrupt:
                raise CommandError("Stopped.", returncode=130) from None
            threading.Thread(target=announce, args=(port, environment["BASE_URL"], accounts), daemon=True).start()
            code = Supervisor(commands(), environment).run()
        sys.exit(code)


def commands() -> dict[str, list[str]]:
    """The parts and their command lines; one worker with one process, so that mails leave one after the other."""
    return {
        "web": [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "arbeitskreis.wsgi"],
        "worker": [*CELERY, "worker", "-Q", "mail", "-c", "1", "-l", "INFO", "--without-gossip", "--without-mingle"],
        "beat": [*CELERY, "beat", "--pidfile=", "-s", str(settings.VAR_DIR / "beat")],
    }


def only_one(lock: Path) -> TextIO:
    """Held until the command ends: two portals on one folder would send every mail twice."""
    file = lock.open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise CommandError(f"The portal is running already with the data in {lock.parent}.", returncode=2) from None
    return file


def choose_port(wanted: int) -> int:
    """The port asked for, else the first free one."""
    if wanted and not is_free(wanted):
        raise CommandError(f"Port {wanted} is in use. Choose another one: make run PORT=…", returncode=2)
    for port in [wanted] if wanted else range(FIRST_PORT, LAST_PORT + 1):
        if is_free(port):
            return port
    raise CommandError(f"No free port from {FIRST_PORT} to {LAST_PORT}. Choose one: make run PORT=…", returncode=2)


def is_free(port: int) -> bool:
    """Whether nobody answers there, under either address of localhost."""
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        with suppress(OSError), socket.socket(family) as probe:
            probe.settimeout(1)
            if probe.connect_ex((host, port)) == 0:
                return False
    return True


def broker_url(stack: ExitStack) -> str:
    """The broker of the environment, else a private one, else files."""
    url = os.environ.get("REDIS_URL") or private_broker_url(stack)
    if url.startswith("filesystem:"):
        (settings.VAR_DIR / "queue").mkdir(exist_ok=True)
    return url


def private_broker_url(stack: ExitStack) -> str:
    """A Redis or Valkey that ends with this command; files where the machine can have neither."""
    try:
        server = devservices.Redis()
    except devservices.Missing:
        return "filesystem://"
    stack.callback(server.stop)
    return server.url


def children_environment(port: int, broker: str) -> dict[str, str]:
    """What the processes need to know; what the environment says already goes first."""
    usual = {
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "BASE_URL": f"http://localhost:{port}",
        "COLLECTED_STATIC": "false",
        "SECOND_FACTOR_ROLES": "",
    }
    own = {
        "PYTHONUNBUFFERED": "1",
        "REDIS_URL": broker,
        "VAR_DIR": str(settings.VAR_DIR),
        "WEB_BIND": f"127.0.0.1:{port}",
    }
    return {**usual, **os.environ, **own}


def prepare_database(environment: dict[str, str], seed: str, accounts: Path) -> None:
    """Tables up to date, and demo data in an empty database."""
    say("run", "preparing the database")
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    is_empty = not get_user_model().objects.exists()
    connections.close_all()
    if is_empty:
        say("run", "making demo data")
        demo = [sys.executable, "manage.py", "demo", "--seed", seed, "--accounts", str(accounts)]
        if subprocess.run(demo, env=environment, check=False).returncode:
            raise CommandError("The demo data could not be made.")


def announce(port: int, url: str, accounts: Path) -> None:
    """Say where the portal is and who can sign in, as soon as it answers."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz/", timeout=5):
            break
        time.sleep(POLL_SECONDS)
    if accounts.exists():
        say("run", f"demo accounts, also in {accounts}:")
        for account in json.loads(accounts.read_text()):
            say("run", f"  {account['email']:<36} {account['password']:<24} {account['role']}, {account['name']}")
    say("run", f"the portal is at {url}/ - Ctrl-C stops it")
