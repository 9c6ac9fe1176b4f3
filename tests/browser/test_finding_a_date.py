"""A date is found, end to end: the lead's desk, a phone without scripts by the link of a mail, portal, meeting."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from portal.mail.models import Message
from portal.meetings.models import DatePoll, Meeting
from tests.browser import letters, steps
from tests.factories import DatePollFactory, LocationFactory, evening
from tests.meetings.polling import link, said, says

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
PLAIN = {**PHONE, "java_script_enabled": False}
TITLE = "Besuch im Rechenzentrum"


def offer(page, *days):
    """From the list of meetings: three dates, sent to all."""
    page.goto("/sitzungen/")
    steps.follow(page, "Terminumfragen")
    steps.follow(page, "Termine anbieten")
    page.get_by_label("Worum es geht").fill(TITLE)
    for number, day in enumerate(days, 1):
        row = page.get_by_role("group", name=f"{number}. Termin")
        row.get_by_label("Datum").fill(f"{evening(days=day):%Y-%m-%d}")
        row.get_by_label("Beginn").fill("17:00")
    page.get_by_label("Antwort bis").fill(f"{evening(days=7):%Y-%m-%d}")
    steps.press(page, "Umfrage verschicken")
    steps.told(page, "Die Terminumfrage ist verschickt.")
    return page.url


def tick(page, *words):
    """One word for each of the dates that are shown, in their order; "" leaves it open."""
    for group, word in zip(page.locator("fieldset").all(), words, strict=True):
        if word:
            group.get_by_label(word, exact=True).check()
    steps.press(page, "Antwort speichern")


def test_lead_offers_two_answer_and_the_best_date_becomes_a_meeting(visitor, post, lead, delegate, other_delegate):
    LocationFactory()
    office = visitor(lead)
    poll = offer(office, 21, 28, 35)
    everybody = {lead.email, delegate.email, other_delegate.email}
    letters.arrived(post, "Terminumfrage", everybody)

    plain = visitor(**PLAIN)
    plain.goto(letters.link(letters.letter(post, delegate, "Terminumfrage"), "/"))
    tick(plain, "Ja", "Wenn nötig", "")
    expect(plain.get_by_text("Sie haben am")).to_be_visible()
    tick(plain, "Nein", "", "")
    expect(plain.locator("fieldset").first.get_by_label("Nein")).to_be_checked()
    assert said(DatePoll.objects.get(), delegate) == ["no", "maybe", ""]

    portal = visitor(other_delegate, **PHONE)
    portal.goto("/")
    steps.follow(portal, "Antworten")
    tick(portal, "Ja", "Ja", "Nein")
    steps.told(portal, "Ihre Antwort ist gespeichert.")

    office.goto(poll)
    expect(office.get_by_text("die meisten Fraktionen vertreten sind (2 von 2)")).to_be_visible()
    best = office.get_by_role("listitem").filter(has_text="Empfohlen")
    best.get_by_role("button", name="Festlegen und einladen").click()
    steps.told(office, "Der Termin steht fest")
    expect(office.get_by_role("heading", level=1)).to_contain_text("einladen")
    letters.arrived(post, "Termin steht fest", everybody)
    meeting = Meeting.objects.get()
    assert (meeting.title, meeting.start, meeting.state) == (TITLE, evening(days=28), "draft")
    assert plain.goto(plain.url).status == 404


@pytest.fixture
def poll(group, lead, delegate, other_delegate):
    poll = DatePollFactory(organization=group, title=TITLE, days=(21, 28, 35), asked=[lead, delegate, other_delegate])
    says(poll, lead, "yes", "yes", "no")
    says(poll, other_delegate, "maybe", "yes")
    return poll


def test_every_page_of_a_poll_is_accessible(visitor, everywhere, poll, lead, delegate, group):
    over = DatePollFactory(
        organization=group, asked=[lead], state="cancelled", cancel_reason="Zu viele Absagen", closed_at=timezone.now()
    )
    addresses = [reverse("meetings:polls"), reverse("meetings:poll_create"), poll.get_absolute_url()]
    addresses += [over.get_absolute_url(), reverse("meetings:poll_call_off", args=[poll.pk])]
    page = visitor(lead)
    for address in addresses:
        page.goto(address)
        steps.unfold(page)
        assert everywhere(page) == [], address
    steps.press(page, "Umfrage beenden")
    expect(page.get_by_role("alert")).to_contain_text("Geben Sie den Grund an.")
    assert everywhere(page) == []
    page = visitor()
    page.goto(link(poll, delegate))
    assert everywhere(page) == []
    steps.press(page, "Antwort speichern")
    expect(page.get_by_role("alert")).to_contain_text("Wählen Sie bei mindestens einem Termin eine Antwort.")
    assert everywhere(page) == []
    page.goto("/terminantwort/unsinn/")
    assert everywhere(page) == []


def test_what_was_typed_stands_beside_what_is_wrong(visitor, everywhere, lead):
    page = visitor(lead, java_script_enabled=False)
    page.goto(reverse("meetings:poll_create"))
    page.get_by_label("Worum es geht").fill(TITLE)
    page.get_by_text("Weitere Termine").click()
    row = page.get_by_role("group", name="7. Termin")
    row.get_by_label("Datum").fill(f"{evening(days=21):%Y-%m-%d}")
    steps.press(page, "Umfrage verschicken")
    alert = page.get_by_role("alert")
    for words in ("Bieten Sie mindestens 2 Termine an.", "Geben Sie den Beginn ein.", "Geben Sie an, bis wann"):
        expect(alert).to_contain_text(words)
    expect(page.get_by_label("Worum es geht")).to_have_value(TITLE)
    expect(row.get_by_label("Datum")).to_be_visible()
    assert not DatePoll.objects.exists()
    assert not Message.objects.exists()


def test_phone_lists_the_people_of_each_date(visitor, poll, lead, other_delegate):
    page = visitor(lead, **PHONE)
    page.goto(poll.get_absolute_url())
    expect(page.get_by_role("table")).to_have_count(0)
    second = page.get_by_role("listitem").filter(has_text="Ja (2)")
    expect(second).to_contain_text(other_delegate.get_full_name())
    page.set_viewport_size({"width": 1280, "height": 900})
    row = page.get_by_role("row", name=other_delegate.get_full_name())
    expect(row).to_contain_text("wenn nötig")
