"""Lead and clerk send a guest who has not come in yet the access link once more."""

import pytest
from django.urls import reverse

from portal.audit.models import Line
from portal.mail.models import Message
from portal.meetings.actions import invitation
from tests.factories import PersonFactory
from tests.meetings.pages import url
from tests.meetings.test_guests import invite

pytestmark = pytest.mark.django_db


@pytest.fixture
def newcomer(draft, lead):
    """A guest of an invited meeting who has never signed in."""
    invitation.invite(draft, by=lead, version=draft.version)
    draft.refresh_from_db()
    return invite(draft, lead, person=PersonFactory.build(email="neu@example.org"), whole_meeting=True)


def test_guest_gets_a_new_link_and_the_old_one_is_void(client, newcomer, clerk):
    (old,) = newcomer.person.invitations.all()
    client.force_login(clerk)
    page = client.get(reverse("meetings:guests", args=[newcomer.meeting_id]))
    address = url("guest_access", newcomer)
    assert address in page.text
    assert "neu@example.org" in client.get(address).text
    assert client.post(address, follow=True).status_code == 200
    old.refresh_from_db()
    assert not old.is_open
    assert [link.is_open for link in newcomer.person.invitations.exclude(pk=old.pk)] == [True]
    assert Message.objects.filter(person=newcomer.person_id, secret=True).count() == 2
    assert Line.objects.get(verb="Zugangslink verschickt").actor == clerk


def test_who_has_come_in_needs_none(client, newcomer, lead):
    newcomer.person.set_password("Sitzungssaal-7")
    newcomer.person.save()
    client.force_login(lead)
    assert client.post(url("guest_access", newcomer)).status_code == 403
    assert "Zugangslink senden" not in client.get(reverse("meetings:guests", args=[newcomer.meeting_id])).text


def test_of_a_draft_nobody_gets_a_link(client, draft, lead):
    guest = invite(draft, lead, whole_meeting=True)
    client.force_login(lead)
    assert client.post(url("guest_access", guest)).status_code == 403
