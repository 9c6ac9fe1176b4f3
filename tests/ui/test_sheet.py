"""Tables for spreadsheet programs hold no formula (security.md, P18)."""

import csv
from io import StringIO

import pytest

from portal.ui import sheet

HARMFUL = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1+1", '=HYPERLINK("http://evil.example")']


@pytest.mark.parametrize("text", HARMFUL)
def test_what_would_be_calculated_is_shown(text):
    assert sheet.cell(text) == f"'{text}"


@pytest.mark.parametrize("value", ["Sitzung", "12. Sitzung", 7, "a=b", "1-2"])
def test_other_values_stay(value):
    assert sheet.cell(value) == str(value)


def test_rows_read_back_whatever_they_hold():
    body = [["a;b", 'sagt "ja"'], ["Zeile\nzwei", None]]
    text = "".join(sheet.rows(["Ä", "B"], body))
    assert text.startswith("\ufeff")
    assert list(csv.reader(StringIO(text.removeprefix("\ufeff")), delimiter=";")) == [
        ["Ä", "B"],
        *body[:1],
        ["Zeile\nzwei", ""],
    ]
