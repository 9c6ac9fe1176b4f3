"""The trail as the lead reads it: the own working groups, filters, the way to older lines, the table."""

import csv
from datetime import timedelta
from io import StringIO

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.audit import origin, refusals, trail
from portal.audit.models import Inspection, Kind, Line
from portal.audit.origin import Door
from portal.office.views import trail as views
from tests.factories import AttendanceFactory, CommentFactory, MembershipFactory, MinutesFactory, WorkingGroupFactory

pytestmark = pytest.mark.django_db


def write(actor, verb, thing, group=None, **detail):
    trail.record(actor=actor, verb=verb, thing=thing, organization=group and group.pk, **detail)


def page_of(client, reader, **query):
    client.force_login(reader)
    return client.get(reverse("office:trail"), query).content.decode()


def table_of(client, reader, **query):
    client.force_login(reader)
    answer = client.get(reverse("office:trail_export"), query)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return answer, list(csv.reader(StringIO(text), delimiter=";"))


def test_page_says_who_did_what_when_and_from_where(client, lead, meeting, group):
    with origin.coming_from(Door.LINK, "192.0.2.7"):
        write(lead, "Sitzung geändert", meeting, group, changed="title, start", revision=2)
    page = page_of(client, lead)
    for told in ("Sitzung geändert", str(lead), str(meeting), meeting.get_absolute_url(), "192.0.2.7", "2. Fassung"):
        assert told in page
    assert "Link aus einer E-Mail" in page
    assert "geändert: Zusatz zum Titel, Beginn" in page


def test_page_shows_the_own_groups_and_the_accounts_of_their_members(
    client, lead, delegate, former, second_group_member, stranger, group
):
    elsewhere = second_group_member.memberships.get().organization
    write(lead, "Eigener Vorgang", group, group)
    write(second_group_member, "Fremder Vorgang", elsewhere, elsewhere)
    for person in (delegate, former, second_group_member, stranger):
        trail.record_as(Kind.ACCOUNT, actor=person, verb=f"Angemeldet {person.last_name}", thing=person)
        trail.record_as(Kind.ACCOUNT, actor=None, verb=f"Fehlschlag {person.last_name}", thing=person)
    page = page_of(client, lead)
    for verb in ("Eigener Vorgang", "Angemeldet Dahlmann", "Fehlschlag Dahlmann"):
        assert verb in page
    for verb in ("Fremder Vorgang", "Angemeldet Ehemann", "Angemeldet Zweig", "Fehlschlag Zweig", "Angemeldet Fremd"):
        assert verb not in page
    assert "Fremder Vorgang" in page_of(client, second_group_member)


def test_what_a_member_did_in_another_group_stays_there(client, lead, delegate):
    elsewhere = WorkingGroupFactory()
    MembershipFactory(person=delegate, organization=elsewhere)
    write(delegate, "Kommentar geschrieben", elsewhere, elsewhere)
    assert "Kommentar geschrieben" not in page_of(client, lead)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({}, {"A", "B", "C"}),
        ({"kind": "access"}, {"B"}),
        ({"thing_type": "meetings.meeting"}, {"A", "B"}),
        ({"person": "delegate"}, {"B"}),
        ({"first": "2026-03-02"}, {"B", "C"}),
        ({"last": "2026-03-01"}, {"A"}),
        ({"first": "2026-03-02", "last": "2026-03-02"}, {"B"}),
    ],
)
def test_filters(client, lead, delegate, meeting, group, time_machine, query, shown):
    if "person" in query:
        query = {"person": str(delegate.pk)}
    time_machine.move_to("2026-03-01T23:30:00+01:00")
    write(lead, "Vorgang A", meeting, group)
    time_machine.move_to("2026-03-02T23:30:00+01:00")
    trail.record_as(Kind.ACCESS, actor=delegate, verb="Vorgang B", thing=meeting, organization=group.pk)
    time_machine.move_to("2026-03-03T12:00:00+01:00")
    write(lead, "Vorgang C", lead, group)
    page = page_of(client, lead, **query)
    assert {letter for letter in "ABC" if f"Vorgang {letter}" in page} == shown


def test_a_filter_that_is_no_date_is_told_and_filters_nothing(client, lead, group):
    write(lead, "Vorgang", group, group)
    page = page_of(client, lead, first="gestern")
    assert "Vorgang" in page
    assert 'aria-invalid="true"' in page


def test_older_lines_follow_without_a_gap(client, lead, group, monkeypatch):
    monkeypatch.setattr(views, "PAGE", 2)
    for number in range(5):
        write(lead, f"Vorgang {number}", group, group)
    client.force_login(lead)
    seen, older = [], None
    for _ in range(3):
        context = client.get(reverse("office:trail"), {"vor": older} if older else {}).context
        seen += [row.line.verb for row in context["rows"]]
        older = context["older"]
    assert seen == [f"Vorgang {number}" for number in (4, 3, 2, 1, 0)]
    assert older is None


