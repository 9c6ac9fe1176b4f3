"""How things look: icons, days and times, initials, Markdown. A builtin of the templates, so nobody has to load it."""

from datetime import date, datetime, time
from functools import lru_cache
from typing import Protocol, TypeVar

from django import forms, template
from django.templatetags.static import static
from django.utils.dateformat import format as format_day
from django.utils.dateformat import time_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import is_aware, localtime

from portal.ui import browsers
from portal.ui import markdown as source

register = template.Library()
Moment = TypeVar("Moment", date, datetime, time)
TONES = ("a", "b", "c", "d")


class Named(Protocol):
    """Whoever has an avatar."""

    first_name: str
    last_name: str


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """One picture of img/icons.svg; it says nothing to a screen reader, so text stands beside it."""
    return _picture(name, css, static("img/icons.svg"))


@lru_cache(maxsize=500)
def _picture(name: str, css: str, sheet: str) -> SafeString:
    markup = '<svg class="ak-icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>'
    return format_html(markup, css, sheet, name)


@register.filter
def day(value: date | datetime | None) -> str:
    """Donnerstag, 26. November 2026, as it is in Berlin."""
    return format_day(_in_berlin(value), "l, j. F Y") if value else ""


@register.filter
def clock(value: datetime | time | None) -> str:
    """09:30 in Berlin; a plain time of day stays as it is."""
    return time_format(_in_berlin(value), "H:i") if value else ""


def _in_berlin(value: Moment) -> Moment:
    return localtime(value) if isinstance(value, datetime) and is_aware(value) else value


@register.filter
def initials(person: Named) -> str:
    """JA for Jana Albers, MH for Max von der Heide: the first capital of each name."""
    return _capital(person.first_name) + _capital(person.last_name)


def _capital(name: str) -> str:
    return next((char for char in name if char.isupper()), name[:1].upper())


@register.filter
def tone(person: Named) -> str:
    """One of the avatars' four colours, always the same one for the same name."""
    return TONES[sum(map(ord, person.first_name + person.last_name)) % len(TONES)]


@register.filter
def markdown(text: str, level: int = 4) -> SafeString:
    """Markdown as clean HTML, to stand inside ak-prose; its headings start one below the heading above it."""
    return SafeString(source.html(text or "", base=level))


@register.filter
def device(user_agent: str) -> str:
    """Firefox auf Windows."""
    return browsers.device(user_agent)


@register.filter
def without_placeholders(form: forms.BaseForm) -> forms.BaseForm:
    """allauth repeats its labels as placeholders; a placeholder is no label and is gone while one types."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
    return form
