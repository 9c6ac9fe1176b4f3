from datetime import timedelta

import icalendar
import pytest
from django.utils import timezone

from portal.meetings.actions import agenda, invitation
from portal.meetings.models import Meeting
from tests.factories import AgendaItemFactory, AttendanceFactory, GuestFactory, MembershipFactory
from tests.meetings.letters import INTERNAL, SECRETS, TEXT, add_marked_items, mails, readers
from tests.meetings.pages import text_of, url
from tests.pdf.test_documents import text_of as text_of_pdf

BUDGET = 15


@pytest.fixture
def invited(draft, lead, delegate):
    """A meeting to which people are invited, an agenda with marks included."""
    add_marked_items(draft)
    invitation.invite(draft, by=lead, version=draft.version)
    draft.refresh_from_db()
    return draft


@pytest.fixture
def office(client, lead):
    client.force_login(lead)
    return client


def hidden(response):
    """What the page's own form would send."""
    form = response.context["form"]
    return {name: form[name].value() for name in ("version", "revision", "seen") if name in form.fields}


def times(meeting, days=0):
    start, end = timezone.localtime(meeting.start + timedelta(days=days)), timezone.localtime(meeting.end)
    return {"day": f"{start:%Y-%m-%d}", "starts": f"{start:%H:%M}", "ends": f"{end:%H:%M}"}


def moving(meeting, **changes):
    """The form of the page for moving, as it is filled in at first."""
    filled = {"version": meeting.version, "format": meeting.format, "location": meeting.location_id or ""}
    return filled | times(meeting) | changes


def test_page_says_what_will_be_sent_and_sends_nothing(office, draft, delegate, group):
    add_marked_items(draft)
    silent = MembershipFactory(organization=group, person__email=None).person
    response = office.get(url("invite", draft))
    page = text_of(response)
    assert f"Einladung: {draft.label} am " in page
    assert "<strong>2 Personen erhalten eine E-Mail</strong>" in page
    assert "Diese Personen erhalten die Einladung nicht per E-Mail" in page
    assert silent.get_full_name() in page
    assert "Noch " in page
    assert INTERNAL in page
    assert "TOP 3 (vertraulich)" in page
    assert not [word for word in (*SECRETS, TEXT) if word in page]
    draft.refresh_from_db()
    assert (draft.state, mails()) == ("draft", [])


def test_button_sends_and_says_so(office, draft, delegate):
    seen = hidden(office.get(url("invite", draft)))
    response = office.post(url("invite", draft), seen, follow=True)
    assert response.redirect_chain == [(draft.get_absolute_url(), 302)]
    assert "Die Einladung ist verschickt. 2 Personen erhalten eine E-Mail." in text_of(response)
    assert len(mails()) == 2


def test_second_click_sends_nothing_and_says_that_it_is_done(office, draft, delegate):
    seen = hidden(office.get(url("invite", draft)))
    office.post(url("invite", draft), seen)
    response = office.post(url("invite", draft), seen, follow=True)
    assert "Die Einladung ist schon verschickt." in text_of(response)
    assert len(mails()) == 2


def test_meeting_that_changed_meanwhile_is_shown_again(office, draft, lead):
    seen = hidden(office.get(url("invite", draft)))
    AgendaItemFactory(meeting=draft, title="Glasfaser")
    response = office.post(url("invite", draft), seen)
    assert response.status_code == 409
    assert "Die Sitzung wurde inzwischen geändert." in text_of(response)
    assert "Glasfaser" in text_of(response)
    assert mails() == []
    assert office.post(url("invite", draft), hidden(response)).status_code == 302


def test_obstacle_is_told_instead_of_the_button(office, draft):
    draft.items.all().delete()
    page = office.get(url("invite", draft))
    assert "Die Tagesordnung ist leer." in text_of(page)
    assert "Einladung verschicken" not in text_of(page)
    response = office.post(url("invite", draft), hidden(page))
    assert response.status_code == 422
    assert mails() == []


