"""Make every string of a document fit to be set: no hidden or missing characters, no monsters, Markdown as nodes."""

import re
import unicodedata
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints, is_typeddict

from fontTools.ttLib import TTFont

from portal.pdf import shapes
from portal.ui.markdown import Node, scrub, tree

FONT_PACKAGES = ("fontpkg_source_sans_3", "fontpkg_noto_sans")
MARKS = 4  # combining marks in a row
ORDINARY = re.compile(  # is in NFC and in every font: saves reading the fonts
    "[\n\t\x20-\x7e\xa0-\u017f\u2010\u2013\u2014\u2018-\u201a\u201c-\u201e\u2022\u2026\u2039\u203a\u20ac]*"
)
_IGNORABLE = frozenset("\n\t\u00ad\u200b\u200c\u200d\ufe0e\ufe0f")  # need no glyph
_SPACE = re.compile("[ \t\r\n\v\f\u2028\u2029]+")  # leaves the no-break space alone
_LONG = re.compile(r"\S{120,}")
_WEB = re.compile(r"https?://[\x21-\x7e]{1,1990}", re.IGNORECASE)


class EmptyError(ValueError):
    """A text that must be there is empty."""


def font_folders() -> list[Path]:
    """Return the folders of the fonts, found without importing their packages."""
    specs = [find_spec(name) for name in FONT_PACKAGES]
    return [Path(spec.origin).parent / "files" for spec in specs if spec and spec.origin]


def covered() -> frozenset[int]:
    """Return every character that one of the fonts can draw; private ones have no meaning to read out."""
    codes: set[int] = set()
    for file in (file for folder in font_folders() for file in folder.iterdir()):
        with TTFont(file, lazy=True) as font:
            codes |= set(font.getBestCmap())
    return frozenset(code for code in codes if unicodedata.category(chr(code)) != "Co")


class Cleaner:
    """Cleans the data of one document and remembers which characters it had to replace."""

    def __init__(self) -> None:
        self.replaced: dict[str, None] = {}
        self._covered: frozenset[int] | None = None

    def text(self, value: str) -> str:
        """Return running text that can be set."""
        value = scrub(value)
        if not ORDINARY.fullmatch(value):
            value = self._drawable(unicodedata.normalize("NFC", value))
        return _LONG.sub(lambda word: "\u200b".join(word[0][i : i + 60] for i in range(0, len(word[0]), 60)), value)

    def line(self, value: str, limit: int | None = None) -> str:
        """Return a plain field: one line of text."""
        value = _SPACE.sub(" ", value).strip()
        if limit and len(value) > limit:
            value = value[: limit - 1] + "…"
        return self.text(value)

    def nodes(self, nodes: list[Node]) -> list[Node]:
        """Clean a tree of Markdown nodes in place."""
        for node in nodes:
            if "v" in node:
                node["v"] = self.text(node["v"])
            for part in (node.get("c", ()), node.get("h", ()), *node.get("r", ())):
                for child in part:
                    self.nodes(child if isinstance(child, list) else [child])
        return nodes

    def shaped(self, shape: Any, value: Any) -> Any:
        """Clean a value as its shape says; a value of another shape is a mistake of the caller."""
        if is_typeddict(shape):
            hints = get_type_hints(shape, include_extras=True)
            return {key: self.shaped(hint, value[key]) for key, hint in hints.items()}
        if get_origin(shape) is list:
            return [self.shaped(get_args(shape)[0], item) for item in value]
        if hasattr(shape, "__metadata__"):
            return self._marked(shape.__metadata__[0], value)
        if not isinstance(value, _python_types(shape)):
            raise TypeError(f"{value!r} is no {shape}")
        return self.line(value) if isinstance(value, str) else value

    def _marked(self, mark: Any, value: str) -> Any:
        """Clean a string that carries a mark."""
        if isinstance(mark, shapes.Markdown):
            return self.nodes(tree(value, base=mark.base))
        if isinstance(mark, shapes.Url):
            return {"v": self.line(value), "u": value if _WEB.fullmatch(value) else ""}
        line = self.line(value, mark.limit)
        if mark.required and not any(unicodedata.category(ch)[0] in "LNPS" for ch in line):
            raise EmptyError
        return line

    def _drawable(self, text: str) -> str:
        """Replace what no font can draw, and keep at most a few combining marks in a row."""
        if self._covered is None:
            self._covered = covered()
        out, run = [], 0
        for ch in text:
            run = run + 1 if unicodedata.category(ch) in {"Mn", "Me"} else 0
            if run > MARKS:
                continue
            if ord(ch) not in self._covered and ch not in _IGNORABLE:
                self.replaced[ch] = None
                out.append("\ufffd")
            else:
                out.append(ch)
        return "".join(out)


def _python_types(shape: Any) -> tuple[type, ...]:
    """Return the Python types of a plain hint: `str`, `int | None`, `Literal["a", "b"]`."""
    if get_origin(shape) is Literal:
        return tuple({type(choice) for choice in get_args(shape)})
    return get_args(shape) or (shape,)
