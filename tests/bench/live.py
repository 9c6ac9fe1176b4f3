"""Sixty people look at a running meeting, while the chair moves on and somebody else opens pages."""

import random
import re
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from urllib.request import Request, urlopen

from django.conf import settings
from django.urls import reverse

from arbeitskreis.devservices import LOOPBACK, free_port
from portal.meetings.actions import live
from portal.meetings.models import Meeting
from portal.members.models import Membership, Role
from tests.bench.memory import wait_for
from tests.bench.pages import member, signed_in
from tests.soak.processes import Process

PEOPLE = 60
SECONDS = 30
EVERY = (4, 5)  # as static/js/live.js looks
MOVES_EVERY = 3


def figures(folder: Path) -> Iterator[tuple[str, float, float, str]]:
    meeting = Meeting.objects.get(state=Meeting.State.RUNNING)
    members = Membership.objects.current().filter(organization=meeting.organization).exclude(role=Role.DEPUTY)
    cookies = [cookie(row.person) for row in islice(cycle(members.select_related("person")), PEOPLE)]
    with web(folder) as home, ThreadPoolExecutor(PEOPLE + 1) as room:
        end = time.monotonic() + SECONDS
        pages = room.submit(opened, home + meeting.get_absolute_url(), cookies[0], end)
        address = home + reverse("meetings:live", args=[meeting.pk])
        looks = [room.submit(looked, address, one, end) for one in cookies]
        move_on(meeting, end)
        times = [seconds for look in looks for seconds in look.result()]
    yield f"slowest of {len(times)} looks of {PEOPLE} people at a running meeting", max(times) * 1000, 1000, "ms"
    yield "slowest meeting page meanwhile", max(pages.result()) * 1000, 1000, "ms"


@contextmanager
def web(folder: Path) -> Iterator[str]:
    """The web server as in production."""
    home = f"{LOOPBACK}:{free_port()}"
    command = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "arbeitskreis.wsgi"]
    with Process(command, folder, {"WEB_BIND": home, "ALLOWED_HOSTS": LOOPBACK}):
        wait_for(f"http://{home}/konto/login/")
        yield f"http://{home}"


def cookie(person) -> str:
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={signed_in(person).cookies[name].value}"


def looked(address: str, cookie: str, end: float) -> list[float]:
    """One reader's browser: asks every few seconds whether anything has changed; gives the seconds of each answer."""
    times, stamp = [], ""
    time.sleep(random.uniform(0, EVERY[0]))
    while time.monotonic() < end:
        seconds, text = fetched(f"{address}?stand={stamp}", {"Cookie": cookie, "HX-Request": "true"})
        times.append(seconds)
        stamp = found[1] if (found := re.search(r"\?stand=([\w-]+)", text)) else stamp
        time.sleep(random.uniform(*EVERY))
    return times


def opened(address: str, cookie: str, end: float) -> list[float]:
    """Somebody who opens the page of the meeting all the time."""
    times = []
    while time.monotonic() < end:
        times.append(fetched(address, {"Cookie": cookie})[0])
        time.sleep(0.3)
    return times


def fetched(address: str, headers: dict[str, str]) -> tuple[float, str]:
    begin = time.monotonic()
    with urlopen(Request(address, headers=headers), timeout=30) as answer:
        text = answer.read().decode()
    return time.monotonic() - begin, text


def move_on(meeting: Meeting, end: float) -> None:
    """The chair calls up one item after the other."""
    chair = member(meeting, Role.LEAD)
    for item in cycle(meeting.items.order_by("number")):
        if time.monotonic() > end:
            return
        live.call_up(meeting, by=chair, item=item.pk, seen=meeting.turns.open().get().pk)
        time.sleep(MOVES_EVERY)
