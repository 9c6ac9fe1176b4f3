"""The child process: one document as JSON on stdin, a line of JSON and the PDF on stdout.

It sets its own limits first, since the typesetter knows neither a time limit nor a memory limit and takes its whole
process down with it. Without Django, so that it starts fast.
"""

import json
import resource
import sys
from pathlib import Path
from typing import Any

import typst

from portal.pdf import shapes
from portal.pdf.clean import Cleaner, EmptyError, font_folders
from portal.ui.markdown import LIMIT, TooLongError

TEMPLATES = Path(__file__).parent / "templates"
SHAPES = {
    "niederschrift": shapes.Niederschrift,
    "einladung": shapes.Einladung,
    "zustellnachweis": shapes.Zustellnachweis,
}
CPU_SECONDS = 60
ADDRESS_SPACE = 1500 << 20

NO_TITLE = "Ohne Titel kann das PDF nicht erzeugt werden."
TOO_LONG = f"Ein Text ist zu lang für das PDF: höchstens {LIMIT:,} Zeichen je Textfeld.".replace(",", ".")


def main() -> None:
    """Read the request, write the answer; diagnostics go to stderr."""
    limit(resource.RLIMIT_AS, ADDRESS_SPACE)
    limit(resource.RLIMIT_CPU, CPU_SECONDS)
    request = json.loads(sys.stdin.buffer.read().decode("utf-8", "surrogatepass"))
    cleaner = Cleaner()
    try:
        data = cleaner.shaped(SHAPES[request["template"]], request["data"])
    except EmptyError:
        answer({"error": NO_TITLE})
    except TooLongError:
        answer({"error": TOO_LONG})
    else:
        pdf = typeset(request["template"], data, request["timestamp"])
        answer({"replaced": list(cleaner.replaced)}, pdf)


def limit(kind: int, most: int) -> None:
    """Set a hard limit, or keep the stricter one that the operator has set."""
    _, hard = resource.getrlimit(kind)
    value = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (value, value))


def typeset(template: str, data: Any, timestamp: int) -> bytes:
    """Set the cleaned data; any warning is written to stderr."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=font_folders())
    pdf, warnings = typst.compile_with_warnings(
        TEMPLATES / f"{template}.typ",
        root=TEMPLATES,
        font_paths=fonts,
        format="pdf",
        sys_inputs={"data": json.dumps(data)},
        pdf_standards=["a-2a", "ua-1"],
        timestamp=timestamp,
    )
    for warning in warnings:
        sys.stderr.write(f"{warning.diagnostic}\n")
    return pdf


def answer(head: dict[str, Any], pdf: bytes = b"") -> None:
    """Write one line of JSON, then the PDF."""
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + pdf)


if __name__ == "__main__":
    main()
