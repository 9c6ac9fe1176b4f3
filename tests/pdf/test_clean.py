"""Clean-up: what is dropped, replaced, broken up; and what the fonts are said to cover."""

import re
import unicodedata

import pytest

from portal.pdf import clean
from portal.pdf.clean import Cleaner, covered, font_folders
from tests.pdf.samples import sample


def test_fonts_are_found_and_cover_what_is_taken_for_granted():
    assert [len(list(folder.iterdir())) for folder in font_folders()] == [2, 2]
    fonts = covered()
    ordinary = [chr(code) for code in range(0x110000) if clean.ORDINARY.fullmatch(chr(code))]
    assert len(ordinary) > 300
    for ch in ordinary:
        assert ord(ch) in fonts or ch in "\n\t\u00ad"
        assert unicodedata.is_normalized("NFC", ch)
    assert ord("\ufffd") in fonts
    assert 0xE000 not in fonts


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Größe\u202e\x00\ufeff", "Größe"),
        ("Gro\u0308ße", "Größe"),
        ("😀 und 漢", "\ufffd und \ufffd"),
        ("z" + "\u0338" * 50 + "a", "z" + "\u0338" * 4 + "a"),
        ("x" * 119, "x" * 119),
        ("x" * 130, "\u200b".join(["x" * 60, "x" * 60, "x" * 10])),
        ("a\u2028b", "a\nb"),
    ],
)
def test_text_is_cleaned(before, after):
    assert Cleaner().text(before) == after


def test_replaced_characters_are_remembered_once_each_in_order():
    cleaner = Cleaner()
    cleaner.text("漢😀")
    cleaner.text("😀字")
    assert list(cleaner.replaced) == ["漢", "😀", "字"]


def test_line_has_no_breaks_keeps_no_break_spaces_and_is_cut_visibly():
    assert Cleaner().line("  §\u00a05 \n\t GO  ") == "§\u00a05 GO"
    assert Cleaner().line("x" * 100, limit=10) == "x" * 9 + "…"


def test_every_string_of_a_document_is_cleaned():
    def spoilt(value):
        if isinstance(value, dict):
            return {key: spoilt(part) for key, part in value.items()}
        if isinstance(value, list):
            return [spoilt(part) for part in value]
        keep = value in {"recommendation", "inquiry", "noted", "dissent"}
        return f"{value}\x00\u202e😀" if isinstance(value, str) and not keep else value

    cleaned = str(Cleaner().shaped(clean.shapes.Niederschrift, spoilt(sample(3))))
    assert not re.search("[\x00\u202e😀]", cleaned)
    assert "'u': ''" in cleaned  # the spoilt address is no link any more


def test_value_of_another_type_is_a_mistake():
    with pytest.raises(TypeError):
        Cleaner().shaped(clean.shapes.Niederschrift, {**sample(3), "date": 5})
    with pytest.raises(KeyError):
        Cleaner().shaped(clean.shapes.Niederschrift, {})
