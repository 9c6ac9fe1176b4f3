"""What a first visit loads, compressed as the server sends it."""

import re
from collections.abc import Iterator
from pathlib import Path

import brotli
from django.conf import settings
from django.test import Client
from django.urls import reverse

from portal.members.models import Membership, Role
from tests.bench.pages import signed_in

FONTS_OF_A_PAGE = 3  # regular, medium, semibold; the cuts for rarer letters load only where one occurs


def figures() -> Iterator[tuple[str, float, float, str]]:
    delegate = Membership.objects.current().filter(role=Role.DELEGATE).first().person
    for words, client, address in (
        ("sign-in page", Client(), reverse("account_login")),
        ("start page", signed_in(delegate), reverse("home:start")),
    ):
        html = client.get(address).content
        assets = sum(map(size, files_of(html.decode())))
        yield f"first visit: {words}", (len(brotli.compress(html)) + assets) / 1024, 150, "KB"
        yield f"repeat visit: {words}", len(brotli.compress(html)) / 1024, 15, "KB"
    own = sum(size(path) for path in Path(settings.STATIC_ROOT, "js").glob("*.????????????.js"))
    yield "own JavaScript, all pages together", own / 1024, 10, "KB"


def files_of(html: str) -> set[Path]:
    """The files that the page names, and the fonts of its stylesheets."""
    names = set(re.findall(r'(?:src|href)="/static/([^"#?]+)', html))
    paths = {Path(settings.STATIC_ROOT, name) for name in names}
    sheets = "".join(path.read_text() for path in paths if path.suffix == ".css")
    fonts = sorted(set(re.findall(r'fira-sans-latin-\d+-normal[^")]*\.woff2', sheets)))[:FONTS_OF_A_PAGE]
    return paths | {Path(settings.STATIC_ROOT, "fira", name) for name in fonts}


def size(path: Path) -> int:
    packed = path.with_name(path.name + ".br")
    return (packed if packed.exists() else path).stat().st_size
