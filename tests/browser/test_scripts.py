"""What our scripts promise, on small pages that hold nothing but the markup they act upon."""

import re

import pytest
from django.template.loader import render_to_string

PAGE = """<!DOCTYPE html><html lang="de"><head><title>Probe</title>
<meta name="htmx-config" content='{config}'>
<script src="/static/django_htmx/htmx-2.min.js" defer></script>
<script src="/static/js/portal.js" type="module"></script><script src="/static/js/agenda.js" type="module"></script>
<link rel="stylesheet" href="/static/css/pages.css"></head>
<body data-person="7">{fault}<main>{main}</main>{offer}</body></html>"""
ENTRY = """<form data-draft="entry-1" data-version="{version}" method="post" action="/probe/" {rest}>{extra}
<textarea name="text">{text}</textarea><select name="kind"><option>Empfehlung</option><option>Dissens</option></select>
<button>Speichern</button><p data-draft-status role="status"></p></form>
<form id="abmelden" method="post" action="/probe/weg/" data-forget-drafts><button>Abmelden</button></form>"""
LIVE = 'data-hx-post="/probe/" data-hx-target="main" data-hx-swap="innerHTML"'
AGENDA = (
    '<form data-reorder data-hx-post="/probe/" data-hx-trigger="reorder" data-hx-target="main"><ol class="ak-agenda">'
    + "".join(
        f'<li class="ak-agenda__item"><input type="hidden" name="item" value="{name}">'
        f'<span class="ak-grip">{name}</span></li>'
        for name in "abc"
    )
    + "</ol></form>"
)


class Server:
    """Answers for the page: what it shows, what a POST gets, and what was posted."""

    def __init__(self, page):
        self.page = page
        self.shown = self.answer = ""
        self.status = 200
        self.posted = []
        self.is_down = False
        page.route("**/probe/**", self.respond)
        page.on("dialog", lambda dialog: dialog.accept())

    def respond(self, route):
        if route.request.method == "GET":
            self.fulfill(route, self.whole(self.shown))
        elif self.is_down:
            route.abort()
        else:
            self.posted.append(route.request.post_data)
            self.fulfill(route, self.answer or self.whole(self.shown), self.status)

    @staticmethod
    def fulfill(route, body, status=200):
        route.fulfill(body=body, status=status, content_type="text/html; charset=utf-8")

    @staticmethod
    def whole(main):
        config = render_to_string("components/htmx_config.json")
        parts = {name: render_to_string(f"components/{name}.html") for name in ("messages", "draft_offer")}
        return PAGE.format(config=config, fault=parts["messages"], offer=parts["draft_offer"], main=main)

    def open(self, main):
        self.shown = main
        self.page.goto("/probe/")


@pytest.fixture
def server(visitor):
    return Server(visitor())


def entry(text="", version=1, rest="", extra=""):
    return ENTRY.format(text=text, version=version, rest=rest, extra=extra)


def write(page, text):
    page.locator("textarea").fill(text)
    page.locator("[data-draft-status]", has_text="Noch nicht gespeichert").wait_for()


def offer(page):
    return page.get_by_text("nicht gespeicherter Entwurf")


def drafts(page):
    return page.evaluate("Object.keys(localStorage)")


def test_draft_comes_back_after_the_page_was_lost(server):
    server.open(entry("Alt"))
    write(server.page, "Neu geschrieben")
    server.page.locator("select").select_option("Dissens")
    server.open(entry("Alt"))
    assert re.search(r"Entwurf vom \d+\. \w+ \d{4} um \d\d:\d\d Uhr\.", offer(server.page).inner_text())
    assert server.page.locator("textarea").input_value() == "Alt"
    server.page.get_by_role("button", name="Entwurf übernehmen").click()
    assert server.page.locator("textarea").input_value() == "Neu geschrieben"
    assert server.page.locator("select").input_value() == "Dissens"
    assert server.page.locator(":focus").get_attribute("name") == "text"


def test_offer_warns_where_the_text_has_changed_meanwhile(server):
    server.open(entry("Alt"))
    write(server.page, "Neu")
    server.open(entry("Von jemand anderem", version=2))
    assert "Inzwischen wurde hier etwas geändert." in offer(server.page).inner_text()


def test_refused_draft_is_gone(server):
    server.open(entry("Alt"))
    write(server.page, "Neu")
    server.open(entry("Alt"))
    server.page.get_by_role("button", name="Entwurf verwerfen").click()
    assert not offer(server.page).is_visible()
    assert drafts(server.page) == []


def test_saved_text_is_not_offered_again(server):
    server.open(entry("Alt"))
    write(server.page, "Zeile eins\nZeile zwei")
    server.open(entry("Zeile eins\r\nZeile zwei\r\n", version=2))
    assert not offer(server.page).is_visible()
    assert drafts(server.page) == []


