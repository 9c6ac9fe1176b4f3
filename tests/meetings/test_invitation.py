from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from portal.audit.models import Line
from portal.audit.versions import Stale
from portal.mail.models import Message
from portal.meetings.actions import changes, invitation
from portal.meetings.models import Attendance, Meeting, Revision
from portal.pdf.engine import PdfError
from tests.cast import CAST
from tests.factories import (
    AgendaItemFactory,
    AttendanceFactory,
    GuestFactory,
    MeetingFactory,
    MembershipFactory,
    PersonFactory,
)
from tests.meetings.letters import (
    INTERNAL,
    SECRETS,
    TEXT,
    add_marked_items,
    event_of,
    everything_in,
    mail_to,
    mails,
    readers,
)
from tests.together import at_once


def invite(meeting, by, **kwargs):
    """Invite to the meeting as the database has it."""
    meeting.refresh_from_db()
    revision = invitation.invite(meeting, by=by, version=meeting.version, **kwargs)
    meeting.refresh_from_db()
    return revision


def test_invite_freezes_the_agenda_and_asks_everybody_who_belongs(draft, lead, staff, clerk, delegate, deputy, former):
    guest = GuestFactory(meeting=draft).person
    revision = invite(draft, lead)
    assert (draft.state, draft.revision, draft.sequence, draft.version) == ("invited", 1, 0, 2)
    assert draft.invited_at is not None
    assert revision.number == 1
    assert revision.created_by == lead
    assert revision.snapshot == changes.snapshot(draft)
    assert bytes(revision.invitation_pdf).startswith(b"%PDF-")
    rows = {row.person: (row.role, row.answer) for row in draft.attendances.filter(invited_at__isnull=False)}
    assert rows == {
        lead: ("lead", ""),
        staff: ("staff", ""),
        clerk: ("clerk", ""),
        delegate: ("delegate", ""),
        guest: ("guest", ""),
    }
    assert draft.attendances.get(person=delegate).on_behalf_of == delegate.memberships.get().on_behalf_of
    assert readers() == {person.email for person in rows}
    line = Line.objects.get(verb="Einladung verschickt")
    assert (line.actor, line.thing_id, line.organization_id) == (lead, str(draft.pk), draft.organization_id)
    assert line.detail == {"revision": 1, "people": 5}


def test_invitation_mail_has_its_key_calendar_letter_and_links(draft, lead, delegate):
    invite(draft, lead)
    mail = mail_to(delegate)
    assert mail.key == f"invitation:{draft.pk}:1:{delegate.pk}"
    assert (mail.group, mail.about, mail.person) == (draft.organization_id, draft.pk, delegate.pk)
    assert mail.subject.startswith(f"Einladung: {draft.label} am ")
    assert mail.calendar_method == "REQUEST"
    assert [file.name for file in mail.attachments.all()] == [f"Einladung-{draft.number}-Sitzung-{draft.year}.pdf"]
    for body in (mail.text, mail.html):
        assert "?antwort=zusage" in body
        assert "?antwort=absage" in body
        assert f"http://testserver/sitzungen/{draft.pk}/" in body
        assert "weil Sie Mitglied sind" in body
    event = event_of(mail)
    assert str(event["ATTENDEE"]) == f"mailto:{delegate.email}"
    assert event["ATTENDEE"].params["PARTSTAT"] == "NEEDS-ACTION"
    assert event["UID"] == f"{draft.pk}@testserver"


def test_letter_is_stored_once_for_all_readers(draft, lead, delegate, clerk):
    invite(draft, lead)
    assert len({file.pk for mail in mails() for file in mail.attachments.all()}) == 1


def test_nothing_confidential_and_no_text_leaves_the_portal(draft, lead, delegate):
    add_marked_items(draft)
    guest = GuestFactory(meeting=draft).person
    invite(draft, lead)
    for person in (delegate, guest):
        content = everything_in(mail_to(person))
        assert INTERNAL in content
        assert ("TOP 3 (vertraulich)" in content) is (person == delegate)
        assert not [word for word in (*SECRETS, TEXT) if word in content]


def test_guest_of_one_item_reads_of_no_other_internal_item(draft, lead):
    internal, secret = add_marked_items(draft)
    public = AgendaItemFactory(meeting=draft, visibility="public", title="Haushalt")
    guests = [GuestFactory(meeting=draft, items=[item]).person for item in (public, secret, internal)]
    invite(draft, lead)
    contents = [everything_in(mail_to(guest)) for guest in guests]
    assert all("TOP 4: Haushalt" in content for content in contents)
    assert [INTERNAL in content for content in contents] == [False, False, True]
    assert ["TOP 3 (vertraulich)" in content for content in contents] == [False, True, False]
    assert not [word for word in SECRETS for content in contents if word in content]


def test_person_without_address_or_with_closed_account_is_asked_but_gets_no_mail(draft, lead, group):
    silent = MembershipFactory(organization=group, person__email=None).person
    closed = MembershipFactory(organization=group, person__is_active=False).person
    assert set(invitation.plan(draft, lead).people.unreachable) == {silent, closed}
    invite(draft, lead)
    assert set(draft.attendances.filter(invited_at__isnull=False).values_list("person", flat=True)) == {
        lead.pk,
        silent.pk,
        closed.pk,
    }
    assert readers() == {lead.email}


def test_person_with_two_roles_comes_once_for_the_fraktion(draft, lead, delegate, group):
    MembershipFactory(organization=group, person=delegate, role="staff")
    invite(draft, lead)
    assert draft.attendances.get(person=delegate).role == "delegate"
    assert len(mails(to=delegate.email)) == 1


