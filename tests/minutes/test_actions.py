"""What happens to minutes: begun, written, attendance taken."""

from datetime import time, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils.timezone import localdate

from portal.audit.models import Line
from portal.audit.versions import Stale
from portal.meetings.models import Attendance
from portal.members.models import Role
from portal.minutes import actions
from portal.minutes.actions import Wording
from portal.minutes.models import Entry, Minutes, Roll
from tests.factories import (
    AgendaItemFactory,
    AttendanceFactory,
    GuestFactory,
    MeetingFactory,
    MembershipFactory,
)

pytestmark = pytest.mark.django_db


def verbs():
    return list(Line.objects.values_list("verb", flat=True))


class TestOpening:
    """From the agenda grows a skeleton."""

    def test_every_item_gets_an_entry_in_order(self, minutes, sitting):
        assert [entry.item for entry in minutes.entries.all()] == list(sitting.items.order_by("number"))

    def test_frame_is_filled_as_far_as_it_is_known(self, minutes, clerk, lead):
        assert (minutes.clerk, minutes.chair, minutes.started_at) == (clerk, lead, time(17))
        assert minutes.ended_at is None

    def test_every_member_gets_a_row_with_seat_and_rank(self, minutes, sitting, lead, clerk, delegate, deputy):
        rows = {row.person: row for row in sitting.attendances.all()}
        assert {lead, clerk, delegate, deputy} <= set(rows)
        seat = deputy.memberships.get()
        row = rows[deputy]
        assert (row.role, row.on_behalf_of, row.rank) == (Role.DEPUTY, seat.on_behalf_of, seat.rank)
        assert {row.presence for row in rows.values()} == {""}

    def test_the_answer_to_the_invitation_is_kept(self, sitting, clerk, delegate):
        row = AttendanceFactory(meeting=sitting, person=delegate, role=Role.DELEGATE, answer="accepted")
        actions.open_minutes(sitting, by=clerk)
        assert sitting.attendances.get(person=delegate) == row
        assert sitting.attendances.get(person=delegate).answer == "accepted"

    def test_guests_get_a_row(self, sitting, clerk):
        guest = GuestFactory(meeting=sitting).person
        actions.open_minutes(sitting, by=clerk)
        assert sitting.attendances.get(person=guest).role == "guest"

    def test_somebody_with_two_roles_sits_for_their_fraktion(self, sitting, clerk, delegate, group):
        MembershipFactory(person=delegate, organization=group, role=Role.STAFF)
        actions.open_minutes(sitting, by=clerk)
        assert sitting.attendances.get(person=delegate).role == Role.DELEGATE

    def test_members_are_those_of_the_day_of_the_meeting(self, group, clerk, former):
        day = localdate() - timedelta(days=5)
        late = MembershipFactory(organization=group, start_date=localdate()).person
        meeting = MeetingFactory(organization=group, state="finished", number=8)
        meeting.start -= timedelta(days=(localdate(meeting.start) - day).days)
        meeting.save()
        actions.open_minutes(meeting, by=clerk)
        people = [row.person for row in meeting.attendances.all()]
        assert former in people
        assert late not in people

    def test_a_second_click_finds_what_the_first_one_made(self, minutes, sitting, clerk):
        assert actions.open_minutes(sitting, by=clerk) == minutes
        assert (Minutes.objects.count(), Entry.objects.count()) == (1, 3)
        assert verbs() == ["Niederschrift begonnen"]
        assert Minutes.objects.get().version == minutes.version

    def test_going_on_takes_over_what_has_joined_since(self, minutes, sitting, clerk, group):
        item = AgendaItemFactory(meeting=sitting)
        person = MembershipFactory(organization=group).person
        actions.open_minutes(sitting, by=clerk)
        assert minutes.entries.filter(item=item).exists()
        assert sitting.attendances.filter(person=person).exists()
        assert Minutes.objects.get().version == minutes.version + 1

    def test_closed_minutes_are_found_and_left_alone(self, closed, clerk):
        AgendaItemFactory(meeting=closed.meeting)
        assert actions.open_minutes(closed.meeting, by=clerk) == closed
        assert Entry.objects.count() == 3

    @pytest.mark.parametrize("name", ["lead", "staff", "delegate", "superuser", "second_group_member"])
    def test_only_the_clerk_begins(self, sitting, person_of, name):
        with pytest.raises(PermissionDenied):
            actions.open_minutes(sitting, by=person_of(name))
        assert not Minutes.objects.exists()

    def test_not_before_the_meeting(self, meeting, clerk):
        with pytest.raises(PermissionDenied):
            actions.open_minutes(meeting, by=clerk)