def test_draft_stays_while_the_server_refuses_the_form(server):
    server.open(entry("Alt"))
    write(server.page, "Neu")
    server.open(entry("Neu", extra='<div class="ak-error-summary"></div>'))
    assert not offer(server.page).is_visible()
    server.open(entry("Alt"))
    assert offer(server.page).is_visible()


def test_draft_of_somebody_else_is_not_shown(server):
    server.open(entry("Alt"))
    write(server.page, "Geheim")
    server.page.route(
        "**/probe/",
        lambda route: route.fulfill(
            body=server.whole(entry("Alt")).replace('data-person="7"', 'data-person="8"'), content_type="text/html"
        ),
    )
    server.page.goto("/probe/")
    assert not offer(server.page).is_visible()


def test_signing_out_forgets_every_draft(server):
    server.open(entry("Alt"))
    write(server.page, "Neu")
    server.page.get_by_role("button", name="Abmelden").click()
    server.page.wait_for_url("**/probe/weg/")
    assert drafts(server.page) == []


def test_leaving_with_unsaved_text_asks_first(server):
    asked = []
    server.page.on("dialog", lambda dialog: asked.append(dialog.type))
    server.open(entry("Alt"))
    write(server.page, "Neu")
    server.page.goto("/probe/weg/")
    server.page.goto("/probe/")
    assert asked == ["beforeunload"]


def test_saving_asks_nothing(server):
    asked = []
    server.page.on("dialog", lambda dialog: asked.append(dialog.type))
    server.open(entry("Alt"))
    write(server.page, "Neu")
    server.page.get_by_role("button", name="Speichern").click()
    server.page.wait_for_load_state()
    assert asked == []
    assert len(server.posted) == 1


def test_part_that_was_accepted_ends_the_draft(server):
    server.open(entry(rest=LIVE))
    write(server.page, "Ein Kommentar")
    server.answer = entry(rest=LIVE) + '<article class="ak-comment--new">Ein Kommentar</article>'
    server.page.get_by_role("button", name="Speichern").click()
    server.page.locator("article:focus").wait_for()
    assert not offer(server.page).is_visible()
    assert drafts(server.page) == []


@pytest.mark.parametrize("status", [409, 422])
def test_part_that_was_refused_takes_the_focus_and_keeps_the_draft(server, status):
    server.open(entry(rest=LIVE))
    write(server.page, "Ein Kommentar")
    server.status = status
    server.answer = entry("Ein Kommentar", rest=LIVE, extra='<div class="ak-error-summary">Nein</div>')
    server.page.get_by_role("button", name="Speichern").click()
    server.page.locator(".ak-error-summary:focus").wait_for()
    assert len(drafts(server.page)) == 1


def test_lost_session_reloads_the_page_and_keeps_the_draft(server):
    server.open(entry(rest=LIVE))
    write(server.page, "Ein Kommentar")
    server.page.get_by_role("button", name="Speichern").click()
    offer(server.page).wait_for()
    assert len(server.posted) == 1
    assert len(drafts(server.page)) == 1


def test_lost_network_is_told_and_the_text_stays(server):
    server.open(entry(rest=LIVE))
    write(server.page, "Ein Kommentar")
    server.is_down = True
    server.page.get_by_role("button", name="Speichern").click()
    server.page.get_by_text("Keine Verbindung zum Portal.").wait_for()
    assert server.page.locator("textarea").input_value() == "Ein Kommentar"


def test_refusal_without_a_part_is_told(server):
    server.open(entry(rest=LIVE))
    write(server.page, "Ein Kommentar")
    server.status, server.answer = 403, "nein"
    server.page.get_by_role("button", name="Speichern").click()
    server.page.get_by_text("laden Sie die Seite neu").wait_for()
    assert server.page.locator("textarea").input_value() == "Ein Kommentar"


def grip(page, name):
    box = page.locator(".ak-grip", has_text=name).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def names(page):
    return page.locator(".ak-grip").all_inner_texts()


def drag(page, name, onto, past=8):
    page.mouse.move(*grip(page, name))
    page.mouse.down()
    x, y = grip(page, onto)
    page.mouse.move(x, y + past, steps=5)


def test_dragging_sends_the_new_order_once(server):
    server.open(AGENDA)
    server.answer = AGENDA
    with server.page.expect_response("**/probe/"):
        drag(server.page, "a", "c")
        assert names(server.page) == ["b", "c", "a"]
        server.page.mouse.up()
    assert server.posted == ["item=b&item=c&item=a"]


def test_escape_puts_the_item_back(server):
    server.open(AGENDA)
    drag(server.page, "c", "a", past=-8)
    assert names(server.page) == ["c", "a", "b"]
    server.page.keyboard.press("Escape")
    server.page.mouse.up()
    assert names(server.page) == ["a", "b", "c"]
    assert server.posted == []


def test_item_that_stays_sends_nothing(server):
    server.open(AGENDA)
    drag(server.page, "b", "b", past=2)
    server.page.mouse.up()
    assert server.posted == []
