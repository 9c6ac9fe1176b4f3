"""How long a PDF takes, from data to bytes, child process and all."""

from collections.abc import Iterator
from statistics import median

from portal.pdf import engine
from tests.bench.pages import once
from tests.pdf.samples import TIMESTAMP, sample

ROUNDS = 3


def figures() -> Iterator[tuple[str, float, float, str]]:
    for pages, limit in ((3, 1), (40, 2)):
        yield f"Niederschrift of about {pages} pages as PDF", median(seconds(pages)), limit, "s"


def seconds(pages: int) -> list[float]:
    """How long each of some renderings took."""
    data = sample(pages)
    return [once(lambda: engine.render("niederschrift", data, timestamp=TIMESTAMP)) for _ in range(ROUNDS)]
