"""From where a request comes, and what becomes of a refusal."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from arbeitskreis.watch import client_address
from portal.audit import origin
from portal.audit.models import Line
from portal.audit.origin import Door, Origin
from portal.meetings import emails
from tests.factories import AttendanceFactory

pytestmark = pytest.mark.django_db


def refusals():
    return Line.objects.filter(kind="refusal").order_by("pk")


def test_outside_of_a_request_it_is_a_command():
    assert origin.current() == Origin(Door.COMMAND, "")
    with origin.coming_from(Door.TASK):
        assert origin.current().door == Door.TASK
    assert origin.current().door == Door.COMMAND


def test_an_action_in_the_portal_has_door_and_address(client, lead):
    client.force_login(lead)
    client.post(reverse("office:body"), {"name": "Stadt Anders"}, REMOTE_ADDR="2001:db8::1")
    line = Line.objects.get(verb="Angaben der Kommune geändert")
    assert (line.door, line.address) == ("portal", "2001:db8::1")


def test_the_answer_from_a_mail_is_a_door_of_its_own(client, meeting, delegate):
    link = emails.answer_url(AttendanceFactory(meeting=meeting, person=delegate, role="delegate"))
    client.post(link.removeprefix("http://testserver"), {"answer": "accepted"})
    assert Line.objects.get(verb="Einladung beantwortet").door == "link"


def test_a_forged_proxy_header_changes_nothing(client, lead):
    client.force_login(lead)
    client.post(reverse("office:body"), {"name": "Stadt Anders"}, headers={"X-Forwarded-For": "192.0.2.99"})
    assert Line.objects.get().address == "127.0.0.1"


def test_behind_one_proxy_the_last_address_counts(client, lead, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    client.force_login(lead)
    forwarded = {"X-Forwarded-For": "192.0.2.99, 198.51.100.4"}
    client.post(reverse("office:body"), {"name": "Stadt Anders"}, headers=forwarded)
    assert Line.objects.get().address == "198.51.100.4"


def test_a_broken_proxy_header_leaves_the_address_unknown(rf, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    assert client_address(rf.get("/", headers={"X-Forwarded-For": "192.0.2.99"})) == ""


def test_what_somebody_may_not_see_is_noted_with_its_id(client, stranger, item):
    client.force_login(stranger)
    client.get(item.get_absolute_url())
    line = refusals().get()
    assert (line.actor, line.verb, line.thing_id) == (stranger, "Zugriff abgewiesen", str(item.pk))
    assert line.detail == {"page": "meetings:agenda_item", "status": 404, "method": "GET"}


def test_a_page_of_another_function_is_noted(client, delegate):
    client.force_login(delegate)
    client.get(reverse("office:outbox"))
    assert refusals().get().detail == {"page": "office:outbox", "status": 403, "method": "GET"}


def test_a_form_without_token_is_noted(lead):
    client = Client(enforce_csrf_checks=True)
    client.force_login(lead)
    client.post(reverse("office:body"), {"name": "Anders"})
    assert refusals().get().detail == {"page": "office:body", "status": 403, "method": "POST"}


def test_too_many_attempts_are_noted_once_a_minute(client, body, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "2/m/ip"}
    for _ in range(5):
        client.post(reverse("account_login"), {"login": "niemand@example.org", "password": "x"})
    assert [line.verb for line in refusals()] == ["Zu viele Versuche"]


@pytest.mark.parametrize("path", ["/gibt/es/nicht/", "/konto/einladung/kein-zeichen/"])
def test_what_is_no_object_is_not_noted(client, stranger, path):
    client.force_login(stranger)
    assert client.get(path).status_code == 404
    assert not refusals().exists()


def test_an_unknown_visitor_who_is_sent_to_sign_in_is_not_noted(client, item):
    client.get(item.get_absolute_url())
    assert not refusals().exists()


def test_the_same_refusal_is_noted_again_after_a_minute(client, stranger, item, time_machine):
    client.force_login(stranger)
    client.get(item.get_absolute_url())
    client.get(item.get_absolute_url())
    assert refusals().count() == 1
    time_machine.move_to(timezone.now() + timedelta(seconds=61))
    client.get(item.get_absolute_url())
    assert refusals().count() == 2


def test_a_refusal_stays_although_its_transaction_fails(client, delegate, meeting, item):
    """The action has written nothing; the refusal stands."""
    client.force_login(delegate)
    assert client.post(reverse("meetings:item_discussion", args=[item.pk])).status_code == 403
    assert list(Line.objects.values_list("kind", flat=True)) == ["refusal"]
