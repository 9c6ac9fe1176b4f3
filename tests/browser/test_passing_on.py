"""A seat is passed on, end to end: the delegate's phone, silence, the second deputy's mail, the paper at the end."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from portal.meetings import emails
from portal.meetings.models import AgendaItem, Attendance, Meeting
from portal.meetings.tasks import tend_seats
from tests.browser import letters, steps
from tests.factories import LocationFactory
from tests.meetings.seating import pass_on, row, says
from tests.pdf.test_documents import text_of

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
PLAIN = {**PHONE, "java_script_enabled": False}
INTERNAL = "Zweite Leitung zum Rechenzentrum"


def open_from_mail(page, post, person, subject, answer):
    page.goto(letters.link(letters.letter(post, person, subject), f"?antwort={answer}"))


def time_passes_for(deputy):
    """The deadline is over; the worker sees to the rest."""
    Attendance.objects.filter(person=deputy).update(answer_by=timezone.now() - timedelta(seconds=1))
    tend_seats.delay()


def paper_of(visitor, clerk, meeting):
    """The clerk takes over the answers, closes the minutes and has the file."""
    page = visitor(clerk)
    steps.begin_minutes(page, meeting)
    steps.record_attendance(page, {})
    steps.finalise(page)
    with page.expect_download() as download:
        steps.follow(page, "PDF herunterladen")
    return text_of(download.value.path().read_bytes())


@pytest.mark.usefixtures("only_when_called_in")
def test_seat_goes_from_the_delegate_to_the_second_deputy(
    visitor, post, lead, clerk, delegate, deputy, second, fraktion
):
    LocationFactory()
    office = visitor(lead)
    meeting = steps.schedule(office, timezone.localdate() + timedelta(days=21))
    steps.add_item(office, INTERNAL)
    steps.invite(office)
    letters.arrived(post, "Einladung", {lead.email, clerk.email, delegate.email})

    phone = visitor(**PHONE)
    open_from_mail(phone, post, delegate, "Einladung", "vertretung")
    steps.press(phone, "Absagen und um Vertretung bitten")
    expect(phone.get_by_text(f"{deputy.get_full_name()} ist um Vertretung gebeten")).to_be_visible()
    letters.arrived(post, "Bitte um Vertretung", {deputy.email})

    item = AgendaItem.objects.get(title=INTERNAL).get_absolute_url()
    reader = visitor(second, **PHONE)
    assert reader.goto(item).status == 404
    time_passes_for(deputy)
    letters.arrived(post, "Bitte um Vertretung", {deputy.email, second.email})
    letters.arrived(post, "Termin entfällt für Sie", {deputy.email})
    assert [letters.method(letters.letter(post, deputy, words)) for words in ("Bitte um", "Termin")] == [
        "REQUEST",
        "CANCEL",
    ]

    plain = visitor(**PLAIN)
    open_from_mail(plain, post, second, "Bitte um Vertretung", "zusage")
    steps.press(plain, "Zusagen")
    expect(plain.get_by_text(f"Sie vertreten {delegate.get_full_name()}")).to_be_visible()
    letters.arrived(post, "Sie werden vertreten", {delegate.email})
    assert reader.goto(item).status == 200
    assert visitor(deputy).goto(item).status == 404

    office.goto(meeting)
    standing = office.get_by_role("listitem").filter(has_text=f"in Vertretung für {delegate.get_full_name()}")
    expect(standing).to_contain_text(second.get_full_name())
    steps.hold(office, meeting)
    paper = paper_of(visitor, clerk, meeting)
    assert f"in Vertretung für Frau {delegate.get_full_name()}" in " ".join(paper.split())
    assert deputy.get_full_name() not in paper


@pytest.mark.parametrize("options", [PHONE, PLAIN], ids=["script", "no script"])
def test_delegate_passes_on_in_the_portal_and_comes_after_all(
    visitor, everywhere, asked, meeting, delegate, deputy, options
):
    page = visitor(delegate, **options)
    page.goto(meeting.get_absolute_url())
    steps.press(page, "Absagen und um Vertretung bitten")
    steps.told(page, f"{deputy.get_full_name()} ist um Vertretung gebeten.")
    says(meeting, deputy, "accepted")
    page.reload()
    expect(page.get_by_text(f"{deputy.get_full_name()} vertritt Sie.")).to_be_visible()
    page.get_by_text("Antwort ändern").click()
    steps.press(page, "Zusagen")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nehmen Sie doch selbst teil?")
    if options is PHONE:
        assert everywhere(page) == []
    steps.press(page, "Selbst teilnehmen")
    steps.told(page, "Ihre Zusage ist gespeichert.")
    assert row(meeting, deputy).invited_at is None


def test_lead_arranges_the_seat(visitor, everywhere, asked, meeting, lead, delegate, deputy, second):
    pass_on(meeting, delegate)
    page = visitor(lead)
    page.goto(meeting.get_absolute_url())
    steps.unfold(page)
    expect(page.get_by_text(f"{deputy.get_full_name()} (1. Stellvertretung) ist angefragt")).to_be_visible()
    assert everywhere(page) == []
    steps.follow(page, f"Vertretung regeln für {delegate.get_full_name()}")
    assert everywhere(page) == []
    page.get_by_role("button", name=re.compile(f"^Fragen.*{second.get_full_name()}")).click()
    steps.told(page, f"{second.get_full_name()} ist um Vertretung gebeten")
    assert row(meeting, second).is_called_in


def test_pages_of_a_deputy_are_accessible(visitor, everywhere, asked, meeting, delegate, deputy, second):
    pass_on(meeting, delegate)
    page = visitor(deputy)
    page.goto("/")
    expect(page.get_by_text(f"Können Sie {delegate.get_full_name()} vertreten?")).to_be_visible()
    assert everywhere(page) == []
    link = emails.answer_url(row(meeting, deputy)).removeprefix("http://testserver")
    page = visitor()
    page.goto(link)
    assert everywhere(page) == []
    steps.press(page, "Absagen")
    expect(page.get_by_role("heading", level=1)).to_have_text("Danke für Ihre Antwort")
    assert everywhere(page) == []
    assert Meeting.objects.get().attendances.called_in().get().person == second
