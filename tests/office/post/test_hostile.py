"""Mails that want to do harm, or that nobody foresaw: kept, and nothing else."""

import time
import tracemalloc

import pytest

from portal.mail.models import Incoming, Message
from portal.office import post
from tests.office.post.mails import MAILBOX, answer, letter

pytestmark = pytest.mark.django_db
HEAD = f"From: a@example.net\r\nTo: {MAILBOX}\r\nMessage-ID: <x@example.net>\r\nSubject: Frage\r\n".encode()


def nested(depth, kind=b"multipart/mixed"):
    raw = HEAD
    for level in range(depth):
        raw += b'Content-Type: %s; boundary="%d"\r\n\r\n--%d\r\n' % (kind, level, level)
    return raw + b"\r\n\r\nText"


HOSTILE = {
    "nested a thousand deep": nested(1000),
    "nested fifty deep": nested(50),
    "mails in mails": HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 1000,
    "many parts": HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + b"--b\r\n\r\nx\r\n" * 100_000,
    "report of blank lines": HEAD + b"Content-Type: message/delivery-status\r\n\r\n" + b"a:b\r\n\r\n" * 300_000,
    "long header": b"From: " + b"a@b, " * 400_000 + b"\r\n\r\nText",
    "many headers": b"To: a@b\r\n" * 200_000 + b"\r\nText",
    "encoded words": b"Subject: " + b"=?utf-8?q?=41?= " * 100_000 + b"\r\n\r\nText",
    "no charset of this world": HEAD + b"Content-Type: text/plain; charset=klingon\r\n\r\n\xff\xfe",
    "nothing but zeros": b"\0" * 500_000,
    "no header": b"\r\n\r\nText",
    "broken base64": HEAD + b"Content-Type: text/calendar\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!",
    "calendar that is none": HEAD + b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REPLY",
    "endless calendar": HEAD + b"Content-Type: text/calendar\r\n\r\n" + b"BEGIN:VCALENDAR\r\n" * 100_000,
    "zip": HEAD + b"Content-Type: application/zip\r\n\r\nPK\x03\x04" + b"\0" * 100_000,
    "too large": HEAD + b"\r\n" + b"x" * 10_000_001,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_mail_is_kept_quickly_and_in_little_memory(name, inbound):
    began = time.monotonic()
    tracemalloc.start()
    row = post.receive(HOSTILE[name])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert row.outcome in {"letter", "broken"}
    assert time.monotonic() - began < 20
    assert peak < 250_000_000
    assert len(row.text) <= 10_000
    assert Incoming.objects.count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"uid": "x\r\nATTENDEE:mailto:y@example.org"},
        {"stamp": "gestern"},
        {"sequence": "viele"},
        {"sequence": -1},
        {"sequence": 10**30},
        {"stamp": "99991231T235959Z"},
    ],
)
def test_odd_calendar_harms_nothing(mailed, mailed_seat, changes):
    row = post.receive(answer(mailed, "ACCEPTED", **changes))
    mailed_seat.refresh_from_db()
    assert row.outcome in {"taken", "letter", "unknown"}
    assert mailed_seat.answer == ("accepted" if row.outcome == "taken" else "")


def test_letter_by_hand_goes_to_people_with_its_meeting(mailed, mailed_seat, group):
    row = post.receive(letter(mailed.to, mailed.reply_to))
    assert (row.outcome, row.about, row.person) == ("letter", mailed_seat.meeting_id, mailed_seat.person_id)
    assert (row.text.strip(), row.is_open) == ("Ich komme etwas später.", True)


def test_machines_get_no_answer_and_nobody_has_to_read_them(mailed):
    before = Message.objects.count()
    row = post.receive(letter(mailed.to, mailed.reply_to, Auto_Submitted="auto-replied"))
    assert (row.outcome, row.is_open) == ("automatic", False)
    assert Message.objects.count() == before


def test_outlook_format_is_told_to_people(mailed, mailed_seat):
    raw = letter(mailed.to, mailed.reply_to).replace(b"text/plain", b"application/ms-tnef", 1)
    row = post.receive(raw)
    assert (row.outcome, row.about, row.is_open) == ("outlook", mailed_seat.meeting_id, True)
