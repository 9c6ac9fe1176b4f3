"""What Befangenheit leaves of the minutes: the place of the entry, and the names of those who took no part."""

import pytest
from django.urls import reverse

from portal.meetings.actions.recusals import record_recusal
from portal.minutes import actions, pdf
from portal.minutes.models import Minutes
from tests.factories import OutcomeFactory, RecusalFactory
from tests.minutes.sitting import typed_entry, url
from tests.pdf.test_documents import text_of

pytestmark = pytest.mark.django_db

TEXT, OUTCOME = "Birkenrinde", "Kieselstein"


@pytest.fixture(params=[1, 2, 3], ids=["public", "internal", "confidential"])
def marked(request, minutes):
    """An entry of any level with a text and a result."""
    entry = minutes.entries.get(item__number=request.param)
    minutes.entries.filter(pk=entry.pk).update(text=TEXT)
    OutcomeFactory(entry=entry, text=OUTCOME)
    entry.refresh_from_db()
    return entry


def shows_nothing_of(entry, content):
    title = entry.item.title if entry.item.visibility != "public" else TEXT
    return [word for word in (TEXT, OUTCOME, title) if word in content] == []


def test_page_keeps_the_place_and_names_the_recused(client, marked, delegate, staff):
    RecusalFactory(item=marked.item, person=staff)
    client.force_login(staff)
    content = client.get(url(marked.minutes)).content.decode()
    assert shows_nothing_of(marked, content)
    assert "bleibt für Sie wegen Befangenheit gesperrt" in content
    assert f"Wegen Befangenheit nicht beteiligt: {staff}" in " ".join(content.split())
    assert marked.get_absolute_url() not in content


def test_clerk_writes_all_but_what_bars_the_clerk(client, marked, clerk):
    RecusalFactory(item=marked.item, person=clerk)
    client.force_login(clerk)
    assert client.get(marked.get_absolute_url()).status_code == 404
    assert client.post(marked.get_absolute_url(), typed_entry(marked, text="Neu")).status_code == 404
    for other in marked.minutes.entries.exclude(pk=marked.pk):
        assert shows_nothing_of(marked, client.get(other.get_absolute_url()).content.decode())
        onward = client.post(other.get_absolute_url(), typed_entry(other, next=""))
        assert marked.get_absolute_url() not in onward.url
    for page in ("detail", "finalise"):
        marked.minutes.meeting.state = "finished"
        marked.minutes.meeting.save()
        assert shows_nothing_of(marked, client.get(url(marked.minutes, page)).content.decode())


def test_draft_as_pdf_leaves_it_out_for_the_recused(client, marked, staff, clerk):
    RecusalFactory(item=marked.item, person=staff)
    for reader, reads in ((clerk, True), (staff, False)):
        client.force_login(reader)
        text = text_of(client.get(url(marked.minutes, "pdf")).content)
        assert shows_nothing_of(marked, text) is not reads
        assert "Wegen Befangenheit nicht beteiligt: Frau Kim Amtmann" in text


def test_final_file_stays_and_the_recused_gets_an_edition(client, marked, clerk, delegate, other_delegate, finish):
    finish()
    record_recusal(marked.item, by=clerk, person=delegate)
    draft = Minutes.objects.get()
    final = actions.finalise(draft, by=clerk, version=draft.version)
    answers = {}
    for reader in (other_delegate, delegate):
        client.force_login(reader)
        answers[reader] = client.get(url(final, "pdf")).content
    assert answers[other_delegate] == bytes(Minutes.objects.get().pdf)
    assert TEXT in text_of(answers[other_delegate])
    edition = text_of(answers[delegate])
    assert shows_nothing_of(marked, edition)
    assert "sie ist nicht die abgelegte Datei" in " ".join(edition.split())
    assert ("Nichtöffentlich, für Sie wegen Befangenheit" in edition) is (marked.item.visibility != "public")


def test_item_and_topic_pages_show_no_outcome_to_the_recused(client, entry, topic, clerk, delegate, finish):
    OutcomeFactory(entry=entry, text=OUTCOME)
    RecusalFactory(item=entry.item, person=delegate)
    finish()
    draft = Minutes.objects.get()
    actions.finalise(draft, by=clerk, version=draft.version)
    for reader, reads in ((clerk, True), (delegate, False)):
        client.force_login(reader)
        for address in (entry.item.get_absolute_url(), topic.get_absolute_url()):
            assert (OUTCOME in client.get(address).content.decode()) is reads, address


def test_clerk_finds_the_way_to_record_it(client, entry, clerk):
    client.force_login(clerk)
    assert reverse("meetings:recusals", args=[entry.item_id]) in client.get(entry.get_absolute_url()).content.decode()


def test_printed_names(entry, delegate):
    RecusalFactory(item=entry.item, person=delegate)
    names = [item["recused"] for item in pdf.niederschrift(entry.minutes)["items"]]
    assert names == ["Frau Kim Dahlmann", "", ""]
