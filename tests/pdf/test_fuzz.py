"""Documents that nobody thought of: any text gives a PDF, and a valid one."""

import pytest
from hypothesis import given, settings

from portal.pdf.engine import render
from tests.pdf.hostile import SOURCES, with_text
from tests.pdf.samples import TIMESTAMP, invitation
from tests.pdf.verapdf import judge


def set_everywhere(text: str) -> bytes:
    """Set a text in every place of a Niederschrift where a text may stand."""
    data = with_text(text)
    data["remarks"] = data["closing"] = data["note"] = data["attendance"][0]["name"] = data["items"][1]["title"] = text
    data["items"][0]["outcomes"] = [{"kind": "dissent", "label": text, "text": text}]
    return render("niederschrift", data, timestamp=TIMESTAMP).pdf


@given(SOURCES)
@settings(max_examples=15, derandomize=True)
def test_any_text_gives_a_pdf(text):
    assert set_everywhere(text).startswith(b"%PDF-1.7")


@given(SOURCES)
@settings(max_examples=5, derandomize=True)
def test_any_text_gives_an_invitation(text):
    item = {**invitation()["items"][0], "title": text, "purpose": text, "presenter": text}
    data = {
        **invitation(),
        "intro": text,
        "version_note": text,
        "late_reason": text,
        "video_url": text,
        "items": [item],
    }
    assert render("einladung", data, timestamp=TIMESTAMP).pdf.startswith(b"%PDF-1.7")


@pytest.mark.soak
def test_thousands_of_texts_give_pdfs_and_a_sample_passes_verapdf(tmp_path):
    files = []

    @given(SOURCES)
    @settings(max_examples=3_000, database=None)
    def one(text):
        pdf = set_everywhere(text)
        files.append(tmp_path / f"{len(files)}.pdf")
        if len(files) % 50 == 0:
            files[-1].write_bytes(pdf)

    one()
    sample = [file for file in files if file.exists()]
    assert len(sample) >= 60
    assert judge(sample) == {file: [] for file in sample}
