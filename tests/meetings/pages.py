"""What the tests of pages share."""

import re

from django.urls import reverse


def url(name, thing):
    return reverse(f"meetings:{name}", args=[thing.pk])


def sign_in(client, person):
    if person.is_authenticated:
        client.force_login(person)


def text_of(response):
    """The page on one line, without blanks beside tags."""
    page = re.sub(r"\s+", " ", response.content.decode())
    return page.replace("> ", ">").replace(" <", "<")
