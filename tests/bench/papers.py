"""How long a PDF takes, from data to bytes, child process and all."""

from collections.abc import Iterator
from statistics import median

from portal.pdf import engine
from tests.bench.pages import once
from tests.pdf.samples import TIMESTAMP, sample

ROUNDS = 3


def figures() -> Iterator[tuple[str, float, float, str]]:
    for pages, limit in ((3, 1), (40, 2)):
        data = sample(pages)
        seconds = median(once(lambda: engine.render("niederschrift", data, timestamp=TIMESTAMP)) for _ in range(ROUNDS))
        yield f"Niederschrift of about {pages} pages as PDF", seconds, limit, "s"
