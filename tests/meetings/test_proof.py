"""The Zustellnachweis: what went to whom, how it arrived, what was done where it did not."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from portal.audit.models import Line
from portal.mail import sender
from portal.mail.models import Message, UnreachableAddress
from portal.meetings import emails, rules
from portal.meetings.actions import invitation, proof, replies
from portal.meetings.models import Delivery
from portal.office.privacy import mails
from tests.cast import CAST
from tests.factories import AgendaItemFactory, AttendanceFactory, DeliveryFactory, MembershipFactory
from tests.meetings.pages import sign_in, text_of, url
from tests.pdf.test_documents import text_of as read_pdf
from tests.together import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def invited(draft, lead, delegate):
    invitation.invite(draft, by=lead, version=draft.version)
    draft.refresh_from_db()
    return draft


def letter_to(person, **fields):
    return Delivery.objects.get(person=person, **fields)


def state_of(delivery):
    return proof.receipt(delivery).state


def change(meeting, lead):
    AgendaItemFactory(meeting=meeting, title="Nachtrag")
    meeting.refresh_from_db()
    invitation.send_changes(meeting, by=lead, version=meeting.version)
    meeting.refresh_from_db()


def test_inviting_notes_one_letter_for_each_person(invited, lead, delegate):
    letters = {letter.person: (letter.kind, letter.revision, letter.address) for letter in invited.deliveries.all()}
    assert letters == {person: ("Einladung", 1, person.email) for person in (lead, delegate)}
    assert letter_to(delegate).start == invited.start
    assert Message.objects.filter(uuid=letter_to(delegate).message, to=delegate.email).exists()


def test_whoever_gets_no_mail_has_a_letter_too(draft, lead, group):
    by_post = MembershipFactory(organization=group, person__email=None).person
    invitation.invite(draft, by=lead, version=draft.version)
    receipt = proof.receipt(letter_to(by_post))
    assert (receipt.state, receipt.delivery.message) == ("unwritten", None)
    assert "hat keine Adresse" in receipt.failure


def test_every_revision_and_the_cancellation_have_letters_of_their_own(invited, lead, delegate):
    change(invited, lead)
    invitation.cancel(invited, by=lead, version=invited.version, reason="Krank")
    kinds = Delivery.objects.filter(person=delegate).order_by("written_at").values_list("kind", "revision")
    assert list(kinds) == [("Einladung", 1), ("Änderung", 2), ("Absage", 2)]
    assert [issue.number for issue in proof.issues(invited)] == [2, 1]


def test_handing_over_keeps_the_words_of_the_mail_server(invited, delegate, sink):
    assert state_of(letter_to(delegate)) == "waiting"
    sender.sweep()
    receipt = proof.receipt(letter_to(delegate))
    assert (receipt.state, receipt.server_answer) == ("sent", "250 OK")
    assert timezone.now() - receipt.handed_at < timedelta(minutes=1)


def test_what_the_server_refuses_is_failed_with_its_reason(invited, delegate, start_sink):
    start_sink(rcpt=["550 5.1.1 unknown user"] * 9)
    sender.sweep()
    receipt = proof.receipt(letter_to(delegate))
    assert receipt.state == "failed"
    assert receipt.failure == "Der Mailserver lehnt die Nachricht ab: 550 5.1.1 unknown user"


def test_proof_outlives_the_mail(invited, delegate, sink):
    sender.sweep()
    before = proof.receipt(letter_to(delegate))
    mails.delete(Message.objects.all())
    after = proof.receipt(letter_to(delegate))
    assert after.message is None
    assert (after.state, after.handed_at, after.server_answer) == ("sent", before.handed_at, "250 OK")


def test_first_look_at_the_page_is_noted_and_no_other(client, invited, delegate):
    client.force_login(delegate)
    client.head(invited.get_absolute_url())
    assert letter_to(delegate).opened_at is None
    client.get(invited.get_absolute_url())
    opened = letter_to(delegate).opened_at
    client.get(invited.get_absolute_url())
    assert opened is not None
    assert letter_to(delegate).opened_at == opened


def test_looks_of_others_are_not_noted(client, invited, lead, delegate):
    client.force_login(lead)
    client.get(invited.get_absolute_url())
    assert letter_to(delegate).opened_at is None


def test_link_of_the_mail_is_noted_as_such_until_the_portal_is_opened(client, invited, delegate):
    link = emails.answer_url(invited.attendances.get(person=delegate)).removeprefix("http://testserver")
    client.head(link)
    assert letter_to(delegate).opened_at is None
    client.get(link)
    assert letter_to(delegate).opened_by_link
    client.force_login(delegate)
    client.get(invited.get_absolute_url())
    assert not letter_to(delegate).opened_by_link


def test_new_revision_is_unopened_again(client, invited, lead, delegate):
    client.force_login(delegate)
    client.get(invited.get_absolute_url())
    change(invited, lead)
    assert letter_to(delegate, revision=1).opened_at
    assert not letter_to(delegate, revision=2).opened_at


def test_answer_belongs_to_the_letters_before_it(invited, lead, delegate):
    attendance = invited.attendances.get(person=delegate)
    replies.answer(attendance, by=delegate, answer="accepted")
    change(invited, lead)
    assert letter_to(delegate, revision=2).answer == ""
    replies.answer(attendance, by=delegate, answer="declined")
    assert [letter_to(delegate, revision=number).answer for number in (1, 2)] == ["accepted", "declined"]


def test_verwaltung_of_the_group_reads_it(meeting, person_of):
    assert {name for name in CAST if rules.may_read_proof(person_of(name), meeting)} == {"lead", "staff", "clerk"}


def test_page_names_everybody_with_what_is_known(client, invited, staff, delegate, sink):
    sender.sweep()
    client.force_login(staff)
    page = text_of(client.get(url("proof", invited)))
    assert delegate.email in page
    assert "250 OK" in page
    assert "noch nicht" in page
    assert url("proof", invited) in text_of(client.get(invited.get_absolute_url()))


@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_the_same_queries_for_any_number(client, meeting, staff, count, django_assert_num_queries):
    for _ in range(count):
        row = AttendanceFactory(meeting=meeting)
        DeliveryFactory(meeting=meeting, person=row.person, way="phone", told_at=timezone.now(),
                        noted_at=timezone.now(), noted_by=staff)  # fmt: skip
    client.force_login(staff)
    client.get(url("proof", meeting))
    with django_assert_num_queries(10):
        client.get(url("proof", meeting))


def note(client, delivery, **typed):
    day = timezone.localtime() - timedelta(days=1)
    data = {"way": "letter", "day": f"{day:%Y-%m-%d}", "clock": "10:00", "remark": "Einwurf"} | typed
    return client.post(url("delivery", delivery), data)


def test_other_way_is_noted_with_time_and_person(client, invited, staff, delegate):
    client.force_login(staff)
    assert note(client, letter_to(delegate)).url == url("proof", invited)
    kept = letter_to(delegate)
    assert (kept.way, kept.noted_by, kept.remark) == ("letter", staff, "Einwurf")
    line = Line.objects.get(verb="Zustellung vermerkt")
    assert (line.actor, line.detail) == (staff, {"way": "per Brief"})
    assert "per Brief" in text_of(client.get(url("proof", invited)))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"way": ""}, "Wählen Sie, wie Sie die Person erreicht haben."),
        ({"day": "gestern"}, "Geben Sie ein Datum wie 26.11.2026 ein."),
        ({"clock": "25:00"}, "Geben Sie die Uhrzeit wie 17:00 ein."),
        ({"day": "2999-01-01"}, "Der Zeitpunkt liegt in der Zukunft."),
        ({"day": "2026-03-29", "clock": "02:30"}, "Diese Uhrzeit gibt es an dem Tag nicht eindeutig"),
    ],
)
def test_wrong_entries_are_said_beside_the_field_and_kept(client, invited, staff, delegate, typed, words):
    client.force_login(staff)
    answer = note(client, letter_to(delegate), **typed)
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert "Einwurf" in text_of(answer)
    assert letter_to(delegate).way == ""


def test_second_note_is_refused_and_shows_the_first(client, invited, staff, lead, delegate):
    proof.note_other_way(letter_to(delegate), by=lead, way="phone", told_at=timezone.now())
    client.force_login(staff)
    answer = note(client, letter_to(delegate))
    assert answer.status_code == 409
    assert "hat hier inzwischen „telefonisch“ vermerkt" in text_of(answer)
    assert letter_to(delegate).noted_by == lead


def test_note_can_be_taken_back_once(client, invited, staff, delegate):
    proof.note_other_way(letter_to(delegate), by=staff, way="phone", told_at=timezone.now(), remark="Rückruf")
    client.force_login(staff)
    for _ in range(2):
        assert client.post(url("delivery_reopen", letter_to(delegate))).url == url("delivery", letter_to(delegate))
    assert letter_to(delegate).way == ""
    assert Line.objects.filter(verb="Vermerk zur Zustellung zurückgenommen").count() == 1


def test_marked_address_is_shown_until_somebody_says_that_it_works(client, invited, staff, delegate):
    UnreachableAddress.objects.create(address=delegate.email, reason="Die Adresse gibt es nicht.")
    client.force_login(staff)
    assert "Adresse nicht erreichbar" in text_of(client.get(url("proof", invited)))
    for _ in range(2):
        client.post(url("address_works", letter_to(delegate)))
    assert "Adresse nicht erreichbar" not in text_of(client.get(url("proof", invited)))
    assert Line.objects.filter(verb="Adresse wieder erreichbar").count() == 1


@pytest.mark.parametrize("name", CAST)
def test_office_alone_says_that_an_address_works(client, meeting, delegate, name, person_of):
    row = DeliveryFactory(meeting=meeting, person=delegate, address="weg@example.org")
    UnreachableAddress.objects.create(address="weg@example.org", reason="Die Adresse gibt es nicht.")
    sign_in(client, person_of(name))
    client.post(url("address_works", row))
    assert UnreachableAddress.objects.exists() == (name not in {"lead", "staff", "clerk"})


def test_nobody_else_notes(meeting, delegate, other_delegate):
    row = DeliveryFactory(meeting=meeting, person=delegate)
    with pytest.raises(PermissionDenied):
        proof.note_other_way(row, by=other_delegate, way="phone", told_at=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_two_notes_at_once_leave_the_first(meeting, lead, staff, delegate):
    row, told_at = DeliveryFactory(meeting=meeting, person=delegate), timezone.now()
    outcomes = at_once(
        lambda: proof.note_other_way(row, by=lead, way="phone", told_at=told_at),
        lambda: proof.note_other_way(row, by=staff, way="letter", told_at=told_at),
    )
    refused = [by for by, one in zip((lead, staff), outcomes, strict=True) if isinstance(one, ValidationError)]
    row.refresh_from_db()
    assert {row.noted_by, *refused} == {lead, staff}
    assert Line.objects.filter(verb="Zustellung vermerkt").count() == 1


def test_pdf_says_what_the_page_says_and_stands_on_the_trail(client, invited, staff, delegate, sink):
    sender.sweep()
    proof.note_other_way(letter_to(delegate), by=staff, way="phone", told_at=timezone.now(), remark="Rückruf")
    client.force_login(staff)
    answer = client.get(url("proof_pdf", invited))
    assert answer.headers["Content-Type"] == "application/pdf"
    paper = read_pdf(answer.content).replace("\u200b", "").replace("@ ", "@")
    for words in ("Zustellnachweis zur", delegate.email, "250 OK", "telefonisch", "Rückruf", "noch nicht"):
        assert words in paper
    assert Line.objects.get(verb="Zustellnachweis abgerufen").actor == staff