class TestEntry:
    """Text and results of one item."""

    def save(self, entry, by, *, version=1, text="Der Punkt wurde beraten.", outcomes=()):
        actions.save_entry(entry, by=by, version=version, text=text, outcomes=outcomes)
        return Entry.objects.get(pk=entry.pk)

    def test_text_and_outcomes_are_kept_in_order(self, entry, clerk):
        typed = [Wording(None, "recommendation", "Ausbauen."), Wording(None, "dissent", "Zu früh.")]
        saved = self.save(entry, clerk, outcomes=typed)
        assert (saved.text, saved.version, saved.modified_by) == ("Der Punkt wurde beraten.", 2, clerk)
        assert [(o.kind, o.text) for o in saved.outcomes.all()] == [(w.kind, w.text) for w in typed]

    def test_it_raises_the_version_of_the_minutes_and_leaves_a_line(self, entry, clerk):
        before = entry.minutes.version
        self.save(entry, clerk)
        assert Minutes.objects.get().version == before + 1
        line = Line.objects.last()
        assert (line.actor, line.verb) == (clerk, "Eintrag der Niederschrift gespeichert")
        assert line.organization_id == entry.minutes.meeting.organization_id
        assert "beraten" not in str(line.detail)

    def test_an_outcome_keeps_its_identity_and_moves(self, entry, clerk):
        self.save(entry, clerk, outcomes=[Wording(None, "noted", "Kenntnis."), Wording(None, "inquiry", "Prüfen.")])
        noted, inquiry = entry.outcomes.all()
        typed = [Wording(inquiry.pk, "inquiry", "Bitte prüfen."), Wording(noted.pk, "noted", "Kenntnis.")]
        self.save(entry, clerk, version=2, outcomes=typed)
        assert [(o.pk, o.text) for o in entry.outcomes.all()] == [
            (inquiry.pk, "Bitte prüfen."),
            (noted.pk, "Kenntnis."),
        ]

    def test_outcomes_that_are_left_out_go(self, entry, clerk):
        self.save(entry, clerk, outcomes=[Wording(None, "noted", "Kenntnis.")])
        self.save(entry, clerk, version=2)
        assert not entry.outcomes.exists()

    def test_an_outcome_of_another_entry_is_not_taken_away(self, entry, clerk, minutes):
        self.save(entry, clerk, outcomes=[Wording(None, "noted", "Kenntnis.")])
        other = minutes.entries.get(item__number=2)
        self.save(other, clerk, outcomes=[Wording(entry.outcomes.get().pk, "noted", "Fremd.")])
        assert entry.outcomes.get().text == "Kenntnis."

    def test_a_stale_save_changes_nothing_and_brings_the_stored_text(self, entry, clerk):
        self.save(entry, clerk, text="Zuerst gespeichert.")
        with pytest.raises(Stale) as caught:
            self.save(entry, clerk, text="Zu spät gespeichert.", outcomes=[Wording(None, "noted", "Kenntnis.")])
        assert caught.value.current.text == "Zuerst gespeichert."
        assert Entry.objects.get(pk=entry.pk).text == "Zuerst gespeichert."
        assert not entry.outcomes.exists()

    def test_a_double_click_is_no_conflict_and_no_change(self, entry, clerk):
        typed = [Wording(None, "noted", "Kenntnis.")]
        self.save(entry, clerk, outcomes=typed)
        lines, version = Line.objects.count(), Minutes.objects.get().version
        assert self.save(entry, clerk, outcomes=typed).version == 2
        assert (Line.objects.count(), Minutes.objects.get().version) == (lines, version)

    def test_a_save_takes_over_items_that_have_joined(self, entry, clerk, sitting):
        item = AgendaItemFactory(meeting=sitting)
        self.save(entry, clerk)
        assert Entry.objects.filter(item=item).exists()

    @pytest.mark.parametrize("name", ["lead", "staff", "delegate", "former", "second_group_member", "superuser"])
    def test_only_the_clerk_writes(self, entry, person_of, name):
        with pytest.raises(PermissionDenied):
            self.save(entry, person_of(name))
        assert Entry.objects.get(pk=entry.pk).text == ""

    def test_a_former_clerk_no_longer_writes(self, entry, clerk):
        clerk.memberships.update(end_date=localdate())
        with pytest.raises(PermissionDenied):
            self.save(entry, type(clerk).objects.get(pk=clerk.pk))

    def test_after_the_end_nobody_writes(self, closed, entry, clerk):
        with pytest.raises(actions.Finalised) as caught:
            self.save(entry, clerk)
        assert caught.value.minutes == closed


