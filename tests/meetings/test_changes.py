from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from portal.audit.models import Line
from portal.audit.versions import Stale
from portal.meetings.actions import agenda, changes, invitation
from portal.meetings.actions.sight import WHOLE, Sight
from portal.meetings.models import AgendaItem
from tests.factories import AgendaItemFactory, AttendanceFactory, GuestFactory, MembershipFactory
from tests.meetings.letters import SECRETS, TEXT, add_marked_items, event_of, everything_in, mail_to, mails, readers


@pytest.fixture
def invited(draft, lead, delegate):
    """The meeting after its first invitation, with the outbox emptied."""
    invitation.invite(draft, by=lead, version=draft.version)
    draft.refresh_from_db()
    for mail in mails():
        mail.delete()
    return draft


def send_changes(meeting, by):
    meeting.refresh_from_db()
    revision = invitation.send_changes(meeting, by=by, version=meeting.version)
    meeting.refresh_from_db()
    return revision


def told(meeting, sight=WHOLE):
    """What has changed since the last revision, in words."""
    differences = changes.differences(changes.last_sent(meeting), changes.snapshot(meeting), sight)
    return [str(change) for change in differences]


def test_new_item_is_told_as_new_revision_without_counting_up(invited, lead, delegate):
    invited.attendances.filter(person=delegate).update(answer="accepted", answered_at=timezone.now())
    agenda.add_item(invited, by=lead, title="Glasfaser")
    revision = send_changes(invited, lead)
    assert (revision.number, revision.note) == (2, "Nachtrag: TOP 2: Glasfaser")
    assert (invited.revision, invited.sequence) == (2, 0)
    mail = mail_to(delegate)
    assert mail.key == f"invitation:{invited.pk}:2:{delegate.pk}"
    assert mail.subject.startswith("Geänderte Tagesordnung: ")
    assert all("Nachtrag: TOP 2: Glasfaser" in body for body in (mail.text, mail.html))
    assert "Ihre Zusage gilt weiter" in mail.text
    event = event_of(mail)
    assert (event["SEQUENCE"], event["ATTENDEE"].params["PARTSTAT"]) == (0, "ACCEPTED")
    content = everything_in(mail)
    assert "2. Fassung. Nachtrag: TOP 2: Glasfaser" in content
    assert "Nachtrag" in content
    line = Line.objects.get(verb="Änderung verschickt")
    assert (line.actor, line.detail) == (lead, {"revision": 2, "people": 2})


def test_nothing_new_is_not_sent(invited, lead):
    with pytest.raises(ValidationError, match="nichts geändert"):
        send_changes(invited, lead)
    assert (invited.revision, mails()) == (1, [])
    assert invitation.plan(invited, lead).obstacle.endswith("nichts geändert.")


def test_second_click_tells_nothing_twice(invited, lead):
    agenda.add_item(invited, by=lead, title="Glasfaser")
    invited.refresh_from_db()
    invitation.send_changes(invited, by=lead, version=invited.version)
    with pytest.raises(Stale):
        invitation.send_changes(invited, by=lead, version=invited.version)
    assert len(mails()) == 2


def test_change_of_each_fact_is_told_old_and_new(invited, lead):
    item = invited.items.get()
    fields = {"title": "Wärmeplan", "presenter": "Frau Kaya", "minutes_planned": 25, "purpose": "recommendation"}
    agenda.edit_item(item, by=lead, version=item.version, text="Ganz neu.", **fields)
    assert told(invited) == [
        f"TOP 1, Titel: bisher {item.title}, jetzt Wärmeplan",
        "TOP 1, gewünscht ist: bisher Information, jetzt Empfehlung",
        "TOP 1, Vortrag: bisher keine Angabe, jetzt Frau Kaya",
        "TOP 1, Dauer: bisher 10 Minuten, jetzt 25 Minuten",
        "TOP 1, Erläuterung geändert",
    ]


def test_order_and_removal_are_told(invited, lead):
    for title in ("Zwei", "Drei"):
        agenda.add_item(invited, by=lead, title=title)
    send_changes(invited, lead)
    first, second, third = invited.items.order_by("number")
    agenda.delete_item(first, by=lead)
    agenda.move_item(AgendaItem.objects.get(pk=third.pk), by=lead, step=-1)
    assert told(invited) == [f"Entfällt: TOP 1: {first.title}", "Reihenfolge: TOP 3 wird TOP 1"]
    assert second.number == 2


def test_change_of_a_confidential_item_tells_only_that_there_is_one(draft, lead, delegate):
    internal, secret = add_marked_items(draft)
    invitation.invite(draft, by=lead, version=draft.version)
    agenda.edit_item(secret, by=lead, version=1, title="Quellwolke zwei", text="Wacholder zwei")
    agenda.edit_item(internal, by=lead, version=1, text="Perlmutt zwei")
    assert "TOP 3 (vertraulich), Angaben geändert" in told(draft)
    send_changes(draft, lead)
    assert not [word for mail in mails() for word in (*SECRETS, TEXT) if word in everything_in(mail)]


