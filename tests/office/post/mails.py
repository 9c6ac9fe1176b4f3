"""Mails as programs send them: answers of calendars, and mail that comes back."""

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import make_msgid

from tests.meetings.letters import event_of

MAILBOX = "antwort@portal.example.org"


def answer(message, partstat, *, sender=None, to=None, program="thunderbird", message_id=None, **changes):
    """The answer of a calendar program to the invitation in this row of the outbox, as bytes."""
    event = event_of(message)
    organizer = str(event["ORGANIZER"]).removeprefix("mailto:")
    fields = {
        "partstat": partstat,
        "uid": str(event["UID"]),
        "sequence": int(event["SEQUENCE"]),
        "stamp": "20260101T100000Z",
        "attendee": sender or message.to,
        "organizer": organizer,
    } | changes
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"] = sender or message.to, to or organizer
    mail["Subject"] = "Zugesagt" if partstat == "ACCEPTED" else "Antwort"
    mail["Message-ID"] = message_id or make_msgid()
    return PROGRAMS[program](mail, calendar(program, **fields)).as_bytes()


def calendar(program, *, partstat, uid, sequence, stamp, attendee, organizer):
    """The calendar part; Outlook leaves the organizer out and names its own time zone."""
    lines = [
        "BEGIN:VCALENDAR",
        "PRODID:-//Beispiel//DE",
        "VERSION:2.0",
        "METHOD:REPLY",
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTAMP:{stamp}",
        f"ATTENDEE;CN=Anne;PARTSTAT={partstat}:mailto:{attendee}",
        *([] if program == "outlook" else [f"ORGANIZER:mailto:{organizer}"]),
        *([] if sequence is None else [f"SEQUENCE:{sequence}"]),
        *(["DTSTART;TZID=W. Europe Standard Time:20260101T100000"] if program == "outlook" else []),
        "SUMMARY:Accepted: Sitzung",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "\r\n".join([*lines, ""])


def _thunderbird(mail, ics):
    mail.set_content("Anne hat zugesagt.")
    mail.add_alternative(ics, subtype="calendar", params={"method": "REPLY"})
    return mail


def _outlook(mail, ics):
    mail.set_content("")
    mail.add_alternative("<p></p>", subtype="html")
    mail.add_alternative(ics, subtype="calendar", params={"method": "REPLY"})
    return mail


def _apple(mail, ics):
    mail.set_content("Anne hat zugesagt.")
    mail.add_attachment(ics.encode(), maintype="text", subtype="calendar", filename="iCal.ics")
    return mail


def _gnus(mail, ics):
    mail.set_content(ics, subtype="calendar", params={"method": "REPLY"})
    return mail


PROGRAMS = {"thunderbird": _thunderbird, "outlook": _outlook, "apple": _apple, "gnus": _gnus}


def bounce(message, *, to=MAILBOX, status="5.1.1", action="failed", code="550 5.1.1 unknown user"):
    """A report after RFC 3464, as Postfix writes it."""
    return f"""Return-Path: <>
From: MAILER-DAEMON@mail.example.org (Mail Delivery System)
To: {to}
Subject: Undelivered Mail Returned to Sender
Message-ID: <{message.pk}.{status}.{action}@mail.example.org>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org
Arrival-Date: Thu, 26 Nov 2026 10:00:00 +0100

Final-Recipient: rfc822; {message.to}
Original-Recipient: rfc822;{message.to}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {code}

--B
Content-Type: message/rfc822

Message-ID: {message.message_id}
Subject: Einladung

Text
--B--
""".replace("\n", "\r\n").encode()


def letter(sender, to=MAILBOX, text="Ich komme etwas später.", **headers):
    """What somebody writes by hand."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = sender, to, "Frage"
    mail["Message-ID"] = make_msgid()
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes()
