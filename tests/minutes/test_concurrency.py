"""Two windows, eight writers: whatever is accepted stays, whatever comes too late is told so (security.md, P26)."""

import random
from collections import Counter
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.test import Client

from portal.audit.models import Line
from portal.minutes import actions
from portal.minutes.models import Entry, Minutes
from tests.minutes.sitting import typed_entry

pytestmark = pytest.mark.django_db(transaction=True)
ACCEPTED, REFUSED = 302, 409


class Writer(Thread):
    """Somebody in a window of their own: reads an entry, adds a word, saves."""

    def __init__(self, name, by, entries, edits, barrier):
        super().__init__(name=name)
        self.client = Client()
        self.client.force_login(by)
        self.entries, self.edits, self.barrier = entries, edits, barrier
        self.results, self.accepted = Counter(), []

    def run(self):
        try:
            chance = random.Random(self.name)
            for number in range(self.edits):
                self.barrier.wait(30)
                self.edit(Entry.objects.get(pk=chance.choice(self.entries)), f"{self.name}-{number}.")
        finally:
            connection.close()

    def edit(self, entry, word):
        typed = typed_entry(entry, text=f"{entry.text} {word}".strip())
        response = self.client.post(entry.get_absolute_url(), typed)
        self.results[response.status_code] += 1
        if response.status_code == ACCEPTED:
            self.accepted.append(word)
        elif not (word in response.text and Entry.objects.get(pk=entry.pk).text.split()[0] in response.text):
            self.results["one of both texts is missing"] += 1


def write_at_once(by, entries, *, writers, edits):
    barrier = Barrier(writers)
    people = [Writer(f"w{n}", by, entries, edits, barrier) for n in range(writers)]
    for person in people:
        person.start()
    for person in people:
        person.join(120)
    return sum((person.results for person in people), Counter()), [word for p in people for word in p.accepted]


def hold_the_promise(minutes, results, accepted, *, edits):
    """Nothing lost: every accepted word is there once, and in the trail; all others were refused."""
    texts = [entry.text for entry in Entry.objects.filter(minutes=minutes)]
    assert sorted(word for text in texts for word in text.split()) == sorted(accepted)
    assert results[ACCEPTED] + results[REFUSED] == edits == results.total()
    assert Line.objects.filter(verb="Eintrag der Niederschrift gespeichert").count() == results[ACCEPTED]
    assert Minutes.objects.get(pk=minutes.pk).version == minutes.version + results[ACCEPTED]


def test_of_two_who_save_the_same_entry_at_once_one_is_told(minutes, entry, clerk):
    results, accepted = write_at_once(clerk, [entry.pk], writers=2, edits=5)
    hold_the_promise(minutes, results, accepted, edits=10)
    assert results[ACCEPTED] >= 5


def test_two_who_begin_at_once_begin_the_same(sitting, clerk):
    found = []

    def begin():
        try:
            found.append(actions.open_minutes(sitting, by=clerk).pk)
        finally:
            connection.close()

    both = [Thread(target=begin), Thread(target=begin)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join(30)
    assert found == [Minutes.objects.get().pk] * 2
    assert Entry.objects.count() == 3


@pytest.mark.soak
def test_200_edits_by_8_writers_lose_nothing(minutes, clerk, capsys):
    entries = list(minutes.entries.values_list("pk", flat=True))
    results, accepted = write_at_once(clerk, entries, writers=8, edits=25)
    hold_the_promise(minutes, results, accepted, edits=200)
    assert results[ACCEPTED] >= len(entries)
    with capsys.disabled():
        print(f"\n200 edits by 8 writers: {results[ACCEPTED]} accepted, {results[REFUSED]} refused, 0 lost")  # noqa: T201
