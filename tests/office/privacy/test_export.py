"""What somebody gets who asks for their data: all of it, and nothing of others."""

import json
import time
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.audit.models import Kind, Line
from portal.meetings.models import Comment
from portal.office.privacy.catalogue import TRACES
from portal.office.privacy.export import export
from tests.factories import PASSWORD, CommentFactory, MembershipFactory
from tests.office.privacy.traces import MARKERS, OTHERS

OWN = reverse("office:own_data")


def files_in(content):
    archive = ZipFile(BytesIO(content))
    assert archive.testzip() is None
    return {name: archive.read(name).decode() for name in archive.namelist()}


def parts(person, by=None):
    return {
        name.removesuffix(".json"): json.loads(text)
        for name, text in files_in(export(person, by=by or person)).items()
        if name.endswith(".json")
    }


def test_every_row_that_points_to_the_person_is_in_it(traces):
    found = parts(traces)
    missing = {
        t.file: t.rows(traces).count() for t in TRACES if len(found[t.file]["eintraege"]) != t.rows(traces).count()
    }
    assert missing == {}
    assert len(found["e-mails"]["eintraege"]) == 2
    assert len(found["anmeldungen"]["eintraege"]) == 1
    assert [row["verb"] for row in found["verlauf"]["eintraege"]] == [
        "Kalenderabo eingerichtet",
        "Mitglied berufen",
        "Auskunft erstellt",
    ]


@pytest.mark.parametrize("marker", sorted(set(MARKERS) - {"attached file"}))
def test_everything_the_person_wrote_is_in_it(traces, marker):
    assert MARKERS[marker] in "\n".join(files_in(export(traces, by=traces)).values())


@pytest.mark.parametrize("marker", OTHERS)
def test_nothing_of_others_is_in_it(traces, marker):
    whole = "\n".join(files_in(export(traces, by=traces)).values())
    assert OTHERS[marker] not in whole


def test_no_secret_is_in_it(traces):
    whole = "\n".join(files_in(export(traces, by=traces)).values())
    for secret in (
        traces.password,
        traces.calendar_feed.token_hash,
        traces.invitations.get().token_hash,
        "/geheim",
        "Sanddorn",
    ):
        assert secret not in whole


def test_keys_are_explained_and_references_name_no_title(traces):
    found = parts(traces)
    assert found["kommentare"]["felder"]["text"] == "Kommentar"
    (seat,) = found["mitgliedschaften"]["eintraege"]
    assert seat["role"] == {"wert": "delegate", "anzeige": "Delegierte Person"}
    comment = found["kommentare"]["eintraege"][0]
    assert comment["item"]["anzeige"].startswith("TOP ")
    assert Comment.objects.get(pk=comment["id"]).item.title not in json.dumps(found, ensure_ascii=False)


def test_readme_counts_what_is_in_it(traces):
    readme = files_in(export(traces, by=traces))["LIESMICH.txt"]
    assert "kommentare.json  Kommentare mit ihren früheren Fassungen: 3" in readme


def test_much_is_exported_quickly(leaver, item):
    CommentFactory.create_batch(1000, item=item, author=leaver)
    begun = time.monotonic()
    assert len(parts(leaver)["kommentare"]["eintraege"]) == 1000
    assert time.monotonic() - begun < 60


# The pages ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def signed_in(client):
    """By password, so that the portal knows when somebody has last shown who they are."""

    def sign_in(person):
        client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
        return client

    return sign_in


def test_own_data_asks_for_the_password_and_then_gives_the_file(client, delegate):
    client.force_login(delegate)
    asked = client.post(OWN)
    assert asked.status_code == 302
    assert asked.url.startswith(reverse("account_reauthenticate"))
    answer = client.post(asked.url, {"password": PASSWORD})
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"] == f'attachment; filename="Auskunft-{timezone.localdate():%Y-%m-%d}.zip"'
    assert answer["Cache-Control"] == "no-store"
    assert json.loads(files_in(answer.content)["konto.json"])["eintraege"][0]["email"] == delegate.email
    line = Line.objects.get(verb="Auskunft erstellt")
    assert (line.kind, line.actor, line.thing_id) == (Kind.EXPORT, delegate, str(delegate.pk))


def test_own_data_with_a_wrong_password_gives_nothing(client, delegate):
    client.force_login(delegate)
    asked = client.post(OWN)
    assert client.post(asked.url, {"password": "falsch"})["Content-Type"].startswith("text/html")
    assert not Line.objects.filter(verb="Auskunft erstellt").exists()


def test_those_who_have_left_still_get_their_data(client, leaver):
    client.force_login(leaver)
    assert OWN in client.get(reverse("members:profile")).content.decode()
    assert client.get(OWN).status_code == 200


def test_lead_hands_out_the_data_of_a_member(client, lead, delegate):
    client.force_login(lead)
    address = reverse("office:export", args=[delegate.pk])
    assert delegate.get_full_name() in client.get(address).content.decode()
    answer = client.post(client.post(address).url, {"password": PASSWORD})
    assert json.loads(files_in(answer.content)["konto.json"])["eintraege"][0]["email"] == delegate.email
    assert Line.objects.get(verb="Auskunft erstellt").actor == lead


def test_lead_hands_out_nothing_of_somebody_who_is_in_another_group_too(client, lead, delegate):
    MembershipFactory(person=delegate)
    client.force_login(lead)
    assert client.get(reverse("office:export", args=[delegate.pk])).status_code == 404
    assert delegate.get_full_name() not in client.get(reverse("office:people")).content.decode()
