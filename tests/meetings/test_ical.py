import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.meetings.ical import calendar, feed_file
from tests.mail.example import event
from tests.meetings.calendars import libical_complaints, listed_by_khal, read_by_ical_js

BERLIN = ZoneInfo("Europe/Berlin")
SIX_O_CLOCK = {  # 18:00 in Berlin, and what it is in UTC
    "summer": (datetime(2026, 7, 2, 18, tzinfo=BERLIN), "16:00"),
    "winter": (datetime(2026, 11, 26, 18, tzinfo=BERLIN), "17:00"),
    "before spring forward": (datetime(2027, 3, 27, 18, tzinfo=BERLIN), "17:00"),
    "after spring forward": (datetime(2027, 3, 28, 18, tzinfo=BERLIN), "16:00"),
    "before fall back": (datetime(2027, 10, 30, 18, tzinfo=BERLIN), "16:00"),
    "after fall back": (datetime(2027, 10, 31, 18, tzinfo=BERLIN), "17:00"),
    "far ahead": (datetime(2041, 7, 4, 18, tzinfo=BERLIN), "16:00"),
}
TIMES = pytest.mark.parametrize(("start", "utc"), SIX_O_CLOCK.values(), ids=SIX_O_CLOCK)
ALL = [
    calendar(event(), method="REQUEST"),
    calendar(event(sequence=2), method="CANCEL"),
    feed_file(event()),
    feed_file(event(), cancelled=True),
]
HOSTILE = ["\r\n", "\n", "\r", "\x00", "\v", "\x85", "\u2028", "\u2029", "\\n", '"', ";", ":", ",", "^n", "\ud800"]
TEXTS = ["uid", "summary", "location", "description", "url", "organizer_name", "organizer_email", "attendee_name"]


def unfolded(ics: bytes) -> list[str]:
    return ics.decode().replace("\r\n ", "").split("\r\n")


def names(ics: bytes) -> list[str]:
    """The property names of a calendar, in their order."""
    return [line.split(":")[0].split(";")[0] for line in unfolded(ics)]


def values(ics: bytes, name: str) -> list[str]:
    return [line.partition(":")[2] for line in unfolded(ics) if line.split(":")[0].split(";")[0] == name]


@pytest.mark.parametrize("ics", ALL)
def test_calendar_keeps_the_tables_of_the_standard(ics):
    assert libical_complaints(ics) == []


@pytest.mark.parametrize("name", ["UID", "DTSTAMP", "ORGANIZER", "ATTENDEE"])
def test_standard_is_really_checked(name):
    kept = [line for line in unfolded(ALL[0]) if not line.startswith(name)]
    assert libical_complaints("\r\n".join(kept).encode()) != []


@TIMES
def test_request_is_read_at_the_right_time_by_ical_js(start, utc):
    read = read_by_ical_js(calendar(event(start=start, end=start.replace(hour=20)), method="REQUEST"))
    assert read["method"] == "REQUEST"
    assert [entry["start"] for entry in read["events"]] == [f"{start:%Y-%m-%d}T{utc}:00.000Z"]


@TIMES
def test_request_given_in_utc_is_the_same(start, utc):
    ours, theirs = (
        calendar(event(start=start.astimezone(zone), end=start.replace(hour=20)), method="REQUEST")
        for zone in (UTC, BERLIN)
    )
    assert ours == theirs


@TIMES
def test_request_is_listed_at_the_right_time_by_khal(start, utc, tmp_path):
    ics = calendar(event(start=start, end=start.replace(hour=20)), method="REQUEST")
    assert listed_by_khal(ics, tmp_path, f"{start:%Y-%m-%d}") == ["18:00 20:00 3. Sitzung 2026 @ Rathaus, Raum 204"]


def test_times_name_a_zone_with_a_rule_for_every_year():
    ics = ALL[0]
    assert "DTSTART;TZID=Europe/Berlin:20261126T180000" in unfolded(ics)
    assert values(ics, "RRULE") == ["FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3", "FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10"]
    assert "RDATE" not in names(ics)


