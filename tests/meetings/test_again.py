"""A letter once more, to one person whom it did not reach."""

from datetime import timedelta
from functools import partial

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from portal.audit.models import Line
from portal.mail.models import Message, UnreachableAddress
from portal.meetings.actions import again, invitation, proof
from portal.meetings.models import Delivery, Meeting, Recusal
from portal.members.models import Person
from tests.cast import CAST
from tests.factories import AgendaItemFactory, AttendanceFactory, DeliveryFactory, GuestFactory, PersonFactory
from tests.meetings.letters import INTERNAL, SECRETS, TEXT, add_marked_items, event_of, everything_in
from tests.meetings.pages import sign_in, text_of, url
from tests.meetings.seating import pass_on
from tests.pdf.test_documents import text_of as read_pdf
from tests.together import at_once

pytestmark = pytest.mark.django_db


def hand_over():
    Message.objects.update(status=Message.Status.SENT, sent_at=timezone.now(), claim="", lease_until=None)


@pytest.fixture
def invited(draft, lead, delegate):
    """Lead and delegate have got a letter with an internal and a confidential item."""
    add_marked_items(draft)
    invitation.invite(draft, by=lead, version=draft.version)
    draft.refresh_from_db()
    hand_over()
    return draft


def change(meeting, lead, title="Nachtrag"):
    AgendaItemFactory(meeting=meeting, title=title)
    meeting.refresh_from_db()
    invitation.send_changes(meeting, by=lead, version=meeting.version)
    meeting.refresh_from_db()
    hand_over()


def newest(person):
    return Delivery.objects.select_related("meeting__organization", "person").filter(person=person).latest("written_at")


def send(person, by):
    again.send(newest(person), by=by, address=Person.objects.get(pk=person.pk).email)


def click(client, delivery, address):
    return client.post(url("send_again", delivery), {"address": address})


def test_person_gets_the_invitation_once_more(client, invited, staff, delegate):
    first = newest(delegate)
    client.force_login(staff)
    page = text_of(client.get(url("send_again", first)))
    assert delegate.email in page
    assert "1. Fassung" in page
    assert click(client, first, delegate.email).url == url("proof", invited)
    again_sent = newest(delegate)
    assert (again_sent.repeats, again_sent.title, again_sent.revision, again_sent.address) == (
        first, "Einladung, erneut", 1, delegate.email)  # fmt: skip
    old, new = (Message.objects.get(uuid=letter.message) for letter in (first, again_sent))
    assert new.subject.startswith("Noch einmal: Einladung: ")
    assert (new.calendar_method, event_of(new)["UID"]) == ("REQUEST", event_of(old)["UID"])
    assert event_of(new)["SEQUENCE"] == event_of(old)["SEQUENCE"] == again_sent.sequence
    assert event_of(new)["DTSTAMP"].dt >= event_of(old)["DTSTAMP"].dt
    assert list(new.attachments.all()) == list(old.attachments.all())
    assert (new.thread, new.reply_to, new.not_after) == (old.thread, old.reply_to, old.not_after)
    line = Line.objects.get(verb="Schreiben erneut verschickt")
    assert (line.actor, line.thing_id, line.detail) == (staff, str(first.pk), {"revision": 1})
    assert Message.objects.filter(status="queued").count() == 1


def test_double_click_sends_once(client, invited, staff, delegate):
    first = newest(delegate)
    client.force_login(staff)
    click(client, first, delegate.email)
    answer = click(client, first, delegate.email)
    assert answer.status_code == 409
    assert "ist inzwischen ein neueres Schreiben gegangen" in text_of(answer)
    assert click(client, newest(delegate), delegate.email).status_code == 409  # that one waits
    assert Delivery.objects.filter(person=delegate).count() == 2


@pytest.mark.django_db(transaction=True)
def test_several_at_once_send_once(invited, lead, staff, delegate):
    letters = [newest(delegate) for _ in range(4)]
    acts = zip(letters, (lead, staff) * 2, strict=True)
    outcomes = at_once(*[partial(again.send, letter, by=by, address=delegate.email) for letter, by in acts])
    assert [type(outcome) for outcome in outcomes].count(ValidationError) == 3
    assert Message.objects.filter(to=delegate.email, status="queued").count() == 1
    assert Line.objects.filter(verb="Schreiben erneut verschickt").count() == 1


