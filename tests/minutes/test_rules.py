from datetime import time

import pytest

from portal.meetings.models import Attendance, seats_taken_twice
from portal.minutes import rules
from portal.minutes.models import Roll
from tests.factories import AgendaItemFactory, EntryFactory, FraktionFactory, MeetingFactory, OutcomeFactory

NOBODY = set()
CLERK = {"clerk"}


def allowed_among(everybody, verb, thing):
    return {name for name, person in everybody.items() if getattr(rules, verb)(person, thing)}


@pytest.mark.parametrize(
    ("state", "allowed"),
    [("draft", NOBODY), ("invited", NOBODY), ("running", CLERK), ("finished", CLERK), ("cancelled", NOBODY)],
)
def test_minutes_are_opened_by_the_clerk_once_the_meeting_has_begun(state, allowed, group, everybody):
    meeting = MeetingFactory(organization=group, number=9, state=state)
    assert allowed_among(everybody, "may_open_minutes", meeting) == allowed


@pytest.mark.parametrize(
    ("meeting_state", "state", "verb", "allowed"),
    [
        ("running", "draft", "may_write", CLERK),
        ("finished", "draft", "may_write", CLERK),
        ("finished", "final", "may_write", NOBODY),
        ("running", "draft", "may_finalise", NOBODY),
        ("finished", "draft", "may_finalise", CLERK),
        ("finished", "final", "may_finalise", NOBODY),
    ],
)
def test_only_the_clerk_writes_and_nobody_after_the_end(meeting_state, state, verb, allowed, minutes, everybody):
    minutes.meeting.state, minutes.state = meeting_state, state
    assert allowed_among(everybody, verb, minutes) == allowed


@pytest.mark.parametrize(
    ("text", "speaks"),
    [
        ("Der Arbeitskreis beschließt den Ausbau.", True),
        ("Beschluss: Ausbau", True),
        ("Es wurde beschlossen.", True),
        ("Die Beschlüsse des Rates", True),
        ("Der Arbeitskreis empfiehlt dem Ausschuss den Ausbau.", False),
        ("Das Amt schließt die Lücke und beschleunigt den Ausbau.", False),
    ],
)
def test_a_wording_as_beschluss_is_noticed(text, speaks):
    assert rules.speaks_of_resolution(text) is speaks


class TestSeats:
    """One seat per Fraktion at any moment."""

    @pytest.fixture
    def seated(self, db, minutes, delegate, deputy):
        rows = {row.person: row for row in Roll(minutes.meeting).rows}
        one, other = rows[delegate], rows[deputy]
        one.presence = other.presence = "present"
        other.in_place_of = delegate
        return one, other

    def test_delegate_and_deputy_in_their_place_at_once_are_one_too_many(self, seated):
        assert seats_taken_twice(seated) == [seated]

    @pytest.mark.parametrize(("left", "arrived"), [(time(18), time(18)), (time(18), time(18, 30))])
    def test_one_after_the_other_is_fine(self, seated, left, arrived):
        seated[0].left, seated[1].arrived = left, arrived
        assert seats_taken_twice(seated) == []

    def test_overlapping_times_are_one_too_many(self, seated):
        seated[0].left, seated[1].arrived = time(18, 31), time(18, 30)
        assert seats_taken_twice(seated) == [seated]

    @pytest.mark.parametrize("presence", ["", "excused", "absent"])
    def test_a_deputy_sits_in_for_somebody_who_is_away(self, seated, presence):
        seated[0].presence = presence
        assert seats_taken_twice(seated) == []

    def test_a_deputy_may_listen_beside_the_delegate(self, seated):
        seated[1].in_place_of = None
        assert seats_taken_twice(seated) == []

    def test_remote_counts_as_present(self, seated):
        seated[0].presence = "remote"
        assert seats_taken_twice(seated) == [seated]

    def test_two_deputies_in_one_place_are_one_too_many(self, seated, delegate):
        second = Attendance(on_behalf_of=seated[1].on_behalf_of, role="deputy", presence="present")
        second.in_place_of = delegate
        assert seats_taken_twice([seated[1], second]) == [(seated[1], second)]

    def test_other_fraktionen_have_seats_of_their_own(self, seated):
        seated[1].on_behalf_of = FraktionFactory()
        assert seats_taken_twice(seated) == []


class TestGaps:
    """What is missing before the end."""

    def texts(self, minutes):
        found = rules.gaps(minutes, minutes.entries.for_pages(), Roll(minutes.meeting))
        return [gap.text for gap in found]

    def test_fresh_minutes_lack_their_end_the_attendance_and_all_texts(self, minutes):
        texts = self.texts(minutes)
        assert texts[0] == "Das Ende der Sitzung fehlt."
        assert texts[1].startswith("Anwesenheit nicht erfasst: ")
        assert [text.split(":")[0] for text in texts[2:]] == [f"TOP {n} ist leer" for n in (1, 2, 3)]

    def test_missing_start_and_chair_are_told(self, minutes):
        minutes.started_at = minutes.chair = None
        assert {"Der Beginn der Sitzung fehlt.", "Wer die Sitzung geleitet hat, fehlt."} <= set(self.texts(minutes))

    def test_complete_minutes_lack_nothing(self, minutes):
        minutes.ended_at = time(19)
        minutes.meeting.attendances.update(presence="present")
        minutes.entries.update(text="Der Punkt wurde beraten.")
        assert self.texts(minutes) == []

    def test_deputies_need_not_be_recorded(self, minutes, deputy):
        minutes.meeting.attendances.exclude(person=deputy).update(presence="present")
        assert not any("Anwesenheit" in text for text in self.texts(minutes))

    def test_more_than_three_names_are_counted(self, minutes, lead, clerk, delegate, other_delegate):
        (text,) = (text for text in self.texts(minutes) if "Anwesenheit" in text)
        assert text.endswith("und 1 weitere.")

    def test_a_recommendation_that_was_wanted_is_missed(self, minutes):
        item = AgendaItemFactory(meeting=minutes.meeting, purpose="recommendation", title="Ausbau")
        EntryFactory(minutes=minutes, item=item)
        assert "TOP 4 sollte zu einer Empfehlung führen; ein Ergebnis fehlt: Ausbau" in self.texts(minutes)

    def test_a_beschluss_is_pointed_out(self, entry):
        OutcomeFactory(entry=entry, text="Der Arbeitskreis beschließt.")
        assert any("von einem Beschluss" in text for text in self.texts(entry.minutes))
