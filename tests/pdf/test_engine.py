"""The engine: same input, same bytes; limits that hold; German messages for people, diagnostics for the log."""

import hashlib
import subprocess
import sys
import time
from pathlib import Path

import pytest

from portal.pdf import engine
from portal.pdf.engine import PdfError, render
from tests.pdf.hostile import with_text
from tests.pdf.samples import TIMESTAMP, invitation, sample

HUGE = "with_text('a\\n\\n' * 66_000)"
RENDER = f"""
import resource
from portal.pdf.engine import PdfError, render
from tests.pdf.hostile import with_text
resource.setrlimit(resource.{{kind}}, ({{most}}, {{most}}))
try:
    render("niederschrift", {HUGE}, timestamp=0)
except PdfError as error:
    print(error)
"""


def test_same_input_gives_the_same_bytes():
    digests = {
        hashlib.sha256(render("niederschrift", sample(3), timestamp=TIMESTAMP).pdf).hexdigest() for _ in range(3)
    }
    assert len(digests) == 1
    assert hashlib.sha256(render("niederschrift", sample(3), timestamp=TIMESTAMP + 60).pdf).hexdigest() not in digests


def test_samples_are_set_without_a_warning(caplog):
    for template, data in (("niederschrift", sample(3)), ("niederschrift", sample(20)), ("einladung", invitation())):
        assert render(template, data, timestamp=TIMESTAMP).replaced == ()
    assert caplog.records == []


def test_characters_that_no_font_can_draw_are_reported():
    data = with_text("Ja 😀, `漢` und noch einmal 😀")
    assert render("niederschrift", data, timestamp=TIMESTAMP).replaced == ("😀", "漢")


@pytest.mark.parametrize("title", ["", "  ", "\u00ad\u200b", "\x00"])
def test_document_without_title_is_refused(title):
    with pytest.raises(PdfError, match="Ohne Titel"):
        render("niederschrift", {**sample(3), "title": title}, timestamp=TIMESTAMP)


def test_text_over_the_limit_is_refused_and_not_cut():
    with pytest.raises(PdfError, match=r"höchstens 200\.000 Zeichen"):
        render("niederschrift", with_text("x" * 200_001), timestamp=TIMESTAMP)


def test_document_over_the_limit_is_refused():
    data = sample(3)
    data["items"] = [{**data["items"][0], "text": "x" * 190_000}] * 11
    with pytest.raises(PdfError, match="zu umfangreich"):
        render("niederschrift", data, timestamp=TIMESTAMP)


def test_data_of_another_shape_is_refused_with_diagnostics_in_the_log(caplog):
    data = {key: value for key, value in sample(3).items() if key != "closing"}
    with pytest.raises(PdfError, match="konnte nicht erzeugt werden"):
        render("niederschrift", data, timestamp=TIMESTAMP)
    assert "KeyError: 'closing'" in caplog.text


def test_child_is_killed_when_its_time_is_over(monkeypatch, caplog):
    monkeypatch.setattr(engine, "WALL_SECONDS", 0.3)
    start = time.monotonic()
    with pytest.raises(PdfError, match="zu umfangreich"):
        render("niederschrift", with_text("a\n\n" * 66_000), timestamp=TIMESTAMP)
    assert time.monotonic() - start < 10
    assert "killed" in caplog.text


@pytest.mark.parametrize(("kind", "most"), [("RLIMIT_CPU", 1), ("RLIMIT_AS", 400 << 20)])
def test_runaway_document_ends_with_a_message_and_no_pdf(kind, most):
    """The limits are set tighter from outside, so that the test is quick: the child keeps the stricter ones."""
    script = RENDER.format(kind=kind, most=most)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=engine.PROJECT, check=False
    )
    assert done.stdout.strip() == engine.TOO_LARGE


def test_child_limits_itself_before_it_reads():
    wanted = {"Max cpu time": "60", "Max address space": str(1500 << 20)}
    with subprocess.Popen(
        [sys.executable, "-m", "portal.pdf.child"], stdin=subprocess.PIPE, cwd=engine.PROJECT
    ) as child:
        found: dict[str, str] = {}
        deadline = time.monotonic() + 20
        while found != wanted and time.monotonic() < deadline:
            time.sleep(0.05)
            lines = Path(f"/proc/{child.pid}/limits").read_text().splitlines()
            found = {name: line.split()[-2] for line in lines for name in wanted if line.startswith(name)}
        child.kill()
    assert found == wanted


def test_child_starts_without_django():
    script = "import sys, portal.pdf.child; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], cwd=engine.PROJECT, check=False).returncode == 0


@pytest.mark.soak
@pytest.mark.parametrize(
    "text", ["a\n\n" * 66_000, "a\n" * 100_000, "|a|b|\n|-|-|\n" + "|1|2|\n" * 30_000, "Wort " * 40_000]
)
def test_ten_texts_at_the_limit_end_in_time(text):
    data = with_text("")
    data["items"] = [{**data["items"][0], "text": text}] * (1_900_000 // len(text))
    start = time.monotonic()
    try:
        assert render("niederschrift", data, timestamp=TIMESTAMP).pdf
    except PdfError as error:
        assert str(error) == engine.TOO_LARGE  # noqa: PT017
    assert time.monotonic() - start < engine.WALL_SECONDS + 5
