"""One's own page and the calendar address, on every screen."""

import pytest
from django.urls import reverse

from portal.members.models import CalendarFeed


@pytest.mark.django_db(transaction=True)
def test_own_account_is_accessible_everywhere(visitor, everywhere, delegate):
    page = visitor(delegate)
    page.goto(reverse("members:profile"))
    assert everywhere(page) == []


@pytest.mark.django_db(transaction=True)
def test_calendar_address_is_made_shown_and_ended_without_script(visitor, delegate):
    page = visitor(delegate, java_script_enabled=False)
    page.goto(reverse("members:profile"))
    page.get_by_role("link", name="Kalenderabo einrichten").click()
    page.get_by_role("button", name="Adresse erzeugen").click()
    address = page.get_by_label("Adresse des Kalenders").input_value()
    assert address.endswith(".ics")
    page.get_by_role("button", name="Neue Adresse erzeugen").click()
    assert page.get_by_label("Adresse des Kalenders").input_value() != address
    page.get_by_role("button", name="Kalenderabo beenden").click()
    page.get_by_text("Ihr Kalenderabo ist beendet.").wait_for()
    assert not CalendarFeed.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_calendar_address_is_accessible_everywhere(visitor, everywhere, delegate):
    page = visitor(delegate)
    page.goto(reverse("members:feed"))
    page.get_by_role("button", name="Adresse erzeugen").click()
    page.get_by_label("Adresse des Kalenders").wait_for()
    assert everywhere(page) == []