def test_other_address_than_on_the_screen_is_asked_about(client, invited, staff, delegate):
    client.force_login(staff)
    Person.objects.filter(pk=delegate.pk).update(email="neu@example.org")
    answer = click(client, newest(delegate), delegate.email)
    assert answer.status_code == 409
    assert "Die Adresse hat sich inzwischen geändert" in text_of(answer)
    assert 'value="neu@example.org"' in answer.text
    click(client, newest(delegate), "neu@example.org")
    assert newest(delegate).address == "neu@example.org"


def come_back(person):
    letter = newest(person)
    Message.objects.filter(uuid=letter.message).update(returned_at=timezone.now(), return_reason="weg")
    UnreachableAddress.objects.get_or_create(address=letter.address, defaults={"reason": "weg"})
    return letter


def offers(client, meeting):
    return "Erneut senden" in client.get(url("proof", meeting)).text


def test_returned_letter_goes_again_once_the_address_is_seen_to(client, invited, staff, lead, delegate):
    Delivery.objects.filter(person=lead).update(way="phone", told_at=timezone.now(), noted_at=timezone.now(),
                                                noted_by=staff)  # fmt: skip
    UnreachableAddress.objects.create(address=lead.email, reason="weg")
    letter = come_back(delegate)
    client.force_login(staff)
    assert not offers(client, invited)
    assert "kommen zurück" in text_of(client.get(url("send_again", letter)))
    with pytest.raises(ValidationError, match="kommen zurück"):
        send(delegate, staff)
    proof.trust_address(letter, by=staff)
    assert offers(client, invited)
    assert "Erneut senden" in client.get(url("delivery", letter)).text
    send(delegate, staff)
    assert not offers(client, invited)


def test_corrected_address_is_enough(invited, staff, delegate):
    come_back(delegate)
    Person.objects.filter(pk=delegate.pk).update(email="richtig@example.org")
    send(delegate, staff)
    assert newest(delegate).address == "richtig@example.org"


def test_start_page_asks_until_it_is_sent_again_and_anew_if_that_comes_back(client, invited, lead, staff, delegate):
    come_back(delegate)
    change(invited, lead)
    come_back(delegate)
    client.force_login(staff)
    assert "zurückgekommen" in client.get("/").text
    UnreachableAddress.objects.all().delete()
    send(delegate, staff)
    assert not Delivery.objects.unreached().exists()
    assert "zurückgekommen" not in client.get("/").text
    hand_over()
    assert come_back(delegate) in Delivery.objects.unreached()
    assert "ein Schreiben ist zurückgekommen" in text_of(client.get("/"))


def test_newest_revision_goes_with_what_was_new_and_nothing_unsent(invited, lead, staff, delegate):
    change(invited, lead, title="Radweg")
    AgendaItemFactory(meeting=invited, title="Nicht verschickt")
    send(delegate, staff)
    mail = Message.objects.get(uuid=newest(delegate).message)
    assert newest(delegate).revision == 2
    assert "Das ist neu" in mail.text
    assert "Radweg" in mail.text
    assert "Nicht verschickt" not in everything_in(mail)
    for word in (*SECRETS, TEXT):
        assert word not in everything_in(mail)
    assert INTERNAL in mail.text


def test_letter_before_the_newest_is_no_longer_repeated(client, invited, lead, staff, delegate):
    first = newest(delegate)
    change(invited, lead)
    with pytest.raises(ValidationError, match="neueres Schreiben"):
        again.send(first, by=staff, address=delegate.email)
    client.force_login(staff)
    page = client.get(url("proof", invited)).text
    assert url("send_again", newest(delegate)) in page
    assert url("send_again", first) not in page


def test_befangenheit_of_today_counts(invited, lead, staff, delegate):
    item = invited.items.get(title=INTERNAL)
    Recusal.objects.create(item=item, person=delegate, recorded_by=lead)
    send(delegate, staff)
    assert INTERNAL not in everything_in(Message.objects.get(uuid=newest(delegate).message))


