"""Icons, days, initials and Markdown in templates."""

import re
from datetime import UTC, date, datetime, time
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.conf import settings
from django.template import Context, Template

from portal.ui.templatetags.ui import TONES, clock, day, initials, markdown, tone, without_placeholders

ICON_NAME = re.compile(r"""\{% icon "([a-z]+)|picture="([a-z]+)"|default:"([a-z]+)" %\}""")


def render(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


def person(first: str, last: str) -> SimpleNamespace:
    return SimpleNamespace(first_name=first, last_name=last)


def test_icon_is_silent_and_points_into_the_sprite():
    assert render('{% icon "clock" "ak-more" %}') == (
        '<svg class="ak-icon ak-more" aria-hidden="true" focusable="false">'
        '<use href="/static/img/icons.svg#clock"></use></svg>'
    )


def test_icon_escapes_what_it_is_given():
    assert "<script>" not in render("{% icon name %}", name='"><script>')


def test_sprite_holds_the_icons_that_templates_name():
    sprite = Path(settings.BASE_DIR, "static/img/icons.svg").read_text("utf-8")
    pages = Path(settings.BASE_DIR, "templates").rglob("*.html")
    named = {name for page in pages for match in ICON_NAME.findall(page.read_text("utf-8")) for name in match if name}
    assert len(named) > 10
    assert named <= set(re.findall(r'<symbol id="([a-z]+)"', sprite))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (date(2026, 11, 26), "Donnerstag, 26. November 2026"),
        (datetime(2026, 11, 25, 23, 30, tzinfo=UTC), "Donnerstag, 26. November 2026"),
        (datetime(2026, 3, 1, 12, tzinfo=UTC), "Sonntag, 1. März 2026"),
        (None, ""),
    ],
)
def test_day_is_written_out_as_it_is_in_berlin(value, text):
    assert day(value) == text
    assert render("{{ value|day }}", value=value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (datetime(2026, 11, 26, 8, 30, tzinfo=UTC), "09:30"),
        (datetime(2026, 7, 1, 7, 5, tzinfo=UTC), "09:05"),
        (time(0, 0), "00:00"),
        (None, ""),
    ],
)
def test_clock_shows_the_time_in_berlin(value, text):
    assert clock(value) == text
    assert render("{{ value|clock }}", value=value) == text


@pytest.mark.parametrize(
    ("first", "last", "letters"),
    [
        ("Jana", "Albers", "JA"),
        ("Max", "von der Heide", "MH"),
        ("Łukasz", "Čapek", "ŁČ"),
        ("émile", "zola", "ÉZ"),
        ("", "Öztürk", "Ö"),
    ],
)
def test_initials_are_the_first_capitals(first, last, letters):
    assert initials(person(first, last)) == letters


def test_tone_of_a_name_stays_and_all_four_occur():
    names = [person("Jana", f"Albers{letter}") for letter in "abcdefgh"]
    assert [tone(name) for name in names] == [tone(name) for name in names]
    assert {tone(name) for name in names} == set(TONES)


def test_markdown_is_clean_and_safe():
    assert render("{{ text|markdown }}", text="**fett** <script>alert(1)</script>") == (
        "<p><strong>fett</strong> &lt;script&gt;alert(1)&lt;/script&gt;</p>"
    )


@pytest.mark.parametrize(("level", "tags"), [(2, "<h2>A</h2><h3>B</h3>"), (4, "<h4>A</h4><h5>B</h5>")])
def test_markdown_headings_begin_below_the_heading_above(level, tags):
    assert markdown("# A\n\n## B", level) == tags


def test_markdown_of_nothing_is_nothing():
    assert markdown(None) == ""


def test_placeholders_of_a_foreign_form_are_removed():
    class Foreign(forms.Form):
        email = forms.EmailField(label="E-Mail-Adresse", widget=forms.EmailInput(attrs={"placeholder": "E-Mail"}))

    assert "placeholder" not in render("{{ form|without_placeholders }}", form=Foreign())
    assert "placeholder" not in without_placeholders(Foreign()).fields["email"].widget.attrs
