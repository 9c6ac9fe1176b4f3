"""Nothing reaches those who may not read it, and everything those who may: every page, file and mail by the table.

That HEAD, htmx and odd headers are answered like a plain request, tests/test_access.py proves for every page.
"""

import pytest

from tests.matrix.channels import addresses, shown_to
from tests.matrix.stage import COLUMNS, marker
from tests.matrix.table import rows

ROWS = rows()
OFTEN = ("AN", "SU", "GA", "DE", "BE")  # for the others, `make soak` looks


@pytest.mark.parametrize(("house_rule", "columns"), [("always", OFTEN), ("when_called_in", ("ST", "ZU"))])
def test_readers_find_what_the_table_says_and_nothing_else(build, house_rule, columns):
    world = build(house_rule)
    wrong = {column: wrong_for(column, house_rule, shown_to(world[column])) for column in columns}
    assert wrong == {column: [] for column in columns}


@pytest.mark.soak
@pytest.mark.parametrize("column", COLUMNS)
def test_no_form_and_no_question_tells_more(build, column):
    """The same for every page there is, those that ask before they act among them: more than 300 addresses."""
    world = build()
    assert len(list(addresses(everything=True))) > 300
    assert wrong_for(column, "always", shown_to(world[column], everything=True)) == []


def wrong_for(column, house_rule, shown):
    """Each leak and each loss: the row, what it is about, and the channel."""
    wrong = []
    for row in ROWS:
        found = {channel for channel, text in shown.items() if marker(row.what) in text} - row.not_for(column)
        reads = row.reads(column, house_rule)
        wrong += [("LEAK", row.code, row.what, channel) for channel in found & row.forbidden if reads]
        wrong += [("LOST", row.code, row.what, channel) for channel in row.channels - found if reads]
        wrong += [("LEAK", row.code, row.what, channel) for channel in found if not reads]
    return wrong
