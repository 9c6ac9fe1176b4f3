"""The main job, end to end: browser, database, broker, worker, timetable, mail server, PDF; nothing is pretended."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from portal.meetings.models import Attendance, Meeting
from portal.meetings.tasks import remind
from portal.members.models import Role
from tests.browser import letters, steps
from tests.cast import appointed
from tests.factories import FraktionFactory, LocationFactory
from tests.meetings.calendars import libical_complaints, listed_by_khal
from tests.pdf.test_documents import text_of

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
OPEN, SECRET = "Zweite Leitung zum Rechenzentrum", "Quellwolke: Klage gegen den Dienstleister"


@pytest.fixture
def third_delegate(group):
    fraktion = FraktionFactory(name="Fraktion Freie Bürger", short_name="Freie Bürger")
    return appointed("Drittmann", Role.DELEGATE, group, on_behalf_of=fraktion)


@pytest.fixture
def circle(lead, clerk, delegate, other_delegate, third_delegate):
    """Everybody who is invited."""
    LocationFactory()
    return {person.email for person in (lead, clerk, delegate, other_delegate, third_delegate)}


def answer_by_mail(visitor, post, person):
    """On the phone and without signing in: looking changes nothing, the button does."""
    address = letters.link(letters.letter(post, person, "Einladung"), "?antwort=zusage")
    page = visitor(**PHONE)
    page.goto(address)
    assert not Attendance.objects.exclude(answer="").exists()
    steps.press(page, "Zusagen")
    expect(page.get_by_text("Sie haben zugesagt")).to_be_visible()
    assert Attendance.objects.get(answer="accepted").person == person


def discuss(visitor, meeting, first, second):
    """One writes with scripts, the page stays; one without, and both read both."""
    page = visitor()
    steps.sign_in(page, first)
    steps.open_item(page, meeting, OPEN)
    page.evaluate("window.untouched = true")
    steps.comment(page, "Weg B ist günstiger.")
    assert page.evaluate("window.untouched")
    plain = visitor(second, java_script_enabled=False)
    steps.open_item(plain, meeting, OPEN)
    steps.standing(plain, "Weg B ist günstiger.")
    steps.comment(plain, "Bitte mit Kosten.")
    page.reload()
    steps.standing(page, "Bitte mit Kosten.")


def bring_near():
    """As time does: the meeting begins in six hours, and the invitations are two days old."""
    start = timezone.now() + timedelta(hours=6)
    Meeting.objects.update(start=start, end=start + timedelta(hours=2))
    Attendance.objects.update(invited_at=timezone.now() - timedelta(days=2))


def write_minutes(visitor, meeting, clerk, absent):
    """Attendance, a text and a result for each item, closed for good; gives the file."""
    page = visitor(clerk)
    address = steps.begin_minutes(page, meeting)
    steps.record_attendance(page, {absent: "Entschuldigt"})
    steps.follow(page, "TOP 1")
    for number in range(1, Meeting.objects.get().items.count() + 1):
        outcome = ("Empfehlung", "Der Arbeitskreis empfiehlt Weg B.") if OPEN in page.title() + heading(page) else None
        steps.write_entry(page, f"Verlauf von Punkt {number}.", outcome)
    assert page.url == address
    steps.finalise(page)
    with page.expect_download() as download:
        steps.follow(page, "PDF herunterladen")
    return download.value.path().read_bytes()


def heading(page):
    return page.get_by_role("heading", level=1).inner_text()


def test_meeting_from_the_first_click_to_the_minutes(
    visitor, post, lead, clerk, delegate, other_delegate, third_delegate, circle, topic
):
    office = visitor()
    steps.sign_in(office, lead)
    meeting = steps.schedule(office, timezone.localdate() + timedelta(days=21))
    steps.add_item(office, OPEN, topic=topic.title, text="Weg A oder **Weg B**?")
    steps.add_item(office, SECRET, visibility="confidential", text="Stand der Klage.")
    steps.invite(office)
    letters.arrived(post, "Einladung", circle)

    answer_by_mail(visitor, post, delegate)
    discuss(visitor, meeting, other_delegate, third_delegate)
    letters.arrived(post, f"Neuer Kommentar zu TOP 3: {OPEN}", circle)

    bring_near()
    remind.delay()
    letters.arrived(post, "Erinnerung", {delegate.email})
    letters.arrived(post, "Bitte antworten", circle - {delegate.email})

    steps.hold(office, meeting)
    paper = text_of(write_minutes(visitor, meeting, clerk, absent=other_delegate))
    assert "Der Arbeitskreis empfiehlt Weg B." in paper
    assert "Verlauf von Punkt 1." in paper
    assert delegate.get_full_name() in paper
    letters.arrived(post, "Die Niederschrift liegt vor", circle)
    assert not [mail["Subject"] for mail in post.mails if "Quellwolke" in letters.everything_in(mail)]


def next_day(month):
    """The fifteenth of that month which is at least three weeks ahead."""
    today = timezone.localdate()
    days = (date(today.year + later, month, 15) for later in range(3))
    return next(day for day in days if day >= today + timedelta(days=21))


def test_calendars_follow_a_meeting_across_the_change_of_clocks(visitor, post, lead, delegate, circle, tmp_path):
    page = visitor(lead)
    summer, winter = next_day(7), next_day(1)
    steps.schedule(page, summer)
    steps.add_item(page, SECRET, visibility="confidential")
    steps.invite(page)
    letters.arrived(post, "Einladung", circle)
    steps.move(page, winter)
    letters.arrived(post, "Verlegt", circle)
    steps.cancel(page, "Die Leitung ist erkrankt.")
    letters.arrived(post, "Abgesagt", circle)

    mails = [letters.letter(post, delegate, subject) for subject in ("Einladung", "Verlegt", "Abgesagt")]
    events = [letters.event(mail) for mail in mails]
    told = [(event["method"], event["properties"]["sequence"], event["start"]) for event in events]
    assert told == [
        ("REQUEST", "0", f"{summer}T15:00:00.000Z"),  # 17:00 in Berlin, in summer
        ("REQUEST", "1", f"{winter}T16:00:00.000Z"),  # and in winter
        ("CANCEL", "2", f"{winter}T16:00:00.000Z"),
    ]
    assert len({event["properties"]["uid"] for event in events}) == 1
    assert [letters.method(mail) for mail in mails] == ["REQUEST", "REQUEST", "CANCEL"]
    assert not [mail["Subject"] for mail in post.mails if "Quellwolke" in letters.everything_in(mail)]
    for mail, day in ((mails[0], summer), (mails[1], winter)):
        assert libical_complaints(letters.calendar(mail)) == []
        assert listed_by_khal(letters.calendar(mail), tmp_path, f"{day}")[0].startswith("17:00")
