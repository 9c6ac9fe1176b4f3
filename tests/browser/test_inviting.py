"""Inviting, moving, calling off and answering in a real browser."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from portal.mail.models import Message
from portal.meetings import emails
from portal.meetings.actions import agenda, invitation
from portal.meetings.models import Meeting
from tests.factories import AgendaItemFactory, AttendanceFactory, GuestFactory, MembershipFactory
from tests.meetings.pages import url


@pytest.fixture
def asked(meeting, delegate):
    return AttendanceFactory(meeting=meeting, person=delegate, role="delegate")


def link(attendance, query=""):
    return emails.answer_url(attendance).removeprefix("http://testserver") + query


def press(page, name):
    page.get_by_role("button", name=name).click()


@pytest.mark.parametrize("options", [{}, {"java_script_enabled": False}], ids=["script", "no script"])
def test_link_of_a_mail_answers_by_button(visitor, asked, options):
    page = visitor(**options)
    page.goto(link(asked, "?antwort=absage"))
    asked.refresh_from_db()
    assert asked.answer == ""
    page.get_by_label("Bemerkung").fill("Krank")
    press(page, "Absagen")
    expect(page.get_by_text("Sie haben abgesagt")).to_be_visible()
    asked.refresh_from_db()
    assert (asked.answer, asked.note) == ("declined", "Krank")


def test_enter_in_the_remark_sends_the_chosen_answer(visitor, asked):
    page = visitor()
    page.goto(link(asked, "?antwort=absage"))
    page.get_by_label("Bemerkung").press("Enter")
    expect(page.get_by_text("Sie haben abgesagt")).to_be_visible()


def test_link_of_a_mail_is_told_to_no_other_page(visitor, asked):
    page = visitor()
    referers = []
    page.on("request", lambda request: referers.append(request.headers.get("referer", "")))
    page.goto(link(asked))
    press(page, "Zusagen")
    page.get_by_role("link", name="im Portal").click()
    page.wait_for_url("**/konto/login/**")
    assert any(referers)
    assert not [referer for referer in referers if "antwort" in referer]


def test_answer_pages_are_accessible(visitor, everywhere, asked):
    page = visitor()
    for address in (link(asked), link(asked, "?antwort=absage"), reverse("meetings:answer", args=["x"])):
        page.goto(address)
        assert everywhere(page) == []
    page.goto(link(asked))
    press(page, "Zusagen")
    assert everywhere(page) == []


def test_answer_in_the_portal_is_accessible_and_can_be_changed(visitor, everywhere, asked, meeting, delegate, lead):
    AttendanceFactory(meeting=meeting, person=lead, answer="declined", note="Zahnarzt")
    page = visitor(delegate)
    page.goto(meeting.get_absolute_url())
    assert everywhere(page) == []
    press(page, "Zusagen")
    expect(page.get_by_text("Ihre Zusage ist gespeichert.")).to_be_visible()
    page.get_by_text("Antwort ändern").click()
    assert everywhere(page) == []
    press(page, "Absagen")
    expect(page.get_by_text("Sie haben abgesagt.")).to_be_visible()


def test_inviting_is_accessible_and_a_double_click_sends_once(visitor, everywhere, draft, lead, delegate, group):
    MembershipFactory(organization=group, person__email=None)
    GuestFactory(meeting=draft, items=[AgendaItemFactory(meeting=draft, visibility="confidential")])
    page = visitor(lead)
    page.goto(url("invite", draft))
    page.get_by_text("Namen anzeigen").click()
    assert everywhere(page) == []
    page.get_by_role("button", name="Einladung verschicken").dblclick()
    page.wait_for_url(f"**{draft.get_absolute_url()}")
    assert Message.objects.count() == 3
    agenda.add_item(draft, by=lead, title="Glasfaser")
    page.goto(url("invite", draft))
    assert everywhere(page) == []
    press(page, "Änderung verschicken")
    expect(page.get_by_text("Die Änderung ist verschickt.")).to_be_visible()


def test_late_and_impossible_invitations_are_accessible(visitor, everywhere, draft, lead):
    soon = timezone.now() + timedelta(days=5)
    Meeting.objects.filter(pk=draft.pk).update(start=soon, end=soon + timedelta(hours=1))
    page = visitor(lead)
    page.goto(url("invite", draft))
    press(page, "Einladung verschicken")
    expect(page.get_by_role("link", name="Geben Sie den Grund für die kurze Frist an.")).to_be_visible()
    assert everywhere(page) == []
    draft.items.all().delete()
    page.goto(url("invite", draft))
    assert everywhere(page) == []


def test_moving_and_calling_off_are_accessible(visitor, everywhere, draft, lead, delegate):
    invitation.invite(draft, by=lead, version=draft.version)
    page = visitor(lead)
    page.goto(url("move", draft))
    assert everywhere(page) == []
    page.get_by_label("Ende").fill("03:00")
    press(page, "Verlegen und mitteilen")
    expect(page.get_by_role("link", name="Das Ende muss nach dem Beginn liegen.")).to_be_visible()
    assert everywhere(page) == []
    page.goto(url("cancel", draft))
    assert everywhere(page) == []
    press(page, "Sitzung absagen")
    assert everywhere(page) == []
    page.get_by_label("Grund").fill("Grippewelle.")
    press(page, "Sitzung absagen")
    expect(page.get_by_text("Die Sitzung ist abgesagt.")).to_be_visible()
