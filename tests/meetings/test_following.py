"""Meetings ahead follow the seats between two revisions."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.audit.models import Line
from portal.meetings.actions import agenda, following, invitation
from portal.meetings.actions.replies import asked_by
from portal.meetings.models import Meeting
from portal.members.models import Role
from tests.factories import AgendaItemFactory, AttendanceFactory, GuestFactory, MembershipFactory
from tests.meetings.letters import answer_path, event_of, mail_to, mails, readers
from tests.together import at_once


@pytest.fixture
def invited(draft, lead, delegate):
    """The meeting after its first invitation, with the outbox emptied."""
    invitation.invite(draft, by=lead, version=draft.version)
    for mail in mails():
        mail.delete()
    return draft


def days(number):
    return timezone.localdate() + timedelta(days=number)


def follow(meeting, by):
    shifts = following.follow_seats(meeting.organization_id, by=by)
    meeting.refresh_from_db()
    return shifts


def test_newcomer_gets_the_letter_that_the_others_have(invited, lead, group):
    agenda.add_item(invited, by=lead, title="Noch nicht verschickt")
    newcomer = MembershipFactory(organization=group).person
    (shift,) = follow(invited, lead)
    assert (shift.meeting, shift.invited, shift.released) == (invited, [newcomer], [])
    assert readers() == {newcomer.email}
    mail = mail_to(newcomer)
    assert (mail.kind, mail.calendar_method, event_of(mail)["SEQUENCE"]) == ("Einladung", "REQUEST", 1)
    assert bytes(mail.attachments.get().content) == bytes(invited.revisions.get().invitation_pdf)
    assert "Noch nicht verschickt" not in mail.text
    assert (invited.revision, invited.sequence) == (1, 1)
    assert Line.objects.get(verb="Einladungen an Sitze angepasst").detail == {"invited": 1, "released": 0}


def test_second_run_changes_nothing(invited, lead, group):
    MembershipFactory(organization=group)
    follow(invited, lead)
    assert follow(invited, lead) == []
    assert (len(mails()), invited.sequence) == (1, 1)


def test_leaver_is_told_at_once_and_may_come_back(invited, lead, delegate):
    seat = delegate.memberships.get()
    for end_date in (timezone.localdate(), None, timezone.localdate(), None):
        seat.end_date = end_date
        seat.save()
        follow(invited, lead)
    told = [(mail.calendar_method, event_of(mail)["SEQUENCE"]) for mail in mails(to=delegate.email)]
    assert told == [("CANCEL", 1), ("REQUEST", 2), ("CANCEL", 3), ("REQUEST", 4)]
    assert invited.attendances.filter(person=delegate).count() == 1


@pytest.mark.parametrize(
    ("seat", "is_invited"),
    [
        ({"start_date": 30}, True),
        ({"start_date": 42}, True),
        ({"start_date": 43}, False),
        ({"end_date": 42}, False),
        ({"end_date": 43}, True),
        ({"role": Role.DEPUTY}, False),
        ({"role": Role.STAFF}, True),
    ],
)
def test_the_seat_on_the_day_of_the_meeting_counts(invited, lead, group, seat, is_invited):
    """The meeting is 42 days ahead; an end date is the first day without the seat."""
    dates = {name: days(value) if name.endswith("date") else value for name, value in seat.items()}
    newcomer = MembershipFactory(organization=group, **dates).person
    follow(invited, lead)
    assert (newcomer.email in readers()) is is_invited


def test_seat_that_begins_later_answers_by_the_link_of_the_mail(invited, lead, group):
    newcomer = MembershipFactory(organization=group, start_date=days(10)).person
    follow(invited, lead)
    token = answer_path(mail_to(newcomer)).split("/")[2]
    assert asked_by(token).person == newcomer
    newcomer.memberships.update(end_date=days(20))
    assert asked_by(token) is None


@pytest.mark.parametrize("state", ["draft", "running", "finished", "cancelled"])
def test_only_invited_meetings_follow(invited, lead, group, state):
    fields = {"state": state, "cancelled_at": timezone.now() if state == "cancelled" else None}
    Meeting.objects.update(**fields, invited_at=None if state == "draft" else timezone.now())
    MembershipFactory(organization=group)
    assert follow(invited, lead) == []
    assert mails() == []


def test_meetings_of_others_and_of_the_past_stay(invited, lead, group):
    MembershipFactory()
    assert follow(invited, lead) == []
    Meeting.objects.update(start=timezone.now() - timedelta(hours=1))
    MembershipFactory(organization=group)
    assert follow(invited, lead) == []


def test_deputy_called_in_and_guests_are_left_alone(invited, lead, group, deputy, fraktion):
    AttendanceFactory(meeting=invited, person=deputy, role="deputy", on_behalf_of=fraktion, rank=1)
    GuestFactory(meeting=invited)
    AttendanceFactory(meeting=invited, role="guest")
    assert follow(invited, lead) == []
    assert mails() == []


@pytest.mark.django_db(transaction=True)
def test_who_is_appointed_while_the_invitation_goes_out_is_invited(draft, lead, group):
    AgendaItemFactory(meeting=draft)
    people = []

    def appoint():
        for _ in range(20):
            people.append(MembershipFactory(organization=group).person)
            following.follow_seats(group.pk, by=lead)

    outcomes = at_once(lambda: invitation.invite(draft, by=lead, version=draft.version), appoint)
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert len(people) == 20
    assert readers(kind="Einladung") == {lead.email, *(person.email for person in people)}
    assert len(mails(kind="Einladung")) == 21
