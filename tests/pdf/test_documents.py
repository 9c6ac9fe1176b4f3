"""What the readers get: valid claims, a sound tag tree, text that can be searched and read out."""

import re
import shutil
import subprocess
from datetime import UTC, datetime
from functools import lru_cache
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pikepdf
import pytest

from portal.pdf.engine import render
from tests.pdf.hostile import DOCUMENTS
from tests.pdf.samples import TIMESTAMP, invitation, proof, sample
from tests.pdf.verapdf import judge


def written(folder: Path, documents: dict[str, tuple[str, Any]]) -> list[Path]:
    """Set documents and write them to files."""
    files = []
    for name, (template, data) in documents.items():
        files.append(folder / f"{name}.pdf")
        files[-1].write_bytes(render(template, data, timestamp=TIMESTAMP).pdf)
    return files


def poppler(*command: str, pdf: bytes) -> str:
    """Run one of poppler's tools."""
    if not shutil.which(command[0]):
        pytest.skip(f"no {command[0]} on this machine: install poppler-utils")
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode(errors="replace")


@lru_cache(maxsize=256)  # the readers of the matrix get the same files again and again
def text_of(pdf: bytes) -> str:
    """Extract the text as search engines do; hyphens at line ends are soft and do not count."""
    text = poppler("pdftotext", "-enc", "UTF-8", "-", "-", pdf=pdf)
    return re.sub(r"\s+", " ", text.replace("\u00ad\n", "").replace("\u00ad", ""))


def read_out(pdf: bytes) -> str:
    """Extract the text in the order of the tags, as a screen reader speaks it, without headers and footers."""
    lines = re.findall(r'^ *"(.*)"$', poppler("pdfinfo", "-struct-text", "-", pdf=pdf), re.MULTILINE)
    return re.sub(r"\s+", " ", " ".join(lines).replace("\u00ad ", ""))


class Tag(NamedTuple):
    """A tag of the document with all tags below it, in reading order."""

    kind: str
    scope: str
    below: list["Tag"]


def tags(element: pikepdf.Object) -> list[Tag]:
    """Read the tag tree; parents come before their children."""
    if isinstance(element, pikepdf.Array):
        return [tag for child in element for tag in tags(child)]
    if not isinstance(element, pikepdf.Dictionary):
        return []
    below = tags(element["/K"]) if "/K" in element else []
    attributes = element.get("/A", [])
    each = attributes if isinstance(attributes, pikepdf.Array) else [attributes]
    scope = next((str(one["/Scope"]) for one in each if "/Scope" in one), "")
    return [Tag(str(element["/S"])[1:], scope, below), *below] if "/S" in element else below


def tree_of(pdf: bytes) -> list[Tag]:
    """Return all tags of a document in reading order."""
    with pikepdf.open(BytesIO(pdf)) as file:
        return tags(file.Root.StructTreeRoot)


@pytest.fixture(scope="module")
def niederschrift() -> bytes:
    """A final Niederschrift of three pages."""
    return render("niederschrift", sample(3), timestamp=TIMESTAMP).pdf


@pytest.fixture(scope="module")
def einladung() -> bytes:
    """An Einladung."""
    return render("einladung", invitation(), timestamp=TIMESTAMP).pdf


@pytest.fixture(scope="module")
def zustellnachweis() -> bytes:
    """A Zustellnachweis of two revisions."""
    return render("zustellnachweis", proof(), timestamp=TIMESTAMP).pdf


def test_samples_pass_verapdf_for_both_claims(tmp_path):
    changed = {**invitation(), "version_note": "Die Sitzung wurde verlegt.", "late_reason": "Die Sache ist dringend."}
    documents = {
        "short": ("niederschrift", sample(3)),
        "long": ("niederschrift", sample(40)),
        "draft": ("niederschrift", {**sample(3), "draft": True}),
        "invitation": ("einladung", invitation()),
        "changed": ("einladung", changed),
        "proof": ("zustellnachweis", proof()),
        "nothing sent": ("zustellnachweis", {**proof(), "issues": []}),
    }
    files = written(tmp_path, documents)
    assert [
        len(pikepdf.open(file).pages) >= least for file, least in zip(files, (3, 40, 3, 1, 1, 2, 1), strict=True)
    ] == [True] * 7
    assert judge(files) == {file: [] for file in files}


