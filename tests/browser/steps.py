"""What people do in the portal, by the words that stand on its pages; each step works with and without scripts."""

import re
from datetime import date

from allauth.account.models import EmailAddress
from playwright.sync_api import Locator, Page, expect

from portal.members.models import Person
from tests.factories import PASSWORD

SEES = {"public": "Öffentlich:", "internal": "Intern:", "confidential": "Vertraulich:"}


def sign_in(page: Page, person: Person) -> None:
    """By the form, with address and password; afterwards the start page greets the person."""
    EmailAddress.objects.get_or_create(user=person, email=person.email, verified=True, primary=True)
    page.goto("/konto/login/")
    page.get_by_role("textbox", name="E-Mail-Adresse").fill(person.email or "")
    page.get_by_role("textbox", name=re.compile("^(Pass|Kenn)wort")).fill(PASSWORD)
    press(page, "Anmelden")
    expect(page.get_by_role("heading", level=1)).to_contain_text(person.last_name)


def press(page: Page | Locator, name: str) -> None:
    """A button by its whole name."""
    page.get_by_role("button", name=name, exact=True).click()


def follow(page: Page | Locator, name: str) -> None:
    """A link by the first words of its name; the first one, where head and margin offer the same."""
    page.get_by_role("link", name=re.compile(f"^{re.escape(name)}")).first.click()


def told(page: Page, text: str) -> None:
    """The page says so in a message."""
    expect(page.get_by_role("status").filter(has_text=text).first).to_be_visible()


def unfold(page: Page) -> None:
    """Open all that is folded in."""
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")


def schedule(page: Page, day: date, begin: str = "17:00", end: str = "19:00") -> str:
    """A new meeting as a draft; gives its address."""
    page.goto("/sitzungen/")
    follow(page, "Sitzung anlegen")
    page.get_by_label("Datum").fill(day.isoformat())
    page.get_by_label("Beginn").fill(begin)
    page.get_by_label("Ende").fill(end)
    press(page, "Sitzung anlegen")
    told(page, "als Entwurf angelegt")
    return page.url


def add_item(page: Page, title: str, *, visibility: str = "internal", topic: str = "", text: str = "") -> None:
    """From the page of the meeting; the new item stands on the agenda."""
    follow(page, "TOP hinzufügen")
    page.get_by_label("Titel", exact=True).fill(title)
    page.get_by_label("Erläuterung").fill(text)
    if topic:
        page.get_by_label("Thema").select_option(topic)
    page.get_by_role("radio", name=SEES[visibility]).check()
    press(page, "TOP hinzufügen")
    expect(page.get_by_role("link", name=title)).to_be_visible()


def invite(page: Page) -> None:
    """From the page of the meeting: look at what is sent, then send it."""
    follow(page, "Einladen")
    press(page, "Einladung verschicken")
    told(page, "Die Einladung ist verschickt.")


def move(page: Page, day: date) -> None:
    """Another day for a meeting to which people are invited."""
    follow(page, "Verlegen")
    page.get_by_label("Datum").fill(day.isoformat())
    press(page, "Verlegen und mitteilen")
    told(page, "Alle Eingeladenen erhalten eine E-Mail.")


def cancel(page: Page, reason: str) -> None:
    """Call a meeting off."""
    follow(page, "Absagen")
    page.get_by_label("Grund der Absage").fill(reason)
    press(page, "Sitzung absagen")
    told(page, "Die Sitzung ist abgesagt.")


def open_item(page: Page, meeting: str, title: str) -> None:
    """From the meeting's page to one of its items."""
    page.goto(meeting)
    page.get_by_role("link", name=title).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def comment(page: Page, text: str) -> Locator:
    """Write below an item; gives the comment as it then stands there."""
    page.get_by_label("Ihr Kommentar").fill(text)
    press(page, "Kommentar veröffentlichen")
    return standing(page, text)


def standing(page: Page, text: str) -> Locator:
    """The one comment with this text."""
    written = page.get_by_role("article").filter(has_text=text)
    expect(written).to_be_visible()
    return written


def hold(page: Page, meeting: str) -> None:
    """Begin the meeting and end it."""
    for verb in ("beginnen", "beenden"):
        page.goto(meeting)
        follow(page, f"Sitzung {verb}")
        press(page, f"Sitzung {verb}")


def begin_minutes(page: Page, meeting: str) -> str:
    """From a running or finished meeting; gives the address of the minutes."""
    page.goto(meeting)
    press(page, "Niederschrift beginnen")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Niederschrift der")
    return page.url


def record_attendance(page: Page, presence: dict[Person, str]) -> None:
    """From the minutes: take over the answers, correct what was different, save."""
    follow(page, "Erfassen")
    press(page, "Zusagen übernehmen")
    for person, word in presence.items():
        page.get_by_label(f"{person.get_full_name()}: Teilnahme").select_option(word)
    page.get_by_role("button", name="Anwesenheit speichern").last.click()  # one at the head, one at the foot
    told(page, "Die Anwesenheit ist gespeichert.")


def write_entry(page: Page, text: str, outcome: tuple[str, str] | None = None) -> None:
    """Fill the editor that is open and go on to the next item."""
    page.get_by_role("textbox", name="Niederschrift").fill(text)
    if outcome:
        kind, wording = outcome
        page.get_by_text("Ergebnis hinzufügen").first.click()
        row = page.get_by_role("group", name="Ergebnis 1")
        row.get_by_label("Art").select_option(kind)
        row.get_by_label("Wortlaut").fill(wording)
    page.get_by_role("button", name=re.compile("^Speichern und")).click()


def finalise(page: Page) -> None:
    """Close the minutes for good."""
    follow(page, "Abschließen")
    press(page, "Endgültig abschließen")
    told(page, "Die Niederschrift ist abgeschlossen.")
