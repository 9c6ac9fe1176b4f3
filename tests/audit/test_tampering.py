"""Whoever changes the trail by SQL is found out; an untouched trail is never accused (security.md, P28)."""

from collections import Counter
from contextlib import suppress
from random import Random

import pytest
from django.db import IntegrityError, transaction

from portal.audit import chain
from portal.audit.inspection import Reader
from tests.audit.attacker import TAMPERINGS

pytestmark = pytest.mark.django_db


class Undo(Exception):
    """Ends one attempt: everything that the attacker did is rolled back."""


def is_found(tampering, chance, last, write):
    """Whether the examination finds it, at once and still after the work in the background has gone on for a while."""
    verdicts = []
    files = {file: file.read_bytes() for file in chain.folder().iterdir()}
    with suppress(Undo), transaction.atomic():
        tampering(chance, last)
        verdicts.append(bool(list(Reader().findings())))
        write(5, start=last)
        with suppress(IntegrityError), transaction.atomic():
            chain.extend()
        verdicts.append(bool(list(Reader().findings())))
        raise Undo
    for file, content in files.items():
        file.write_bytes(content)
    return verdicts == [True, True]


@pytest.mark.parametrize("attempts", [50, pytest.param(500, marks=pytest.mark.soak)])
def test_every_tampering_is_found(write, attempts, capsys):
    write(40)
    chain.extend()
    chance, results = Random(attempts), Counter()
    for number in range(attempts):
        tampering = TAMPERINGS[number % len(TAMPERINGS)]
        results[tampering.__name__, is_found(tampering, chance, 40, write)] += 1
        assert list(Reader().findings()) == []
    assert {kind: times for kind, times in results.items() if not kind[1]} == {}
    assert sum(results.values()) == attempts
    with capsys.disabled():
        print(f"\n  {attempts} tamperings: {sum(results.values())} found, 0 false alarms")  # noqa: T201