def test_item_that_becomes_confidential_leaves_the_mail(draft, lead, delegate):
    internal, _ = add_marked_items(draft)
    invitation.invite(draft, by=lead, version=draft.version)
    agenda.edit_item(internal, by=lead, version=1, visibility="confidential", title="Kranichzug")
    assert told(draft) == ["TOP 2 (vertraulich), Sichtbarkeit: bisher Intern, jetzt Vertraulich"]
    send_changes(draft, lead)
    assert "Kranichzug" not in everything_in(mail_to(delegate, key__contains=":2:"))


def test_confidential_title_stays_out_of_the_mail_that_opens_the_item(draft, lead):
    _, secret = add_marked_items(draft)
    invitation.invite(draft, by=lead, version=draft.version)
    agenda.edit_item(secret, by=lead, version=1, visibility="internal", title="Offen", presenter="", text="")
    assert told(draft) == ["TOP 3, Sichtbarkeit: bisher Vertraulich, jetzt Intern"]


def test_guest_is_told_only_of_items_the_guest_may_see(draft, lead):
    internal, _ = add_marked_items(draft)
    public = AgendaItemFactory(meeting=draft, visibility="public", title="Haushalt")
    agenda.renumber(draft)
    guest = GuestFactory(meeting=draft, items=[public]).person
    invitation.invite(draft, by=lead, version=draft.version)
    draft.refresh_from_db()
    agenda.edit_item(internal, by=lead, version=1, title="Zugvogel")
    send_changes(draft, lead)
    assert len(mails(to=guest.email)) == 1
    agenda.edit_item(public, by=lead, version=public.version, title="Haushalt 2028")
    send_changes(draft, lead)
    last = mails(to=guest.email)[-1]
    assert "Haushalt 2028" in last.text
    assert "Zugvogel" not in everything_in(last)


def test_public_item_that_is_withdrawn_falls_away_for_guests(draft, lead):
    public = AgendaItemFactory(meeting=draft, visibility="public", title="Haushalt")
    invitation.invite(draft, by=lead, version=draft.version)
    agenda.edit_item(public, by=lead, version=1, visibility="internal", title="Neuer Titel")
    assert f"Entfällt: TOP {public.number}: Haushalt" in told(draft, Sight())
    assert not [line for line in told(draft, Sight()) if "Neuer Titel" in line]


def test_newcomer_is_invited_and_nobody_else_bothered(invited, lead, group):
    newcomer = MembershipFactory(organization=group).person
    send_changes(invited, lead)
    assert readers() == {newcomer.email}
    assert mail_to(newcomer).subject.startswith("Einladung: ")
    assert invited.attendances.get(person=newcomer).invited_at is not None


def test_whoever_has_left_gets_a_personal_cancellation(invited, lead, delegate):
    delegate.memberships.update(end_date=timezone.localdate())
    send_changes(invited, lead)
    assert readers() == {delegate.email}
    mail = mail_to(delegate)
    assert mail.subject.startswith("Termin entfällt für Sie: ")
    assert mail.calendar_method == "CANCEL"
    event = event_of(mail)
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == (f"{invited.pk}@testserver", 1, "CANCELLED")
    assert (invited.sequence, invited.attendances.filter(person=delegate).exists()) == (1, False)
    assert "TOP" not in everything_in(mail)


def test_whoever_comes_back_outbids_the_own_cancellation(invited, lead, delegate):
    """A calendar drops what counts lower than the last it heard of the meeting."""
    seat = delegate.memberships.get()
    for end_date in (timezone.localdate(), None):
        seat.end_date = end_date
        seat.save()
        send_changes(invited, lead)
    cancelled, again = mails(to=delegate.email)
    assert (cancelled.calendar_method, event_of(cancelled)["SEQUENCE"]) == ("CANCEL", 1)
    assert (again.calendar_method, event_of(again)["SEQUENCE"]) == ("REQUEST", 2)


def test_withdrawn_guest_is_released(draft, lead):
    guest = GuestFactory(meeting=draft)
    invitation.invite(draft, by=lead, version=draft.version)
    guest.delete()
    send_changes(draft, lead)
    assert mails(to=guest.person.email)[-1].calendar_method == "CANCEL"


def test_delegate_who_becomes_deputy_is_released_but_one_called_in_stays(invited, lead, delegate, deputy, fraktion):
    AttendanceFactory(meeting=invited, person=deputy, role="deputy", rank=1, on_behalf_of=fraktion)
    delegate.memberships.update(role="deputy", rank=2)
    send_changes(invited, lead)
    assert readers() == {delegate.email}
    assert set(invited.attendances.values_list("person", flat=True)) == {lead.pk, deputy.pk}


def test_frozen_start_is_kept_as_utc(invited):
    invited.start += timedelta(0)
    assert changes.snapshot(invited)["start"].endswith("+00:00")
    assert changes.last_sent(invited) == changes.snapshot(invited)
