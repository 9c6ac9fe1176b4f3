"""After the invitation: a Nachtrag and a cancellation, from the lead's pages to the delegate's page and mail."""

import pytest
from playwright.sync_api import expect

from portal.mail import sender
from portal.meetings.actions import invitation
from tests.browser import letters, steps

NEW, RENAMED = "Glasfaser im Rathaus", "Wärmeplan, zweite Lesung"


@pytest.fixture
def invited(draft, lead, delegate, sink):
    """The meeting after its first invitation, which has arrived."""
    invitation.invite(draft, by=lead, version=draft.version)
    sender.sweep()
    return draft


def test_supplement_is_previewed_sent_and_marked(visitor, everywhere, invited, lead, delegate, sink):
    old = invited.items.get().title
    office = visitor(lead)
    office.goto(invited.get_absolute_url())
    steps.add_item(office, NEW)
    steps.follow(office, "TOP 1 bearbeiten")
    office.get_by_label("Titel", exact=True).fill(RENAMED)
    steps.press(office, "Speichern")
    expect(office.get_by_text("Seit der letzten Nachricht hat sich etwas geändert.")).to_be_visible()

    steps.follow(office, "Änderung mitteilen")
    news = office.get_by_role("region", name="Das ist neu")
    expect(news).to_contain_text(f"Nachtrag: TOP 2: {NEW}")
    expect(news).to_contain_text(f"bisher {old} jetzt {RENAMED}")
    assert everywhere(office) == []
    steps.press(office, "Änderung verschicken")
    steps.told(office, "Die Änderung ist verschickt.")

    page = visitor(delegate)
    page.goto(invited.get_absolute_url())
    row = page.get_by_role("listitem").filter(has_text=NEW)
    expect(row.get_by_text("Nachtrag", exact=True)).to_be_visible()
    expect(page.get_by_text("Nachtrag", exact=True)).to_have_count(1)
    assert everywhere(page) == []

    sender.sweep()
    mail = letters.letter(sink, delegate, "Geänderte Tagesordnung")
    text = " ".join(letters.everything_in(mail).split())
    assert f"Nachtrag: TOP 2: {NEW}" in text
    assert f"bisher: {old} jetzt: {RENAMED}" in text
    event, first = letters.event(mail), letters.event(letters.letter(sink, delegate, "Einladung"))
    assert (event["method"], event["properties"]["uid"]) == ("REQUEST", first["properties"]["uid"])


def test_cancellation_asks_for_the_reason_and_reaches_the_delegate(visitor, everywhere, invited, lead, delegate, sink):
    office = visitor(lead)
    office.goto(invited.get_absolute_url())
    steps.follow(office, "Absagen")
    steps.press(office, "Sitzung absagen")
    expect(office.get_by_role("link", name="Geben Sie den Grund an.")).to_be_visible()
    office.get_by_label("Grund der Absage").fill("Sturmwarnung des Wetterdienstes.")
    office.get_by_role("button", name="Sitzung absagen", exact=True).dblclick()
    office.wait_for_url(f"**{invited.get_absolute_url()}")

    page = visitor(delegate)
    page.goto(invited.get_absolute_url())
    notice = page.get_by_text("Diese Sitzung ist abgesagt.")
    expect(notice).to_be_visible()
    expect(page.get_by_text("Sturmwarnung des Wetterdienstes.")).to_be_visible()
    expect(page.get_by_role("button", name="Zusagen")).to_have_count(0)
    assert everywhere(page) == []

    sender.sweep()
    assert letters.readers(sink, "Abgesagt") == {lead.email, delegate.email}
    mail = letters.letter(sink, delegate, "Abgesagt")
    assert letters.method(mail) == "CANCEL"
    assert "Sturmwarnung des Wetterdienstes." in letters.everything_in(mail)
    event, first = letters.event(mail), letters.event(letters.letter(sink, delegate, "Einladung"))
    assert (event["properties"]["uid"], event["properties"]["sequence"]) == (first["properties"]["uid"], "1")
