"""What Befangenheit bars is not read in the Postausgang either."""

import pytest
from django.urls import reverse

from portal.mail.models import Message
from portal.meetings.actions import invitation
from portal.meetings.actions.comments import comment_on
from tests.factories import RecusalFactory
from tests.meetings.letters import INTERNAL, add_marked_items

pytestmark = pytest.mark.django_db


def test_mails_that_may_name_the_item_are_masked_for_the_recused(client, draft, lead, staff, clerk, delegate):
    internal, _ = add_marked_items(draft)
    invitation.invite(draft, by=lead, version=draft.version)
    internal.refresh_from_db()
    comment_on(internal, author=delegate, text="Bitte vertagen.")
    RecusalFactory(item=internal, person=staff)
    for reader, reads in ((clerk, True), (staff, False)):
        client.force_login(reader)
        assert (INTERNAL in client.get(reverse("office:outbox")).content.decode()) is reads
        for mail in Message.objects.filter(secret=False):
            page = client.get(reverse("office:message", args=[mail.pk])).content.decode()
            assert (INTERNAL in page) is reads
            for file in mail.attachments.all():
                status = client.get(reverse("office:attachment", args=[mail.pk, file.pk])).status_code
                assert status == (200 if reads else 404)
