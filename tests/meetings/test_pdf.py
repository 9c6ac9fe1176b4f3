from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from portal.meetings import pdf
from tests.factories import AgendaItemFactory, MeetingFactory
from tests.meetings.letters import INTERNAL, SECRETS, TEXT, add_marked_items
from tests.pdf.test_documents import text_of

BERLIN = ZoneInfo("Europe/Berlin")
ISSUED = datetime(2027, 6, 1, 9, 0, tzinfo=BERLIN)
START = datetime(2027, 6, 24, 17, 0, tzinfo=BERLIN)


@pytest.fixture
def planned(group):
    values = {"start": START, "end": START + timedelta(hours=2), "number": 3, "year": 2027}
    return MeetingFactory(organization=group, **values)


def letter(meeting, by, **kwargs):
    return text_of(pdf.invitation(meeting, meeting.items.order_by("number"), by=by, issued=ISSUED, **kwargs).pdf)


def without_breaks(text):
    """Text as it can be compared where a line may end at any space or hyphen."""
    return text.replace(" ", "").replace("-", "")


def test_letter_says_when_where_what_and_who_invites(planned, lead, clerk):
    AgendaItemFactory(meeting=planned, title="Glasfaser", presenter="Frau Kaya", minutes_planned=25)
    text = letter(planned, clerk)
    for words in (
        "Stadt Beispielhausen",
        "Einladung zur 3. Sitzung 2027 des Arbeitskreises Digitalisierung",
        "Beispielhausen, 1. Juni 2027",
        "Donnerstag, 24. Juni 2027",
        "17:00 bis etwa 19:00 Uhr",
        "Rathaus, Raum 2.14, Am Markt 1, 40822 Beispielhausen",
        "In Präsenz",
        "Glasfaser",
        "Frau Kaya",
        "25",
        "Donnerstag, 17. Juni 2027",
        f"{lead.get_full_name()} Leitung",
    ):
        assert words in text
    address = f"http://testserver/sitzungen/{planned.pk}/"
    assert without_breaks(address) in without_breaks(text)


def test_letter_hides_what_is_confidential_and_every_text(planned, lead):
    add_marked_items(planned)
    text = letter(planned, lead)
    assert INTERNAL in text
    assert "TOP 2 (vertraulich)" in text
    assert not [word for word in (*SECRETS, TEXT) if word in text]


def test_letter_is_signed_by_the_sender_where_there_is_no_lead(planned, clerk):
    assert f"{clerk.get_full_name()} Verwaltung" in letter(planned, clerk)


def test_letter_of_a_group_with_another_name(planned, lead):
    planned.organization.name, planned.title = "Runder Tisch", "Besuch im Rechenzentrum"
    assert "Einladung zur 3. Sitzung 2027 Runder Tisch: Besuch im Rechenzentrum" in letter(planned, lead)


def test_letter_prints_intro_late_reason_and_version(planned, lead):
    planned.intro = "Bitte bringen Sie **Ausweise** mit."
    note = "2. Fassung. Ort: bisher A, jetzt B"
    text = letter(planned, lead, version_note=note, late_reason="Der Antrag läuft ab.")
    for words in ("Bitte bringen Sie Ausweise mit.", "Ladungsfrist: Der Antrag läuft ab.", "2. Fassung. Ort: bisher A"):
        assert words in text


def test_letter_asks_for_an_answer_by_a_day_that_is_still_to_come(planned, lead):
    soon = text_of(pdf.invitation(planned, [], by=lead, issued=START - timedelta(days=7)).pdf)
    assert "Bitte teilen Sie uns mit, ob" in soon


@time_machine.travel("2027-06-01 09:00 +0200")
def test_same_meeting_gives_the_same_bytes(planned, lead):
    first, second = (pdf.invitation(planned, [], by=lead, issued=ISSUED).pdf for _ in range(2))
    assert first == second
