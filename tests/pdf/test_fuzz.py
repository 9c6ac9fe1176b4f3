"""Documents that nobody thought of: any text gives a PDF, and a valid one."""

import pytest
from hypothesis import given, settings

from portal.pdf.engine import render
from portal.pdf.shapes import Outcome
from tests.pdf.hostile import SOURCES, with_text
from tests.pdf.samples import TIMESTAMP, invitation
from tests.pdf.verapdf import judge


def set_everywhere(texts: list[str]) -> bytes:
    """Set texts in every place of a Niederschrift where a text may stand."""
    data = with_text(texts[0])
    data["remarks"] = data["closing"] = data["note"] = data["attendance"][0]["name"] = texts[0]
    for text in texts:
        outcome: Outcome = {"kind": "dissent", "label": text, "text": text}
        data["items"].append({**data["items"][0], "title": text, "text": text, "topic": text, "outcomes": [outcome]})
    return render("niederschrift", data, timestamp=TIMESTAMP).pdf


@given(SOURCES)
@settings(max_examples=15, derandomize=True)
def test_any_text_gives_a_pdf(text):
    assert set_everywhere([text]).startswith(b"%PDF-1.7")


@given(SOURCES)
@settings(max_examples=5, derandomize=True)
def test_any_text_gives_an_invitation(text):
    item = {**invitation()["items"][0], "title": text, "purpose": text, "presenter": text}
    data = {
        **invitation(),
        "intro": text,
        "version_note": text,
        "late_reason": text,
        "supplement_reason": text,
        "video_url": text,
        "items": [item],
    }
    assert render("einladung", data, timestamp=TIMESTAMP).pdf.startswith(b"%PDF-1.7")


@pytest.mark.soak
def test_thousands_of_texts_give_pdfs_and_a_sample_passes_verapdf(tmp_path):
    texts: list[str] = []

    @given(SOURCES)
    @settings(max_examples=3_000, database=None)
    def collect(text):
        texts.append(text)

    collect()
    assert len(texts) >= 3_000
    files = [tmp_path / f"{number}.pdf" for number in range(len(texts) // 10)]
    for number, file in enumerate(files):
        file.write_bytes(set_everywhere(texts[number * 10 : number * 10 + 10]))
    sample = files[::5]
    assert judge(sample) == {file: [] for file in sample}
