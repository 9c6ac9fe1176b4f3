"""The frame of every page, the legal pages and the pages for errors."""

import re

import pytest
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from portal.ui.templatetags.ui import markdown
from tests.cast import MEMBERS

NAVIGATION = re.compile(r'<nav id="hauptnavigation".*?</nav>', re.DOTALL)
LINK = re.compile(r'<a\s+class="ak-nav__link"\s+href="([^"]+)"\s*(?:aria-current="(\w+)")?\s*>([^<]+)</a>')


def html(response: HttpResponse, status: int = 200) -> str:
    assert response.status_code == status
    return response.content.decode()


def navigation(page: str) -> dict[str, str]:
    """Each entry with its mark: "page", "true" or nothing."""
    return {text.strip(): mark for _, mark, text in LINK.findall(NAVIGATION.search(page)[0])}


@pytest.mark.parametrize("name", MEMBERS)
def test_navigation_has_what_the_reader_may_use(client, person_of, name):
    client.force_login(person_of(name))
    entries = ["Übersicht", "Sitzungen", "Themen", "Mitglieder"]
    office = ["Postausgang"] if name in {"lead", "staff", "clerk"} else []
    lead = ["Verlauf"] if name == "lead" else []
    assert list(navigation(html(client.get("/")))) == entries + office + lead


@pytest.mark.parametrize(
    ("address", "marked"),
    [
        ("home:start", {"Übersicht": "page"}),
        ("meetings:list", {"Sitzungen": "page"}),
        ("home:topics", {"Themen": "page"}),
        ("topics:create", {"Themen": "true"}),
        ("members:list", {"Mitglieder": "page"}),
        ("office:appoint", {"Mitglieder": "true"}),
        ("members:profile", {}),
        ("office:outbox", {"Postausgang": "page"}),
        ("home:help", {}),
    ],
)
def test_navigation_says_where_one_is(client, lead, topic, address, marked):
    client.force_login(lead)
    found = navigation(html(client.get(reverse(address))))
    assert {text: mark for text, mark in found.items() if mark} == marked


def test_inner_pages_belong_to_sitzungen(client, delegate, item):
    client.force_login(delegate)
    assert navigation(html(client.get(item.get_absolute_url())))["Sitzungen"] == "true"


def test_account_menu_names_person_group_and_function(client, delegate, group):
    client.force_login(delegate)
    menu = strip_tags(html(client.get("/")).split('id="kontomenue"')[1].split("</form>")[0])
    assert delegate.get_full_name() in menu
    assert f"{group.short_name}: {delegate.current_memberships[0].label}" in " ".join(menu.split())


def test_nobody_has_neither_navigation_nor_account(client, body):
    page = html(client.get(reverse("home:imprint")))
    assert "hauptnavigation" not in page
    assert "kontomenue" not in page
    assert reverse("account_login") in page


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_chosen_theme_stands_in_the_page(client, body, theme):
    client.cookies["theme"] = theme
    assert f'<html lang="de" data-kern-theme="{theme}">' in html(client.get(reverse("home:imprint")))


def test_page_without_choice_follows_the_system(client, body):
    assert "data-kern-theme" not in html(client.get(reverse("home:imprint")))


def test_title_says_that_something_is_wrong(client, body):
    assert "Fehler:" not in html(client.get(reverse("account_login"))).split("</title>")[0]
    assert "Fehler:" in html(client.post(reverse("account_login"), {})).split("</title>")[0]


@pytest.mark.parametrize("name", ["imprint", "privacy", "accessibility"])
def test_legal_page_shows_the_text_of_the_kommune(client, body, name):
    setattr(body, name, "## Aufsicht\n\nKreis **Beispiel**")
    body.save()
    page = html(client.get(reverse(f"home:{name}")))
    assert markdown(getattr(body, name), 2) in page
    assert "<h2>Aufsicht</h2>" in page
    assert "noch nicht vollständig" not in page


@pytest.mark.parametrize("name", ["imprint", "privacy", "accessibility"])
def test_legal_page_without_text_says_so(client, body, name):
    setattr(body, name, "")
    body.save()
    assert "noch nicht vollständig" in html(client.get(reverse(f"home:{name}")))


@pytest.mark.parametrize("name", MEMBERS)
def test_text_of_legal_pages_is_edited_by_the_lead(client, person_of, name):
    client.force_login(person_of(name))
    page = html(client.get(reverse("home:imprint")))
    assert (reverse("office:body") in page) is (name == "lead")


def test_imprint_leaves_out_what_is_not_known(client, body):
    body.telephone = ""
    body.save()
    page = html(client.get(reverse("home:imprint")))
    assert body.street in page
    assert "Telefon" not in page


def test_help_leads_to_each_of_its_parts(client, body):
    page = html(client.get(reverse("home:help")))
    targets = re.findall(r'<li><a href="#([a-z]+)"', page)
    assert len(targets) >= 12
    assert all(f'<h2 id="{target}">' in page for target in targets)


def test_missing_page_answers_members_and_strangers(client, delegate):
    page = html(client.get("/gibt-es-nicht/"), 404)
    assert "Diese Seite gibt es nicht." in page
    client.force_login(delegate)
    assert "hauptnavigation" in html(client.get("/gibt-es-nicht/"), 404)


def test_forbidden_page_says_whom_to_ask(client, delegate):
    client.force_login(delegate)
    assert "Das ist für Sie nicht möglich." in html(client.get(reverse("office:outbox")), 403)


def test_form_without_token_says_what_to_do(body):
    strict = Client(enforce_csrf_checks=True)
    page = html(strict.post(reverse("account_login"), {"login": "a@example.org"}), 403)
    assert "Das Formular war zu lange offen." in page


def test_too_many_attempts_say_how_long_to_wait(client, body):
    ask = {"path": reverse("account_reset_password"), "data": {"email": "niemand@example.org"}}
    answers = [client.post(**ask, REMOTE_ADDR="192.0.2.9") for _ in range(6)]
    page = html(answers[-1], 429)
    assert "Bitte warten Sie fünf Minuten" in " ".join(page.split())


@pytest.mark.parametrize("code", [400, 500, 503])
def test_pages_for_outages_need_neither_request_nor_database(code):
    page = render_to_string(f"{code}.html")
    assert f"Fehler {code}" in page
    assert page.count("<h1") == 1


def test_confirmation_asks_and_leads_back():
    page = render_to_string("components/confirm_page.html", {"cancel_url": "/sitzungen/", "body": None})
    assert 'href="/sitzungen/"' in page
    assert "Abbrechen" in page
