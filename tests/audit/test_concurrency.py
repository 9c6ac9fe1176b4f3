"""Many write while two chain, one of them killed in the middle: the chain is whole, and nobody is accused falsely."""

import os
import random
import subprocess
import sys
import time
from threading import Event, Thread

import pytest
from django.conf import settings
from django.db import connection, transaction

from portal.audit import chain, trail
from portal.audit.inspection import Reader
from portal.audit.models import Line

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS = 4
ENDLESS = """
import django; django.setup()
from portal.audit import chain
while True: print(chain.extend(), flush=True)
"""


class Undo(Exception):
    """A transaction that fails: its number in the table stays unused."""


def in_thread(work):
    def run():
        try:
            work()
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    return thread


def write_lines(person, lines):
    """Every fifth transaction fails after its line was written, every fourth takes its time."""
    for number in range(lines):
        try:
            with transaction.atomic():
                trail.record(actor=person, verb="Vorgang", thing=person, number=number)
                if number % 5 == 4:
                    raise Undo
                if number % 4 == 3:
                    time.sleep(0.005)
        except Undo:
            pass


def chain_until(stop):
    while not stop.is_set():
        chain.extend()


def accuse_until(stop, accusations):
    while not stop.is_set():
        accusations += Reader().findings()


def endless_chainer():
    database = connection.settings_dict
    url = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format_map(database)
    environment = {**os.environ, "DATABASE_URL": url, "VAR_DIR": str(settings.VAR_DIR)}
    return subprocess.Popen([sys.executable, "-c", ENDLESS], env=environment, stdout=subprocess.PIPE)


@pytest.mark.parametrize(
    ("lines", "kills"), [(50, 1), pytest.param(1000, 20, marks=pytest.mark.soak)], ids=["short", "long"]
)
def test_the_chain_is_whole_whoever_writes_chains_or_dies(lead, no_anchors, lines, kills):
    stop, accusations = Event(), []
    helpers = [in_thread(lambda: chain_until(stop)), in_thread(lambda: chain_until(stop))]
    helpers.append(in_thread(lambda: accuse_until(stop, accusations)))
    writers = [in_thread(lambda: write_lines(lead, lines)) for _ in range(WRITERS)]
    for _ in range(kills):
        with endless_chainer() as process:
            process.stdout.readline()
            time.sleep(random.random() / 20)
            process.kill()
    for thread in writers:
        thread.join()
    stop.set()
    for thread in helpers:
        thread.join()
    chain.extend()
    written = WRITERS * (lines - lines // 5)
    assert list(Line.objects.order_by("sequence").values_list("sequence", flat=True)) == list(range(1, written + 1))
    assert accusations == []
    assert list(Reader().findings()) == []
