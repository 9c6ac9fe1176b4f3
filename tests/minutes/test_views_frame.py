"""Times and people, closing, and the file."""

from datetime import time
from hashlib import sha256

import pytest

from portal.mail.models import Message
from portal.meetings.models import Attendance
from portal.minutes import actions
from portal.minutes.models import Entry, Minutes
from tests.minutes.sitting import url

pytestmark = pytest.mark.django_db


class TestFrame:
    """Times, people, remarks."""

    @pytest.fixture
    def typed(self, client, clerk, lead, minutes):
        client.force_login(clerk)
        people = {"chair": lead.pk, "clerk": clerk.pk, "seen": minutes.frame_stamp}
        return {"started_at": "17:05", "ended_at": "19:00", "remarks": "Fristgerecht eingeladen.", **people}

    def test_it_is_saved(self, client, minutes, typed):
        assert client.post(url(minutes, "frame"), typed).url == url(minutes)
        minutes.refresh_from_db()
        assert (minutes.started_at, minutes.ended_at) == (time(17, 5), time(19))

    def test_the_form_shows_what_is_stored(self, client, minutes, typed):
        page = client.get(url(minutes, "frame")).text
        assert 'value="17:00"' in page

    def test_a_conflict_shows_both(self, client, minutes, typed):
        client.post(url(minutes, "frame"), typed)
        response = client.post(url(minutes, "frame"), typed | {"ended_at": "20:00", "remarks": "Anders."})
        assert response.status_code == 409
        for words in ("19:00 Uhr", "Fristgerecht eingeladen.", 'value="20:00"', "Anders."):
            assert words in response.text
        again = typed | {"ended_at": "20:00", "seen": response.context["form"]["seen"].value()}
        assert client.post(url(minutes, "frame"), again).status_code == 302

    def test_guests_neither_lead_nor_write(self, client, minutes, typed, guest):
        Attendance.objects.create(meeting=minutes.meeting, person=guest, role="guest")
        assert client.post(url(minutes, "frame"), typed | {"chair": guest.pk}).status_code == 422

    def test_nonsense_is_sent_back(self, client, minutes, typed):
        response = client.post(url(minutes, "frame"), typed | {"ended_at": "später", "chair": ""})
        assert response.status_code == 422
        assert "Wählen Sie, wer die Sitzung geleitet hat." in response.text

    def test_remarks_that_come_after_the_end_are_given_back(self, client, typed, closed):
        response = client.post(url(closed, "frame"), typed)
        assert response.status_code == 409
        assert "Fristgerecht eingeladen." in response.text


class TestFinalise:
    """The page before the end, and the end."""

    @pytest.fixture(autouse=True)
    def _signed_in(self, client, clerk, finish):
        finish()
        client.force_login(clerk)

    def post(self, client, minutes, **typed):
        minutes.refresh_from_db()
        return client.post(url(minutes, "finalise"), {"version": minutes.version} | typed)

    def test_it_says_what_is_missing(self, client, minutes):
        page = client.get(url(minutes, "finalise")).text
        assert "nicht mehr ändern" in page
        assert "TOP 2 ist leer" in page

    def test_it_closes_them(self, client, minutes):
        response = self.post(client, minutes)
        assert response.url == url(minutes)
        assert Minutes.objects.get().is_final
        assert Message.objects.filter(kind="Niederschrift").exists()

    def test_a_second_click_leads_to_the_minutes(self, client, minutes):
        self.post(client, minutes)
        assert self.post(client, minutes).url == url(minutes)

    @pytest.mark.parametrize("version", [1, "", "x"])
    def test_changed_minutes_are_shown_again_first(self, client, minutes, entry, clerk, version):
        actions.save_entry(entry, by=clerk, version=1, text="Noch ein Satz.", outcomes=[])
        response = self.post(client, minutes, version=version)
        assert response.status_code == 409
        assert "wurde geändert, seit Sie diese Seite geöffnet haben" in response.text
        assert f'value="{Minutes.objects.get().version}"' in response.text
        assert not Minutes.objects.get().is_final

    def test_characters_that_would_get_lost_are_asked_about(self, client, minutes, entry):
        Entry.objects.filter(pk=entry.pk).update(text="Freude \U0001f600")
        response = self.post(client, minutes)
        assert response.status_code == 422
        assert "\U0001f600" in response.text
        assert self.post(client, minutes, replace="on").status_code == 302

    def test_a_text_no_pdf_can_hold_is_told(self, client, minutes, entry):
        Entry.objects.filter(pk=entry.pk).update(text="x" * 200_001)
        response = self.post(client, minutes)
        assert response.status_code == 422
        assert "Ein Text ist zu lang" in response.text

    def test_while_the_meeting_runs_the_page_is_closed(self, client, minutes, sitting):
        sitting.state = "running"
        sitting.save()
        assert client.get(url(minutes, "finalise")).status_code == 403


class TestPdf:
    """The file goes out as a file and as nothing else."""

    def test_members_get_the_stored_bytes(self, client, delegate, final):
        client.force_login(delegate)
        response = client.get(url(final, "pdf"))
        assert sha256(response.content).hexdigest() == final.sha256
        assert response["Content-Type"] == "application/pdf"
        name = f"Niederschrift-AK-Digital-{final.meeting.year}-07.pdf"
        assert response["Content-Disposition"] == f'attachment; filename="{name}"'

    @pytest.mark.parametrize("name", ["lead", "clerk"])
    def test_the_office_gets_a_draft_marked_as_such(self, client, person_of, minutes, name):
        client.force_login(person_of(name))
        response = client.get(url(minutes, "pdf"))
        assert response.content.startswith(b"%PDF-")
        assert "Entwurf" in response["Content-Disposition"]

    def test_it_runs_nowhere_and_is_kept_nowhere(self, client, delegate, closed):
        client.force_login(delegate)
        response = client.get(url(closed, "pdf"))
        assert response["Cache-Control"] == "no-store"
        assert response["X-Content-Type-Options"] == "nosniff"
        policy = response["Content-Security-Policy"]
        assert "sandbox" in policy
        assert "default-src 'none'" in policy

    def test_a_draft_that_cannot_be_set_says_why(self, client, clerk, minutes):
        Entry.objects.update(text="x" * 200_001)
        client.force_login(clerk)
        assert "Ein Text ist zu lang" in client.get(url(minutes, "pdf"), follow=True).text


def test_page_says_until_when_the_minutes_are_due(client, clerk, minutes):
    client.force_login(clerk)
    page = client.get(url(minutes)).text
    assert "Niederschrift: 21 volle Tage nach der Sitzung" in page
    assert "Einwendungen" not in page


def test_page_of_final_minutes_says_until_when_they_may_be_objected_to(client, delegate, closed):
    client.force_login(delegate)
    page = client.get(url(closed)).text
    assert "Einwendungen: 14 volle Tage nach dem Abschluss der Niederschrift" in page
    assert "Noch 14 Tage" in page
