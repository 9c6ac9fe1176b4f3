"""Final minutes never change: the database itself refuses, whoever asks (security.md, P27)."""

from django.db import migrations

MESSAGE = "Eine abgeschlossene Niederschrift wird nicht mehr geaendert."

# table: how to find out whether the row belongs to final minutes, for the old and the new row
FINAL = {
    "minutes_minutes": "{row}.state = 'final'",
    "minutes_entry": "EXISTS (SELECT 1 FROM minutes_minutes m WHERE m.id = {row}.minutes_id AND m.state = 'final')",
    "minutes_outcome": (
        "EXISTS (SELECT 1 FROM minutes_entry e JOIN minutes_minutes m ON m.id = e.minutes_id"
        " WHERE e.id = {row}.entry_id AND m.state = 'final')"
    ),
}


def postgresql(table, condition):
    body = f"IF {condition.format(row='OLD')} THEN RAISE EXCEPTION '{MESSAGE}'; END IF;"
    yield (
        f"CREATE FUNCTION {table}_is_final() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body}"
        " IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
    )
    yield (
        f"CREATE TRIGGER {table}_is_final BEFORE UPDATE OR DELETE ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION {table}_is_final()"
    )
    if table == "minutes_minutes":
        return
    insert = f"IF {condition.format(row='NEW')} THEN RAISE EXCEPTION '{MESSAGE}'; END IF; RETURN NEW;"
    yield f"CREATE FUNCTION {table}_not_into_final() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {insert} END $$"
    yield (
        f"CREATE TRIGGER {table}_not_into_final BEFORE INSERT OR UPDATE ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION {table}_not_into_final()"
    )


def sqlite(table, condition):
    checks = [("UPDATE", "OLD"), ("DELETE", "OLD")]
    if table != "minutes_minutes":
        checks.append(("INSERT", "NEW"))
    for verb, row in checks:
        yield (
            f"CREATE TRIGGER {table}_is_final_{verb.lower()} BEFORE {verb} ON {table}"
            f" WHEN {condition.format(row=row)} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
        )


def create(apps, schema_editor):
    statements = postgresql if schema_editor.connection.vendor == "postgresql" else sqlite
    for table, condition in FINAL.items():
        for statement in statements(table, condition):
            schema_editor.execute(statement, params=None)


def drop(apps, schema_editor):
    for table in FINAL:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {table}_is_final() CASCADE")
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {table}_not_into_final() CASCADE")
        else:
            for verb in ("update", "delete", "insert"):
                schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_is_final_{verb}")


class Migration(migrations.Migration):
    dependencies = [("minutes", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
