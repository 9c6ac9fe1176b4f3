"""What the Niederschrift prints."""

from datetime import time

import pytest

from portal.minutes import actions, pdf
from portal.minutes.models import Minutes
from tests.factories import AttendanceFactory, OutcomeFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def printed(minutes):
    return lambda: pdf.niederschrift(Minutes.objects.get())


def test_head_names_meeting_day_place_and_people(minutes, printed, body):
    Minutes.objects.update(ended_at=time(19, 5), remarks="Fristgerecht *eingeladen*.")
    data = printed()
    assert data["letterhead"]["name"] == body.name
    assert data["group"] == "Arbeitskreis Digitalisierung"
    assert data["title"] == f"Niederschrift über die {minutes.meeting.label} des Arbeitskreises Digitalisierung"
    assert (data["start"], data["end"]) == ("17:00 Uhr", "19:05 Uhr")
    assert data["place"] == "Rathaus, Raum 2.14, Am Markt 1, 40822 Beispielhausen"
    assert (data["lead"], data["clerk"]) == ("Frau Kim Leitner", "Frau Kim Schreiber")
    assert [(line["name"], line["role"]) for line in data["signatures"]] == [
        ("Frau Kim Leitner", "Leitung"),
        ("Frau Kim Schreiber", "Schriftführung"),
    ]
    assert data["remarks"] == "Fristgerecht *eingeladen*."
    assert data["closing"] == "Die Leitung schließt die Sitzung um 19:05 Uhr."
    assert data["draft"]
    assert data["note"] == ""


@pytest.mark.parametrize(
    ("form", "place"),
    [
        ("praesenz", "Rathaus, Raum 2.14, Am Markt 1, 40822 Beispielhausen"),
        ("hybrid", "Rathaus, Raum 2.14, Am Markt 1, 40822 Beispielhausen und Videokonferenz"),
        ("digital", "Videokonferenz"),
    ],
)
def test_place_follows_the_form(minutes, printed, form, place):
    minutes.meeting.format = form
    minutes.meeting.save()
    assert printed()["place"] == place


def test_what_is_not_known_yet_is_left_out(minutes, printed):
    Minutes.objects.update(started_at=None, chair=None)
    data = printed()
    assert (data["start"], data["end"], data["lead"], data["closing"]) == ("", "", "", "")
    assert [line["role"] for line in data["signatures"]] == ["Schriftführung"]


def test_the_internal_edition_holds_every_item_with_its_level(entry, printed):
    OutcomeFactory(entry=entry, kind="recommendation", text="Ausbauen.")
    items = printed()["items"]
    assert [(item["number"], item["visibility"]) for item in items] == [
        ("1", "öffentlich"),
        ("2", "intern"),
        ("3", "vertraulich"),
    ]
    assert items[2]["title"] == "Punkt confidential"
    assert items[0]["topic"] == "OZG-Leistungen"
    assert items[0]["outcomes"] == [{"kind": "recommendation", "label": "Empfehlung", "text": "Ausbauen."}]


def test_attendance_names_seat_times_and_whose_place_it_is(minutes, printed, delegate, deputy, fraktion):
    delegate.salutation, delegate.title = "Herr", "Dr."
    delegate.save()
    minutes.meeting.attendances.filter(person=delegate).update(presence="excused")
    minutes.meeting.attendances.filter(person=deputy).update(
        presence="remote", arrived=time(17, 30), left=time(18), in_place_of=delegate
    )
    rows = {row["name"]: row for row in printed()["attendance"]}
    assert rows["Herr Dr. Kim Dahlmann"]["presence"] == "entschuldigt"
    assert rows["Frau Kim Vertreter"] == {
        "name": "Frau Kim Vertreter",
        "seat": fraktion.name,
        "presence": "zugeschaltet",
        "period": "17:30–18:00 Uhr",
        "in_place_of": "Herrn Dr. Kim Dahlmann",
    }
    assert rows["Frau Kim Leitner"]["seat"] == "Leitung"
    assert rows["Frau Kim Leitner"]["presence"] == "nicht erfasst"


@pytest.mark.parametrize(
    ("arrived", "left", "words"),
    [(None, None, ""), (time(18, 45), None, "ab 18:45 Uhr"), (None, time(19, 30), "bis 19:30 Uhr")],
)
def test_period_is_worded(minutes, printed, arrived, left, words):
    guest = PersonFactory(salutation="", first_name="Ada", last_name="Gast")
    AttendanceFactory(
        meeting=minutes.meeting, person=guest, role="guest", presence="present", arrived=arrived, left=left
    )
    (row,) = (row for row in printed()["attendance"] if row["name"] == "Ada Gast")
    assert (row["seat"], row["period"]) == ("Gast", words)


def test_deputies_who_stayed_away_are_not_printed(printed, deputy):
    assert "Frau Kim Vertreter" not in [row["name"] for row in printed()["attendance"]]


def test_final_minutes_say_when_and_by_whom(final):
    data = pdf.niederschrift(Minutes.objects.get())
    assert not data["draft"]
    assert data["note"].startswith("Im Portal abgeschlossen am ")
    assert data["note"].endswith(" Uhr durch Frau Kim Schreiber.")


def test_the_file_has_a_name_for_the_archive(minutes):
    year = minutes.meeting.year
    assert pdf.filename(minutes) == f"Niederschrift-AK-Digital-{year}-07-Entwurf.pdf"
    minutes.state = "final"
    assert pdf.filename(minutes) == f"Niederschrift-AK-Digital-{year}-07.pdf"


def test_no_name_of_a_group_breaks_the_name_of_the_file(minutes):
    minutes.meeting.organization.short_name = '../AK "Digital"/Ü\r\n'
    assert pdf.filename(minutes).startswith("Niederschrift-AK-Digital-Ü-2")


def test_a_draft_can_be_set(minutes, entry, clerk):
    actions.save_entry(entry, by=clerk, version=1, text="Ein **Satz**.", outcomes=[])
    rendered = pdf.render(Minutes.objects.get())
    assert rendered.pdf.startswith(b"%PDF-")
    assert rendered.replaced == ()
