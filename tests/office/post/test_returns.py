"""Mail that comes back."""

import pytest

from portal.audit.models import Line
from portal.mail import addresses, sender
from portal.mail.mime import RETURN
from portal.mail.models import Incoming, Message, UnreachableAddress
from portal.meetings.actions import proof
from portal.office import post
from tests.office.post.mails import MAILBOX, bounce

pytestmark = pytest.mark.django_db


def fresh(message):
    message.refresh_from_db()
    return message


def test_envelope_names_an_address_of_its_own_for_each_mail(mailed, sink):
    sender.sweep()
    delivery = next(delivery for delivery in sink.deliveries if delivery.to == [mailed.to])
    assert addresses.read([delivery.sender]) == (RETURN, mailed.uuid)
    assert "portal@example.org" in delivery.mail["From"]


def test_without_a_mailbox_the_envelope_is_as_before(mailed, sink, settings):
    settings.INBOUND_ADDRESS = ""
    sender.sweep()
    assert {delivery.sender for delivery in sink.deliveries} == {"portal@example.org"}


@pytest.mark.parametrize("by_token", [True, False])
def test_returned_letter_stands_in_the_proof_and_its_address_is_marked(mailed, mailed_seat, sink, by_token):
    sender.sweep()
    to = addresses.give(RETURN, mailed.uuid) if by_token else MAILBOX
    row = post.receive(bounce(mailed, to=to))
    assert (row.outcome, row.group, row.person) == ("returned", mailed.group, mailed.person)
    assert fresh(mailed).return_reason == "Die Adresse gibt es nicht. 550 5.1.1 unknown user"
    assert UnreachableAddress.objects.get().address == mailed.to
    receipt = proof.receipt(mailed_seat.meeting.deliveries.get(person=mailed_seat.person))
    assert (receipt.state, receipt.return_reason) == ("returned", mailed.return_reason)


def test_second_report_changes_nothing(mailed):
    post.receive(bounce(mailed))
    first = fresh(mailed).returned_at
    post.receive(bounce(mailed, status="5.2.1"))
    assert fresh(mailed).returned_at == first
    assert UnreachableAddress.objects.count() == 1


@pytest.mark.parametrize("status", ["5.2.2", "5.7.1", "5.3.4"])
def test_full_mailbox_or_refused_mail_marks_no_address(mailed, status):
    post.receive(bounce(mailed, status=status))
    assert fresh(mailed).returned_at
    assert not UnreachableAddress.objects.exists()


def test_delay_is_no_return(mailed):
    row = post.receive(bounce(mailed, status="4.4.7", action="delayed", code="451 4.4.7 try later"))
    assert row.outcome == "delayed"
    assert fresh(mailed).returned_at is None


def test_report_on_a_mail_that_nobody_sent_changes_nothing(mailed):
    unknown = Message(uuid="0" * 8 + "-0000-4000-8000-" + "0" * 12, to="x@example.org", pk=0)
    row = post.receive(bounce(unknown))
    assert (row.outcome, row.message) == ("returned", None)
    assert not Message.objects.exclude(returned_at=None).exists()


def test_forged_report_from_a_person_is_a_letter(mailed):
    raw = bounce(mailed).replace(b"Return-Path: <>\r\n", b"").replace(b"MAILER-DAEMON@", b"anne@")
    raw = raw.replace(b"multipart/report; report-type=delivery-status", b"multipart/mixed")
    assert post.receive(raw).outcome == "automatic"
    assert fresh(mailed).returned_at is None


def test_of_a_returned_mail_only_the_reason_is_kept(mailed):
    raw = bounce(mailed).replace(b"I'm sorry", b"Ihr Code: 123456")
    assert "123456" not in post.receive(raw).text


def test_office_is_told_on_the_start_page_until_somebody_sees_to_it(client, mailed, mailed_meeting, staff, delegate):
    def titles():
        return [duty.title for duty in client.get("/").context["duties"]]

    client.force_login(staff)
    wanted = f"{mailed_meeting.label}: ein Schreiben ist zurückgekommen"
    assert wanted not in titles()
    post.receive(bounce(mailed))
    assert wanted in titles()
    letter = mailed_meeting.deliveries.get(person=delegate)
    proof.note_other_way(letter, by=staff, way="letter", told_at=mailed.created_at)
    assert wanted not in titles()


def test_nothing_of_it_needs_an_answer(mailed):
    before = Message.objects.count()
    post.receive(bounce(mailed))
    assert Message.objects.count() == before
    assert Incoming.objects.get().is_open is False
    assert not Line.objects.filter(door="mail").exists()
