"""Prints each budget with what was measured, and fails if one is broken."""

import logging
import sys
from collections.abc import Iterator

from tests import stage

FOLDER = stage.prepare()

from django.core.management import call_command  # noqa: E402 - Django must be set up before models are imported

from tests.bench import live, mails, memory, pages, papers, weight  # noqa: E402


def figures() -> Iterator[tuple[str, float, float, str]]:
    """What is measured: words, figure, limit, unit."""
    call_command("demo", seed=1, large=True, verbosity=0)
    yield from pages.figures()
    yield from weight.figures()
    yield from papers.figures()
    yield from live.figures(FOLDER)
    yield from mails.figures(FOLDER)
    yield from memory.figures(FOLDER)


def main() -> int:
    logging.disable(logging.WARNING)
    broken = 0
    for words, figure, limit, unit in figures():
        verdict = "ok" if figure <= limit else "OVER"
        broken += figure > limit
        print(f"{words:<78} {figure:>9.2f} {unit:<3} at most {limit:>6g}  {verdict}", flush=True)
    return broken


if __name__ == "__main__":
    sys.exit(main())