def test_guest_row_made_before_the_invitation_is_used(draft, lead):
    guest = GuestFactory(meeting=draft).person
    row = AttendanceFactory(meeting=draft, person=guest, role="guest", invited_at=None)
    invite(draft, lead)
    assert draft.attendances.get(person=guest, invited_at__isnull=False).pk == row.pk


def test_second_invitation_sends_nothing(draft, lead, clerk):
    invitation.invite(draft, by=lead, version=draft.version)
    with pytest.raises(Stale):
        invitation.invite(draft, by=clerk, version=draft.version)
    with pytest.raises(ValidationError, match="nicht mehr eingeladen"):
        invite(draft, lead)
    assert len(mails()) == 2


@pytest.mark.django_db(transaction=True)
def test_two_at_once_invite_once(draft, lead, clerk):
    mine, theirs = (Meeting.objects.get(pk=draft.pk) for _ in range(2))
    outcomes = at_once(
        lambda: invitation.invite(mine, by=lead, version=mine.version),
        lambda: invitation.invite(theirs, by=clerk, version=theirs.version),
    )
    draft.refresh_from_db()
    assert {type(outcome) for outcome in outcomes} == {Revision, Stale}
    assert (draft.revision, draft.revisions.count()) == (1, 1)
    assert draft.attendances.count() == Message.objects.count() == 2
    assert Line.objects.filter(verb="Einladung verschickt").count() == 1


def test_invitation_built_on_an_older_agenda_is_refused(draft, lead):
    seen = invitation.plan(draft, lead).seen
    AgendaItemFactory(meeting=draft)
    with pytest.raises(Stale):
        invite(draft, lead, seen=seen)
    assert not mails()


def test_agenda_that_changes_while_the_letters_are_set_is_refused(draft, lead, monkeypatch):
    set_letter = invitation.revision.pdf.invitation

    def slowly(*args, **kwargs):
        draft.items.update(title="Anders")
        return set_letter(*args, **kwargs)

    monkeypatch.setattr(invitation.revision.pdf, "invitation", slowly)
    with pytest.raises(Stale):
        invite(draft, lead)
    draft.refresh_from_db()
    assert (draft.state, draft.revisions.count(), mails()) == ("draft", 0, [])


def test_failed_letter_leaves_nothing_behind(draft, lead):
    Meeting.objects.filter(pk=draft.pk).update(intro="x" * 2_000_001)
    with pytest.raises(PdfError):
        invite(draft, lead)
    draft.refresh_from_db()
    assert (draft.state, draft.attendances.count(), mails()) == ("draft", 0, [])


def test_meeting_without_items_cannot_be_invited_to(draft, lead):
    draft.items.all().delete()
    with pytest.raises(ValidationError, match="Tagesordnung ist leer"):
        invite(draft, lead)


def test_meeting_of_the_past_cannot_be_invited_to(draft, lead):
    Meeting.objects.filter(pk=draft.pk).update(start=timezone.now() - timedelta(hours=1))
    with pytest.raises(ValidationError, match="Vergangenheit"):
        invite(draft, lead, late_reason="Eilt.")


def test_late_invitation_needs_a_reason_that_everybody_reads(draft, lead, delegate):
    Meeting.objects.filter(pk=draft.pk).update(start=timezone.now() + timedelta(days=10))
    Meeting.objects.filter(pk=draft.pk).update(end=timezone.now() + timedelta(days=10, hours=1))
    with pytest.raises(ValidationError, match="Ladungsfrist"):
        invite(draft, lead, late_reason="  ")
    invite(draft, lead, late_reason="Der Förderantrag läuft ab.")
    assert draft.late_reason == "Der Förderantrag läuft ab."
    mail = mail_to(delegate)
    assert all("Der Förderantrag läuft ab." in body for body in (mail.text, mail.html))
    assert everything_in(mail).count("Verkürzte Ladungsfrist: Der Förderantrag läuft ab.") == 2  # text and letter
    assert draft.revisions.get().late_reason == "Der Förderantrag läuft ab."


def test_invitation_in_time_needs_and_keeps_no_reason(draft, lead):
    Meeting.objects.filter(pk=draft.pk).update(start=timezone.now() + timedelta(days=11))
    Meeting.objects.filter(pk=draft.pk).update(end=timezone.now() + timedelta(days=11, hours=1))
    invite(draft, lead, late_reason="Ohne Not.")
    assert draft.late_reason == ""


@pytest.mark.parametrize("name", CAST)
def test_who_may_invite(name, draft, person_of):
    person = person_of(name)
    if name in {"lead", "clerk"}:
        invite(draft, person)
        assert mails()
        return
    with pytest.raises(ValidationError):
        invite(draft, person)
    assert not mails()


def test_meeting_of_another_group_invites_only_its_own(draft, lead, second_group_member):
    other = MeetingFactory(organization=second_group_member.memberships.get().organization, state="draft")
    AgendaItemFactory(meeting=other)
    invite(other, second_group_member)
    assert readers() == {second_group_member.email}
    assert not Attendance.objects.filter(person=lead).exists()


def test_name_cannot_break_out_of_header_or_calendar(draft, lead, group):
    person = PersonFactory(last_name="Böse\r\nBCC: alle@example.org\r\nX-EVIL:1", email="boese@example.org")
    MembershipFactory(organization=group, person=person)
    invite(draft, lead)
    mail = mail_to(person)
    assert "\n" not in mail.to_name
    assert "X-EVIL" not in event_of(mail)
    assert str(event_of(mail)["ATTENDEE"]) == "mailto:boese@example.org"
