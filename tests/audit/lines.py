"""Lines of the trail for tests."""

import shutil

import pytest

from portal.audit import chain, trail


@pytest.fixture
def no_anchors():
    """Files outlive the transaction of a test."""
    shutil.rmtree(chain.folder(), ignore_errors=True)


@pytest.fixture
def write(lead, group, no_anchors):
    """Writes as many lines as one asks for; their verbs count up."""

    def write(count, start=0):
        for number in range(start, start + count):
            trail.record(actor=lead, verb=f"Vorgang {number}", thing=group, organization=group.pk, number=number)

    return write
