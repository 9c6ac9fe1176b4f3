import re

import pytest

from tests.mail.example import put

pytestmark = pytest.mark.django_db


def test_html_loads_nothing_from_anywhere(settings):
    html = put().html
    assert not re.search(r"<(img|link|script|iframe|object)|\ssrc=|url\(|@import", html)
    assert all(address.startswith(settings.BASE_URL) for address in re.findall(r'href="([^"]*)"', html))


def test_html_is_made_for_light_and_dark():
    html = put().html
    assert '<meta name="color-scheme" content="light dark">' in html
    assert "@media (prefers-color-scheme: dark)" in html


def test_html_escapes_what_people_typed():
    html = put(context={"name": "<script>alert(1)</script>", "facts": [("Wo", '<b onclick="x">')]}).html
    assert "<script" not in html
    assert "<b onclick" not in html
    assert "&lt;script&gt;" in html


def test_both_say_who_writes_and_why(settings):
    message = put(context={"sender": "Stadt Musterhausen"})
    assert "Stadt Musterhausen" in message.html
    for text in (message.text, message.html):
        assert "Diese Nachricht kommt vom Arbeitskreis-Portal." in text
        assert settings.BASE_URL in text


def test_facts_are_a_table_and_lines():
    message = put(context={"facts": [("Wann", "26. November 2026"), ("Wo", "Rathaus\nRaum 204")]})
    assert "Wann: 26. November 2026\nWo: Rathaus\nRaum 204\n" in message.text
    assert "Rathaus<br>Raum 204" in message.html


def test_long_words_break_instead_of_widening_the_mail():
    assert "overflow-wrap: anywhere" in put().html
