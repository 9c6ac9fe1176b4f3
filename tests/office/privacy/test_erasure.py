"""After an erasure nothing of the person is left, but what the list said would stay."""

import json
import shutil
import subprocess
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from portal.audit import chain, inspection
from portal.audit.models import Line
from portal.mail.models import Attachment, Message
from portal.meetings.models import AgendaItem, Attendance, Comment, Revision
from portal.members.actions import profile
from portal.members.models import Person
from portal.office.demo import accounts
from portal.office.privacy import erasure
from portal.office.privacy.erasure import erase, plan
from tests.factories import PASSWORD, AgendaItemFactory, CommentFactory, GuestFactory, MembershipFactory, PersonFactory
from tests.office.privacy.traces import LAST, MARKERS, NAME, OTHERS


def dumped() -> str:
    """The whole database as a backup would hold it: by pg_dump, else all columns of all tables."""
    program = shutil.which("pg_dump")
    if not program:
        return everything()
    wanted = connection.get_connection_params()
    address = {"PGHOST": wanted["host"], "PGPORT": wanted["port"], "PGUSER": wanted["user"]}
    address |= {"PGPASSWORD": wanted.get("password") or "", "PGDATABASE": wanted["dbname"]}
    done = subprocess.run(
        [program, "--data-only"],
        env={k: str(v) for k, v in address.items()},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def everything() -> str:
    """All columns of all tables as text."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        rows = []
        for table in tables:
            cursor.execute(f"SELECT t::text FROM {connection.ops.quote_name(table)} t")  # noqa: S608 - our own names
            rows += [row for (row,) in cursor.fetchall()]
    return "\n".join(rows)


def found_in(text: str) -> set[str]:
    """Which markers stand in it, as they are or as the bytes of a file."""
    text = text.lower()
    return {
        name for name, marker in MARKERS.items() if marker.lower() in text or marker.lower().encode().hex() in text
    } | {name for name, marker in MARKERS.items() if marker.encode().hex() in text}


@pytest.mark.django_db(transaction=True)
def test_no_marker_is_left_in_a_dump_of_the_database(traces, lead, mail_folder):
    assert found_in(dumped()) == set(MARKERS)
    erase(traces, by=lead)
    assert found_in(dumped()) == set()
    assert OTHERS["text"] in dumped()


@pytest.mark.django_db(transaction=True)
def test_no_marker_is_left_in_files(traces, lead, mail_folder, settings):
    mail_folder.mkdir()
    (mail_folder / "20260101-1.log").write_text(MARKERS["mail"])
    people = [{"email": traces.email, "name": NAME}, {"email": "x@example.org", "name": "X"}]
    accounts.write(settings.VAR_DIR / accounts.FILE, people)
    erase(traces, by=lead)
    whole = "".join(file.read_text() for file in settings.VAR_DIR.rglob("*") if file.is_file())
    assert found_in(whole) == set()
    assert [one["name"] for one in json.loads((settings.VAR_DIR / accounts.FILE).read_text())] == ["X"]


def test_everything_that_can_be_read_is_searched_without_pg_dump_too(traces):
    assert found_in(everything()) == set(MARKERS)


def test_person_is_a_former_member_without_address_and_access(traces, lead):
    gone = erase(traces, by=lead)
    gone.refresh_from_db()
    assert gone.get_full_name() == "Ehemaliges Mitglied"
    assert (gone.email, gone.is_active, gone.sort_key) == (None, False, "mitglied ehemaliges")
    assert not gone.has_usable_password()
    assert Line.objects.filter(verb="Person gelöscht", actor=lead, thing_id=str(gone.pk)).count() == 1


def test_guest_who_was_never_a_member_is_called_so(meeting, lead):
    guest = PersonFactory(first_name="Zwetschgine")
    GuestFactory(meeting=over_since(meeting, 8), person=guest)
    assert erase(guest, by=lead).get_full_name() == "Ehemaliger Gast"


def over_since(meeting, days):
    end = timezone.now() - timedelta(days=days)
    type(meeting).objects.filter(pk=meeting.pk).update(start=end - timedelta(hours=2), end=end, state="finished")
    meeting.refresh_from_db()
    return meeting


def test_what_others_built_on_stays(traces, lead):
    erase(traces, by=lead)
    comments = Comment.objects.filter(author=traces)
    assert [(comment.text, comment.withdrawn_at is not None) for comment in comments] == [("", True)] * 3
    assert comments.filter(replies__text=OTHERS["text"]).count() == 1
    assert Attendance.objects.filter(person=traces).count() == 1  # of the meeting that was held
    assert Attendance.objects.get(in_place_of=traces).note == OTHERS["note"]
    assert Revision.objects.get(created_by=traces).snapshot["items"][0]["presenter"] == "Dr. Ehemaliges Mitglied"
    assert AgendaItem.objects.filter(presenter="Dr. Ehemaliges Mitglied").exists()


def test_mail_to_somebody_else_keeps_to_whom_and_when(traces, lead, delegate):
    erase(traces, by=lead)
    (mail,) = Message.objects.all()
    assert (mail.to, mail.text, mail.html) == (delegate.email, "", "")
    assert not Attachment.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_chain_of_the_trail_stays_whole(traces, lead, no_anchors):
    chain.extend()
    erase(traces, by=lead)
    chain.extend()
    assert inspection.inspect().findings == 0


def test_nobody_signs_in_any_more(client, traces, lead):
    token = profile.open_feed(traces)
    client.force_login(traces)
    erase(traces, by=lead)
    assert client.get(reverse("members:profile")).status_code == 302
    answer = client.post(reverse("account_login"), {"login": MARKERS["address"], "password": PASSWORD})
    assert answer.status_code == 200
    assert client.get(reverse("meetings:feed", args=[token])).status_code == 404


def test_second_click_changes_nothing(traces, lead):
    first = erase(traces, by=lead)
    assert erase(traces, by=lead).erased_at == first.erased_at
    assert Line.objects.filter(verb="Person gelöscht").count() == 1


def test_somebody_appointed_again_in_the_meantime_stays(traces, lead, group):
    MembershipFactory(person=traces, organization=group, role="staff")
    with pytest.raises(ValidationError, match="ist Mitglied"):
        erase(traces, by=lead)
    traces.refresh_from_db()
    assert traces.last_name == LAST


@pytest.mark.parametrize(
    ("name", "reason"),
    [("delegate", "ist Mitglied"), ("guest", "ist Gast"), ("superuser", "verwaltet das Portal")],
)
def test_whoever_takes_part_is_not_erased(person_of, lead, name, reason):
    with pytest.raises(ValidationError, match=reason):
        erase(person_of(name), by=lead)


def test_dry_run_says_all_and_changes_nothing(traces):
    before = everything()
    planned = plan(traces)
    assert {step.what: step.count for step in planned.goes}.items() >= {
        "E-Mails an die Person mit ihren Anhängen": 2,
        "Texte verschickter E-Mails an andere, in denen der Name steht": 1,
        "Name als Vortrag in Tagesordnungen": 1,
        "Kommentare mit ihren früheren Fassungen": 3,
        "Kalenderabo": 1,
        "Offene Anmeldungen": 1,
    }.items()
    assert [step.what for step in planned.named] == [
        "Abgeschlossene Niederschriften als PDF",
        "Verschickte Einladungen als PDF",
    ]
    assert all(step.why for step in (*planned.nameless, *planned.named))
    assert everything() == before


def test_places_name_texts_of_others_that_the_reader_sees(traces, lead, meeting, delegate):
    seen = AgendaItemFactory(meeting=meeting, title=f"Antrag {LAST}")
    said = CommentFactory(item=seen, author=delegate, text=f"Wie {LAST} sagte")
    AgendaItemFactory(title=f"Anderswo {LAST}")
    assert set(erasure.places(traces, lead)) == {seen, said}


# The page -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def signed_in(client, lead):
    """The lead, who has just shown who they are."""
    client.force_login(lead)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def test_page_shows_the_list_and_the_button_does_it(signed_in, traces):
    address = reverse("office:erase", args=[traces.pk])
    page = " ".join(signed_in.get(address).content.decode().split())
    for wanted in (NAME, "Gelöscht ist noch nichts.", "Das bleibt mit Namen", "Endgültig löschen"):
        assert wanted in page
    assert signed_in.post(address).url == reverse("office:people")
    assert Person.objects.get(pk=traces.pk).erased_at
    assert NAME not in signed_in.get(reverse("office:people")).content.decode()
    assert signed_in.get(address).status_code == 404


def test_page_for_a_member_says_why_not(signed_in, delegate):
    address = reverse("office:erase", args=[delegate.pk])
    page = signed_in.get(address).content.decode()
    assert "Beenden Sie zuerst die Mitgliedschaft." in page
    assert "Endgültig löschen" not in page
    assert signed_in.post(address).status_code == 409
    assert Person.objects.get(pk=delegate.pk).last_name == delegate.last_name


def test_page_asks_for_the_password_first(client, lead, traces):
    client.force_login(lead)
    assert client.post(reverse("office:erase", args=[traces.pk])).url.startswith(reverse("account_reauthenticate"))
    assert Person.objects.get(pk=traces.pk).erased_at is None


def test_list_takes_as_many_queries_for_three_people_as_for_one(signed_in, lead, group, django_assert_max_num_queries):
    with django_assert_max_num_queries(15) as one:
        signed_in.get(reverse("office:people"))
    MembershipFactory.create_batch(2, organization=group)
    with django_assert_max_num_queries(15) as three:
        signed_in.get(reverse("office:people"))
    assert len(one) == len(three)
