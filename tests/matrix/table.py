"""The access matrix of reading: what may be found by whom, and where it has to be found.

    r  reads it: it has to be found in every channel that the row names, and may be found in all but those it forbids
    h  by the house rule: r under "immer", - under "im Vertretungsfall"
    a  may be found in the Systemverwaltung, which administers accounts, and nowhere else
    -  must be found nowhere: no page, fragment, file, mail, header, title or error page holds it

The letters of the columns are those of stage.COLUMNS. Pages ask for a sign-in as long as there are no public channels,
so AN finds nothing yet.
"""

from typing import NamedTuple

from tests.matrix.stage import COLUMNS

SENT = frozenset({"mail", "einladung", "ics"})
SHORT = {"sent": SENT, "outside": SENT | {"vorschau"}}  # where confidential items have no title, and no item a text

#                            | to be found in     | never in       | AN FR AG EH SU GA GX LE VW SF DE ST ZU BE BL
TABLE = """
M1 draft title                | page               | sent           |  -  -  -  -  -  -  -  r  r  r  -  -  -  -  r
M1 draft text                 | page               | sent           |  -  -  -  -  -  -  -  r  r  r  -  -  -  -  r
M1 draft public title         | page               | sent           |  -  -  -  -  -  -  -  r  r  r  -  -  -  -  r
M3 ahead public title         | page               |                |  -  r  r  r  r  r  r  r  r  r  r  r  r  r  r
M3 ahead public text          | page               | sent           |  -  r  r  r  r  r  r  r  r  r  r  r  r  r  r
M3 past public title          | page               |                |  -  r  r  r  r  r  r  r  r  r  r  r  r  r  r
M5 ahead internal title       | page einladung ics |                |  -  -  -  -  -  -  -  r  r  r  r  h  r  r  r
M5 ahead internal text        | page               | sent           |  -  -  -  -  -  -  -  r  r  r  r  h  r  r  r
M5 ahead confidential title   | page               | outside        |  -  -  -  -  -  -  -  r  r  r  r  h  r  r  r
M5 ahead confidential text    | page               | outside        |  -  -  -  -  -  -  -  r  r  r  r  h  r  r  r
M5 ahead guest title          | page einladung ics |                |  -  -  -  -  -  r  -  r  r  r  r  h  r  r  r
M5 ahead guest text           | page               | sent           |  -  -  -  -  -  r  -  r  r  r  r  h  r  r  r
M5 ahead secret title         | page               | outside        |  -  -  -  -  -  r  -  r  r  r  r  h  r  r  r
M5 past internal title        | page               |                |  -  -  -  -  -  -  -  r  r  r  r  h  r  r  r
M5 past guest title           | page               |                |  -  -  -  -  -  -  -  r  r  r  r  h  r  r  r
M5 past secret title          | page               | outside        |  -  -  -  -  -  -  -  r  r  r  r  h  r  r  r
M5 intro                      | einladung          |                |  -  -  -  -  -  r  -  r  r  r  r  r  r  r  r
M7 late title                 | page einladung ics |                |  -  -  -  -  -  -  -  r  r  r  r  h  r  r  r
M7 late text                  | page               | sent           |  -  -  -  -  -  -  -  r  r  r  r  h  r  r  r
M7 late reason                | einladung          |                |  -  -  -  -  -  -  -  r  r  r  r  h  r  r  r
M8 ahead barred title         | page einladung ics |                |  -  -  -  -  -  -  -  r  r  r  r  h  r  -  -
M8 ahead barred text          | page               | sent           |  -  -  -  -  -  -  -  r  r  r  r  h  r  -  -
M8 late barred title          | page einladung ics |                |  -  -  -  -  -  -  -  r  r  r  r  h  r  -  -
M8 past barred title          | page niederschrift |                |  -  -  -  -  -  -  -  r  r  r  r  h  r  -  -
M5 running internal title     | page htmx          |                |  -  -  -  -  -  -  -  r  r  r  r  h  r  r  r
M8 running barred text        | page htmx          | sent           |  -  -  -  -  -  -  -  r  r  r  r  h  r  -  -
M8 running barred title       | page htmx          |                |  -  -  -  -  -  -  -  r  r  r  r  h  r  -  -
C1 public comment             | page htmx          | sent           |  -  -  -  -  -  -  -  r  r  r  r  h  r  -  -
C1 internal comment           | page htmx          | sent           |  -  -  -  -  -  -  -  r  r  r  r  h  r  r  r
C1 confidential comment       | page htmx          | sent           |  -  -  -  -  -  -  -  r  r  r  r  h  r  r  r
C1 guest comment              | page htmx          | sent           |  -  -  -  -  -  -  -  r  r  r  r  h  r  r  r
C1 past internal comment      | page htmx          | sent           |  -  -  -  -  -  -  -  r  r  r  r  h  r  r  r
M8 barred comment             | page htmx          | sent           |  -  -  -  -  -  -  -  r  r  r  r  h  r  -  -
C3 hidden comment             | page htmx          | sent           |  -  -  -  -  -  -  -  r  -  -  r  -  -  -  r
C3 hidden reason              | page htmx          | sent           |  -  -  -  -  -  -  -  r  r  r  r  h  r  r  r
C2 withdrawn comment          |                    | page htmx sent |  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -
A2 note                       | page               | sent           |  -  -  -  -  -  -  -  r  r  r  r  r  r  r  r
L1 server answer              | page zustellnachweis | sent           |  -  -  -  -  -  -  -  r  r  r  -  -  -  -  r
L1 remark                     | page zustellnachweis | sent           |  -  -  -  -  -  -  -  r  r  r  -  -  -  -  r
A2 poll title                 | page               |                |  -  -  -  -  -  -  -  r  r  r  r  r  r  r  r
A2 poll called off why        | page               |                |  -  -  -  -  -  -  -  r  r  r  r  r  r  r  r
N1 unfinished remarks         | page niederschrift | mail           |  -  -  -  -  -  -  -  r  r  r  -  -  -  -  r
N1 unfinished public entry    | page niederschrift | mail           |  -  -  -  -  -  -  -  r  r  r  -  -  -  -  -
N1 unfinished internal entry  | page niederschrift | mail           |  -  -  -  -  -  -  -  r  r  r  -  -  -  -  r
M8 unfinished barred entry    | page niederschrift | mail           |  -  -  -  -  -  -  -  r  r  r  -  -  -  -  -
N4 final remarks              | page niederschrift | mail           |  -  -  -  -  -  -  -  r  r  r  r  h  r  r  r
N4 final public entry         | page niederschrift | mail           |  -  -  -  -  -  -  -  r  r  r  r  h  r  -  -
N4 final internal entry       | page niederschrift | mail           |  -  -  -  -  -  -  -  r  r  r  r  h  r  r  r
N4 final confidential outcome | page niederschrift | mail           |  -  -  -  -  -  -  -  r  r  r  r  h  r  r  r
M8 final barred entry         | page niederschrift | mail           |  -  -  -  -  -  -  -  r  r  r  r  h  r  -  -
M8 final barred outcome       | page niederschrift | mail           |  -  -  -  -  -  -  -  r  r  r  r  h  r  -  -
T  topic title                | page               | mail           |  -  -  -  -  -  -  -  r  r  r  r  r  r  r  r
T  topic text                 | page               | mail           |  -  -  -  -  -  -  -  r  r  r  r  r  r  r  r
K1 name DE                    | page               |                |  -  -  -  -  a  -  -  r  r  r  r  r  r  r  r
"""


class Row(NamedTuple):
    """One line of the matrix."""

    code: str
    what: str
    channels: frozenset[str]
    forbidden: frozenset[str]
    cells: dict[str, str]

    def reads(self, column: str, house_rule: str) -> bool:
        cell = self.cells[column]
        return cell == "r" or (cell == "h" and house_rule == "always")

    def not_for(self, column: str) -> set[str]:
        """The channels that do not count for this reader."""
        return {"systemverwaltung"} if self.cells[column] == "a" else set()


def rows(table: str = TABLE) -> list[Row]:
    """The lines of the table."""
    return [_row(line) for line in table.strip().splitlines()]


def _row(line: str) -> Row:
    head, channels, forbidden, cells = line.split("|")
    code, what = head.split(maxsplit=1)
    never = frozenset().union(*(SHORT.get(name, {name}) for name in forbidden.split()))
    return Row(code, what.strip(), frozenset(channels.split()), never, dict(zip(COLUMNS, cells.split(), strict=True)))
