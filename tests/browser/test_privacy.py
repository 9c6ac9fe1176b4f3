"""The pages on which data is handed out and erased."""

import re

import pytest
from django.urls import reverse

from portal.members.models import Person
from tests.factories import PASSWORD


@pytest.mark.django_db(transaction=True)
def test_pages_are_accessible_everywhere(visitor, everywhere, lead, traces):
    page = visitor(lead)
    for address in (
        reverse("office:own_data"),
        reverse("office:people"),
        reverse("office:export", args=[traces.pk]),
        reverse("office:erase", args=[traces.pk]),
    ):
        page.goto(address)
        assert everywhere(page) == [], address


@pytest.mark.django_db(transaction=True)
def test_own_data_comes_after_the_password_without_script(visitor, delegate):
    page = visitor(delegate, java_script_enabled=False)
    page.goto(reverse("members:profile"))
    page.get_by_role("link", name="Meine Daten herunterladen").click()
    page.get_by_role("button", name="Meine Daten herunterladen").click()
    page.get_by_label("Passwort").fill(PASSWORD)
    with page.expect_download() as download:
        page.locator("main form button").first.click()
    assert download.value.suggested_filename.startswith("Auskunft-")


@pytest.mark.django_db(transaction=True)
def test_lead_reads_the_list_and_erases(visitor, lead, traces):
    page = visitor(lead)
    page.goto(reverse("office:people"))
    page.get_by_role("link", name=re.compile(f"Löschen.*{traces.last_name}")).click()
    page.get_by_text("Gelöscht ist noch nichts.").wait_for()
    page.get_by_role("button", name="Endgültig löschen").click()
    page.get_by_label("Passwort").fill(PASSWORD)
    page.locator("main form button").first.click()
    page.get_by_text("Die Daten sind gelöscht.").wait_for()
    assert Person.objects.get(pk=traces.pk).erased_at
