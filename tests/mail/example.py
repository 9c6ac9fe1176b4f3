"""One mail to write in tests."""

from datetime import UTC, datetime
from typing import Any

from portal.mail import outbox
from portal.mail.models import Message
from portal.meetings.ical import Event, calendar

ANNE = "anne.albers@example.org"


def put(key: str = "invitation:1", **changes: Any) -> Message:
    """The example mail, to Anne unless told otherwise."""
    mail = {
        "key": key,
        "kind": "invitation",
        "to": ANNE,
        "to_name": "Dr. Anne Albers",
        "subject": "Einladung: 3. Sitzung",
        "template": "example/invitation",
        "context": {"name": "Frau Dr. Albers", "title": "OZG & Verträge", "facts": [("Wo", "Rathaus")]},
    }
    return outbox.put(**(mail | changes))


def request(**changes: Any) -> outbox.Calendar:
    """The calendar part of the example mail."""
    return outbox.Calendar("REQUEST", calendar(event(**changes), method="REQUEST"))


def event(**changes: Any) -> Event:
    """The meeting of the example mail."""
    values = {
        "uid": "meeting-1@ak.example.org",
        "sequence": 0,
        "start": datetime(2026, 11, 26, 17, 0, tzinfo=UTC),
        "end": datetime(2026, 11, 26, 19, 0, tzinfo=UTC),
        "summary": "3. Sitzung 2026",
        "location": "Rathaus, Raum 204",
        "description": "Tagesordnung:\nTOP 1 Begrüßung\nTOP 2 (vertraulich)",
        "url": "https://ak.example.org/sitzungen/1/",
        "organizer_name": "Sitzungsdienst",
        "organizer_email": "sitzungsdienst@example.org",
        "attendee_name": "Dr. Anne Albers",
        "attendee_email": ANNE,
        "partstat": "NEEDS-ACTION",
        "stamp": datetime(2026, 11, 10, 8, 0, tzinfo=UTC),
    }
    return Event(**(values | changes))
