"""What final minutes print of other tables stays as it was: who took part, number and title of the items."""

from django.db import migrations

MESSAGE = "Die Niederschrift dieser Sitzung ist abgeschlossen."
SOURCES = {
    "meetings_attendance": (
        ["INSERT", "UPDATE", "DELETE"],
        ["meeting_id", "person_id", "role", "on_behalf_of_id", "rank", "presence", "arrived", "left", "in_place_of_id"],
    ),
    "meetings_agendaitem": (["UPDATE", "DELETE"], ["meeting_id", "number", "title"]),
}
FINAL = "EXISTS (SELECT 1 FROM minutes_minutes m WHERE m.state = 'final' AND m.meeting_id IN ({rows}))"
ROWS = {"INSERT": ["NEW"], "UPDATE": ["OLD", "NEW"], "DELETE": ["OLD"]}


def differs(columns, words):
    """SQL for: one of the columns changes."""
    return " OR ".join(f'OLD."{column}" {words} NEW."{column}"' for column in columns)


def final(verb):
    return FINAL.format(rows=", ".join(f"{row}.meeting_id" for row in ROWS[verb]))


def postgresql(name, table, verb, columns):
    result = "OLD" if verb == "DELETE" else "NEW"
    yield (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {final(verb)} THEN RAISE EXCEPTION '{MESSAGE}'; END IF; RETURN {result}; END $$"
    )
    when = f"WHEN ({differs(columns, 'IS DISTINCT FROM')})" if verb == "UPDATE" else ""
    yield f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW {when} EXECUTE FUNCTION {name}()"


def sqlite(name, table, verb, columns):
    changed = f" AND ({differs(columns, 'IS NOT')})" if verb == "UPDATE" else ""
    yield (
        f"CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN {final(verb)}{changed}"
        f" BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    )


def triggers():
    for table, (verbs, columns) in SOURCES.items():
        for verb in verbs:
            yield f"{table}_kept_{verb.lower()}", table, verb, columns


def create(apps, schema_editor):
    statements = postgresql if schema_editor.connection.vendor == "postgresql" else sqlite
    for trigger in triggers():
        for statement in statements(*trigger):
            schema_editor.execute(statement, params=None)


def drop(apps, schema_editor):
    for name, *_ in triggers():
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {name}() CASCADE")
        else:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")


class Migration(migrations.Migration):
    dependencies = [("minutes", "0002_final_minutes_never_change"), ("meetings", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
