"""The pages around the rooms, and the frame itself, in a real browser."""

from django.urls import reverse

from tests.browser.conftest import is_too_wide

LEGAL = "## Stand\n\nText mit [Verweis](https://example.org/).\n\n| A | B |\n|---|--:|\n| x | 1 |\n"
OPEN = ["account_login", "account_request_login_code", "account_reset_password", "account_reset_password_done"]
OPEN += ["account_signup", "account_inactive", "home:imprint", "home:privacy", "home:accessibility", "home:help"]
OWN = ["account_change_password", "account_logout", "members:profile", "home:help"]


def faults_on(page, judge, addresses):
    """Which of these pages has which faults."""
    found = {}
    for address in addresses:
        page.goto(address)
        found[address] = judge(page)
    return {address: faults for address, faults in found.items() if faults}


def test_open_pages_are_accessible(visitor, everywhere, body):
    for name in ("imprint", "privacy", "accessibility"):
        setattr(body, name, LEGAL)
    body.save()
    assert faults_on(visitor(), everywhere, [*map(reverse, OPEN), "/gibt-es-nicht/"]) == {}


def test_own_pages_are_accessible(visitor, everywhere, delegate):
    assert faults_on(visitor(delegate), everywhere, [*map(reverse, OWN), "/gibt-es-nicht/"]) == {}


def test_refused_sign_in_is_accessible_and_takes_the_focus(visitor, everywhere, body):
    page = visitor()
    page.goto(reverse("account_login"))
    page.get_by_role("button", name="Anmelden", exact=True).click()
    assert everywhere(page) == []
    assert "Bitte prüfen Sie Ihre Angaben" in page.locator(":focus").inner_text()
    assert page.title().startswith("Fehler:")
    page.get_by_role("link", name="Passwort: Bitte füllen Sie dieses Feld aus.").click()
    assert page.locator(":focus").get_attribute("name") == "password"


def test_account_menu_opens_closes_and_changes_the_theme(visitor, everywhere, delegate):
    page = visitor(delegate)
    page.goto(reverse("home:help"))
    page.get_by_role("button", name="Konto").press("Enter")
    assert page.get_by_role("link", name="Mein Konto").is_visible()
    assert everywhere(page) == []
    page.keyboard.press("Escape")
    assert not page.get_by_role("link", name="Mein Konto").is_visible()
    page.get_by_role("button", name="Konto").click()
    page.get_by_role("button", name="Dunkel").click()
    assert page.url.endswith(reverse("home:help"))
    assert page.locator("html").get_attribute("data-kern-theme") == "dark"


def test_navigation_of_a_phone_opens_from_its_button(visitor, axe, delegate):
    page = visitor(delegate, viewport={"width": 390, "height": 844})
    page.goto(reverse("home:help"))
    entry = page.get_by_role("navigation", name="Hauptnavigation").get_by_role("link", name="Mitglieder")
    assert not entry.is_visible()
    page.get_by_role("button", name="Menü").press("Enter")
    assert axe(page) == []
    entry.click()
    assert page.url.endswith(reverse("members:list"))


def test_menus_need_no_script(visitor, delegate):
    page = visitor(delegate, viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page.goto(reverse("home:help"))
    page.get_by_role("button", name="Menü").click()
    assert page.get_by_role("link", name="Themen").is_visible()
    page.get_by_role("button", name="Konto").click()
    page.get_by_role("button", name="Abmelden").click()
    assert page.get_by_role("link", name="Anmelden").or_(page.get_by_role("button", name="Anmelden")).first.is_visible()


def test_first_key_leads_past_the_navigation(visitor, delegate):
    page = visitor(delegate)
    page.goto(reverse("home:help"))
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Zum Inhalt springen"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.locator(":focus").get_attribute("href") == "#anmelden"


def test_nothing_scrolls_sideways_between_the_screens(visitor, delegate):
    page = visitor(delegate)
    wide = []
    for address in ("/", *map(reverse, (*OWN, "home:imprint", "members:list", "home:topics", "meetings:list"))):
        page.goto(address)
        for width in (320, 768, 1024):
            page.set_viewport_size({"width": width, "height": 800})
            wide += [(address, width)] if is_too_wide(page) else []
    assert wide == []
