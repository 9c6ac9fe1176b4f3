from email import message_from_bytes
from email.policy import default

import pytest
from django.utils import timezone

from portal.mail import outbox
from portal.mail.mime import build
from portal.mail.models import Message
from tests.mail.example import ANNE, put, request

pytestmark = pytest.mark.django_db
PDF = outbox.Attachment("einladung.pdf", "application/pdf", b"%PDF-1.7\r\n\x00\xff")


def over_the_wire(message):
    """The mail as it is written to the mail server, read by Python."""
    return message_from_bytes(build(message).message().as_bytes(linesep="\r\n"), policy=default)


def structure(part):
    """The types of a mail as nested lists."""
    if part.is_multipart():
        return [part.get_content_type(), *(structure(child) for child in part.iter_parts())]
    return part.get_content_type()


def test_mail_has_text_html_and_calendar_as_alternatives_and_files_attached():
    mail = over_the_wire(put(calendar=request(), attachments=[PDF]))
    alternatives = ["multipart/alternative", "text/plain", "text/html", "text/calendar"]
    assert structure(mail) == ["multipart/mixed", alternatives, "application/ics", "application/pdf"]


def test_calendar_part_names_its_method_and_charset_once():
    mail = over_the_wire(put(calendar=request()))
    part = next(part for part in mail.walk() if part.get_content_type() == "text/calendar")
    assert part["Content-Type"].params == {"method": "REQUEST", "charset": "utf-8"}
    assert part.as_bytes().count(b"charset") == 1
    assert part["Content-Disposition"] is None


def test_calendar_attachment_has_the_same_bytes_with_every_line_end():
    calendar = request(summary="Bürgerämter")
    mail = over_the_wire(put(calendar=calendar, attachments=[PDF]))
    ics, pdf = mail.iter_attachments()
    assert (ics.get_filename(), ics["Content-Type"].params["name"]) == ("einladung.ics", "einladung.ics")
    assert ics["Content-Transfer-Encoding"] == "base64"
    assert ics.get_content() == calendar.ics
    assert pdf.get_content() == PDF.content
    alternative = next(part for part in mail.walk() if part.get_content_type() == "text/calendar")
    assert alternative.get_content().replace("\r\n", "\n") == calendar.ics.decode().replace("\r\n", "\n")


def test_cancellation_names_its_file_so():
    message = put(calendar=outbox.Calendar("CANCEL", request().ics))
    assert [part.get_filename() for part in over_the_wire(message).iter_attachments()] == ["absage.ics"]


def test_mail_without_calendar_is_text_and_html():
    assert structure(over_the_wire(put())) == ["multipart/alternative", "text/plain", "text/html"]


def test_every_line_ends_as_smtp_wants_it_and_is_plain_ascii():
    content = build(put(calendar=request(), attachments=[PDF])).message().as_bytes(linesep="\r\n")
    assert content.isascii()
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert b"\r" not in content.replace(b"\r\n", b"")
    assert max(map(len, content.split(b"\r\n"))) <= 998


def test_headers_carry_the_fixed_id_and_the_thread(settings):
    settings.BASE_URL = "https://ak.example.org"
    message = put(subject="Einladung für Bürgerämter", to_name="Dr. Änne, Albers", thread="sitzung-1")
    mail = over_the_wire(message)
    assert mail["Message-ID"] == f"<{message.uuid}@ak.example.org>"
    assert mail["References"] == mail["In-Reply-To"] == "<sitzung-1@ak.example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Subject"] == "Einladung für Bürgerämter"
    assert mail["From"] == settings.DEFAULT_FROM_EMAIL
    assert mail["Reply-To"] == settings.ORGANIZER_EMAIL
    assert [(a.display_name, a.addr_spec) for a in mail["To"].addresses] == [("Dr. Änne, Albers", ANNE)]
    assert mail["Date"].datetime.utcoffset() == timezone.localtime().utcoffset()


def test_mail_outside_a_thread_refers_to_nothing():
    mail = over_the_wire(put())
    assert mail["References"] is mail["In-Reply-To"] is None


def test_secret_mail_asks_for_no_answer():
    assert over_the_wire(put(secret=True))["Reply-To"] is None


def test_no_recipient_gets_a_second_header_through_a_hostile_row():
    message = put()
    Message.objects.filter(pk=message.pk).update(subject="a\r\nBcc: x@example.org")
    message.refresh_from_db()
    with pytest.raises(ValueError, match="newlines"):
        over_the_wire(message)
