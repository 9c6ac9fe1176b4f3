"""Somebody who has left, with a row of every kind, and markers wherever a person's data can stand."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.utils import timezone

from portal.audit import trail
from portal.audit.origin import Door, coming_from
from portal.mail import outbox
from portal.mail.models import Incoming, Message, UnreachableAddress
from portal.meetings.models import Delivery, Recusal, Revision, SeatStep
from portal.members.actions import profile
from portal.members.models import Invitation
from tests.factories import (
    AgendaItemFactory,
    AttendanceFactory,
    CommentFactory,
    DatePollFactory,
    EntryFactory,
    GuestFactory,
    MeetingFactory,
    MinutesFactory,
)

FIRST, LAST = "Zwetschgine", "Quittenbaum"
NAME = f"{FIRST} {LAST}"
MARKERS = {
    "first name": FIRST,
    "last name": LAST,
    "title": "Dr. Holunder",
    "address": "zwetschgine@quittenbaum.example",
    "sort key": "quittenbaum zwetschgine",
    "note": "Mirabellennote",
    "comment": "Reneklodentext",
    "earlier text": "Pflaumenfassung",
    "withdrawn text": "Schlehenfassung",
    "mail": "Brombeermail",
    "attached file": "Himbeeranhang",
    "device": "Kornelkirschenbrowser",
    "ip address": "203.0.113.77",
}
OTHERS = {"text": "Eberesche", "note": "Vogelbeere", "name": "Dahlmann"}


@pytest.fixture
def leaver(former):
    """The delegate who has left, under a name that nobody else has."""
    former.first_name, former.last_name, former.title = FIRST, LAST, MARKERS["title"]
    former.email = MARKERS["address"]
    former.save()
    return former


@pytest.fixture
def traces(leaver, group, delegate, clerk, lead, meeting, topic, mail_folder):
    """All that somebody leaves behind; the row of each kind, and those of others beside it."""
    end = timezone.now() - timedelta(days=20)
    held = MeetingFactory(organization=group, number=3, state="finished", start=end - timedelta(hours=2), end=end)
    item = AgendaItemFactory(meeting=held, presenter=f"Dr. {NAME}")
    AttendanceFactory(meeting=held, person=leaver, role="delegate", answer="accepted", note=MARKERS["note"])
    AttendanceFactory(meeting=held, person=delegate, role="deputy", in_place_of=leaver, note=OTHERS["note"])
    AttendanceFactory(meeting=meeting, person=leaver, role="guest")
    fraktion = leaver.memberships.get().on_behalf_of
    SeatStep.objects.create(meeting=held, on_behalf_of=fraktion, kind="declined", person=leaver, by=leaver)
    Delivery.objects.create(
        key="1", meeting=held, person=leaver, kind="Einladung", revision=1, sequence=0, start=held.start,
        address=MARKERS["address"], server_answer=f"250 {MARKERS['address']}", way="letter", told_at=end,
        noted_at=end, noted_by=leaver, remark=MARKERS["note"],
    )  # fmt: skip
    GuestFactory(meeting=held, person=leaver, items=[item])
    poll = DatePollFactory(organization=group, created_by=leaver)
    voice = poll.voices.create(person=leaver, role="delegate", on_behalf_of=fraktion, answered_at=end)
    voice.answers.create(option=poll.options.first(), choice="maybe")
    Recusal.objects.create(item=item, person=leaver, recorded_by=leaver)
    comment = CommentFactory(item=item, author=leaver, text=MARKERS["comment"])
    comment.versions.create(text=MARKERS["earlier text"])
    withdrawn = CommentFactory(item=item, author=leaver, text="", withdrawn_at=timezone.now())
    withdrawn.versions.create(text=MARKERS["withdrawn text"])
    CommentFactory(item=item, author=delegate, parent=comment, text=OTHERS["text"])
    items = [{"number": 1, "title": "Punkt", "presenter": f"Dr. {NAME}"}]
    CommentFactory(item=item, author=delegate, hidden_by=leaver, hidden_at=timezone.now(), hidden_reason="Ausfällig")
    CommentFactory(
        item=item, author=leaver, hidden_by=lead, hidden_at=timezone.now(), hidden_reason=f"{NAME} beleidigt"
    )
    Revision.objects.create(
        meeting=held, number=1, created_by=leaver, note=f"Vortrag: {NAME}", snapshot={"items": items},
        invitation_pdf=b"%PDF-",
    )  # fmt: skip
    minutes = MinutesFactory(meeting=held, clerk=leaver, chair=leaver)
    EntryFactory(minutes=minutes, item=item, modified_by=leaver)
    type(minutes).objects.filter(pk=minutes.pk).update(
        state="final", finalised_at=timezone.now(), finalised_by=leaver, pdf=b"%PDF-", sha256="0" * 64
    )
    topic.responsible = leaver
    topic.save()
    EmailAddress.objects.create(user=leaver, email=leaver.email, verified=True, primary=True)
    Invitation.objects.create(person=leaver, token_hash="0" * 64, expires_at=timezone.now())
    leaver.groups.add(Group.objects.create(name="Rechte"))
    leaver.user_permissions.add(Permission.objects.first())
    Authenticator.objects.create(user=leaver, type="totp", data={"secret": "Sanddorn"})
    UserSession.objects.create(
        user=leaver, session_key="elsewhere", ip=MARKERS["ip address"], user_agent=MARKERS["device"]
    )
    LogEntry.objects.create(user=leaver, action_flag=1, object_repr=NAME)
    with coming_from(Door.PORTAL, MARKERS["ip address"]):
        profile.open_feed(leaver)
    trail.record(actor=lead, verb="Mitglied berufen", thing=leaver.memberships.get(), organization=group.pk)
    trail.record(actor=delegate, verb="Fremder Vorgang", thing=topic, organization=group.pk)
    Client().force_login(leaver)
    _mails(leaver, delegate)
    return leaver


def _mails(leaver, delegate):
    """One to the person with a file, one of the sign-in, and one to somebody else that names the person."""
    Incoming.objects.create(key="1", sender=leaver.email, text=MARKERS["mail"], person=leaver.pk)
    Incoming.objects.create(key="2", sender=leaver.email.upper(), sender_name=NAME)
    UnreachableAddress.objects.create(address=leaver.email, reason="550")
    file = outbox.Attachment("anlage.txt", "text/plain", MARKERS["attached file"].encode())
    rows = [
        Message(key="1", to=leaver.email, to_name=NAME, text=f"{MARKERS['mail']} /antwort/geheim/", person=leaver.pk),
        Message(key="2", to=leaver.email.upper(), secret=True),
        Message(key="3", to=delegate.email, text=f"{NAME} hat geschrieben", html=f"<p>{NAME}</p>", person=delegate.pk),
    ]
    for row in rows:
        row.kind, row.subject = "Einladung", "Einladung"
        row.status, row.sent_at = Message.Status.SENT, timezone.now()
        outbox.store(row, [file] if row.key == "1" else [])


@pytest.fixture
def mail_folder(settings, tmp_path):
    """A portal without a mail server puts its mails here."""
    settings.EMAIL_FILE_PATH = tmp_path / "mails"
    settings.VAR_DIR = tmp_path
    return settings.EMAIL_FILE_PATH


def age(thing, days, *fields):
    """Let the row be that many days older."""
    moment = timezone.now() - timedelta(days=days)
    type(thing).objects.filter(pk=thing.pk).update(**dict.fromkeys(fields, moment))