def test_guest_gets_the_part_of_a_guest(invited, lead, staff):
    guest = PersonFactory(last_name="Gastmann")
    GuestFactory(meeting=invited, person=guest, items=[invited.items.first()])
    AttendanceFactory(meeting=invited, person=guest, role="guest")
    DeliveryFactory(meeting=invited, person=guest)
    send(guest, staff)
    mail = Message.objects.get(uuid=newest(guest).message)
    assert invited.items.first().title in mail.text
    assert INTERNAL not in everything_in(mail)


def over(meeting):
    Meeting.objects.filter(pk=meeting.pk).update(start=timezone.now() - timedelta(minutes=1))


def cancel(meeting):
    Meeting.objects.filter(pk=meeting.pk).update(state="cancelled", cancelled_at=timezone.now(), cancel_reason="x")


def waits(meeting):
    Message.objects.update(status="queued", sent_at=None)


def close_account(meeting):
    Person.objects.filter(last_name="Dahlmann").update(is_active=False)


def end_seat(meeting):
    Person.objects.get(last_name="Dahlmann").memberships.update(end_date=timezone.localdate())


@pytest.mark.parametrize(
    ("happens", "words"),
    [
        (over, "hat schon begonnen"),
        (cancel, "abgesagt"),
        (waits, "wartet noch"),
        (close_account, "Zugang ist geschlossen"),
        (end_seat, "nicht mehr eingeladen"),
    ],
)
def test_what_is_in_the_way_is_said_and_nothing_is_sent(client, invited, staff, delegate, happens, words):
    letter, before = newest(delegate), Message.objects.count()
    happens(invited)
    client.force_login(staff)
    page = client.get(url("send_again", letter))
    assert words in text_of(page)
    assert 'name="address"' not in page.text
    assert click(client, letter, delegate.email).status_code == 409
    assert Message.objects.count() == before


@pytest.mark.parametrize("name", CAST)
def test_office_alone_sends_again(client, invited, delegate, name, person_of):
    sign_in(client, person_of(name))
    click(client, newest(delegate), delegate.email)
    assert Delivery.objects.filter(repeats__isnull=False).exists() == (name in {"lead", "staff", "clerk"})


def test_nobody_else_sends_by_another_way(invited, delegate, other_delegate):
    with pytest.raises(PermissionDenied):
        send(delegate, other_delegate)


def test_deputy_is_told_for_whom_and_not_after_a_no(asked, meeting, lead, staff, delegate, deputy):
    Meeting.objects.filter(pk=meeting.pk).update(revision=0, state="draft", invited_at=None)
    meeting.refresh_from_db()
    invitation.invite(meeting, by=lead, version=meeting.version)
    pass_on(meeting, delegate)
    hand_over()
    send(deputy, staff)
    mail = Message.objects.get(uuid=newest(deputy).message)
    assert f"Sie sind gebeten, {delegate.get_full_name()} zu vertreten." in mail.text
    hand_over()
    meeting.attendances.filter(person=deputy).update(answer="declined", answered_at=timezone.now())
    with pytest.raises(ValidationError, match="nicht mehr eingeladen"):
        send(deputy, staff)


def test_answer_that_stands_is_named(invited, staff, delegate):
    invited.attendances.filter(person=delegate).update(answer="accepted", answered_at=timezone.now())
    send(delegate, staff)
    mail = Message.objects.get(uuid=newest(delegate).message)
    assert "Ihre Zusage gilt weiter." in mail.text
    assert event_of(mail)["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"


def test_page_and_paper_say_that_it_went_again(client, invited, staff, delegate):
    send(delegate, staff)
    client.force_login(staff)
    assert "Einladung, erneut" in text_of(client.get(url("proof", invited)))
    assert "Einladung, erneut" in read_pdf(client.get(url("proof_pdf", invited)).content)


def test_pages_take_few_queries(client, invited, staff, delegate, django_assert_num_queries):
    client.force_login(staff)
    letter = newest(delegate)
    client.get(url("send_again", letter))
    with django_assert_num_queries(15):
        client.get(url("send_again", letter))