@pytest.mark.soak
def test_hostile_texts_pass_verapdf_for_both_claims(tmp_path):
    files = written(tmp_path, {name: ("niederschrift", data) for name, data in DOCUMENTS.items()})
    assert judge(files) == {file: [] for file in files}


def test_verapdf_finds_a_broken_claim(tmp_path, niederschrift):
    file = tmp_path / "untagged.pdf"
    with pikepdf.open(BytesIO(niederschrift)) as pdf:
        del pdf.Root.StructTreeRoot
        pdf.save(file)
    assert {found.split()[0] for found in judge([file])[file]} >= {"2a", "ua1"}


def test_document_names_its_language_title_author_and_time(niederschrift):
    pdf = pikepdf.open(BytesIO(niederschrift))
    assert str(pdf.Root.Lang) == "de-DE"
    assert str(pdf.docinfo["/Title"]) == "Niederschrift über die 3. Sitzung 2026 des Arbeitskreises Digitalisierung"
    assert str(pdf.docinfo["/Author"]) == "Stadt Erlenau"
    assert str(pdf.docinfo["/CreationDate"]) == f"D:{datetime.fromtimestamp(TIMESTAMP, UTC):%Y%m%d%H%M%S}Z"
    assert pdf.Root.ViewerPreferences.DisplayDocTitle


@pytest.mark.parametrize(
    "local", ["aylin.breuer", "angelegenheiten", "bezirksverwaltungsangelegenheitenundliegenschaftsverwaltung"]
)
def test_addresses_of_the_zustellnachweis_are_never_hyphenated(local):
    data = proof()
    row = {**data["issues"][0]["rows"][0], "what": f"Änderung an {local}@example.org"}
    data["issues"] = [{**data["issues"][0], "rows": [row]}]
    pdf = render("zustellnachweis", data, timestamp=TIMESTAMP).pdf
    raw = poppler("pdftotext", "-enc", "UTF-8", "-", "-", pdf=pdf)
    assert f"{local}@example.org" in re.sub(r"[\s\u200b]+", "", raw)


