"""The editor of one item."""

import pytest

from portal.minutes import actions
from portal.minutes.models import Entry
from tests.factories import CommentFactory, OutcomeFactory
from tests.minutes.sitting import typed_entry, url

pytestmark = pytest.mark.django_db


class TestEntry:
    """The editor of one item."""

    @pytest.fixture(autouse=True)
    def _signed_in(self, client, clerk):
        client.force_login(clerk)

    def post(self, client, entry, **typed):
        return client.post(entry.get_absolute_url(), typed_entry(entry, **typed))

    def test_save_stays_here(self, client, entry):
        response = self.post(client, entry, outcomes=[("", "recommendation", "Ausbauen.")])
        assert response.url == f"{entry.get_absolute_url()}#id_text"
        entry.refresh_from_db()
        assert entry.text == "Der Punkt wurde beraten."
        assert [(o.kind, o.text) for o in entry.outcomes.all()] == [("recommendation", "Ausbauen.")]

    def test_save_and_go_on_opens_the_next_item(self, client, entry, minutes):
        response = self.post(client, entry, next="1")
        assert response.url == f"{minutes.entries.get(item__number=2).get_absolute_url()}#id_text"

    def test_after_the_last_item_comes_the_whole(self, client, minutes):
        response = self.post(client, minutes.entries.get(item__number=3), next="1")
        assert response.url == url(minutes)

    def test_the_page_shows_what_the_agenda_said_and_who_commented(self, client, entry):
        CommentFactory.create_batch(2, item=entry.item)
        page = client.get(entry.get_absolute_url()).text
        assert "2 Kommentare" in page
        assert "Erläuterung zum Punkt." in page

    def test_line_ends_of_the_browser_are_no_change(self, client, entry):
        self.post(client, entry, text="Eins.\r\n\r\nZwei.")
        entry.refresh_from_db()
        assert entry.text == "Eins.\n\nZwei."
        self.post(client, entry, text="Eins.\r\n\r\nZwei.")
        assert Entry.objects.get(pk=entry.pk).version == entry.version

    def test_indented_markdown_keeps_its_indent(self, client, entry):
        self.post(client, entry, text="    Kennzahl 1")
        assert Entry.objects.get(pk=entry.pk).text == "    Kennzahl 1"

    def test_a_kenntnisnahme_needs_no_words(self, client, entry):
        self.post(client, entry, outcomes=[("", "noted", "")])
        assert entry.outcomes.get().text == "Der Arbeitskreis nimmt Kenntnis."

    @pytest.mark.parametrize(
        ("kind", "words", "message"),
        [
            ("", "Ausbauen.", "Wählen Sie die Art des Ergebnisses."),
            ("recommendation", " ", "Geben Sie den Wortlaut des Ergebnisses ein."),
            ("resolution", "Ausbauen.", "resolution"),
        ],
    )
    def test_half_an_outcome_is_sent_back_with_all_that_was_typed(self, client, entry, kind, words, message):
        response = self.post(client, entry, outcomes=[("", kind, words)])
        assert response.status_code == 422
        assert message in response.text
        assert "Der Punkt wurde beraten." in response.text
        assert Entry.objects.get(pk=entry.pk).version == 1

    def test_a_removed_outcome_goes(self, client, entry):
        outcome = OutcomeFactory(entry=entry)
        row = [(outcome.pk, outcome.kind, outcome.text)]
        self.post(client, entry, outcomes=row, **{"ergebnis-0-DELETE": "on", "ergebnis-INITIAL_FORMS": 1})
        assert not entry.outcomes.exists()

    def test_a_beschluss_raises_a_hint_and_is_saved(self, client, entry):
        outcomes = [("", "recommendation", "Der Arbeitskreis beschließt den Ausbau.")]
        response = client.post(entry.get_absolute_url(), typed_entry(entry, outcomes=outcomes), follow=True)
        assert entry.outcomes.count() == 1
        assert "Der Arbeitskreis gibt Empfehlungen" in response.text

    def test_without_the_word_there_is_no_hint(self, client, entry):
        outcomes = [("", "recommendation", "Der Arbeitskreis empfiehlt den Ausbau.")]
        response = client.post(entry.get_absolute_url(), typed_entry(entry, outcomes=outcomes), follow=True)
        assert "TOP 1 ist gespeichert." in response.text
        assert "Der Arbeitskreis gibt Empfehlungen" not in response.text

    def test_a_conflict_shows_both_texts_and_loses_none(self, client, entry, clerk):
        wording = actions.Wording(None, "dissent", "Gespeicherter Dissens.")
        actions.save_entry(entry, by=clerk, version=1, text="Aus dem anderen Fenster.", outcomes=[wording])
        response = self.post(client, entry, text="Aus diesem Fenster.", outcomes=[("", "inquiry", "Bitte prüfen.")])
        assert response.status_code == 409
        for words in ("Aus dem anderen Fenster.", "Gespeicherter Dissens.", "Aus diesem Fenster.", "Bitte prüfen."):
            assert words in response.text
        assert "data-unsaved" in response.text
        stored = Entry.objects.get(pk=entry.pk)
        assert (stored.text, stored.version) == ("Aus dem anderen Fenster.", 2)

    def test_after_a_conflict_the_next_save_counts(self, client, entry, clerk):
        actions.save_entry(entry, by=clerk, version=1, text="Aus dem anderen Fenster.", outcomes=[])
        form = self.post(client, entry, text="Aus diesem Fenster.").context["form"]
        version = form["version"].value()
        assert self.post(client, entry, text="Beides zusammen.", version=version).status_code == 302
        assert Entry.objects.get(pk=entry.pk).text == "Beides zusammen."

    def test_text_that_comes_after_the_end_is_given_back(self, client, entry, closed):
        response = self.post(client, entry, text="Zu spät getippt.", outcomes=[("", "noted", "Auch zu spät.")])
        assert response.status_code == 409
        assert "Zu spät getippt." in response.text
        assert "Auch zu spät." in response.text
        assert "inzwischen abgeschlossen" in response.text

    def test_a_text_past_the_limit_is_refused(self, client, entry):
        assert self.post(client, entry, text="x" * 200_001).status_code == 422

    @pytest.mark.parametrize("broken", [{"version": ""}, {"version": "x"}, {"ergebnis-TOTAL_FORMS": "x"}])
    def test_a_broken_form_is_sent_back(self, client, entry, broken):
        response = client.post(entry.get_absolute_url(), typed_entry(entry) | broken)
        assert response.status_code == 422
        assert "Der Punkt wurde beraten." in response.text
