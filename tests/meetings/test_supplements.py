"""A Nachtrag after its Frist: asked for a reason, which is stored, sent and printed for those who read the item."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from portal.meetings import pdf
from portal.meetings.actions import agenda, invitation, revision
from portal.meetings.actions.sight import Sight
from portal.meetings.models import Meeting, Turn, Visibility
from portal.members.actions.procedure import switch_public_calendar
from portal.minutes.actions import open_minutes
from portal.minutes.pdf import niederschrift
from tests.factories import AgendaItemFactory, GuestFactory
from tests.meetings.letters import everything_in, mail_to, mails
from tests.meetings.pages import text_of, url
from tests.pdf.test_documents import text_of as text_of_pdf

REASON = "Der Bescheid kam erst gestern."
PRINTED = f"Nachtrag nach Ablauf der Frist: {REASON}"


@pytest.fixture
def invited(draft, lead, delegate):
    """A meeting in three days, to which people were invited in time."""
    invitation.invite(draft, by=lead, version=draft.version)
    soon = timezone.now() + timedelta(days=3)
    Meeting.objects.filter(pk=draft.pk).update(start=soon, end=soon + timedelta(hours=1))
    draft.refresh_from_db()
    invitation.send_changes(draft, by=lead, version=draft.version)
    for mail in mails():
        mail.delete()
    return current(draft)


def current(meeting):
    meeting.refresh_from_db()
    return meeting


def send(meeting, by, reason=""):
    return invitation.send_changes(current(meeting), by=by, version=meeting.version, late_reason=reason)


def test_late_supplement_is_refused_without_a_reason(invited, lead):
    agenda.add_item(invited, by=lead, title="Glasfaser")
    with pytest.raises(ValidationError, match="Frist für einen Nachtrag ist abgelaufen"):
        send(invited, lead, "  ")
    assert (current(invited).revision, mails()) == (2, [])


def test_reason_is_stored_sent_and_printed(invited, lead, delegate):
    agenda.add_item(invited, by=lead, title="Glasfaser")
    sent = send(invited, lead, REASON)
    assert (sent.supplement_reason, sent.late_reason) == (REASON, "")
    mail = mail_to(delegate)
    assert PRINTED in mail.text
    assert REASON in mail.html
    assert PRINTED in text_of_pdf(bytes(sent.invitation_pdf))


def test_supplement_in_time_and_other_changes_need_and_keep_none(invited, draft, lead):
    item = invited.items.first()
    agenda.edit_item(item, by=lead, version=item.version, title="Wärmeplan")
    assert send(invited, lead, "Ohne Not.").supplement_reason == ""
    later = timezone.now() + timedelta(days=4)
    Meeting.objects.filter(pk=invited.pk).update(start=later, end=later + timedelta(hours=1))
    agenda.add_item(invited, by=lead, title="Glasfaser")
    assert send(invited, lead, "Ohne Not.").supplement_reason == ""


def test_guest_who_does_not_read_the_item_learns_no_reason(invited, lead):
    guest = GuestFactory(meeting=invited, items=[AgendaItemFactory(meeting=invited, visibility=Visibility.PUBLIC)])
    send(invited, lead, "Ein öffentlicher Punkt.")
    agenda.add_item(current(invited), by=lead, title="Glasfaser")
    sent = send(invited, lead, REASON)
    assert all(REASON not in everything_in(mail) for mail in mails(to=guest.person.email))
    seen = Sight(items=frozenset(guest.items.values_list("pk", flat=True)))
    assert REASON not in text_of_pdf(revision.as_sent(sent, invited, seen))
    added = Sight(items=frozenset(invited.items.filter(title="Glasfaser").values_list("pk", flat=True)))
    assert REASON in text_of_pdf(revision.as_sent(sent, invited, added))


def test_page_asks_for_the_reason_and_loses_nothing(client, invited, lead):
    agenda.add_item(invited, by=lead, title="Glasfaser")
    client.force_login(lead)
    page = client.get(url("invite", invited))
    assert "Nachtrag: 3 volle Tage vor der Sitzung" in text_of(page)
    seen = {name: page.context["form"][name].value() for name in ("version", "revision", "seen")}
    refused = client.post(url("invite", invited), seen)
    assert refused.status_code == 422
    assert "Geben Sie den Grund für die kurze Frist an." in text_of(refused)
    stale = client.post(url("invite", invited), {**seen, "seen": "x", "late_reason": REASON})
    assert stale.status_code == 409
    assert REASON in text_of(stale)
    assert client.post(url("invite", invited), {**seen, "late_reason": REASON}).status_code == 302
    assert f"Nachtrag nach Ablauf der Frist: {REASON}" in text_of(client.get(url("detail", invited)))


def test_moving_with_a_late_supplement_asks_next_to_the_field(client, invited, lead):
    agenda.add_item(invited, by=lead, title="Glasfaser")
    client.force_login(lead)
    start, end = timezone.localtime(current(invited).start), timezone.localtime(invited.end)
    typed = {
        "version": invited.version,
        "format": "digital",
        "video_url": "https://video.example.org/",
        "day": f"{start:%Y-%m-%d}",
        "starts": f"{start:%H:%M:%S.%f}",
        "ends": f"{end:%H:%M:%S.%f}",
        "note": "Wir treffen uns am Bildschirm.",
    }
    refused = client.post(url("move", invited), typed)
    assert refused.status_code == 422
    assert "Frist für einen Nachtrag" in refused.context["form"].errors["late_reason"][0]
    assert "Wir treffen uns am Bildschirm." in text_of(refused)
    assert client.post(url("move", invited), {**typed, "late_reason": REASON}).status_code == 302
    assert invited.revisions.latest("number").supplement_reason == REASON


# Marked wherever the item stands --------------------------------------------------------------------------------------


@pytest.fixture
def late_item(running, topic):
    return AgendaItemFactory(meeting=running, title="Glasfaser", topic=topic, is_supplement=True, visibility="public")


def test_every_page_marks_it(client, running, late_item, topic, clerk):
    minutes = open_minutes(running, by=clerk)
    Turn.objects.create(meeting=running, item=late_item, started_at=timezone.now())
    client.force_login(clerk)
    entry = minutes.entries.get(item=late_item)
    pages = {
        "agenda": running.get_absolute_url(),
        "item": late_item.get_absolute_url(),
        "live": url("live", running),
        "topic": reverse("home:topic", args=[topic.pk]),
        "start": reverse("home:start"),
        "minutes": minutes.get_absolute_url(),
        "entry": entry.get_absolute_url(),
    }
    marks = {name: text_of(client.get(page)).count("Nachtrag") for name, page in pages.items()}
    running.items.update(is_supplement=False)
    plain = {name: text_of(client.get(page)).count("Nachtrag") for name, page in pages.items()}
    more = {name: marks[name] - plain[name] for name in pages}
    assert more == {"agenda": 1, "item": 1, "live": 2, "topic": 1, "start": 1, "minutes": 2, "entry": 2}


def test_calendars_and_papers_mark_it(client, running, late_item, clerk, lead):
    switch_public_calendar(running.organization, by=lead, on=True)
    client.force_login(clerk)
    wanted = f"TOP {late_item.number}: Glasfaser (Nachtrag)"
    feeds = url("ics", running), reverse("meetings:public_feed", args=[running.organization_id])
    for address in feeds:
        assert wanted in client.get(address).content.decode().replace("\r\n ", "")
    invitation_pdf = pdf.invitation(running, [late_item], by=lead, issued=timezone.now()).pdf
    assert "Nachtrag" in text_of_pdf(invitation_pdf)
    printed = niederschrift(open_minutes(running, by=clerk))["items"]
    assert [item["supplement"] for item in printed if item["title"] == "Glasfaser"] == [True]


def test_mail_of_a_change_marks_it_but_for_a_confidential_one(invited, lead, delegate):
    agenda.add_item(invited, by=lead, title="Glasfaser")
    agenda.add_item(invited, by=lead, title="Vergabe", visibility=Visibility.CONFIDENTIAL)
    send(invited, lead, REASON)
    content = everything_in(mail_to(delegate))
    items = {item.title: item.number for item in invited.items.all()}
    assert f"Nachtrag: TOP {items['Glasfaser']}: Glasfaser" in content
    assert f"Neu: TOP {items['Vergabe']} (vertraulich)" in content
    assert f"TOP {items['Vergabe']} (vertraulich) (Nachtrag)" not in content


def test_draft_names_the_invitation_deadline_once(client, draft, lead):
    client.force_login(lead)
    page = text_of(client.get(draft.get_absolute_url()))
    assert (page.count('id="frist"'), page.count("<p>Ladung")) == (1, 0)
    assert "vor der Sitzung" in page
