"""A meeting to which people were invited by mail, and the mailbox for their answers."""

import pytest

from portal.mail.models import Message
from portal.meetings.actions import invitation
from tests.office.post.imap import Mailbox
from tests.office.post.mails import MAILBOX


@pytest.fixture
def inbound(settings):
    """The portal has a mailbox."""
    settings.INBOUND_ADDRESS = MAILBOX


@pytest.fixture
def mailed_meeting(inbound, draft, lead, delegate, other_delegate):
    """A meeting to which everybody was invited by mail."""
    invitation.invite(draft, by=lead, version=draft.version)
    draft.refresh_from_db()
    return draft


@pytest.fixture
def mailed_seat(mailed_meeting, delegate):
    return mailed_meeting.attendances.get(person=delegate)


@pytest.fixture
def mailed(mailed_meeting, delegate):
    """The invitation of the delegate."""
    return Message.objects.get(to=delegate.email)


@pytest.fixture
def mailbox(inbound, settings):
    with Mailbox() as box:
        settings.INBOUND_URL = box.url
        yield box