@pytest.mark.parametrize("lines", [1, 3])
def test_page_takes_the_same_queries_for_any_number(
    client, lead, group, meeting, item, topic, django_assert_num_queries, lines
):
    minutes, comment = MinutesFactory(meeting=meeting, clerk=lead), CommentFactory(item=item)
    seat = AttendanceFactory(meeting=meeting, person=lead)
    for _ in range(lines):
        for thing in (meeting, item, topic, minutes, comment, seat, lead, lead.memberships.get()):
            write(lead, "Vorgang", thing, group)
    client.force_login(lead)
    client.get(reverse("office:trail"))  # the first visit notes the time in the session
    with django_assert_num_queries(13):
        client.get(reverse("office:trail"))


@pytest.mark.parametrize(
    ("inspection", "told"),
    [
        (None, "Noch nicht geprüft"),
        ({"lines": 12}, "Geprüft und unversehrt"),
        ({"lines": 12, "findings": 1, "first_finding": "Zeile 3 fehlt."}, "Der Verlauf ist nicht unversehrt"),
    ],
)
def test_page_tells_whether_the_trail_is_whole(client, lead, inspection, told):
    if inspection:
        Inspection.objects.create(pk=1, **inspection)
    page = page_of(client, lead)
    assert told in page
    assert (inspection or {}).get("first_finding", "") in page


def test_refusals_name_the_part_of_the_portal_and_no_object(client, lead, delegate, meeting):
    refusals.note(actor=delegate, page="meetings:detail", thing_id=str(meeting.pk), status=404, method="GET")
    page = page_of(client, lead)
    assert "nicht sichtbar oder nicht vorhanden" in page
    assert str(meeting.pk) not in page
    _, rows = table_of(client, lead, kind="refusal")
    assert str(meeting.pk) not in str(rows)


def test_table_holds_the_filtered_lines_and_leaves_one_itself(client, lead, group, delegate):
    write(lead, "Vorgang A", group, group, number=1)
    write(delegate, "Vorgang B", group, group)
    answer, rows = table_of(client, lead, person=str(lead.pk))
    assert answer["Content-Disposition"] == f'attachment; filename="Verlauf-{timezone.localdate()}.csv"'
    assert rows[0][:3] == ["Zeitpunkt", "Art", "Vorgang"]
    assert [row[2] for row in rows[1:]] == ["Verlauf heruntergeladen", "Vorgang A"]
    line = Line.objects.get(kind=Kind.EXPORT)
    assert (line.actor, line.organization_id) == (lead, group.pk)


def test_table_holds_no_formula(client, lead, group):
    lead.first_name = "=1+1"
    lead.save()
    write(lead, "@Vorgang", group, group)
    _, rows = table_of(client, lead)
    assert rows[-1][2] == "'@Vorgang"
    assert rows[-1][4] == f"'{lead}"


def test_table_of_a_wrong_date_is_not_made(client, lead):
    client.force_login(lead)
    assert client.get(reverse("office:trail_export"), {"first": "gestern"}).url == reverse("office:trail")
    assert not Line.objects.filter(kind=Kind.EXPORT).exists()


def test_a_noun_of_an_earlier_version_still_has_its_line(client, lead, group):
    write(lead, "Vorgang", group, group)
    line = Line(actor=lead, verb="Alter Vorgang", thing_type="votes.vote", thing_id="1", organization_id=group.pk)
    trail.write(line)
    assert "Alter Vorgang" in page_of(client, lead)


def test_last_day_and_function_are_told_in_words(client, lead, group):
    seat = lead.memberships.get()
    write(lead, "Mitglied berufen", seat, group, role="lead")
    write(lead, "Mitgliedschaft beendet", seat, group, end_date="2026-04-01")
    page = page_of(client, lead)
    assert "als Leitung" in page
    assert "endet zum 31.03.2026" in page


def test_downloads_of_papers_stand_in_the_trail(client, clerk, group, meeting, delegate):
    minutes = MinutesFactory(meeting=meeting, clerk=clerk)
    client.force_login(clerk)
    client.get(reverse("minutes:pdf", args=[minutes.pk]))
    assert [(line.verb, line.thing_id) for line in Line.objects.filter(kind=Kind.ACCESS)] == [
        ("Niederschrift abgerufen", str(minutes.pk))
    ]


def test_lines_within_a_day_of_a_change_of_clocks_are_found(client, lead, group, time_machine):
    time_machine.move_to("2026-10-25T23:59:59+01:00")
    write(lead, "Später Vorgang", group, group)
    time_machine.move_to(timezone.now() + timedelta(days=1))
    assert "Später Vorgang" in page_of(client, lead, first="2026-10-25", last="2026-10-25")
