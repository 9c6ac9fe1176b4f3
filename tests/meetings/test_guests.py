"""Guests: invited to a part of the agenda, told of changes, and gone from the next request on."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from portal.audit.models import Line
from portal.mail.models import Message
from portal.meetings.actions import guests as actions
from portal.meetings.actions import invitation
from portal.meetings.models import AgendaItem, Guest, Meeting
from portal.members.models import Invitation, Person
from tests.factories import GuestFactory, PersonFactory, RecusalFactory
from tests.meetings.letters import INTERNAL, SECRETS, add_marked_items, event_of, everything_in, mail_to, mails
from tests.meetings.pages import url
from tests.pdf.test_documents import text_of

pytestmark = pytest.mark.django_db

TYPED = {
    "salutation": "Frau",
    "title": "Dr.",
    "first_name": "Rike",
    "last_name": "Gastmann",
    "email": "Rike.Gastmann@example.org",
    "scope": "some",
}


@pytest.fixture
def marked(draft):
    """An internal and a confidential item, both marked."""
    return add_marked_items(draft)


@pytest.fixture
def invited(draft, marked, lead, delegate):
    """The meeting after its invitation, with the outbox emptied."""
    invitation.invite(draft, by=lead, version=draft.version)
    Message.objects.all().delete()
    draft.refresh_from_db()
    return draft


def invite(meeting, by, person=None, *, items=(), whole_meeting=False):
    person = person or PersonFactory(email="gast@example.org")
    return actions.invite_guest(meeting, by=by, person=person, whole_meeting=whole_meeting, items=items)


def readable(guest):
    return set(AgendaItem.objects.visible_to(Person.objects.get(pk=guest.person_id)).values_list("title", flat=True))


class TestInviting:
    def test_of_a_draft_the_guest_hears_with_the_invitation(self, draft, marked, lead):
        guest = invite(draft, lead, items=[marked[0]])
        assert (mails(), readable(guest)) == ([], set())
        invitation.invite(draft, by=lead, version=Meeting.objects.get(pk=draft.pk).version)
        assert INTERNAL in everything_in(mail_to(guest.person))
        assert readable(guest) == {INTERNAL}

    def test_of_an_invited_meeting_the_guest_hears_at_once(self, invited, marked, lead):
        guest = invite(invited, lead, items=[marked[0]])
        mail = mail_to(guest.person)
        assert (mail.kind, event_of(mail)["ATTENDEE"].params["PARTSTAT"]) == ("Einladung", "NEEDS-ACTION")
        content = everything_in(mail)
        assert INTERNAL in content
        assert not [word for word in SECRETS if word in content]
        assert [message.to for message in mails()] == [guest.person.email]
        line = Line.objects.get(verb="Gast eingeladen")
        assert (line.actor, line.detail["items"]) == (lead, str(marked[0].number))

    def test_of_the_whole_meeting_without_the_confidential(self, invited, marked, lead):
        guest = invite(invited, lead, whole_meeting=True)
        assert INTERNAL in readable(guest)
        assert SECRETS[0] not in readable(guest)
        assert f"TOP {marked[1].number}" not in mail_to(guest.person).text

    def test_a_confidential_item_is_read_when_named(self, invited, marked, lead):
        guest = invite(invited, lead, whole_meeting=True, items=[marked[1]])
        assert {INTERNAL, SECRETS[0]} <= readable(guest)
        assert f"TOP {marked[1].number} (vertraulich)" in mail_to(guest.person).text

    def test_an_item_that_becomes_confidential_is_closed_again(self, invited, marked, lead):
        guest = invite(invited, lead, whole_meeting=True)
        AgendaItem.objects.filter(pk=marked[0].pk).update(visibility="confidential")
        assert INTERNAL not in readable(guest)

    def test_somebody_new_gets_an_account_and_one_link(self, invited, marked, lead):
        person = Person(first_name="Rike", last_name="Neu", email="neu@example.org")
        guest = invite(invited, lead, person, items=[marked[0]])
        access, letter = mails(to="neu@example.org", kind="Zugang"), mails(to="neu@example.org", kind="Einladung")
        assert (len(access), len(letter)) == (1, 1)
        assert (access[0].secret, Invitation.objects.get().person) == (True, guest.person)
        assert "Sie sind als Gast eingeladen" in access[0].text

    def test_somebody_new_in_a_draft_gets_the_link_with_the_invitation(self, draft, marked, lead):
        invite(draft, lead, Person(first_name="Rike", last_name="Neu", email="neu@example.org"), items=[marked[0]])
        assert not Invitation.objects.exists()
        draft.refresh_from_db()
        invitation.invite(draft, by=lead, version=draft.version)
        assert len(mails(to="neu@example.org", kind="Zugang")) == 1

    def test_somebody_known_stays_as_they_are(self, invited, marked, lead, stranger):
        typed = Person(first_name="Anders", last_name="Getippt", email=stranger.email.upper())
        assert invite(invited, lead, typed, items=[marked[0]]).person == stranger
        assert not mails(kind="Zugang")

    def test_a_second_click_invites_once(self, invited, marked, lead):
        person = PersonFactory()
        first, second = (invite(invited, lead, person, items=[marked[0]]) for _ in range(2))
        assert first == second
        assert len(mails()) == 1

    def test_a_member_is_no_guest(self, invited, marked, lead, delegate):
        with pytest.raises(ValidationError, match="gehört dem Arbeitskreis an"):
            invite(invited, lead, delegate, items=[marked[0]])
        assert not Guest.objects.exists()

    @pytest.mark.parametrize(("state", "name"), [("draft", "staff"), ("draft", "delegate"), ("finished", "lead")])
    def test_who_may_not(self, draft, request, state, name):
        Meeting.objects.filter(pk=draft.pk).update(state=state, invited_at=timezone.now() if state != "draft" else None)
        draft.refresh_from_db()
        with pytest.raises(PermissionDenied):
            invite(draft, request.getfixturevalue(name), whole_meeting=True)
        assert not Guest.objects.exists()

    def test_a_recused_guest_reads_the_number_alone(self, invited, marked, lead):
        person = PersonFactory()
        RecusalFactory(item=marked[0], person=person)
        guest = invite(invited, lead, person, items=[marked[0]])
        assert INTERNAL not in everything_in(mail_to(person))
        assert INTERNAL not in readable(guest)


class TestChanging:
    def test_the_guest_is_told_what_is_new_and_what_is_gone(self, invited, marked, lead):
        guest = invite(invited, lead, items=[marked[0]])
        Message.objects.all().delete()
        assert actions.change_guest(guest, by=lead, whole_meeting=False, items=[marked[1]])
        content = mail_to(guest.person).text
        assert f"Entfällt: TOP {marked[0].number}: {INTERNAL}" in content
        assert f"Neu: TOP {marked[1].number} (vertraulich)" in content
        assert INTERNAL not in readable(guest)

    def test_the_same_part_again_is_no_change(self, invited, marked, lead):
        guest = invite(invited, lead, items=[marked[0]])
        Message.objects.all().delete()
        assert not actions.change_guest(guest, by=lead, whole_meeting=False, items=[marked[0]])
        assert not mails()


class TestRemoving:
    def test_calendar_and_access_are_gone_at_once(self, client, invited, marked, lead):
        guest = invite(invited, lead, items=[marked[0]])
        Message.objects.all().delete()
        client.force_login(guest.person)
        addresses = [marked[0].get_absolute_url(), url("invitation_pdf", invited)]
        assert [client.get(address).status_code for address in addresses] == [200, 200]
        assert actions.remove_guest(guest, by=lead)
        mail = mail_to(guest.person)
        assert (mail.kind, mail.calendar_method) == ("Abmeldung", "CANCEL")
        assert [client.get(address).status_code for address in addresses] == [404, 404]
        assert not actions.remove_guest(guest, by=lead)

    def test_invited_once_more_they_hear_once_more(self, invited, marked, lead):
        for _ in range(2):
            guest = invite(
                invited, lead, items=[marked[0]], person=Person.objects.filter(email="gast@example.org").first()
            )
            actions.remove_guest(guest, by=lead)
        assert [mail.kind for mail in mails()] == ["Einladung", "Abmeldung"] * 2

    def test_a_link_that_was_not_used_opens_nothing(self, invited, marked, lead):
        guest = invite(invited, lead, Person(first_name="R", last_name="N", email="neu@example.org"), items=[marked[0]])
        actions.remove_guest(guest, by=lead)
        assert not Invitation.objects.get().is_open

    def test_of_a_draft_nobody_is_told(self, draft, marked, lead):
        guest = invite(draft, lead, items=[marked[0]])
        actions.remove_guest(guest, by=lead)
        assert not mails()


@pytest.mark.parametrize(("days", "status"), [(6, 200), (8, 404)])
def test_seven_days_after_the_meeting_nothing_is_left(client, invited, marked, lead, days, status):
    guest = invite(invited, lead, items=[marked[0]])
    end = timezone.now() - timedelta(days=days)
    Meeting.objects.filter(pk=invited.pk).update(start=end - timedelta(hours=2), end=end, state="finished")
    client.force_login(guest.person)
    for address in (
        invited.get_absolute_url(),
        marked[0].get_absolute_url(),
        url("invitation_pdf", invited),
        url("ics", invited),
    ):
        assert client.get(address).status_code == status, address
    assert (INTERNAL in client.get(reverse("home:start")).content.decode()) is (status == 200)


class TestPages:
    def test_list_names_guests_and_their_part(self, client, invited, marked, lead):
        invite(invited, lead, items=[marked[0]])
        RecusalFactory(item=marked[0], person=lead)
        client.force_login(lead)
        content = client.get(url("guests", invited)).content.decode()
        assert "gast@example.org" in content
        assert INTERNAL not in content
        assert "wegen Befangenheit gesperrt" in content

    def test_form_invites(self, client, invited, marked, lead):
        client.force_login(lead)
        address = url("guest_invite", invited)
        assert client.post(address, {**TYPED, "items": [marked[0].pk]}).url.endswith("/gaeste/")
        guest = Guest.objects.get()
        assert (guest.person.email, guest.whole_meeting) == ("rike.gastmann@example.org", False)
        assert list(guest.items.all()) == [marked[0]]

    @pytest.mark.parametrize("wrong", [{"items": []}, {"scope": ""}, {"email": ""}, {"last_name": ""}])
    def test_form_refuses_and_loses_nothing(self, client, invited, marked, lead, wrong):
        client.force_login(lead)
        typed = {**TYPED, "items": [str(marked[0].pk)], **wrong}
        response = client.post(url("guest_invite", invited), typed)
        assert response.status_code == 422
        assert "Rike" in response.content.decode()
        assert not Guest.objects.exists()

    def test_items_of_another_meeting_are_refused(self, client, invited, lead, item):
        client.force_login(lead)
        response = client.post(url("guest_invite", invited), {**TYPED, "items": [item.pk]})
        assert response.status_code == 422
        assert not Guest.objects.exists()

    def test_form_changes_and_keeps_what_the_editor_may_not_see(self, client, invited, marked, lead):
        guest = GuestFactory(meeting=invited, items=marked)
        RecusalFactory(item=marked[1], person=lead)
        client.force_login(lead)
        address = url("guest_edit", guest)
        assert SECRETS[0] not in client.get(address).content.decode()
        assert client.post(address, {"scope": "whole"}).status_code == 302
        guest.refresh_from_db()
        assert (guest.whole_meeting, list(guest.items.all())) == (True, [marked[1]])

    def test_removing_asks_first(self, client, invited, lead):
        guest = GuestFactory(meeting=invited)
        client.force_login(lead)
        address = url("guest_remove", guest)
        assert "sofort nur noch zu lesen" in " ".join(client.get(address).content.decode().split())
        assert Guest.objects.exists()
        assert client.post(address).status_code == 302
        assert not Guest.objects.exists()

    @pytest.mark.parametrize("count", [1, 3])
    def test_list_takes_the_same_queries_for_any_number(
        self, client, invited, marked, lead, count, django_assert_num_queries
    ):
        GuestFactory.create_batch(count, meeting=invited, items=marked)
        client.force_login(lead)
        address = url("guests", invited)
        client.get(address)
        with django_assert_num_queries(8):
            client.get(address)


def test_letter_of_the_guest_is_set_with_the_guests_part(client, invited, marked, lead):
    guest = invite(invited, lead, items=[marked[0]])
    client.force_login(guest.person)
    text = text_of(client.get(url("invitation_pdf", invited)).content)
    assert INTERNAL in text
    assert SECRETS[0] not in text
