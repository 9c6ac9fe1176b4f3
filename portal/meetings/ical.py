"""A meeting as a calendar entry: the part of a mail that calendars act on, and the file to take along."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import icalendar
from icalendar import vCalAddress, vUri

from portal.mail.cleaning import lines, one_line

BERLIN = ZoneInfo("Europe/Berlin")
PRODID = "-//Arbeitskreis-Portal//Sitzungen//DE"
REFRESH = timedelta(hours=6)

# Rules for every year: the lists of dates that libraries write are read an hour off by some calendars.
VTIMEZONE = """BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:DAYLIGHT
DTSTART:19700329T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19701025T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
"""

Method = Literal["REQUEST", "CANCEL"]
PartStat = Literal["NEEDS-ACTION", "ACCEPTED", "DECLINED", "TENTATIVE"]


@dataclass(frozen=True, kw_only=True)
class Event:
    """What a calendar shows of a meeting, for one attendee; uid stays for ever, sequence counts the changes."""

    uid: str
    sequence: int
    start: datetime
    end: datetime
    summary: str
    location: str
    description: str
    url: str
    organizer_name: str
    organizer_email: str
    attendee_name: str
    attendee_email: str
    partstat: PartStat
    stamp: datetime


def calendar(event: Event, *, method: Method) -> bytes:
    """The calendar part of an invitation or a cancellation, for the one attendee who gets the mail."""
    entry = _entry(event, cancelled=method == "CANCEL")
    attendee = _person(event.attendee_name, event.attendee_email)
    attendee.params |= {"CUTYPE": "INDIVIDUAL", "ROLE": "REQ-PARTICIPANT", "PARTSTAT": event.partstat}
    if method == "REQUEST":
        attendee.params["RSVP"] = "TRUE"
    entry.add("attendee", attendee)
    return _wrap(entry, method)


def feed_file(event: Event, *, cancelled: bool = False) -> bytes:
    """The same entry as a file to download: nobody is asked for an answer and no member is named."""
    return _wrap(_entry(event, cancelled=cancelled), "PUBLISH")


def feed(name: str, events: Iterable[tuple[Event, bool]]) -> bytes:
    """A calendar to subscribe to, each event with whether it is called off; programs ask again every six hours."""
    whole = _calendar()
    whole.add("name", one_line(name))
    whole.add("x-wr-calname", one_line(name))
    whole.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    whole.add("x-published-ttl", "PT6H")
    for event, cancelled in events:
        whole.add_component(_entry(event, cancelled=cancelled))
    return bytes(whole.to_ical())


def _entry(event: Event, *, cancelled: bool) -> icalendar.Event:
    """The event without attendee; every text is made harmless here, since icalendar lets most of it pass."""
    entry = icalendar.Event()
    entry.add("uid", one_line(event.uid))
    entry.add("dtstamp", event.stamp.astimezone(UTC))
    entry.add("dtstart", event.start.astimezone(BERLIN))
    entry.add("dtend", event.end.astimezone(BERLIN))
    entry.add("sequence", event.sequence)
    entry.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    entry.add("summary", one_line(event.summary))
    if event.location:
        entry.add("location", one_line(event.location))
    if event.description:
        entry.add("description", lines(event.description))
    if event.url:
        entry.add("url", vUri(_without_blanks(event.url)))
    entry.add("transp", "OPAQUE")
    entry.add("organizer", _person(event.organizer_name, event.organizer_email))
    return entry


def _person(name: str, email: str) -> vCalAddress:
    """An address with its name; calendars disagree about quotes inside a name, so they become apostrophes."""
    person = vCalAddress(f"mailto:{_without_blanks(email)}")
    if spoken := one_line(name).replace('"', "’"):
        person.params["CN"] = spoken
    return person


def _without_blanks(address: str) -> str:
    return one_line(address).replace(" ", "")


def _wrap(entry: icalendar.Event, method: str) -> bytes:
    """One calendar object around one event; the method stands here and nowhere else."""
    whole = _calendar()
    whole.add("method", method)
    whole.add_component(entry)
    return bytes(whole.to_ical())


def _calendar() -> icalendar.Calendar:
    whole = icalendar.Calendar()
    whole.add("prodid", PRODID)
    whole.add("version", "2.0")
    whole.add("calscale", "GREGORIAN")
    whole.add_component(icalendar.Timezone.from_ical(VTIMEZONE))
    return whole


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What somebody's calendar answers; of the meeting itself it says nothing that would be believed."""

    uid: str
    sequence: int
    partstats: dict[str, str]
    organizer: str
    said_at: datetime | None

    def partstat_of(self, address: str) -> str:
        """The word for this attendee; where only one is named, whoever that is, since people have aliases."""
        if len(self.partstats) == 1:
            return next(iter(self.partstats.values()))
        return self.partstats.get(address.lower(), "")


def read_reply(raw: bytes) -> Reply | None:
    """The answer in a calendar part of a mail; none if it is no single answer to a single event."""
    try:
        whole = icalendar.Calendar.from_ical(raw)
        entries = whole.walk("VEVENT")
        if str(whole.get("METHOD", "")).upper() != "REPLY" or len(entries) != 1:
            return None
        return _reply(entries[0])
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None


def _reply(entry: icalendar.Component) -> Reply | None:
    named = entry.get("ATTENDEE", [])
    attendees = named if isinstance(named, list) else [named]
    partstats = {_mail_of(person): str(person.params.get("PARTSTAT", "")).upper() for person in attendees}
    stamp = getattr(entry.get("DTSTAMP"), "dt", None)
    uid = one_line(str(entry.get("UID", "")))
    if not uid or not partstats:
        return None
    return Reply(
        uid=uid,
        sequence=int(entry.get("SEQUENCE", 0)),
        partstats=partstats,
        organizer=_mail_of(entry.get("ORGANIZER", "")),
        said_at=stamp if isinstance(stamp, datetime) and stamp.tzinfo else None,
    )


def _mail_of(person: object) -> str:
    return one_line(str(person)).lower().removeprefix("mailto:")
