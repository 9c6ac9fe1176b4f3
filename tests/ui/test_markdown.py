"""Markdown: one tree for pages and PDF, its limits, and HTML that nobody can abuse."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings

from portal.ui.markdown import LIMIT, TooLongError, html, tree
from portal.ui.markdown.nodes import COLUMNS, DEPTH, ROWS
from tests.pdf.hostile import SOURCES, TEXTS, table

ELEMENTS = re.compile(r"</?([a-z0-9]+)([^>]*)>")
INLINE = {"strong", "em", "s", "br", "code", "a"}
BLOCKS = {"p", "blockquote", "hr", "pre", "h4", "h5", "h6", "ul", "ol", "li"}
ALLOWED = INLINE | BLOCKS | {"div", "table", "thead", "tbody", "tr", "th", "td"}
KINDS = {"text", "br", "code", "pre", "hr", "p", "b", "i", "s", "a", "h", "q", "ul", "ol", "table"}


def kinds(nodes):
    """All kinds of nodes in a tree, in reading order."""
    for node in nodes:
        yield node["t"]
        for part in (node.get("c", ()), node.get("h", ()), *node.get("r", ())):
            for child in part:
                yield from kinds(child if isinstance(child, list) else [child])


def words(nodes):
    """The text of a tree."""
    return re.findall(r"\w+", " ".join(re.findall(r"'v': '([^']*)'", str(nodes))))


def depth(nodes):
    """How deep lists and quotes lie in each other."""
    deepest = 0
    for node in nodes:
        inside = node.get("c", ())
        children = [child for item in inside for child in (item if isinstance(item, list) else [item])]
        deepest = max(deepest, depth(children) + (node["t"] in {"ul", "ol", "q"}))
    return deepest


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Guten **Tag**, *Frau* ~~Meier~~", "<p>Guten <strong>Tag</strong>, <em>Frau</em> <s>Meier</s></p>"),
        ("eins\nzwei", "<p>eins<br>zwei</p>"),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("- a\n\n- b", "<ul><li><p>a</p></li><li><p>b</p></li></ul>"),
        ("3. a\n4. b", '<ol start="3"><li>a</li><li>b</li></ol>'),
        ("> gesagt", "<blockquote><p>gesagt</p></blockquote>"),
        ("`a < b`", "<p><code>a &lt; b</code></p>"),
        ("```\na & b\n```", "<pre>a &amp; b</pre>"),
        ("<b>a</b> & b", "<p>&lt;b&gt;a&lt;/b&gt; &amp; b</p>"),
        ("a\n\n---\n\nb", "<p>a</p><hr><p>b</p>"),
        ("![Lageplan](plan.png)", "<p>[Bild: Lageplan]</p>"),
        ("![](plan.png)", "<p>[Bild]</p>"),
    ],
)
def test_html_of_each_element(source, expected):
    assert html(source) == expected


def test_html_headings_start_at_h4_and_skip_none():
    assert re.findall(r"<h(\d)>", html("# a\n### b\n## c\n###### d\n# e\n#### f")) == ["4", "5", "5", "6", "4", "5"]


def test_tree_headings_start_where_the_document_says():
    assert [node["l"] for node in tree("### a\n# b\n###### c", base=2)] == [2, 2, 3]


def test_html_link_leads_only_to_web_and_mail():
    assert html("[x](https://a.example)") == '<p><a href="https://a.example" rel="noopener noreferrer">x</a></p>'
    assert html("<mailto:a@b.example>").count('href="mailto:a@b.example"') == 1
    for address in (
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "/konto/",
        "ftp://a.example",
        "//a.example",
    ):
        assert "<a" not in html(f"[x]({address})")
        assert "x" in html(f"[x]({address})")


def test_html_table_scrolls_in_a_named_region():
    found = html("|a|b|\n|-|-:|\n|1|2|")
    assert found.startswith('<div class="ak-scroll" role="region" aria-label="Tabelle" tabindex="0"><table')
    assert re.findall(r'<th class="kern-table__header (ak-\w+)" scope="col">', found) == ["ak-left", "ak-right"]
    assert '<td class="kern-table__cell ak-right">2</td>' in found


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '[x](https://a.example/"onmouseover="alert(1))',
        '![" onerror="alert(1)](x)',
        "```html\n<b onclick=x>\n```",
        '[a](https://a.example "title" onclick=1)',
    ],
)
def test_html_holds_no_foreign_element_and_no_handler(source):
    for name, attributes in ELEMENTS.findall(html(source)):
        assert name in ALLOWED
        assert not re.search(r"(?:^|\s)on\w+=", re.sub(r'"[^"]*"', "", attributes))


def test_hidden_characters_are_left_out_even_as_entities():
    assert html("a\u202eb\x00c &#x202E;d\ud800") == "<p>abc d</p>"


def test_heading_and_link_without_visible_text_go():
    assert html("#\n\n# &nbsp;\n\n## \u200b") == ""
    assert html("[](https://a.example)[ ](https://a.example)x") == "<p> x</p>"


def test_long_heading_becomes_a_bold_paragraph():
    assert [node["t"] for node in tree("# " + "Wort " * 101)] == ["p"]
    assert list(kinds(tree("# " + "Wort " * 101))) == ["p", "b", "text"]


def test_mark_in_itself_and_struck_link_keep_only_the_outer_one():
    assert html("~~[a](https://a.example)~~") == "<p><s>a</s></p>"
    assert html("[~~a~~](https://a.example)").count("<s>") == 0
    assert list(kinds(tree("**a **b** c**"))).count("b") == 1


def test_deep_nesting_is_flattened_and_keeps_its_words():
    source = "\n".join("  " * level + f"- wort{level}" for level in range(15))
    assert depth(tree(source)) == DEPTH
    assert words(tree(source)) == [f"wort{level}" for level in range(15)]


@pytest.mark.parametrize(("columns", "rows"), [(COLUMNS + 1, 3), (2, ROWS + 1)])
def test_too_large_table_becomes_lines_with_all_its_words(columns, rows):
    nodes = tree(table(columns, rows))
    assert [node["t"] for node in nodes] == ["p"]
    assert words(nodes).count("Zelle") == columns * rows
    assert words(nodes).count("Spalte") == columns


def test_largest_table_stays_a_table():
    assert [node["t"] for node in tree(table(COLUMNS, 50))] == ["table"]


def test_too_long_source_is_refused_by_the_tree_and_shown_as_text_on_a_page():
    with pytest.raises(TooLongError):
        tree("x" * (LIMIT + 1))
    assert html("<b>" + "x" * LIMIT).startswith("<pre>&lt;b&gt;x")


def test_module_needs_no_django():
    script = "import sys, portal.ui.markdown; sys.exit('django' in sys.modules)"
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", script], cwd=root, check=False).returncode == 0


def beyond_limits(source: str) -> dict[str, object]:
    """What is wrong with the tree and the HTML of a source; nothing ever should be."""
    nodes = tree(source)
    levels = {int(level) for level in re.findall(r"'l': (\d)", str([n for n in nodes if n["t"] == "h"]))}
    wrong = {
        "too deep": max(0, depth(nodes) - DEPTH),
        "levels": levels - {4, 5, 6},
        "kinds": set(kinds(nodes)) - KINDS,
        "elements": {name for name, _ in ELEMENTS.findall(html(source))} - ALLOWED,
    }
    return {name: found for name, found in wrong.items() if found}


@pytest.mark.parametrize("name", TEXTS)
def test_hostile_source_keeps_the_limits(name):
    assert beyond_limits(TEXTS[name]) == {}


@given(SOURCES)
@settings(max_examples=150)
def test_any_source_keeps_the_limits(source):
    assert beyond_limits(source) == {}


@pytest.mark.soak
@given(SOURCES)
@settings(max_examples=20_000)
def test_thousands_of_sources_keep_the_limits(source):
    assert beyond_limits(source) == {}