def test_request_asks_its_one_attendee():
    read = read_by_ical_js(calendar(event(attendee_name="Dr. Änne, Albers; x: y"), method="REQUEST"))
    (entry,) = read["events"]
    asked = {"cutype": "INDIVIDUAL", "role": "REQ-PARTICIPANT", "partstat": "NEEDS-ACTION", "rsvp": "TRUE"}
    assert entry["attendees"] == [{"cn": "Dr. Änne, Albers; x: y"} | asked]
    assert entry["properties"]["attendee"] == "mailto:anne.albers@example.org"
    assert entry["properties"]["organizer"] == "mailto:sitzungsdienst@example.org"
    assert entry["properties"]["status"] == "CONFIRMED"
    assert entry["properties"]["url"] == "https://ak.example.org/sitzungen/1/"
    assert entry["properties"]["description"] == "Tagesordnung:\nTOP 1 Begrüßung\nTOP 2 (vertraulich)"


def test_answer_that_is_known_is_kept_in_an_update():
    ics = calendar(event(partstat="ACCEPTED", sequence=3), method="REQUEST")
    assert read_by_ical_js(ics)["events"][0]["attendees"][0]["partstat"] == "ACCEPTED"
    assert values(ics, "SEQUENCE") == ["3"]


def test_cancel_says_so_twice_and_asks_for_nothing():
    ics = calendar(event(sequence=2), method="CANCEL")
    read = read_by_ical_js(ics)
    assert (read["method"], read["events"][0]["properties"]["status"]) == ("CANCEL", "CANCELLED")
    assert "rsvp" not in read["events"][0]["attendees"][0]
    assert values(ics, "UID") == values(calendar(event(), method="REQUEST"), "UID") == ["meeting-1@ak.example.org"]


def test_method_stands_in_the_calendar_and_not_in_the_event():
    for ics, method in zip(ALL, ["REQUEST", "CANCEL", "PUBLISH", "PUBLISH"], strict=True):
        assert values(ics, "METHOD") == [method]
        assert names(ics).index("METHOD") < names(ics).index("BEGIN", 1)


def test_stamp_is_in_utc():
    assert values(calendar(event(stamp=datetime(2026, 7, 1, 9, 30, tzinfo=BERLIN)), method="REQUEST"), "DTSTAMP") == [
        "20260701T073000Z"
    ]


def test_file_to_download_names_no_member():
    ics = feed_file(event())
    assert "ATTENDEE" not in names(ics)
    assert b"anne" not in ics.lower()
    assert values(feed_file(event(), cancelled=True), "STATUS") == ["CANCELLED"]


def test_what_is_empty_is_left_out():
    ics = calendar(event(location="", description="", url="", attendee_name="", organizer_name=""), method="REQUEST")
    assert not {"LOCATION", "DESCRIPTION", "URL"} & set(names(ics))
    assert b"CN=" not in ics
    assert libical_complaints(ics) == []


@pytest.mark.parametrize("field", TEXTS)
@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_adds_no_property(field, hostile):
    text = getattr(event(), field) + hostile + "ATTENDEE:mailto:x@example.org" + hostile
    ics = calendar(replace(event(), **{field: text}), method="REQUEST")
    assert names(ics) == names(ALL[0])
    assert libical_complaints(ics) == []


@given(st.fixed_dictionaries({field: st.text(min_size=1) for field in TEXTS}))
def test_any_text_gives_folded_lines_with_their_ends(texts):
    for ics in (calendar(event(**texts), method="REQUEST"), feed_file(event(**texts))):
        assert b"\r\n" in ics
        assert not {b"\r", b"\n"} & {bytes([byte]) for byte in ics.replace(b"\r\n", b"")}
        assert max(map(len, ics.split(b"\r\n"))) <= 75
        assert set(names(ics)) <= {*names(ALL[0]), *names(ALL[2])}
        rest = ics.decode().replace("\r\n", "").replace("\t", "")  # a tab is a blank to calendars
        assert not any(unicodedata.category(character) in {"Cc", "Zl", "Zp"} for character in rest)
