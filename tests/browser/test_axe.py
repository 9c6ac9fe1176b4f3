"""The busiest pages are accessible on a desk by day and on a phone by night."""

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.audit import trail
from portal.mail.models import Incoming, Message, Pause
from portal.meetings.actions.invitation import invite
from portal.meetings.actions.live import call_up
from portal.meetings.actions.proof import note_other_way
from tests.browser.steps import unfold
from tests.factories import AgendaItemFactory, AttendanceFactory, CommentFactory

SCREENS = {"desk, light": (1280, "light"), "phone, dark": (390, "dark")}


@pytest.fixture(params=SCREENS.values(), ids=SCREENS)
def faults_of(request, visitor, axe):
    """What axe finds on these pages, each seen by one person."""
    width, theme = request.param

    def look(person, *addresses):
        page = visitor(person, viewport={"width": width, "height": 900}, color_scheme=theme)
        found = {}
        for address in addresses:
            assert page.goto(address).status == 200, address
            unfold(page)
            found[address] = axe(page)
        return {address: faults for address, faults in found.items() if faults}

    return look


def test_pages_of_a_delegate_are_accessible(faults_of, delegate, other_delegate, meeting, item, confidential_item):
    for person, answer in ((delegate, ""), (other_delegate, "accepted")):
        AttendanceFactory(meeting=meeting, person=person, role="delegate", answer=answer)
    mine = CommentFactory(item=item, author=delegate, text="Was kostet das?\n\n- einmalig\n- **jährlich**")
    CommentFactory(item=item, author=other_delegate, parent=mine)
    addresses = [thing.get_absolute_url() for thing in (meeting, item, confidential_item)]
    reply = f"{item.get_absolute_url()}?antwort={mine.pk}"
    change = reverse("meetings:comment_edit", args=[mine.pk])
    assert faults_of(delegate, "/", "/sitzungen/", "/themen/", "/mitglieder/", *addresses, reply, change) == {}


def test_pages_of_the_office_are_accessible(faults_of, lead, delegate, draft, topic):
    AgendaItemFactory(meeting=draft, topic=topic, visibility="confidential")
    forms = [
        reverse(f"meetings:{name}", args=[draft.pk]) for name in ("detail", "edit", "copy", "item_create", "invite")
    ]
    assert faults_of(lead, "/", "/sitzungen/neu/", *forms) == {}
    invite(draft, by=lead, version=draft.version)
    mail = reverse("office:message", args=[Message.objects.first().pk])
    ways = [reverse(f"meetings:{name}", args=[draft.pk]) for name in ("detail", "move", "cancel")]
    assert faults_of(lead, *ways, "/postausgang/", mail, "/mitglieder/berufen/", topic.get_absolute_url()) == {}


def test_pages_of_a_running_meeting_are_accessible(faults_of, lead, delegate, running):
    address = reverse("meetings:live", args=[running.pk])
    assert faults_of(lead, address) == {}
    call_up(running, by=lead, item=running.items.get(number=2).pk, seen=None)
    for person in (lead, delegate):
        assert faults_of(person, address) == {}
    AttendanceFactory(meeting=running, person=delegate, role="delegate", presence="present")
    AttendanceFactory(meeting=running, person=lead, role="lead", answer="accepted")
    assert faults_of(lead, reverse("meetings:presence", args=[running.pk])) == {}


def test_pages_about_mail_are_accessible(faults_of, lead, delegate, draft):
    invite(draft, by=lead, version=draft.version)
    letters = {letter.person: letter for letter in draft.deliveries.all()}
    sent = Message.objects.filter(uuid=letters[delegate].message)
    sent.update(status="sent", sent_at=timezone.now(), server_answer="250 2.0.0 Ok: queued as 4F2kq1")
    sent.update(returned_at=timezone.now(), return_reason="Die Adresse gibt es nicht.")
    note_other_way(letters[lead], by=lead, way="letter", told_at=timezone.now(), remark="Einwurf")
    came_in = Incoming.objects.create(key="1", subject="Frage", sender="a@example.net", text="Guten Tag")
    pages = [reverse(f"office:{name}") for name in ("outbox", "inbox", "operation", "pause")]
    pages.append(reverse("office:incoming", args=[came_in.pk]))
    pages.append(reverse("meetings:proof", args=[draft.pk]))
    pages += [reverse("meetings:delivery", args=[letter.pk]) for letter in letters.values()]
    Pause.objects.create(pk=1, by=lead.pk, reason="Umzug des Mailservers")
    assert faults_of(lead, "/", *pages) == {}


def test_pages_of_the_minutes_are_accessible(faults_of, clerk, minutes, entry):
    pages = [reverse(f"minutes:{name}", args=[minutes.pk]) for name in ("detail", "attendance", "frame")]
    assert faults_of(clerk, *pages, reverse("minutes:entry", args=[entry.pk])) == {}


def test_trail_and_systemverwaltung_are_accessible(faults_of, lead, superuser, delegate, group):
    trail.record(actor=lead, verb="Sitzung geändert", thing=group, organization=group.pk, revision=2)
    Message.objects.create(key="k", kind="Einladung", to="a@example.org", subject="x", status="failed")
    assert faults_of(lead, reverse("office:trail")) == {}
    lists = ("members_person", "members_membership", "mail_message", "audit_line")
    addresses = [reverse(f"admin:{name}") for name in ("index", "operation", *(f"{name}_changelist" for name in lists))]
    addresses.append(reverse("admin:members_person_change", args=[delegate.pk]))
    addresses.append(reverse("admin:members_membership_change", args=[delegate.memberships.get().pk]))
    assert faults_of(superuser, *addresses, reverse("admin:members_membership_add")) == {}
