"""Who may read minutes, what the database holds, and that final ones never change."""

from importlib import import_module

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.utils import ConnectionHandler

from portal.meetings.models import AgendaItem, Attendance, Recusal
from portal.minutes.models import Entry, Minutes, Outcome, Roll, roll_stamp
from tests.cast import CAST, MEMBERS
from tests.factories import (
    AgendaItemFactory,
    AttendanceFactory,
    EntryFactory,
    MinutesFactory,
    OutcomeFactory,
    RecusalFactory,
)

pytestmark = pytest.mark.django_db
OFFICE = {"lead", "staff", "clerk"}


def readers(everybody, queryset):
    return {name for name, person in everybody.items() if queryset.visible_to(person).exists()}


def test_a_draft_is_read_by_the_office(minutes, everybody):
    assert readers(everybody, Minutes.objects) == readers(everybody, Entry.objects) == OFFICE


def test_final_minutes_are_read_by_the_members(closed, everybody):
    assert readers(everybody, Minutes.objects) == readers(everybody, Entry.objects) == set(MEMBERS)


def test_nobody_reads_without_an_account(closed):
    assert not Minutes.objects.visible_to(AnonymousUser()).exists()


def test_the_cast_is_complete(everybody):
    assert set(everybody) == set(CAST)


def test_a_meeting_has_one_niederschrift(minutes):
    with pytest.raises(IntegrityError):
        MinutesFactory(meeting=minutes.meeting)


def test_an_item_has_one_entry(entry):
    with pytest.raises(IntegrityError):
        EntryFactory(minutes=entry.minutes, item=entry.item)


@pytest.mark.parametrize("fields", [{"state": "final"}, {"sha256": "0" * 64}, {"pdf": b"%PDF"}])
def test_final_state_time_person_file_and_hash_come_together(minutes, fields):
    with pytest.raises(IntegrityError, match="minutes_final_with_time_person_file_hash"):
        Minutes.objects.filter(pk=minutes.pk).update(**fields)


def test_an_outcome_is_never_a_beschluss(entry):
    with pytest.raises(IntegrityError, match="outcome_kind_is_known"):
        OutcomeFactory(entry=entry, kind="resolution")


def test_mark_tells_how_far_an_entry_is(entry):
    assert entry.mark == ""
    entry.text = "Beraten."
    assert entry.mark == "text"
    OutcomeFactory(entry=entry)
    assert entry.mark == "outcome"


class TestRoll:
    """The attendance in the order of a Niederschrift."""

    def test_fraktionen_come_first_then_the_office_then_guests(self, minutes, delegate, deputy, guest):
        AttendanceFactory(meeting=minutes.meeting, person=guest, role="guest")
        (fraktionen, seats), (office, staff), (guests, invited) = Roll(minutes.meeting).sections
        assert (fraktionen, office, guests) == ("Fraktionen", "Verwaltung", "Gäste")
        at = [row.person for row in seats].index
        assert at(deputy) == at(delegate) + 1
        assert [row.role for row in staff] == ["lead", "clerk"]
        assert [row.person for row in invited] == [guest]

    def test_deputies_are_named_when_they_took_part(self, minutes, deputy):
        assert deputy not in [row.person for row in Roll(minutes.meeting).listed]
        minutes.meeting.attendances.filter(person=deputy).update(presence="remote")
        assert deputy in [row.person for row in Roll(minutes.meeting).listed]

    def test_seats_count_fraktionen_and_not_people(self, minutes, delegate, deputy, lead):
        minutes.meeting.attendances.filter(person__in=[delegate, deputy, lead]).update(presence="present")
        assert Roll(minutes.meeting).seats == (1, 2)

    def test_the_stamp_changes_with_presence_and_not_with_the_answer(self, minutes, delegate):
        before = Roll(minutes.meeting).stamp
        row = minutes.meeting.attendances.get(person=delegate)
        row.note = "Ich komme später."
        row.save()
        assert Roll(minutes.meeting).stamp == before
        row.presence = "present"
        row.save()
        assert Roll(minutes.meeting).stamp != before
        assert roll_stamp([]) != before


CHANGES = {
    "minutes, ORM": lambda final: Minutes.objects.update(remarks="Neu"),
    "minutes, back to draft": lambda final: Minutes.objects.update(
        state="draft", pdf=None, sha256="", finalised_at=None, finalised_by=None
    ),
    "entry, ORM": lambda final: Entry.objects.update(text="Neu"),
    "entry, save": lambda final: final.entries.first().save(),
    "outcome, ORM": lambda final: Outcome.objects.update(text="Neu"),
    "new outcome": lambda final: OutcomeFactory(entry=final.entries.first()),
    "new entry": lambda final: EntryFactory(minutes=final, item=AgendaItemFactory(meeting=final.meeting)),
    "entry moved in": lambda final: Entry.objects.filter(pk=EntryFactory().pk).update(minutes=final),
    "delete outcomes": lambda final: Outcome.objects.all().delete(),
    "delete entries": lambda final: Entry.objects.all().delete(),
    "delete minutes": lambda final: Minutes.objects.all().delete(),
    "presence": lambda final: Attendance.objects.update(presence="absent"),
    "delete attendance": lambda final: Attendance.objects.all().delete(),
    "new attendance": lambda final: AttendanceFactory(meeting=final.meeting),
    "item title": lambda final: AgendaItem.objects.update(title="Neu"),
    "new recusal": lambda final: RecusalFactory(item=final.entries.first().item),
    "delete recusals": lambda final: Recusal.objects.all().delete(),
    "item number": lambda final: AgendaItem.objects.update(number=9),
}
STATEMENTS = (
    "UPDATE minutes_minutes SET remarks = 'Neu'",
    "DELETE FROM minutes_minutes",
    "UPDATE minutes_entry SET text = 'Neu'",
    "DELETE FROM minutes_entry",
    "UPDATE minutes_outcome SET text = 'Neu'",
    "DELETE FROM minutes_outcome",
    "UPDATE meetings_attendance SET presence = 'absent'",
    "DELETE FROM meetings_attendance",
    "UPDATE meetings_agendaitem SET title = 'Neu'",
    "UPDATE meetings_recusal SET created = created",
    "DELETE FROM meetings_recusal",
)