class TestFrame:
    """Times, people, remarks."""

    @pytest.fixture
    def typed(self, minutes, lead, clerk):
        fields = {"started_at": time(17, 5), "ended_at": time(19), "chair": lead, "clerk": clerk}
        return {**fields, "remarks": "Fristgerecht eingeladen.", "seen": minutes.frame_stamp}

    def test_it_is_kept_with_a_line_and_a_new_version(self, minutes, clerk, typed):
        actions.save_frame(minutes, by=clerk, **typed)
        saved = Minutes.objects.get()
        assert (saved.started_at, saved.ended_at, saved.remarks) == (time(17, 5), time(19), "Fristgerecht eingeladen.")
        assert saved.version == minutes.version + 1
        assert verbs()[-1] == "Rahmendaten der Niederschrift gespeichert"

    def test_an_entry_saved_meanwhile_is_no_conflict(self, minutes, entry, clerk, typed):
        actions.save_entry(entry, by=clerk, version=1, text="Beraten.", outcomes=[])
        actions.save_frame(minutes, by=clerk, **typed)
        assert Minutes.objects.get().ended_at == time(19)

    def test_a_frame_changed_meanwhile_is_one(self, minutes, clerk, typed):
        actions.save_frame(minutes, by=clerk, **typed)
        with pytest.raises(Stale) as caught:
            actions.save_frame(minutes, by=clerk, **{**typed, "ended_at": time(20)})
        assert caught.value.current.ended_at == time(19)

    def test_a_double_click_changes_nothing(self, minutes, clerk, typed):
        for _ in range(2):
            actions.save_frame(minutes, by=clerk, **typed)
        assert Minutes.objects.get().version == minutes.version + 1

    def test_only_the_clerk_and_never_after_the_end(self, minutes, clerk, lead, typed, request):
        with pytest.raises(PermissionDenied):
            actions.save_frame(minutes, by=lead, **typed)
        request.getfixturevalue("closed")
        with pytest.raises(actions.Finalised):
            actions.save_frame(minutes, by=clerk, **typed)


class TestAttendance:
    """One sheet for all."""

    @pytest.fixture
    def roll(self, minutes):
        return Roll(minutes.meeting)

    def of(self, roll, person):
        return next(row for row in roll.rows if row.person == person)

    def test_it_is_kept_with_a_line_and_a_new_version(self, minutes, roll, clerk, delegate, deputy):
        seen = roll.stamp
        away, deputising = self.of(roll, delegate), self.of(roll, deputy)
        away.presence = "excused"
        deputising.presence, deputising.arrived, deputising.in_place_of = "remote", time(17, 30), delegate
        actions.record_attendance(minutes, by=clerk, seen=seen, rows=roll.rows)
        stored = Attendance.objects.get(person=deputy)
        assert (stored.presence, stored.arrived, stored.in_place_of) == ("remote", time(17, 30), delegate)
        assert Minutes.objects.get().version == minutes.version + 1
        assert (verbs()[-1], Line.objects.last().detail["present"]) == ("Anwesenheit erfasst", 1)

    def test_a_sheet_that_others_have_changed_is_stale(self, minutes, roll, clerk, delegate, lead):
        seen = roll.stamp
        Attendance.objects.filter(person=lead).update(presence="present")
        self.of(roll, delegate).presence = "present"
        with pytest.raises(Stale):
            actions.record_attendance(minutes, by=clerk, seen=seen, rows=roll.rows)
        assert Attendance.objects.get(person=delegate).presence == ""

    def test_a_double_click_is_no_conflict(self, minutes, roll, clerk, delegate):
        seen = roll.stamp
        self.of(roll, delegate).presence = "present"
        for _ in range(2):
            actions.record_attendance(minutes, by=clerk, seen=seen, rows=roll.rows)
        assert Minutes.objects.get().version == minutes.version + 1

    def test_an_entry_saved_meanwhile_is_no_conflict(self, minutes, entry, roll, clerk, delegate):
        seen = roll.stamp
        actions.save_entry(entry, by=clerk, version=1, text="Beraten.", outcomes=[])
        self.of(roll, delegate).presence = "present"
        actions.record_attendance(minutes, by=clerk, seen=seen, rows=roll.rows)
        assert Attendance.objects.get(person=delegate).presence == "present"
        assert Entry.objects.get(pk=entry.pk).text == "Beraten."

    def test_two_on_one_seat_are_refused(self, minutes, roll, clerk, delegate, deputy):
        seen = roll.stamp
        self.of(roll, delegate).presence = self.of(roll, deputy).presence = "present"
        self.of(roll, deputy).in_place_of = delegate
        with pytest.raises(actions.SeatTaken):
            actions.record_attendance(minutes, by=clerk, seen=seen, rows=roll.rows)
        assert not Attendance.objects.exclude(presence="").exists()

    def test_only_the_clerk_and_never_after_the_end(self, minutes, roll, clerk, lead, delegate, request):
        seen = roll.stamp
        self.of(roll, delegate).presence = "present"
        with pytest.raises(PermissionDenied):
            actions.record_attendance(minutes, by=lead, seen=seen, rows=roll.rows)
        request.getfixturevalue("closed")
        with pytest.raises(actions.Finalised):
            actions.record_attendance(minutes, by=clerk, seen=seen, rows=roll.rows)

    def test_rows_of_another_meeting_are_not_touched(self, minutes, clerk, roll):
        foreign = AttendanceFactory()
        foreign.presence = "present"
        actions.record_attendance(minutes, by=clerk, seen=roll.stamp, rows=[*roll.rows, foreign])
        foreign.refresh_from_db()
        assert foreign.presence == ""

    def test_a_row_that_has_joined_makes_the_sheet_stale(self, minutes, clerk, roll, delegate):
        seen = roll.stamp
        AttendanceFactory(meeting=minutes.meeting)
        self.of(roll, delegate).presence = "present"
        with pytest.raises(Stale):
            actions.record_attendance(minutes, by=clerk, seen=seen, rows=roll.rows)