def test_late_invitation_asks_for_the_reason(office, draft):
    soon = timezone.now() + timedelta(days=5)
    Meeting.objects.filter(pk=draft.pk).update(start=soon, end=soon + timedelta(hours=1))
    page = office.get(url("invite", draft))
    assert "Frist überschritten" in text_of(page)
    response = office.post(url("invite", draft), hidden(page))
    assert response.status_code == 422
    assert "Geben Sie den Grund für die kurze Frist an." in text_of(response)
    assert office.post(url("invite", draft), {**hidden(page), "late_reason": "Eilt."}).status_code == 302


def test_reason_survives_a_change_meanwhile(office, draft):
    soon = timezone.now() + timedelta(days=5)
    Meeting.objects.filter(pk=draft.pk).update(start=soon, end=soon + timedelta(hours=1))
    seen = hidden(office.get(url("invite", draft)))
    AgendaItemFactory(meeting=draft)
    assert "Der Antrag läuft ab." in text_of(
        office.post(url("invite", draft), {**seen, "late_reason": "Der Antrag läuft ab."})
    )


def test_preview_is_the_letter_and_sends_nothing(office, draft):
    add_marked_items(draft)
    response = office.get(url("invite_preview", draft))
    text = text_of_pdf(response.content)
    assert INTERNAL in text
    assert not [word for word in (*SECRETS, TEXT) if word in text]
    assert mails() == []


def test_page_of_an_invited_meeting_tells_what_is_new(office, invited, lead, delegate, group):
    assert "nichts geändert" in text_of(office.get(url("invite", invited)))
    agenda.add_item(invited, by=lead, title="Glasfaser")
    newcomer = MembershipFactory(organization=group).person
    delegate.memberships.update(end_date=timezone.localdate())
    page = office.get(url("invite", invited))
    for words in (
        "Nachtrag: TOP 4: Glasfaser",
        newcomer.get_full_name(),
        "Nicht mehr dabei:",
        "Geänderte Tagesordnung: ",
    ):
        assert words in text_of(page)
    response = office.post(url("invite", invited), hidden(page), follow=True)
    assert "Die Änderung ist verschickt." in text_of(response)
    assert readers(key__startswith=f"invitation:{invited.pk}:2:") == {lead.email, newcomer.email}


@pytest.mark.parametrize("people", [1, 3])
def test_invite_page_asks_the_same_for_one_and_for_many(
    client, lead, draft, group, people, django_assert_max_num_queries
):
    MembershipFactory.create_batch(people, organization=group)
    for guest in GuestFactory.create_batch(people, meeting=draft):
        guest.items.set(AgendaItemFactory.create_batch(people, meeting=draft))
    client.force_login(lead)
    client.get(url("invite", draft))  # the first page renews the session
    with django_assert_max_num_queries(BUDGET) as first:
        client.get(url("invite", draft))
    MembershipFactory(organization=group)
    with django_assert_max_num_queries(len(first)):
        client.get(url("invite", draft))


def test_other_pages_keep_the_budget(client, lead, invited, django_assert_max_num_queries):
    client.force_login(lead)
    AttendanceFactory.create_batch(3, meeting=invited)
    client.get(invited.get_absolute_url())  # the first page renews the session
    for page in (url("move", invited), url("cancel", invited), url("invitation_pdf", invited), url("ics", invited)):
        with django_assert_max_num_queries(BUDGET):
            assert client.get(page).status_code == 200


def test_move_page_moves_and_tells(office, invited, delegate):
    assert text_of(office.get(url("move", invited))).count("Bisher: ") == 1
    response = office.post(url("move", invited), moving(invited, **times(invited, days=7), note="Der Saal ist belegt."))
    assert response.url == invited.get_absolute_url()
    start = invited.start
    invited.refresh_from_db()
    assert invited.start.date() == (start + timedelta(days=7)).date()
    assert readers(key__contains=":2:") == {"leitner@example.org", delegate.email}


def test_move_page_takes_a_new_place(office, invited):
    place = {"location": "", "place_name": "Feuerwache", "place_city": "Beispielhausen"}
    assert office.post(url("move", invited), moving(invited, **place)).status_code == 302
    invited.refresh_from_db()
    assert invited.location.name == "Feuerwache"


def test_move_page_says_what_is_wrong(office, invited):
    response = office.post(url("move", invited), moving(invited))
    assert response.status_code == 422
    assert "Zeit und Ort sind unverändert." in text_of(response)
    soon = f"{timezone.localtime() + timedelta(days=3):%Y-%m-%d}"
    response = office.post(url("move", invited), moving(invited, day=soon, note="Mein Grund"))
    assert response.status_code == 422
    assert "Die Ladungsfrist ist nicht mehr einzuhalten." in text_of(response)
    assert "Mein Grund" in text_of(response)


