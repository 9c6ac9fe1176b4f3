"""The database refuses what the trail forbids, in PostgreSQL and in SQLite."""

from importlib import import_module

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.utils import ConnectionHandler

from portal.audit import chain, origin, trail
from portal.audit.models import Line
from portal.audit.origin import Door

REFUSED = (
    "UPDATE audit_line SET verb = 'Anderes'",
    "UPDATE audit_line SET actor_id = NULL",
    "UPDATE audit_line SET detail = '{}'",
    "UPDATE audit_line SET seal = 'x'",
    "UPDATE audit_line SET sequence = 7, digest = 'x'",
    "UPDATE audit_line SET sequence = NULL, digest = ''",
    "UPDATE audit_line SET address = '192.0.2.8'",
    "UPDATE audit_line SET address = '192.0.2.8', address_salt = 'x'",
    "DELETE FROM audit_line",
)
LITE_SCHEMA = """
CREATE TABLE audit_line (id, uuid, at, kind, actor_id, verb, thing_type, thing_id, organization_id, detail, door,
    address_digest, seal, sequence, digest, address, address_salt);
INSERT INTO audit_line VALUES (1, 'u', 'now', 'change', 'p', 'Vorgang', 't', 'i', 'o', '{"a":1}', 'portal',
    'd', 's', NULL, '', '192.0.2.7', 'salt');
"""


@pytest.mark.django_db
class TestOnPostgres:
    @pytest.fixture(autouse=True)
    def _line(self, lead, no_anchors):
        with origin.coming_from(Door.PORTAL, "192.0.2.7"):
            trail.record(actor=lead, verb="Vorgang", thing=lead, number=1)
        chain.extend()

    @pytest.mark.parametrize("statement", REFUSED)
    def test_a_line_stays(self, statement):
        with pytest.raises(DatabaseError, match="nicht mehr geändert"), connection.cursor() as cursor:
            cursor.execute(statement)

    def test_the_table_cannot_be_emptied(self):
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE audit_line ENABLE TRIGGER audit_line_not_emptied")
            with pytest.raises(DatabaseError, match="nicht mehr geändert"), transaction.atomic():
                cursor.execute("TRUNCATE audit_line")
            cursor.execute("ALTER TABLE audit_line DISABLE TRIGGER audit_line_not_emptied")

    def test_addresses_may_go(self):
        assert Line.objects.update(address="", address_salt="") == 1


@pytest.mark.django_db
class TestOnSqlite:
    @pytest.fixture
    def lite(self):
        lite = ConnectionHandler({"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}})["default"]
        lite.ensure_connection()
        lite.connection.executescript(LITE_SCHEMA)
        migration = import_module("portal.audit.migrations.0005_lines_never_change")
        with lite.schema_editor() as editor:
            migration.create(None, editor)
        yield lite
        lite.close()

    def run(self, lite, statement):
        with lite.cursor() as cursor:
            cursor.execute(statement)

    @pytest.mark.parametrize("statement", REFUSED)
    def test_a_line_stays(self, lite, statement):
        self.run(lite, "UPDATE audit_line SET sequence = 1, digest = 'c'")
        with pytest.raises(DatabaseError, match="nicht mehr geändert"):
            self.run(lite, statement)

    def test_addresses_may_go(self, lite):
        self.run(lite, "UPDATE audit_line SET address = '', address_salt = ''")
        with lite.cursor() as cursor:
            cursor.execute("SELECT DISTINCT address, address_salt FROM audit_line")
            assert cursor.fetchall() == [("", "")]

    def test_the_migration_can_be_taken_back(self, lite):
        migration = import_module("portal.audit.migrations.0005_lines_never_change")
        with lite.schema_editor() as editor:
            migration.drop(None, editor)
        self.run(lite, "DELETE FROM audit_line")
        with lite.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM audit_line")
            assert cursor.fetchone() == (0,)
