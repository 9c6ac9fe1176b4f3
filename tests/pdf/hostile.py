"""Texts that break typesetters: each was found to break one, by error, by time, by memory or by an invalid file."""

from typing import Any

from hypothesis import strategies as st

from portal.pdf.shapes import Niederschrift
from tests.pdf.samples import sample


def table(columns: int, rows: int) -> str:
    """Write a Markdown table."""
    return f"|{'Spalte|' * columns}\n|{'-|' * columns}\n" + f"|{'Zelle|' * columns}\n" * rows


TEXTS = {
    "controls": "a\x00b\x07c\u202ed\u2066e\U000e0041f\ud800g\u2028h &#x202E; &#0; &#xD800;",
    "emoji": "Ja 😀 漢字 \ue000 עברית العربية ✓ 👩\u200d👧 🇩🇪 ❤\ufe0f `code 😀`\n\n# 漢 😀\n\n[😀](http://a.example)",
    "marks": "a" + "\u0301" * 18_000 + " Z" + "\u0338\u0489" * 5_000,
    "word": "x" * 100_000,
    "code": f"`{'x' * 5_000}`\n\n```\n{'y' * 5_000}\n\tTab\n```\n\n    eingerückt",
    "heading": "# " + "Wort " * 4_000,
    "heading_astral": "# " + "ÄÖ𝒳" * 160,
    "lists": "\n".join("  " * depth + "- x" for depth in range(300)),
    "quotes": "\n".join(">" * depth + " x" for depth in range(1, 60)),
    "mixed": "\n".join("> - " * depth + "x" for depth in range(1, 12)),
    "struck_links": "~~[a](http://a.example)~~ [~~b~~](http://b.example) ~~a ~~b~~ c~~ **a **b** c** *a *b* c*",
    "empty_headings": "#\n\n# &nbsp;\n\n## \u00ad\n\n###### Tief\n\n# \u200b\n\n# ![](x)",
    "empty_links": "[](http://a.example) [ ](http://a.example) [\u200b](http://a.example) text",
    "addresses": "[a](javascript:alert(1)) [b](file:///etc/passwd) [c](data:text/html,x) "
    f"[d](http://a.example/{'x' * 20_000}) [e](http://a.example/{'y' * 1_900}) <mailto:a@b.example> [f](/x) [g](http://)",
    "wide_table": table(60, 5),
    "long_table": table(2, 3_000),
    "full_table": table(10, 100),
    "odd_tables": "|a||\n|-|-|\n||\n\n|x|\n|-|\n\n"
    "- a\n\n  |a|b|\n  |-|-|\n  |**1**|[x](http://a.example)|\n\n> |a|\n> |-|\n> |1|",
    "brackets": "[" * 20_000,
    "stars": "**a " * 10_000,
    "nested_marks": "*a **b " * 3_000 + "c** d* " * 3_000,
    "empty_blocks": "-\n-\n\n1.\n\n>\n\n---\n\n***",
    "numbers": "999999999. a\n\n0. c",
    "joiners": "a\u200d\u200cb \ufe0f \u00ad\u00ad",
    "headings": "###### a\n# b\n### c\n## d\n> # e\n\n- # f\n\n#### g",
    "typst": '#import "x" $x$ #read("/etc/passwd") @ref <lab> #{panic()} \\ // /* [x] = a - b + c / d: e',
    "scripts": "Nguyễn Thị Hương Ελλάδα Киев \ufb01 \u01c6 №",
}
TITLES = {
    "controls_in_title": "a\x00b\x07c\u202ed\u2066e\U000e0041f\ud800g\u2028h\nx",
    "emoji_in_title": "😀 漢",
    "long_title": "Ü" * 20_000,
}


def with_text(text: str) -> Niederschrift:
    """A Niederschrift with this text in one agenda item."""
    document = sample(3)
    document["items"][1]["text"] = text
    return document


def with_title(title: str) -> Niederschrift:
    """A Niederschrift with this title, also on an agenda item."""
    document = sample(3)
    document["title"] = document["items"][1]["title"] = title
    return document


def emptied(value: Any) -> Any:
    """The same shape with nothing in it."""
    if isinstance(value, dict):
        return {key: emptied(part) for key, part in value.items()}
    return {str: "", list: []}.get(type(value), value)


def bare() -> dict[str, Any]:
    """A Niederschrift in which everything is empty that may be."""
    document = sample(3)
    return {**emptied(document), "title": document["title"], "items": [emptied(document["items"][0])]}


DOCUMENTS: dict[str, Any] = {
    **{name: with_text(text) for name, text in TEXTS.items()},
    **{name: with_title(title) for name, title in TITLES.items()},
    "bare": bare(),
}

BLOCKS = (
    "# ",
    "## ",
    "- ",
    "1. ",
    "> ",
    "  ",
    "    ",
    "\n",
    "\n\n",
    "```",
    "|",
    "|-|-|",
    "---",
    "Wort",
    "Straße",
    "😀",
    "<",
    ">",
)
SIGNS = (
    "**",
    "*",
    "~~",
    "`",
    "[",
    "](",
    ")",
    "http://a.example",
    "![",
    "&#x202E;",
    "\\",
    "\u0301",
    "\u200b",
    "\x00",
    "\ud800",
)
SOURCES = st.lists(st.sampled_from(BLOCKS + SIGNS) | st.text(st.characters(), max_size=8), max_size=60).map("".join)
