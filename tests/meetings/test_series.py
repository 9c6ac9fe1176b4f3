"""Several meetings in one go: the days of a rhythm, what is left out, and drafts that are made once."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.urls import reverse

from portal.audit.models import Line
from portal.meetings.actions.series import schedule_series
from portal.meetings.models import Meeting
from tests.cast import CAST
from tests.factories import AgendaItemFactory, LocationFactory, MeetingFactory, MembershipFactory
from tests.meetings.pages import sign_in, text_of

BERLIN = ZoneInfo("Europe/Berlin")
URL = reverse("meetings:series")
TYPED = {
    "nth": "2",
    "weekday": "1",
    "months": "1",
    "first": "2027-01-01",
    "last": "2027-06-30",
    "starts": "17:00",
    "ends": "19:00",
    "format": "praesenz",
}
TUESDAYS = ["2027-01-12", "2027-02-09", "2027-03-09", "2027-04-13", "2027-05-11", "2027-06-08"]
PLACE = {"format": "praesenz", "location": None, "video_url": ""}

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("november")]


@pytest.fixture
def november():
    with time_machine.travel("2026-11-26 09:00 +0100", tick=True):
        yield


@pytest.fixture
def office(client, staff):
    client.force_login(staff)
    return client


def preview(client, **typed):
    return client.post(URL, TYPED | {"step": "preview"} | typed)


def create(client, page, **typed):
    chosen = [row.day.isoformat() for row in page.context["proposals"] if row.is_chosen]
    return client.post(URL, TYPED | {"step": "create", "seen": page.context["sign"], "days": chosen} | typed)


def days_of(page):
    return [(f"{row.day}", row.is_chosen) for row in page.context["proposals"]]


def starts():
    return [f"{meeting.day}" for meeting in Meeting.objects.order_by("start")]


def evening(day):
    start = datetime(2027, 1, day, 17, tzinfo=BERLIN)
    return start, start + timedelta(hours=2)


def test_preview_shows_the_days_and_makes_nothing(office):
    page = preview(office)
    assert page.status_code == 200
    assert days_of(page) == [(day, True) for day in TUESDAYS]
    assert "Einladen bis Freitag, 1. Januar 2027" in text_of(page)
    assert not Meeting.objects.exists()


def test_ticked_days_become_drafts_with_the_standing_items(office, staff):
    answer = create(office, preview(office), days=TUESDAYS[1:4])
    assert answer.url == reverse("meetings:list")
    assert starts() == TUESDAYS[1:4]
    made = list(Meeting.objects.order_by("start"))
    assert [(meeting.state, meeting.number, meeting.items.count()) for meeting in made] == [
        ("draft", 1, 5),
        ("draft", 2, 5),
        ("draft", 3, 5),
    ]
    line = Line.objects.get(verb="Sitzungsserie angelegt")
    assert (line.actor, line.detail) == (staff, {"count": 3})


def test_days_in_holidays_are_shown_and_left_out(office):
    typed = {"nth": "1", "weekday": "3", "first": "2027-03-25", "last": "2027-05-31", "skip_breaks": "on"}
    page = preview(office, **typed)
    assert days_of(page) == [("2027-04-01", False), ("2027-05-06", True)]
    assert "Osterferien (22.03. bis 03.04.2027)" in text_of(page)
    page = preview(office, **typed, skip_holidays="on")
    assert days_of(page) == [("2027-04-01", False), ("2027-05-06", False)]
    assert "Christi Himmelfahrt" in text_of(page)
    create(office, page, **typed, skip_holidays="on", days=["2027-04-01"])  # a warning, not a refusal
    assert starts() == ["2027-04-01"]


def test_agenda_of_a_meeting_serves_as_pattern(office, group):
    pattern = MeetingFactory(organization=group, state="draft", location=LocationFactory(name="Altes Rathaus"))
    AgendaItemFactory(meeting=pattern, title="Breitband", visibility="public")
    create(
        office, preview(office), source=pattern.pk, days=TUESDAYS[:1], format="digital", video_url="https://v.example"
    )
    made = Meeting.objects.exclude(pk=pattern.pk).get()
    assert [(item.title, item.visibility) for item in made.items.all()] == [("Breitband", "internal")]
    assert (made.format, made.location, made.video_url) == ("digital", None, "https://v.example")


def test_second_click_makes_nothing(office):
    page = preview(office)
    create(office, page)
    again = create(office, page)
    assert again.status_code == 302
    assert starts() == TUESDAYS
    assert "Nichts ist doppelt angelegt." in text_of(office.get(again.url))


def test_taken_times_cannot_be_ticked_and_ticked_ones_are_all_or_none(office, group):
    start = datetime(2027, 2, 9, 17, tzinfo=BERLIN)
    other = MeetingFactory(organization=group, start=start, state="invited")
    page = preview(office)
    assert days_of(page)[:3] == [(TUESDAYS[0], True), (TUESDAYS[1], False), (TUESDAYS[2], True)]
    assert f"Zu dieser Zeit steht schon die {other.label} im Kalender." in text_of(page)
    assert create(office, page, days=TUESDAYS).status_code == 409
    assert starts() == [TUESDAYS[1]]


def test_list_that_no_longer_fits_is_shown_again(office):
    page = create(office, preview(office), weekday="3")
    assert page.status_code == 409
    assert "Die Angaben haben sich geändert." in text_of(page)
    assert page.context["proposals"][0].day.weekday() == 3
    assert not Meeting.objects.exists()


def test_unticked_days_stay_so_when_nothing_else_has_changed(office):
    page = preview(office)
    again = preview(office, seen=page.context["sign"], days=TUESDAYS[2:])
    assert [day for day, chosen in days_of(again) if chosen] == TUESDAYS[2:]
    refused = create(office, page, days=[])
    assert refused.status_code == 422
    assert "Wählen Sie mindestens einen Termin aus." in text_of(refused)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"first": "2026-11-25"}, "Dieser Tag liegt in der Vergangenheit."),
        ({"last": "2026-12-31"}, "Das Ende liegt nach dem Anfang und höchstens zwei Jahre später."),
        ({"last": "2029-01-02"}, "Das Ende liegt nach dem Anfang und höchstens zwei Jahre später."),
        ({"last": "2027-01-05"}, "In diesem Zeitraum gibt es keinen solchen Tag."),
        ({"first": "bald"}, "Geben Sie ein Datum wie 26.11.2026 ein."),
        ({"ends": "16:00"}, "Das Ende muss nach dem Beginn liegen."),
        ({"format": "hybrid"}, "Geben Sie die Adresse der Videokonferenz ein."),
        ({"format": ""}, "Wählen Sie die Form der Sitzungen."),
    ],
)
def test_what_cannot_be_is_said(office, typed, message):
    page = preview(office, **typed)
    assert page.status_code == 422
    assert message in text_of(page)
    assert not Meeting.objects.exists()


def sent_by(page):
    """The ticks and hidden fields as a browser without scripts sends them."""
    inputs = [
        dict([*re.findall(r'(\w+)="([^"]*)"', tag), ("on", tag)]) for tag in re.findall("<input[^>]*>", text_of(page))
    ]
    found = {"days": [], "proposed": [], "seen": []}
    for one in inputs:
        if one.get("name") in found and (one["type"] == "hidden" or " checked" in one["on"]):
            found[one["name"]].append(one["value"])
    return found | {"seen": found["seen"][0]}


@pytest.mark.parametrize(
    "wrong", [{"format": "hybrid"}, {"first": "bald"}, {"starts": ""}, {"last": "2026-12-31"}, {"video_url": "//"}]
)
def test_ticks_survive_a_mistake_in_any_field(office, wrong):
    holidays = {"nth": "1", "weekday": "3", "first": "2027-03-25", "skip_breaks": "on"}
    page = preview(office, **holidays)
    assert days_of(page) == [("2027-04-01", False), ("2027-05-06", True), ("2027-06-03", True)]
    ticked = sent_by(page) | {"days": ["2027-04-01", "2027-06-03"]}
    for step in ("preview", "create"):
        refused = office.post(URL, TYPED | holidays | ticked | {"step": step} | wrong)
        assert refused.status_code == 422
        assert set(sent_by(refused)["days"]) == {"2027-04-01", "2027-06-03"}
        right = preview(office, **holidays, **sent_by(refused))
        assert days_of(right) == [("2027-04-01", True), ("2027-05-06", False), ("2027-06-03", True)]
    create(office, right, **holidays)
    assert starts() == ["2027-04-01", "2027-06-03"]


def test_another_time_or_span_keeps_what_was_set_and_cleared(office):
    page = preview(office, skip_breaks="on")
    ticked = sent_by(page) | {"days": TUESDAYS[1:]}
    longer = preview(office, skip_breaks="on", starts="16:00", last="2027-07-31", **ticked)
    assert [day for day, chosen in days_of(longer) if chosen] == [*TUESDAYS[1:], "2027-07-13"]


def test_night_of_the_clocks_is_left_out(office):
    typed = {
        "nth": "-1",
        "weekday": "6",
        "first": "2027-03-01",
        "last": "2027-03-31",
        "starts": "02:30",
        "ends": "04:00",
    }
    page = preview(office, **typed)
    assert days_of(page) == [("2027-03-28", False)]
    assert "Diese Uhrzeit gibt es an dem Tag nicht." in text_of(page)
    assert create(office, page, **typed, days=["2027-03-28"]).status_code == 422


def test_form_starts_from_the_last_meeting(office, group):
    MeetingFactory(organization=group, start=datetime(2026, 10, 29, 18, 30, tzinfo=BERLIN))
    form = office.get(URL).context["form"]
    asked = {name: form[name].value() for name in ("nth", "weekday", "first", "last")}
    assert asked == {"nth": -1, "weekday": 3, "first": date(2027, 1, 1), "last": date(2027, 12, 31)}


@pytest.mark.parametrize("name", CAST)
def test_who_may_plan_a_series(client, person_of, group, name):
    person = person_of(name)
    sign_in(client, person)
    status = client.get(URL).status_code
    office = name in {"lead", "staff", "clerk", "second_group_member"}
    assert status == (200 if office else 302 if name == "anonymous" else 403)
    if name != "anonymous" and name not in {"lead", "staff", "clerk"}:
        with pytest.raises(PermissionDenied):
            schedule_series(group, by=person, times=[evening(12)], **PLACE)


def test_pattern_of_another_group_is_no_choice(office, second_group_member):
    foreign = MeetingFactory(organization=second_group_member.memberships.get().organization)
    page = preview(office, source=foreign.pk)
    assert page.status_code == 422
    assert foreign.label not in text_of(page)


def test_whoever_has_two_groups_says_which(office, staff, second_group_member):
    other = second_group_member.memberships.get().organization
    MembershipFactory(person=staff, organization=other, role="staff")
    assert "Wählen Sie den Arbeitskreis." in text_of(preview(office))
    create(office, preview(office, organization=other.pk), organization=other.pk)
    assert set(Meeting.objects.values_list("organization", flat=True)) == {other.pk}


def test_half_a_series_is_never_made(group, staff):
    MeetingFactory(organization=group, start=evening(12)[0])
    with pytest.raises(ValidationError):
        schedule_series(group, by=staff, times=[evening(5), evening(12)], **PLACE)
    assert Meeting.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_series(group, staff):
    def plan(_):
        try:
            return len(schedule_series(group, by=staff, times=[evening(5), evening(12)], **PLACE))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(plan, range(4))) == [0, 0, 0, 2]
    assert Meeting.objects.count() == 2
