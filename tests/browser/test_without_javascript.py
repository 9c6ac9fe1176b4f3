"""Every flow by ordinary links and forms: no script runs on any of these pages."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from portal.mail.models import Message
from portal.meetings.actions.invitation import invite
from portal.meetings.models import Comment, Meeting
from tests.browser import steps
from tests.factories import PASSWORD, AgendaItemFactory, AttendanceFactory, CommentFactory


@pytest.fixture
def visit(visitor):
    """Open the portal with a browser that runs no scripts."""

    def open_page(person=None, address=None, **options):
        page = visitor(person, java_script_enabled=False, **options)
        if address:
            page.goto(address)
        return page

    return open_page


@pytest.fixture
def invited(draft, delegate, lead):
    """The address of a meeting to which people are invited."""
    invite(draft, by=lead, version=draft.version)
    return draft.get_absolute_url()


def agenda(page):
    """The titles of the agenda in their order."""
    region = page.get_by_role("region", name="Tagesordnung")
    return [title.strip() for title in region.get_by_role("heading", level=4).all_inner_texts()]


def test_sign_in_and_out(visit, delegate):
    page = visit()
    steps.sign_in(page, delegate)
    page.get_by_role("button", name="Konto").click()
    steps.press(page, "Abmelden")
    page.goto("/mitglieder/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Anmelden")


def test_theme(visit, delegate):
    page = visit(delegate, "/hilfe/")
    for word, theme in (("Dunkel", "dark"), ("Hell", "light")):
        page.get_by_role("button", name="Konto").click()
        steps.press(page, word)
        expect(page.locator("html")).to_have_attribute("data-kern-theme", theme)
        assert page.url.endswith("/hilfe/")


def test_answer_to_an_invitation(visit, delegate, invited):
    page = visit(delegate, invited)
    page.get_by_text("Bemerkung", exact=True).first.click()
    page.get_by_label("Bemerkung").fill("erst ab 18 Uhr")
    steps.press(page, "Zusagen")
    expect(page.get_by_text("Sie haben zugesagt.")).to_be_visible()
    expect(page.get_by_text("„erst ab 18 Uhr“")).to_be_visible()
    page.get_by_text("Antwort ändern").click()
    steps.press(page, "Absagen")
    expect(page.get_by_text("Sie haben abgesagt.")).to_be_visible()


def test_answer_by_the_link_of_a_mail(visit, delegate, invited):
    text = Message.objects.get(to=delegate.email).text
    page = visit(address=re.search(r"http://testserver(/antwort/\S+\?antwort=absage)", text)[1])
    steps.press(page, "Absagen")
    expect(page.get_by_text("Sie haben abgesagt")).to_be_visible()


def test_comments_are_written_answered_changed_and_withdrawn(visit, delegate, item):
    question = CommentFactory(item=item, text="Was kostet das?")
    page = visit(delegate, item.get_absolute_url())
    steps.follow(steps.standing(page, question.text), "Antworten")
    page.get_by_label("Ihre Antwort an").fill("Zehntausend Euro.")
    steps.press(page, "Antworten")
    reply = steps.standing(page, "Zehntausend Euro.")
    steps.follow(reply, "Bearbeiten")
    page.get_by_label("Ihr Kommentar").fill("Zwölftausend Euro.")
    steps.press(page, "Änderungen speichern")
    reply = steps.standing(page, "Zwölftausend Euro.")
    assert Comment.objects.get(parent=question).text == "Zwölftausend Euro."
    steps.follow(reply, "Zurückziehen")
    steps.press(page, "Kommentar zurückziehen")
    steps.told(page, "zurückgezogen")
    expect(page.get_by_text("Zwölftausend Euro.")).not_to_be_visible()


def test_empty_comment_is_refused_with_a_summary(visit, delegate, item):
    page = visit(delegate, item.get_absolute_url())
    steps.press(page, "Kommentar veröffentlichen")
    expect(page.get_by_role("alert")).to_contain_text("Schreiben Sie Ihren Kommentar.")
    assert page.title().startswith("Fehler:")


def test_meeting_is_planned_changed_copied_and_announced(visit, lead, delegate, topic):
    day = timezone.localdate() + timedelta(days=21)
    page = visit(lead)
    meeting = steps.schedule(page, day)
    steps.add_item(page, "Zweite Leitung", topic=topic.title)
    steps.follow(page, "Bearbeiten")
    page.get_by_label("Beginn").fill("16:00")
    steps.press(page, "Speichern")
    expect(page.get_by_text("16:00 bis 19:00 Uhr")).to_be_visible()
    steps.follow(page, "Als neue Sitzung kopieren")
    page.get_by_label("Datum").fill((day + timedelta(days=28)).isoformat())
    steps.press(page, "Als Entwurf anlegen")
    expect(page.get_by_role("link", name="Zweite Leitung")).to_be_visible()
    page.goto(meeting)
    steps.invite(page)
    assert sorted(Meeting.objects.values_list("state", flat=True)) == ["draft", "invited"]
    assert Message.objects.filter(to=delegate.email, kind="Einladung").count() == 1


def test_agenda_is_reordered_by_its_buttons(visit, lead, draft):
    AgendaItemFactory(meeting=draft, title="Der letzte Punkt")
    page = visit(lead, draft.get_absolute_url())
    before = agenda(page)
    steps.press(page, "TOP 2 nach oben")
    expect(page.get_by_role("button", name="TOP 1 nach oben")).to_be_visible()
    assert agenda(page) == before[::-1]


def test_item_is_taken_off_the_agenda(visit, lead, draft):
    page = visit(lead, draft.get_absolute_url())
    steps.follow(page, "TOP 1 bearbeiten")
    steps.follow(page, "Diesen Punkt von der Tagesordnung nehmen")
    steps.press(page, "Von der Tagesordnung nehmen")
    steps.told(page, "steht nicht mehr auf der Tagesordnung")
    assert not draft.items.exists()


def test_minutes_are_written_and_closed(visit, clerk, sitting, other_delegate):
    page = visit(clerk)
    address = steps.begin_minutes(page, sitting.get_absolute_url())
    steps.follow(page, "Erfassen")
    page.get_by_label(f"{other_delegate.get_full_name()}: Teilnahme").select_option("Anwesend")
    page.get_by_role("button", name="Anwesenheit speichern").last.click()
    steps.told(page, "Die Anwesenheit ist gespeichert.")
    steps.follow(page, "TOP 1")
    for number, outcome in enumerate((("Prüfauftrag", "Die Verwaltung prüft das."), None, None), 1):
        steps.write_entry(page, f"Verlauf von Punkt {number}.", outcome)
    assert page.url == address
    page.goto(sitting.get_absolute_url())
    steps.follow(page, "Sitzung beenden")
    steps.press(page, "Sitzung beenden")
    page.goto(address)
    steps.finalise(page)
    expect(page.get_by_text("Die Verwaltung prüft das.")).to_be_visible()
    with page.expect_download() as download:
        steps.follow(page, "PDF herunterladen")
    assert download.value.path().read_bytes().startswith(b"%PDF")


def test_member_is_appointed_and_opens_the_account(visit, lead, fraktion):
    page = visit(lead, "/mitglieder/")
    steps.follow(page, "Mitglied berufen")
    page.get_by_label("Funktion", exact=True).select_option("Delegierte Person")
    page.get_by_label("Fraktion").select_option(fraktion.name)
    page.get_by_label("Vorname").fill("Nadine")
    page.get_by_label("Nachname").fill("Ilgen")
    page.get_by_label("E-Mail-Adresse").fill("ilgen@example.org")
    steps.press(page, "Weiter: Folgen ansehen")
    steps.press(page, "Berufen und Zugang senden")
    steps.told(page, "Die Berufung ist gespeichert.")

    text = Message.objects.get(to="ilgen@example.org").text
    newcomer = visit(address=re.search(r"/konto/einladung/\S+", text)[0])
    for name in (r"^Neues (Kenn|Pass)wort", r"(Kenn|Pass)wort wiederholen"):
        newcomer.get_by_role("textbox", name=re.compile(name)).fill(PASSWORD)
    steps.press(newcomer, "Zugang eröffnen")
    expect(newcomer.get_by_role("heading", level=1)).to_contain_text("Ilgen")


def test_mail_log_is_read(visit, lead, invited, delegate):
    page = visit(lead, "/postausgang/")
    page.get_by_role("row").filter(has_text=delegate.get_full_name()).get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Einladung")


def test_a_meeting_moves_through_its_agenda(visit, lead, delegate, running):
    address = f"{running.get_absolute_url()}live/"
    chair, other = visit(lead, address), visit(delegate, address)
    expect(other.get_by_text("Zurzeit ist kein TOP aufgerufen.")).to_be_visible()
    steps.press(chair, "Aufrufen: TOP 1")
    steps.press(chair, "TOP 3 aufrufen")
    steps.press(chair, "Zurück zu TOP 2")
    expect(chair.get_by_role("heading", name="TOP 2 Punkt intern")).to_be_visible()
    other.reload()
    expect(other.get_by_role("heading", name="TOP 2 Punkt intern")).to_be_visible()
    expect(other.get_by_text("Auch mit den Tasten")).to_be_hidden()


def test_late_arrival_and_early_leaving_are_noted(visit, lead, delegate, running):
    AttendanceFactory(meeting=running, person=delegate, role="delegate")
    page = visit(lead, f"{running.get_absolute_url()}live/")
    steps.follow(page, "Anwesenheit")
    for clock, button, words in (("17:20", "Kommt später dazu", "ab 17:20 Uhr"), ("18:05", "Geht", "bis 18:05 Uhr")):
        page.get_by_label("Uhrzeit").fill(clock)
        steps.press(page, f"{button} – {delegate.get_full_name()}")
        expect(page.get_by_text(words)).to_be_visible()
