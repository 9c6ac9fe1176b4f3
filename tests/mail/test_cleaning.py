import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.mail.cleaning import lines, one_line

LINE_SEPARATORS = ["\n", "\r", "\r\n", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029"]


@pytest.mark.parametrize("separator", [*LINE_SEPARATORS, "\x00", "\x7f", "\t", "\u202e"])
def test_one_line_puts_a_blank_for_every_control_character(separator):
    assert one_line(f" Haushalt{separator}Bcc: x@example.org ") == "Haushalt Bcc: x@example.org"


@pytest.mark.parametrize("separator", LINE_SEPARATORS)
def test_lines_keeps_the_lines_whatever_ends_them(separator):
    assert lines(f"Zeile 1{separator}Zeile 2") == "Zeile 1\nZeile 2"


def test_lines_drops_what_no_text_needs():
    assert lines("a\x00b\x07c\u202ed\te") == "abcd\te"


@given(st.text())
def test_one_line_is_always_one_line_without_control_characters(text):
    cleaned = one_line(text)
    assert cleaned.splitlines() == ([cleaned] if cleaned else [])
    assert not any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in cleaned)


@given(st.text(alphabet=st.characters(categories=["Cc", "Cs", "L", "Zl", "Zp"])))
def test_lines_is_always_storable(text):
    assert "\x00" not in lines(text)
    assert lines(lines(text)) == lines(text)
    lines(text).encode()
