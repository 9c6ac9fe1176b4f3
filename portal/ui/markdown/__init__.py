"""The one home of Markdown: source in, a tree of plain nodes (for the PDF) or clean HTML (for the pages) out.

Both come from the same tree, so a page and a PDF show the same text under the same limits. Knows no noun, and
nothing of Django, so that the child process of the PDF starts fast.
"""

from portal.ui.markdown.nodes import LIMIT, Node, TooLongError, scrub, tree
from portal.ui.markdown.page import html

__all__ = ["LIMIT", "Node", "TooLongError", "html", "scrub", "tree"]
