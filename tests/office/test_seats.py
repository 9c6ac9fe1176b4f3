"""Steps with seats: shown with their effects, done as they were shown, refused to everybody but the lead."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.audit.models import Line
from portal.mail.models import Message
from portal.meetings.actions import invitation
from portal.members.actions import seats
from portal.members.models import Membership, Person, Role
from tests.cast import CAST
from tests.factories import MembershipFactory

PERSON = {"salutation": "Frau", "first_name": "Nele", "last_name": "Neumann", "email": "Neu@example.org"}
NEW = "neu@example.org"


def days(number):
    return timezone.localdate() + timedelta(days=number)


def seat_of(person):
    return person.memberships.get()


def address_of(name, person):
    return reverse(f"office:{name}", args=[seat_of(person).pk])


def appointment(group, **changes):
    return PERSON | {"organization": group.pk, "role": Role.STAFF, "start_date": "2026-01-01"} | changes


def sign_on(page):
    """The sign of the effects that a page shows, as its form sends it back."""
    return re.search(r'name="seen" value="(\w+)"', page.text)[1]


def confirm(client, address, typed):
    """Type, look at the effects, agree."""
    shown = client.post(address, typed)
    assert shown.status_code == 200
    return shown, client.post(address, typed | {"seen": sign_on(shown)})


def text_of(page):
    return " ".join(page.text.split())


@pytest.fixture
def invited(draft, lead, delegate):
    """A meeting in six weeks to which everybody has been invited, with the outbox emptied."""
    invitation.invite(draft, by=lead, version=draft.version)
    Message.objects.all().delete()
    return draft


@pytest.mark.parametrize("name", [name for name in CAST if name not in {"lead", "second_group_member"}])
def test_steps_are_for_the_lead(client, person_of, name, delegate, group):
    person = person_of(name)
    if person.is_authenticated:
        client.force_login(person)
    typed = appointment(group) | {"last_day": days(-1), "first_day": days(1), "seen": "x"}
    for page in ("appoint", "end", "replace"):
        address = reverse("office:appoint") if page == "appoint" else address_of(page, delegate)
        assert client.post(address, typed).status_code in {302, 403, 404}, page
    assert seat_of(delegate).end_date is None
    assert not Person.objects.filter(email=NEW).exists()


def test_looking_at_the_effects_changes_nothing(client, lead, group, invited):
    client.force_login(lead)
    page = client.post(reverse("office:appoint"), appointment(group, role=Role.CLERK))
    assert "Der Link zum Zugang geht an neu@example.org." in text_of(page)
    assert f"<strong>{invited}</strong>" in page.text
    assert "Sofort eingeladen: Nele Neumann." in text_of(page)
    assert not Person.objects.filter(email=NEW).exists()
    assert not Message.objects.exists()
    assert not Line.objects.filter(verb="Mitglied berufen").exists()


def test_appoint_invites_to_the_meetings_ahead(client, lead, group, invited):
    client.force_login(lead)
    _, done = confirm(client, reverse("office:appoint"), appointment(group))
    assert done.url == reverse("members:list")
    assert Membership.objects.get(person__email=NEW).role == Role.STAFF
    assert set(Message.objects.values_list("to", "kind")) == {(NEW, "Zugang"), (NEW, "Einladung")}
    assert invited.attendances.get(person__email=NEW).invited_at is not None


def test_a_second_click_appoints_nobody_twice(client, lead, group):
    client.force_login(lead)
    typed = appointment(group)
    shown, _ = confirm(client, reverse("office:appoint"), typed)
    again = client.post(reverse("office:appoint"), typed | {"seen": sign_on(shown)}, follow=True)
    assert "Das ist schon geschehen" in again.text
    assert Membership.objects.filter(person__email=NEW).count() == 1
    assert Message.objects.count() == 1


def test_going_back_keeps_what_was_typed(client, lead, group):
    client.force_login(lead)
    page = client.post(reverse("office:appoint"), appointment(group) | {"seen": "x", "back": "1"})
    assert page.status_code == 200
    assert 'value="Neumann"' in page.text
    assert not Person.objects.filter(email=NEW).exists()


def test_effects_that_have_changed_are_shown_again(client, lead, group, invited):
    client.force_login(lead)
    typed = appointment(group)
    seen = sign_on(client.post(reverse("office:appoint"), typed))
    invited.delete()
    page = client.post(reverse("office:appoint"), typed | {"seen": seen})
    assert page.status_code == 409
    assert "Inzwischen hat sich etwas geändert." in page.text
    assert 'value="Neumann"' in page.text
    assert not Person.objects.filter(email=NEW).exists()
    client.post(reverse("office:appoint"), typed | {"seen": sign_on(page)})
    assert Membership.objects.filter(person__email=NEW).exists()


def test_appoint_without_fraktion_keeps_what_was_typed(client, lead, group):
    client.force_login(lead)
    page = client.post(reverse("office:appoint"), appointment(group, role=Role.DELEGATE))
    assert page.status_code == 422
    assert "Wählen Sie die Fraktion, für die diese Person spricht." in page.text
    assert 'value="Neumann"' in page.text


def test_appoint_to_a_taken_seat_says_so(client, lead, group, delegate, fraktion):
    client.force_login(lead)
    typed = appointment(group, role=Role.DELEGATE, on_behalf_of=fraktion.pk)
    page = client.post(reverse("office:appoint"), typed)
    assert page.status_code == 422
    assert "bereits eine delegierte Person" in page.text


def test_appoint_into_a_group_of_others_is_refused(client, lead, second_group_member):
    elsewhere = seat_of(second_group_member).organization
    client.force_login(lead)
    assert client.post(reverse("office:appoint"), appointment(elsewhere)).status_code == 422
    assert elsewhere.memberships.count() == 1


def test_appoint_knows_which_seat_is_free(client, lead, fraktion):
    client.force_login(lead)
    page = client.get(reverse("office:appoint"), {"funktion": "delegate", "fraktion": fraktion.pk})
    assert f'<option value="{fraktion.pk}" selected>' in page.text
    assert '<option value="delegate" selected>' in page.text


def test_end_closes_the_pages_and_tells_the_calendar(client, lead, delegate, clerk, invited):
    client.force_login(lead)
    shown, _ = confirm(client, address_of("end", delegate), {"last_day": days(-1).isoformat()})
    assert "Der Sitz endet sofort" in shown.text
    assert f"Sofort abgemeldet, der Termin entfällt: {delegate}." in text_of(shown)
    assert Message.objects.get(to=delegate.email).calendar_method == "CANCEL"
    client.force_login(delegate)
    assert "Schreiber" not in client.get(reverse("members:list")).text
    assert client.get(invited.get_absolute_url()).status_code == 404


def test_end_says_what_somebody_keeps(client, lead, delegate, group):
    MembershipFactory(person=delegate, organization=group, role=Role.STAFF)
    seat = delegate.memberships.get(role=Role.DELEGATE)
    client.force_login(lead)
    page = client.post(reverse("office:end", args=[seat.pk]), {"last_day": days(10).isoformat()})
    assert "Der Zugang bleibt, denn die Person ist außerdem: Verwaltung." in text_of(page)


def test_end_before_the_beginning_is_refused(client, lead, delegate):
    client.force_login(lead)
    page = client.post(address_of("end", delegate), {"last_day": "2001-01-01"})
    assert page.status_code == 422
    assert "Das Ende darf nicht vor dem Beginn" in page.text


def test_end_of_the_last_lead_is_refused(client, lead):
    client.force_login(lead)
    page = client.post(address_of("end", lead), {"last_day": days(5).isoformat()})
    assert page.status_code == 422
    assert "Ohne Leitung könnte niemand mehr jemanden berufen." in page.text


def test_end_that_somebody_else_has_set_is_told(client, lead, delegate):
    seats.end_membership(seat_of(delegate), by=lead, end_date=days(3))
    client.force_login(lead)
    page = client.post(address_of("end", delegate), {"last_day": days(9).isoformat()}, follow=True)
    assert "jemand anderes war schneller" in page.text
    assert seat_of(delegate).end_date == days(3)


def test_replace_hands_over_in_one_step(client, lead, delegate, invited, fraktion):
    client.force_login(lead)
    shown, _ = confirm(client, address_of("replace", delegate), PERSON | {"first_day": days(8).isoformat()})
    assert f"Sofort eingeladen: Nele Neumann. Sofort abgemeldet, der Termin entfällt: {delegate}." in text_of(shown)
    old, new = Membership.objects.filter(on_behalf_of=fraktion).order_by("start_date")
    assert (old.person, old.end_date, new.person.email, new.start_date) == (delegate, days(8), NEW, days(8))
    assert set(Message.objects.values_list("to", "calendar_method")) == {
        (NEW, ""),
        (NEW, "REQUEST"),
        (delegate.email, "CANCEL"),
    }


def test_replace_after_the_meeting_leaves_it_alone(client, lead, delegate, invited):
    client.force_login(lead)
    shown, _ = confirm(client, address_of("replace", delegate), PERSON | {"first_day": days(90).isoformat()})
    assert "Niemand wird nachträglich eingeladen oder abgemeldet." in shown.text
    assert not Message.objects.exclude(kind="Zugang").exists()


def test_replace_from_before_the_beginning_is_refused(client, lead, delegate):
    client.force_login(lead)
    page = client.post(address_of("replace", delegate), PERSON | {"first_day": "2001-01-01"})
    assert page.status_code == 422
    assert "nach dem Beginn der bisherigen Mitgliedschaft" in page.text
    assert seat_of(delegate).end_date is None


def test_reopen_takes_an_end_ahead_back(client, lead, delegate, invited):
    client.force_login(lead)
    confirm(client, address_of("end", delegate), {"last_day": days(5).isoformat()})
    address = address_of("reopen", delegate)
    shown = client.get(address)
    assert f"Sofort eingeladen: {delegate}." in text_of(shown)
    client.post(address, {"seen": sign_on(shown)})
    assert seat_of(delegate).end_date is None
    assert [mail.calendar_method for mail in Message.objects.order_by("pk")] == ["CANCEL", "REQUEST"]


def test_reopen_of_a_seat_with_a_successor_is_refused(client, lead, delegate):
    client.force_login(lead)
    confirm(client, address_of("replace", delegate), PERSON | {"first_day": days(8).isoformat()})
    page = client.get(address_of("reopen", delegate), follow=True)
    assert "bereits eine delegierte Person" in page.text
    assert seat_of(delegate).end_date == days(8)


@pytest.mark.parametrize(("name", "has_steps"), [("lead", True), ("staff", False), ("clerk", False)])
def test_seat_page_offers_steps_to_the_lead_alone(client, person_of, name, has_steps, delegate):
    client.force_login(person_of(name))
    page = client.get(address_of("seat", delegate))
    assert delegate.email in page.text
    assert ("Was soll sich ändern?" in page.text) is has_steps


def test_pages_of_steps_take_few_queries(client, lead, group, invited, django_assert_max_num_queries):
    MembershipFactory.create_batch(30, organization=group)
    client.force_login(lead)
    for page in ("office:seat", "office:end", "office:replace"):
        with django_assert_max_num_queries(15):
            client.get(reverse(page, args=[seat_of(lead).pk]))
