"""Tables for spreadsheet programs: opened by a double click in a German Excel, and harmless there."""

import csv
from collections.abc import Iterable, Iterator, Sequence

BOM = "\ufeff"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # what a spreadsheet program would calculate instead of showing


class _Line:
    """Hands back what the csv module writes."""

    def write(self, text: str) -> str:
        return text


def rows(head: Sequence[str], body: Iterable[Sequence[object]]) -> Iterator[str]:
    """The lines of the file, one after the other, however long it gets."""
    writer = csv.writer(_Line(), delimiter=";", quoting=csv.QUOTE_ALL)
    yield BOM + writer.writerow(head)
    for row in body:
        yield writer.writerow([cell(value) for value in row])


def cell(value: object) -> str:
    """The text of a value; an apostrophe before what would be a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text
