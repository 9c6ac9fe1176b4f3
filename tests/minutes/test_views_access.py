"""Who gets in, what each of the cast reads, and how many queries it takes."""

import pytest
from django.urls import reverse

from portal.meetings.models import Attendance
from portal.minutes.models import Entry, Minutes
from tests.cast import CAST, MEMBERS
from tests.factories import AgendaItemFactory, CommentFactory, EntryFactory, MinutesFactory, OutcomeFactory
from tests.minutes.sitting import url

pytestmark = pytest.mark.django_db
OFFICE = {"lead", "staff", "clerk"}


def statuses(client, everybody, address, method="get"):
    """The answer to each of the cast, signed in one after the other."""
    found = {}
    for name, person in everybody.items():
        client.logout()
        if person.is_authenticated:
            client.force_login(person)
        found[name] = getattr(client, method)(address).status_code
    return found


def expected(allowed, *, forbidden=(), answer=200):
    def of(name):
        if name == "anonymous":
            return 302
        return answer if name in allowed else 403 if name in forbidden else 404

    return {name: of(name) for name in CAST}


class TestWhoGetsIn:
    """404 to whoever may not see the minutes, 403 to readers who may not write."""

    @pytest.mark.parametrize("page", ["detail", "pdf"])
    def test_a_draft_is_read_by_the_office(self, client, everybody, minutes, page):
        assert statuses(client, everybody, url(minutes, page)) == expected(OFFICE)

    @pytest.mark.parametrize("page", ["detail", "pdf"])
    def test_final_minutes_are_read_by_the_members(self, client, everybody, closed, page):
        assert statuses(client, everybody, url(closed, page)) == expected(MEMBERS)

    @pytest.mark.parametrize("page", ["frame", "attendance", "finalise"])
    def test_a_draft_is_written_by_the_clerk(self, client, everybody, minutes, finish, page):
        finish()
        assert statuses(client, everybody, url(minutes, page)) == expected({"clerk"}, forbidden=OFFICE)

    def test_an_entry_is_written_by_the_clerk(self, client, everybody, entry):
        assert statuses(client, everybody, entry.get_absolute_url()) == expected({"clerk"}, forbidden=OFFICE)

    @pytest.mark.parametrize("page", ["frame", "attendance", "finalise"])
    def test_pages_of_closed_minutes_lead_the_clerk_to_them(self, client, everybody, closed, page):
        found = statuses(client, everybody, url(closed, page))
        assert found == expected({"clerk"}, forbidden=MEMBERS, answer=302)

    @pytest.mark.parametrize("page", ["frame", "attendance", "finalise"])
    def test_a_post_of_somebody_else_changes_nothing(self, client, everybody, minutes, finish, page):
        finish()
        others = {name: person for name, person in everybody.items() if name != "clerk"}
        found = statuses(client, others, url(minutes, page), method="post")
        assert found == {name: code for name, code in expected((), forbidden=OFFICE).items() if name != "clerk"}
        assert Minutes.objects.get().version == minutes.version

    def test_minutes_are_begun_by_the_clerk(self, client, everybody, sitting):
        found = statuses(client, everybody, reverse("minutes:create", args=[sitting.pk]), method="post")
        seen = set(CAST) - {"clerk", "anonymous"}  # the meeting has a public item
        assert found == expected((), forbidden=seen) | {"clerk": 302}
        assert Minutes.objects.count() == 1

    def test_beginning_needs_a_post(self, client, clerk, sitting):
        client.force_login(clerk)
        assert client.get(reverse("minutes:create", args=[sitting.pk])).status_code == 405