def digest():
    files = [bytes(minutes.pdf) for minutes in Minutes.objects.all()]
    rows = [table.objects.values() for table in (Entry, Outcome, Attendance, AgendaItem, Recusal)]
    minutes = Minutes.objects.values("meeting", "state", "remarks", "sha256", "version", "modified")
    return files, [sorted(map(repr, table)) for table in (minutes, *rows)]


class TestFinalMinutesNeverChange:
    """The database refuses, whoever asks (security.md, P27)."""

    @pytest.mark.parametrize("change", CHANGES)
    def test_orm(self, closed, change):
        before = digest()
        with pytest.raises(DatabaseError), transaction.atomic():
            CHANGES[change](closed)
        assert digest() == before

    @pytest.mark.parametrize("statement", STATEMENTS)
    def test_sql(self, closed, statement):
        before = digest()
        with pytest.raises(DatabaseError, match="abgeschlossen"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
        assert digest() == before

    def test_drafts_do_change(self, minutes):
        minutes.entries.update(text="Neu")
        assert Attendance.objects.update(presence="present")
        assert AgendaItem.objects.update(title="Neu")

    def test_what_the_minutes_do_not_print_may_still_change(self, closed):
        assert AgendaItem.objects.update(visibility="public")
        assert Attendance.objects.update(note="Neu")


LITE_SCHEMA = """
CREATE TABLE minutes_minutes (id, meeting_id, state, remarks);
CREATE TABLE minutes_entry (id, minutes_id, text);
CREATE TABLE minutes_outcome (id, entry_id, text);
CREATE TABLE meetings_attendance (id, meeting_id, person_id, role, on_behalf_of_id, rank, presence, arrived, "left",
    in_place_of_id);
CREATE TABLE meetings_agendaitem (id, meeting_id, number, title);
CREATE TABLE meetings_recusal (id, item_id, person_id, created);
INSERT INTO minutes_minutes VALUES (1, 1, 'draft', '');
INSERT INTO minutes_entry VALUES (1, 1, '');
INSERT INTO minutes_outcome VALUES (1, 1, '');
INSERT INTO meetings_attendance (id, meeting_id, presence) VALUES (1, 1, 'present');
INSERT INTO meetings_agendaitem VALUES (1, 1, 1, '');
INSERT INTO meetings_recusal (id, item_id) VALUES (1, 1);
"""
LITE_INSERTS = (
    "INSERT INTO minutes_entry VALUES (2, 1, '')",
    "INSERT INTO minutes_outcome VALUES (2, 1, '')",
    "INSERT INTO meetings_attendance (id, meeting_id) VALUES (2, 1)",
    "INSERT INTO meetings_recusal (id, item_id) VALUES (2, 1)",
)
MIGRATIONS = (
    "0002_final_minutes_never_change",
    "0003_final_minutes_keep_their_sources",
    "0004_final_minutes_keep_recusals",
)


class TestOnSqlite:
    """The same triggers in the words of the other database."""

    @pytest.fixture
    def lite(self):
        engine = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
        lite: DatabaseWrapper = ConnectionHandler(engine)["default"]
        lite.ensure_connection()
        lite.connection.executescript(LITE_SCHEMA)
        yield lite
        lite.close()

    @pytest.fixture
    def migrations(self):
        return [import_module(f"portal.minutes.migrations.{name}") for name in MIGRATIONS]

    def run(self, lite, statement):
        with lite.cursor() as cursor:
            cursor.execute(statement)

    @pytest.mark.parametrize("statement", STATEMENTS + LITE_INSERTS)
    def test_final_minutes_never_change(self, lite, migrations, statement):
        with lite.schema_editor() as editor:
            for migration in migrations:
                migration.create(None, editor)
        self.run(lite, "UPDATE minutes_minutes SET state = 'final'")
        with pytest.raises(DatabaseError, match="abgeschlossen"):
            self.run(lite, statement)

    @pytest.mark.parametrize("statement", STATEMENTS + LITE_INSERTS)
    def test_the_migrations_can_be_taken_back(self, lite, migrations, statement):
        with lite.schema_editor() as editor:
            for migration in migrations:
                migration.create(None, editor)
                migration.drop(None, editor)
        self.run(lite, "UPDATE minutes_minutes SET state = 'final'")
        before = lite.connection.total_changes
        self.run(lite, statement)
        assert lite.connection.total_changes > before
