"""The sheet of who took part."""

from datetime import time

import pytest

from portal.meetings.models import Attendance
from portal.minutes.models import Roll
from tests.minutes.sitting import url

pytestmark = pytest.mark.django_db


class TestAttendance:
    """One sheet, one save."""

    @pytest.fixture(autouse=True)
    def _signed_in(self, client, clerk):
        client.force_login(clerk)

    @pytest.fixture
    def typed(self, minutes):
        """Makes a filled sheet: a row for each person, empty unless told."""

        def sheet(**marks):
            roll = Roll(minutes.meeting)
            data = {"seen": roll.stamp}
            for row in roll.rows:
                data |= {f"{row.pk}-presence": row.presence, f"{row.pk}-arrived": "", f"{row.pk}-left": ""}
                for field, value in marks.get(row.person.last_name, {}).items():
                    data[f"{row.pk}-{field}"] = value
            return data

        return sheet

    def of(self, person):
        return Attendance.objects.get(person=person)

    def test_all_of_it_is_saved_at_once(self, client, minutes, typed, delegate, deputy, lead):
        deputising = {"presence": "present", "arrived": "17:30", "substitutes": "on"}
        sheet = typed(Dahlmann={"presence": "excused"}, Vertreter=deputising, Leitner={"presence": "remote"})
        assert client.post(url(minutes, "attendance"), sheet).url == url(minutes)
        assert self.of(delegate).presence == "excused"
        assert (self.of(deputy).arrived, self.of(deputy).in_place_of) == (time(17, 30), delegate)
        assert self.of(lead).presence == "remote"

    def test_an_unticked_deputy_no_longer_sits_in(self, client, minutes, typed, delegate, deputy):
        Attendance.objects.filter(person=deputy).update(presence="present", in_place_of=delegate)
        client.post(url(minutes, "attendance"), typed())
        assert self.of(deputy).in_place_of is None

    def test_two_on_one_seat_are_refused_with_all_that_was_typed(self, client, minutes, typed):
        sheet = typed(Dahlmann={"presence": "present"}, Vertreter={"presence": "present", "substitutes": "on"})
        response = client.post(url(minutes, "attendance"), sheet)
        assert response.status_code == 422
        assert "Fraktion der Mitte hat einen Sitz" in response.text
        assert response.text.count('<option value="present" selected') == 2
        assert not Attendance.objects.exclude(presence="").exists()

    @pytest.mark.parametrize(
        ("mark", "message"),
        [
            ({"presence": "absent", "arrived": "17:30"}, "Zeiten gibt es nur bei einer Teilnahme."),
            ({"presence": "present", "arrived": "18:00", "left": "17:00"}, "„bis“ muss nach „von“ liegen."),
            ({"presence": "excused", "substitutes": "on"}, "Eine Vertretung setzt die Teilnahme voraus."),
        ],
    )
    def test_what_cannot_be_is_refused(self, client, minutes, typed, mark, message):
        response = client.post(url(minutes, "attendance"), typed(Vertreter=mark))
        assert response.status_code == 422
        assert message in response.text

    def test_a_delegate_cannot_sit_in_for_anybody(self, client, minutes, typed, delegate):
        client.post(url(minutes, "attendance"), typed(Dahlmann={"presence": "present", "substitutes": "on"}))
        assert self.of(delegate).in_place_of is None

    def test_answers_fill_the_sheet_and_are_not_saved_yet(self, client, minutes, typed, delegate, deputy, lead):
        for person, answer in ((lead, "accepted"), (delegate, "declined"), (deputy, "accepted")):
            row = self.of(person)
            Attendance.objects.filter(pk=row.pk).update(
                answer=answer, answered_at=minutes.created, invited_at=minutes.created
            )
        sheet = typed(Ostermann={"presence": "absent"})
        response = client.post(url(minutes, "attendance"), sheet | {"answers": "1"})
        assert response.status_code == 200
        assert "data-unsaved" in response.text
        values = {form.row.person: form["presence"].value() for form in response.context["sheet"].forms}
        assert (values[lead], values[delegate], values[deputy]) == ("present", "excused", "present")
        (form,) = (form for form in response.context["sheet"].forms if form.row.person == deputy)
        assert form["substitutes"].value()
        assert "absent" in values.values()
        assert not Attendance.objects.exclude(presence="").exists()

    def test_answers_do_not_overrule_what_was_typed(self, client, minutes, typed, lead):
        Attendance.objects.filter(person=lead).update(answer="accepted", answered_at=minutes.created)
        sheet = typed(Leitner={"presence": "absent"})
        response = client.post(url(minutes, "attendance"), sheet | {"answers": "1"})
        (form,) = (form for form in response.context["sheet"].forms if form.row.person == lead)
        assert form["presence"].value() == "absent"

    def test_in_a_video_conference_everybody_is_remote(self, client, minutes, typed, lead):
        minutes.meeting.format = "digital"
        minutes.meeting.save()
        Attendance.objects.filter(person=lead).update(answer="accepted", answered_at=minutes.created)
        response = client.post(url(minutes, "attendance"), typed() | {"answers": "1"})
        (form,) = (form for form in response.context["sheet"].forms if form.row.person == lead)
        assert form["presence"].value() == "remote"

    def test_a_conflict_keeps_what_was_typed_and_shows_what_is_stored(self, client, minutes, typed, delegate, lead):
        sheet = typed(Dahlmann={"presence": "present"})
        Attendance.objects.filter(person=delegate).update(presence="excused")
        response = client.post(url(minutes, "attendance"), sheet)
        assert response.status_code == 409
        assert "Gespeichert: Entschuldigt" in response.text
        assert self.of(delegate).presence == "excused"
        again = sheet | {"seen": response.context["sheet"].seen}
        assert client.post(url(minutes, "attendance"), again).status_code == 302
        assert self.of(delegate).presence == "present"