@pytest.mark.parametrize("document", ["niederschrift", "einladung", "zustellnachweis"])
def test_headings_start_with_one_h1_and_skip_none(document, request):
    levels = [int(tag.kind[1]) for tag in tree_of(request.getfixturevalue(document)) if re.fullmatch(r"H\d", tag.kind)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert len(levels) > 2


@pytest.mark.parametrize(("document", "tables"), [("niederschrift", 3), ("einladung", 1), ("zustellnachweis", 2)])
def test_every_table_has_a_header_row(document, tables, request):
    found = [tag for tag in tree_of(request.getfixturevalue(document)) if tag.kind == "Table"]
    assert len(found) == tables
    for table in found:
        scopes = [tag.scope for tag in table.below if tag.kind == "TH"]
        assert len(scopes) >= 3
        assert set(scopes) == {"/Column"}


def test_layout_is_no_table_and_lists_are_lists(niederschrift):
    kinds = [tag.kind for tag in tree_of(niederschrift)]
    assert kinds.count("L") == 4  # two of them inside others
    assert kinds.count("LI") == 10
    assert kinds.count("BlockQuote") == 2


def test_long_words_are_hyphenated(niederschrift):
    assert "Straßenverkehrs\u00ad" in poppler("pdftotext", "-enc", "UTF-8", "-", "-", pdf=niederschrift)


def test_text_can_be_searched_with_umlauts_and_across_hyphens(niederschrift):
    text = text_of(niederschrift)
    for words in ("Öztürk", "Süß", "Nguyễn Thị Hương", "Łukasz Wiśniewski", "Straßenverkehrsbehörde", "„Wir wollen"):
        assert words in text


def test_niederschrift_holds_attendance_outcomes_and_signatures(niederschrift):
    text = read_out(niederschrift)
    for words in (
        "Stadt Erlenau Stabsstelle Digitalisierung",
        "Donnerstag, 26. November 2026",
        "in Vertretung für Herrn Thòmas Lübbers",
        "TOP 2 Digitale Antragstellung",
        "vertraulich Thema: Verträge",
        "Empfehlung Der Arbeitskreis empfiehlt",
        "Dissens Die Fraktion Freie Liste",
        "schließt die Sitzung um 20:05 Uhr. Frau Dr. Henrike Albers Leitung Frau Jördis Groß Schriftführung",
    ):
        assert words in text
    assert "Entwurf" not in text


def test_page_numbers_are_not_read_out(niederschrift):
    assert "Seite 3 von 3" in text_of(niederschrift)
    assert "Seite" not in read_out(niederschrift)
    assert "Stadt Erlenau · Arbeitskreis" not in read_out(niederschrift)


def test_draft_says_so_in_title_text_and_on_each_page():
    pdf = render("niederschrift", {**sample(3), "draft": True}, timestamp=TIMESTAMP).pdf
    with pikepdf.open(BytesIO(pdf)) as file:
        assert str(file.docinfo["/Title"]).startswith("Entwurf: Niederschrift")
    text = text_of(pdf)
    assert "Entwurf. Diese Niederschrift ist noch nicht abgeschlossen" in text
    assert text.count("ENTWURF") == 3


def test_long_niederschrift_lists_its_items():
    kinds = [tag.kind for tag in tree_of(render("niederschrift", sample(20), timestamp=TIMESTAMP).pdf)]
    assert kinds.count("TOCI") == len(sample(20)["items"])


def test_einladung_holds_agenda_and_answer(einladung):
    text = read_out(einladung)
    for words in (
        "Erlenau, 12. November 2026",
        "Sehr geehrte Damen und Herren,",
        "18:00 bis etwa 20:00 Uhr",
        "Schulungsbedarf in den Fachämtern Nachtrag",
        "TOP 3 (vertraulich)",
        "bis Montag, 23. November 2026 mit, ob Sie teilnehmen",
        "Mit freundlichen Grüßen Dr. Henrike Albers Leitung des Arbeitskreises",
    ):
        assert words in text
    assert "Ladungsfrist" not in text
    assert "Geänderte" not in text


def test_late_and_changed_einladung_says_why():
    reasons = {"late_reason": "Die Sache ist dringend.", "supplement_reason": "Der Bescheid kam gestern."}
    data = {**invitation(), "version_note": "Die Sitzung wurde verlegt.", **reasons}
    text = text_of(render("einladung", data, timestamp=TIMESTAMP).pdf)
    assert "Geänderte Einladung. Die Sitzung wurde verlegt." in text
    assert "Verkürzte Ladungsfrist: Die Sache ist dringend." in text
    assert "Nachtrag nach Ablauf der Frist: Der Bescheid kam gestern." in text


def test_only_web_addresses_become_links(einladung):
    def targets(pdf: bytes) -> set[str]:
        pages = pikepdf.open(BytesIO(pdf)).pages
        return {str(note.A.URI) for page in pages for note in page.get("/Annots", ()) if "/A" in note}

    data = invitation()
    assert targets(einladung) == {data["video_url"], data["answer_url"]}
    bad = {**data, "video_url": "javascript:alert(1)", "answer_url": "file:///etc/passwd"}
    assert targets(render("einladung", bad, timestamp=TIMESTAMP).pdf) == set()


def test_markup_of_the_typesetter_stays_text():
    text = text_of(render("niederschrift", DOCUMENTS["typst"], timestamp=TIMESTAMP).pdf)
    assert '#import "x" $x$ #read("/etc/passwd") @ref <lab> #{panic()}' in text
