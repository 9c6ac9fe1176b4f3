"""The tree of nodes as clean HTML for a page."""

from collections.abc import Callable
from functools import lru_cache
from html import escape

import nh3

from portal.ui.markdown.nodes import Node, TooLongError, scrub, tree


def html(source: str, *, base: int = 4) -> str:
    """Turn Markdown into clean HTML; headings start at level `base`."""
    return _short_html(source, base) if len(source) <= 4_000 else _html(source, base)


def _html(source: str, base: int) -> str:
    try:
        nodes = tree(source, base=base)
    except TooLongError:
        nodes = [{"t": "pre", "v": scrub(source)}]
    return _CLEANER.clean("".join(map(_element, nodes)))


_short_html = lru_cache(maxsize=4_000)(_html)  # comments are short and shown again and again


_TAGS = {"p": "p", "b": "strong", "i": "em", "s": "s", "q": "blockquote"}
_CLEANER = nh3.Cleaner(
    tags={*_TAGS.values(), "br", "hr", "code", "pre", "h2", "h3", "h4", "h5", "h6", "a", "ul", "ol", "li"}
    | {"div", "table", "thead", "tbody", "tr", "th", "td"},
    attributes={
        "a": {"href"},
        "ol": {"start"},
        "th": {"scope", "class"},
        "td": {"class"},
        "table": {"class"},
        "div": {"class", "role", "aria-label", "tabindex"},
    },
    url_schemes={"http", "https", "mailto"},
    link_rel="noopener noreferrer",
)


def _element(node: Node) -> str:
    kind = node["t"]
    if kind in _TAGS:
        return f"<{_TAGS[kind]}>{_inner(node)}</{_TAGS[kind]}>"
    return _ELEMENTS[kind](node)


def _inner(node: Node) -> str:
    return "".join(map(_element, node["c"]))


def _list(node: Node) -> str:
    start = f' start="{node["s"]}"' if node.get("s", 1) != 1 else ""
    return f"<{node['t']}{start}>{''.join(_item(item, node['tight']) for item in node['c'])}</{node['t']}>"


def _item(nodes: list[Node], tight: bool) -> str:
    head = _inner(nodes[0]) if tight and nodes and nodes[0]["t"] == "p" else None
    return f"<li>{''.join(map(_element, nodes)) if head is None else head + ''.join(map(_element, nodes[1:]))}</li>"


def _table(node: Node) -> str:
    def cells(row: list[list[Node]], tag: str, rest: str = "") -> str:
        css = "kern-table__header" if tag == "th" else "kern-table__cell"
        return "".join(
            f'<{tag} class="{css} ak-{side}"{rest}>{"".join(map(_element, cell))}</{tag}>'
            for cell, side in zip(row, node["a"], strict=True)
        )

    head = cells(node["h"], "th", ' scope="col"')
    body = "".join(f"<tr>{cells(row, 'td')}</tr>" for row in node["r"])
    return (
        '<div class="ak-scroll" role="region" aria-label="Tabelle" tabindex="0">'
        f'<table class="kern-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


_ELEMENTS: dict[str, Callable[[Node], str]] = {
    "text": lambda n: escape(n["v"]),
    "br": lambda _: "<br>",
    "hr": lambda _: "<hr>",
    "code": lambda n: f"<code>{escape(n['v'])}</code>",
    "pre": lambda n: f"<pre>{escape(n['v'])}</pre>",
    "a": lambda n: f'<a href="{escape(n["u"])}">{_inner(n)}</a>',
    "h": lambda n: f"<h{n['l']}>{_inner(n)}</h{n['l']}>",
    "ul": _list,
    "ol": _list,
    "table": _table,
}