def test_move_of_an_older_version_shows_both(office, invited):
    older = moving(invited, **times(invited, days=7), note="Mein Grund")
    office.post(url("move", invited), moving(invited, **times(invited, days=14)))
    response = office.post(url("move", invited), older)
    assert response.status_code == 409
    page = text_of(response)
    assert "Jemand anderes hat inzwischen gespeichert" in page
    assert "Mein Grund" in page
    assert f"{timezone.localtime(invited.start + timedelta(days=14)):%d.%m.%Y}" in page


def test_cancel_page_asks_and_calls_off(office, invited, delegate):
    assert "2 Personen werden benachrichtigt" in text_of(office.get(url("cancel", invited)))
    response = office.post(url("cancel", invited), {"version": invited.version, "reason": ""})
    assert response.status_code == 422
    assert "Geben Sie den Grund an." in text_of(response)
    office.post(url("cancel", invited), {"version": invited.version, "reason": "Grippewelle."})
    invited.refresh_from_db()
    assert invited.state == "cancelled"
    assert readers(calendar_method="CANCEL") == {"leitner@example.org", delegate.email}


def test_cancel_of_an_older_version_asks_again(office, invited):
    response = office.post(url("cancel", invited), {"version": invited.version - 1, "reason": "Grippewelle."})
    assert response.status_code == 409
    assert "Soll sie trotzdem entfallen?" in text_of(response)
    assert ">Grippewelle.</textarea>" in text_of(response)
    assert response.context["form"]["version"].value() == str(invited.version)


def test_cancel_page_of_a_draft_promises_silence(office, draft):
    assert "Niemand wird benachrichtigt." in text_of(office.get(url("cancel", draft)))
    office.post(url("cancel", draft), {"version": draft.version})
    draft.refresh_from_db()
    assert (draft.state, mails()) == ("cancelled", [])


def test_letter_is_served_as_a_file_that_no_browser_runs(client, invited, delegate):
    client.force_login(delegate)
    response = client.get(url("invitation_pdf", invited))
    assert response.content == bytes(invited.revisions.get().invitation_pdf)
    name = f"Einladung-{invited.number}-Sitzung-{invited.year}.pdf"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "no-store"
    policy = response["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy


def test_letter_and_calendar_file_of_a_guest_hold_only_the_guests_items(client, draft, lead):
    internal, secret = add_marked_items(draft)
    guest = GuestFactory(meeting=draft, items=[secret]).person
    invitation.invite(draft, by=lead, version=draft.version)
    client.force_login(guest)
    letter = text_of_pdf(client.get(url("invitation_pdf", draft)).content)
    calendar = client.get(url("ics", draft)).content.decode().replace("\r\n ", "")
    for content in (letter, calendar):
        assert "TOP 3 (vertraulich)" in content
        assert internal.title not in content
        assert not [word for word in SECRETS if word in content]


def test_calendar_file_names_nobody_and_nothing_confidential(client, invited, delegate):
    client.force_login(delegate)
    response = client.get(url("ics", invited))
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    whole = icalendar.Calendar.from_ical(response.content)
    event = whole.walk("VEVENT")[0]
    assert (whole["METHOD"], event["UID"]) == ("PUBLISH", f"{invited.pk}@testserver")
    assert "ATTENDEE" not in event
    text = response.content.decode().replace("\r\n ", "")
    assert INTERNAL in text
    assert "/antwort/" not in text
    assert not [word for word in (*SECRETS, TEXT) if word in text]


def test_calendar_file_of_a_cancelled_meeting_says_so(client, invited, lead, delegate):
    invitation.cancel(invited, by=lead, version=invited.version, reason="Aus.")
    client.force_login(delegate)
    assert b"STATUS:CANCELLED" in client.get(url("ics", invited)).content


def test_draft_has_neither_letter_nor_calendar_file(office, draft):
    assert office.get(url("invitation_pdf", draft)).status_code == 404
    assert office.get(url("ics", draft)).status_code == 404