class TestCreate:
    """One button on the meeting's page, as often as one likes."""

    def test_it_leads_into_the_editor(self, client, clerk, sitting):
        client.force_login(clerk)
        for _ in range(2):
            response = client.post(reverse("minutes:create", args=[sitting.pk]))
            assert response.url == Minutes.objects.get().get_absolute_url()

    def test_a_new_item_is_offered_and_taken_over(self, client, clerk, minutes, sitting):
        client.force_login(clerk)
        AgendaItemFactory(meeting=sitting)
        assert "Neuen TOP" in client.get(url(minutes)).text
        client.post(reverse("minutes:create", args=[sitting.pk]))
        page = client.get(url(minutes)).text
        assert "Neuen TOP" not in page
        assert page.count("#id_text") >= 4

    def test_reading_writes_nothing(self, client, clerk, minutes, sitting, entry):
        client.force_login(clerk)
        AgendaItemFactory(meeting=sitting)
        before = Minutes.objects.values().get(), Entry.objects.count(), Attendance.objects.count()
        for address in (url(minutes), url(minutes, "frame"), url(minutes, "attendance"), entry.get_absolute_url()):
            client.get(address)
        assert (Minutes.objects.values().get(), Entry.objects.count(), Attendance.objects.count()) == before


class TestDetail:
    """What is read."""

    def test_the_clerk_finds_what_is_missing(self, client, clerk, minutes):
        client.force_login(clerk)
        page = client.get(url(minutes)).text
        assert "Das Ende der Sitzung fehlt." in page
        assert "TOP 1 ist leer" in page
        assert "sobald die Sitzung beendet ist" in page
        assert "Abschließen</span>" not in page

    def test_closing_is_offered_when_the_meeting_is_over(self, client, clerk, minutes, finish):
        finish()
        client.force_login(clerk)
        assert url(minutes, "finalise") in client.get(url(minutes)).text

    def test_readers_of_a_draft_are_told_so_and_find_no_way_to_write(self, client, lead, minutes, entry):
        client.force_login(lead)
        page = client.get(url(minutes)).text
        assert "noch nicht abgeschlossen" in page
        assert entry.get_absolute_url() not in page

    def test_final_minutes_show_text_results_people_and_checksum(self, client, delegate, final):
        client.force_login(delegate)
        page = client.get(url(final)).text
        for words in ("Der Punkt wurde beraten.", "Der Arbeitskreis empfiehlt den Ausbau.", "Empfehlung"):
            assert words in page
        for words in (final.sha256, "Kim Dahlmann", "Punkt confidential", url(final, "pdf")):
            assert words in page

    def test_typed_html_stays_text(self, client, lead, entry):
        Entry.objects.update(text="<script>alert(1)</script> <img src=x onerror=alert(1)>")
        OutcomeFactory(entry=entry, text="<script>alert(2)</script>")
        client.force_login(lead)
        page = client.get(url(entry.minutes)).text
        assert "<script>alert" not in page
        assert "<img" not in page.split("<main")[1]


class TestQueries:
    """At most 15, and no more with more rows."""

    def count(self, client, address, queries):
        with queries(15) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    @pytest.mark.parametrize("page", ["detail", "attendance", "finalise", "entry", "frame"])
    def test_pages_of_the_clerk(self, client, clerk, minutes, finish, page, django_assert_max_num_queries):
        client.force_login(clerk)
        meeting = finish()
        entry = minutes.entries.first()
        address = entry.get_absolute_url() if page == "entry" else url(minutes, page)
        client.get(address)  # the first page renews the session
        few = self.count(client, address, django_assert_max_num_queries)
        for entry in minutes.entries.all():
            OutcomeFactory.create_batch(3, entry=entry)
        for _ in range(3):
            item = AgendaItemFactory(meeting=meeting)
            CommentFactory(item=item)
            OutcomeFactory(entry=EntryFactory(minutes=minutes, item=item))
            Attendance.objects.create(meeting=meeting, person=MinutesFactory().clerk, role="guest", presence="present")
        assert self.count(client, address, django_assert_max_num_queries) == few

    @pytest.mark.parametrize("page", ["detail", "pdf"])
    def test_pages_of_members(self, client, delegate, closed, page, django_assert_max_num_queries):
        client.force_login(delegate)
        client.get(url(closed))  # the first page renews the session
        assert self.count(client, url(closed, page), django_assert_max_num_queries) <= 15

    def test_no_page_loads_the_file(self, client, delegate, closed, django_assert_max_num_queries):
        client.force_login(delegate)
        client.get(url(closed))  # the first page renews the session
        with django_assert_max_num_queries(15) as captured:
            client.get(url(closed))
        assert not any('"minutes_minutes"."pdf"' in query["sql"] for query in captured)
