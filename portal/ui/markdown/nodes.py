"""Markdown to a tree of plain nodes, under limits. What cannot stay a structure stays as text; only what is
nested more than 40 blocks deep is left out by the parser.

Nodes are dicts with the kind in "t": text(v) br code(v) pre(v) hr, p b i s q(c), a(u, c), h(l, c),
ul(c, tight) ol(s, c, tight) with one list of nodes per item, table(h, r, a) with one list of nodes per cell.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

Node = dict[str, Any]

LIMIT = 200_000  # characters of one source
DEPTH = 8  # lists and quotes inside each other; deeper ones are flattened
COLUMNS = 10
ROWS = 2_000
HEADING = 500  # characters; a longer heading becomes a bold paragraph
URL = 2_000

_DROP = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb"
    "\U000e0000-\U000e0fff\ud800-\udfff]"
)
_SAFE_URL = re.compile(r"(?:https?://|mailto:)\S", re.IGNORECASE)
_PARSER = MarkdownIt("commonmark", {"html": False, "maxNesting": 40}).enable(["table", "strikethrough"])
_KINDS = {
    "paragraph": "p",
    "heading": "h",
    "bullet_list": "ul",
    "ordered_list": "ol",
    "list_item": "li",
    "blockquote": "q",
    "strong": "b",
    "em": "i",
    "s": "s",
    "link": "a",
    "table": "table",
    "tr": "tr",
    "th": "cell",
    "td": "cell",
}
_THROUGH: Node = {"t": ""}  # stands for a token whose children go to the node around it
_FLAT: Node = {"t": "flat"}  # the same for a list, whose items do so too


class TooLongError(ValueError):
    """The source is longer than LIMIT."""


def scrub(text: str) -> str:
    """Leave out the characters that hide, reverse or break text: controls, bidi overrides, tags, lone surrogates."""
    return _DROP.sub("", text.replace("\u2028", "\n").replace("\u2029", "\n"))


def plain(nodes: Iterable[Node]) -> str:
    """Return the text of inline nodes without their marks."""
    return "".join(n["v"] if "v" in n else plain(n.get("c", ())) for n in nodes)


def tree(source: str, *, base: int = 4) -> list[Node]:
    """Read Markdown into nodes; headings are renumbered from level `base` on, none skipped, none below 6."""
    if len(source) > LIMIT:
        raise TooLongError
    builder = _Builder(base)
    for token in _flat(_PARSER.parse(scrub(source))):
        builder.take(token)
    return builder.nodes


def _flat(tokens: list[Token]) -> Iterator[Token]:
    """Walk through all tokens in reading order, inline ones in place of their holder."""
    for token in tokens:
        if token.type == "inline":
            yield from token.children or ()
        else:
            yield token


def _is_visible(nodes: list[Node]) -> bool:
    return any(unicodedata.category(ch)[0] in "LNPS" for ch in plain(nodes))


def _merge(lines: list[list[Node]]) -> Node:
    """Make one paragraph of several lines."""
    content: list[Node] = []
    for line in lines:
        content += [*([{"t": "br"}] if content else []), *line]
    return {"t": "p", "c": content}


def _as_lines(table: Node) -> Node:
    """Keep the words of a table that is too large to be set as one."""
    rows = [table["h"], *table["r"]]
    return _merge(
        [[n for i, c in enumerate(row) for n in ([{"t": "text", "v": " | "}] if i else []) + c] for row in rows]
    )


class _Builder:
    """Builds the tree without recursion, so that no nesting of the source can hurt."""

    def __init__(self, base: int) -> None:
        self.nodes: list[Node] = []
        self.base = base
        self.stack: list[tuple[Node, list[Any]]] = [(_THROUGH, self.nodes)]  # (open node, where its children go)
        self.open: Counter[str] = Counter()
        self.raw_levels: list[int] = []

    def take(self, token: Token) -> None:
        """Add one token."""
        if token.nesting == 0:
            self.leaf(token)
            return
        kind = _KINDS.get(token.type.rpartition("_")[0], "")
        if token.nesting > 0:
            self.start(kind, token)
        else:
            self.end()

    def leaf(self, token: Token) -> None:
        """Add a token that holds nothing but its own text."""
        if token.type in {"softbreak", "hardbreak"}:  # people who do not know Markdown mean the line ends they type
            self.add({"t": "br"})
        elif token.type == "hr":
            self.add({"t": "hr"})
        elif token.type == "code_inline":
            self.add({"t": "code", "v": scrub(token.content)})
        elif token.type in {"code_block", "fence"}:
            self.add({"t": "pre", "v": scrub(token.content).rstrip("\n")})
        elif token.type == "image":
            alt = "".join(child.content for child in token.children or ())
            self.text(f"[Bild: {alt}]" if alt.strip() else "[Bild]")
        else:
            self.text(token.content)

    def add(self, node: Node) -> None:
        """Put a node where children go at the moment."""
        self.stack[-1][1].append(node)

    def text(self, value: str) -> None:
        """Add text, joined to the text before it."""
        place = self.stack[-1][1]
        if place and place[-1]["t"] == "text":
            place[-1]["v"] += scrub(value)
        elif value := scrub(value):
            place.append({"t": "text", "v": value})

    def start(self, kind: str, token: Token) -> None:
        """Open a node, or let its children fall into the one around it."""
        place = self.stack[-1][1]
        if kind == "li":
            self.start_item()
        elif kind in {"tr", "cell"}:
            self.start_cell(token)
        elif kind in {"ul", "ol", "q"} and self.open["ul"] + self.open["ol"] + self.open["q"] >= DEPTH:
            self.stack.append((_FLAT, place))
        elif not self.allows(kind, token):
            self.stack.append((_THROUGH, place))
        else:
            if token.hidden and "tight" in self.stack[-2][0]:
                self.stack[-2][0]["tight"] = True
            node = self.node(kind, token)
            place.append(node)
            self.open[kind] += 1
            self.stack.append((node, node["r"] if kind == "table" else node["c"]))

    def start_item(self) -> None:
        """Open an item of a list; one of a flattened list goes on where the list stands."""
        holder, place = self.stack[-1]
        if holder is _FLAT:
            self.stack.append((_THROUGH, place))
        else:
            place.append([])
            self.stack.append((_THROUGH, place[-1]))

    def start_cell(self, token: Token) -> None:
        """Open a row of a table, or a cell in it."""
        place = self.stack[-1][1]
        place.append([])
        if token.type == "th_open":
            style = str(token.attrGet("style") or "")
            self.stack[-3][0]["a"].append(style.removeprefix("text-align:") or "left")
        self.stack.append((_THROUGH, place[-1]))

    def allows(self, kind: str, token: Token) -> bool:
        """Say whether a mark may stand here: once in itself, no link in struck text or the reverse, safe addresses."""
        if kind == "a":
            url = str(token.attrGet("href"))
            return not self.open["s"] and len(url) <= URL and bool(_SAFE_URL.match(url))
        if kind == "s":
            return not self.open["s"] and not self.open["a"]
        return bool(kind) and not (kind in {"b", "i"} and self.open[kind])

    @staticmethod
    def node(kind: str, token: Token) -> Node:
        """Make an empty node."""
        if kind == "table":
            return {"t": "table", "h": [], "r": [], "a": []}
        node: Node = {"t": kind, "c": []}
        if kind == "a":
            node["u"] = str(token.attrGet("href"))
        elif kind == "h":
            node["l"] = int(token.tag[1])
        elif kind in {"ul", "ol"}:
            node["tight"] = False
            if kind == "ol":
                start = token.attrGet("start")
                node["s"] = 1 if start is None else int(start)
        return node

    def end(self) -> None:
        """Close the open node and see whether it may stay what it is."""
        node, _ = self.stack.pop()
        kind = node["t"]
        if node is _THROUGH or node is _FLAT:
            return
        self.open[kind] -= 1
        place = self.stack[-1][1]
        if kind == "table":
            place[-1] = self.table(node)
        elif kind == "h":
            place[-1:] = self.heading(node)
        elif (kind == "a" and not _is_visible(node["c"])) or not node["c"]:
            place[-1:] = node["c"]

    @staticmethod
    def table(node: Node) -> Node:
        """Take the header out of the rows; a table past the limits becomes lines of text."""
        node["h"] = node["r"].pop(0)
        return node if len(node["h"]) <= COLUMNS and len(node["r"]) <= ROWS else _as_lines(node)

    def heading(self, node: Node) -> list[Node]:
        """Number a heading after those before it; without visible text it goes, too long it becomes a paragraph."""
        if not _is_visible(node["c"]):
            return []
        if len(plain(node["c"])) > HEADING:
            return [{"t": "p", "c": [{"t": "b", "c": node["c"]}]}]
        while self.raw_levels and self.raw_levels[-1] >= node["l"]:
            self.raw_levels.pop()
        self.raw_levels.append(node["l"])
        node["l"] = min(self.base + len(self.raw_levels) - 1, 6)
        return [node]
