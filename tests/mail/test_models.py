from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError
from django.utils import timezone

from portal.mail.models import Message
from tests.mail.example import put

pytestmark = pytest.mark.django_db
GROUP = uuid4()


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("message_status_is_known", {"status": "lost"}),
        ("message_sending_is_leased", {"status": "sending"}),
        ("message_sending_is_leased", {"claim": "somebody"}),
        ("message_sent_has_its_time", {"status": "sent"}),
        ("message_sent_has_its_time", {"sent_at": timezone.now()}),
        ("message_calendar_has_its_method", {"calendar": "BEGIN:VCALENDAR"}),
        ("message_calendar_has_its_method", {"calendar_method": "PUBLISH", "calendar": "BEGIN:VCALENDAR"}),
        ("message_secret_is_erased", {"secret": True, "status": "failed"}),
        ("message_has_an_address", {"to": ""}),
    ],
)
def test_message_refuses_what_must_never_be(constraint, changes):
    message = put()
    with pytest.raises(IntegrityError, match=constraint):
        Message.objects.filter(pk=message.pk).update(**changes)


def test_of_groups_shows_own_mails_but_never_secret_ones():
    mine = put("1", group=GROUP)
    put("2", group=uuid4())
    put("3", group=GROUP, secret=True)
    put("4")
    assert list(Message.objects.of_groups([GROUP])) == [mine]


def test_dead_are_those_given_up():
    put("1")
    dead = put("2")
    Message.objects.filter(pk=dead.pk).update(status="failed")
    assert list(Message.objects.dead()) == [dead]


def test_due_is_what_is_ripe_or_left_behind():
    ripe, held, left = put("ripe"), put("held"), put("left")
    now = timezone.now()
    put("later", not_before=now + timedelta(hours=1))
    leased = Message.objects.filter(pk__in=[held.pk, left.pk])
    leased.update(status="sending", claim="x", lease_until=now + timedelta(minutes=1))
    leased.filter(pk=left.pk).update(lease_until=now - timedelta(seconds=1))
    assert set(Message.objects.due(now)) == {ripe, left}


def test_message_id_holds_the_fixed_address_of_the_portal(settings):
    settings.BASE_URL = "https://ak.example.org:8443"
    message = put(thread="sitzung-1")
    assert message.message_id == f"<{message.uuid}@ak.example.org>"
    assert message.thread_id == "<sitzung-1@ak.example.org>"
