"""The face of the PDF room: `render` sets one document in a short-lived child process with hard limits."""

import json
import logging
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

PROJECT = Path(__file__).parents[2]
WALL_SECONDS = 90
DOCUMENT = 2_000_000  # characters of one document
TOO_LARGE = "Das Dokument ist zu umfangreich für ein PDF. Bitte kürzen Sie Texte oder Tabellen."
FAILED = "Das PDF konnte nicht erzeugt werden. Die Verwaltung des Portals findet die Ursache im Protokoll."

# Nothing of the portal's own environment: no secrets beside hostile text. Few threads and arenas fit the address space.
ENVIRONMENT = {"PYTHONUTF8": "1", "RAYON_NUM_THREADS": "2", "MALLOC_ARENA_MAX": "2"}

logger = logging.getLogger(__name__)


class PdfError(Exception):
    """No PDF came about; the message is German and meant for the reader, the diagnostics are in the log."""


class Rendered(NamedTuple):
    """A PDF, and the characters that no font could draw and that were replaced in it."""

    pdf: bytes
    replaced: tuple[str, ...]


def render(template: str, data: Mapping[str, Any], *, timestamp: int) -> Rendered:
    """Set `data` (see shapes.py) with a template as PDF/A-2a and PDF/UA-1; the same input gives the same bytes."""
    request = json.dumps({"template": template, "data": data, "timestamp": timestamp}, ensure_ascii=False)
    if len(request) > DOCUMENT:
        raise PdfError(TOO_LARGE)
    head, _, pdf = _child(request.encode("utf-8", "surrogatepass")).partition(b"\n")
    answer = json.loads(head)
    if "error" in answer:
        raise PdfError(answer["error"])
    return Rendered(pdf, tuple(answer["replaced"]))


def _child(request: bytes) -> bytes:
    """Run the child process and return what it wrote."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "portal.pdf.child"],
            input=request,
            capture_output=True,
            cwd=PROJECT,
            env=ENVIRONMENT,
            timeout=WALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        logger.error("PDF child was killed after %s s", WALL_SECONDS)
        raise PdfError(TOO_LARGE) from error
    diagnostics = done.stderr.decode(errors="replace")[-4000:]
    if done.returncode:
        logger.error("PDF child ended with %s: %s", done.returncode, diagnostics)
        raise PdfError(TOO_LARGE if done.returncode < 0 or "MemoryError" in diagnostics else FAILED)
    if diagnostics:
        logger.warning("PDF child said: %s", diagnostics)
    return done.stdout
