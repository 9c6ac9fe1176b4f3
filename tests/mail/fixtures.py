"""A mail server for tests of any room."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.mail.smtp import Sink


@pytest.fixture
def start_sink(settings: Any) -> Iterator[Callable[..., Sink]]:
    """Start a mail server that misbehaves as told, and make it the one of this test."""
    with ExitStack() as stack:

        def start(**behaviour: Any) -> Sink:
            sink = stack.enter_context(Sink(**behaviour))
            sink.configure(settings)
            return sink

        yield start


@pytest.fixture
def sink(start_sink: Callable[..., Sink]) -> Sink:
    """A mail server that takes everything."""
    return start_sink()
