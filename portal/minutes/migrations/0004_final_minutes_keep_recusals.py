"""Who took no part because of Befangenheit stays as final minutes print it."""

from django.db import migrations

MESSAGE = "Die Niederschrift dieser Sitzung ist abgeschlossen."
TABLE = "meetings_recusal"
FINAL = (
    "EXISTS (SELECT 1 FROM minutes_minutes m JOIN meetings_agendaitem i ON i.meeting_id = m.meeting_id"
    " WHERE m.state = 'final' AND i.id IN ({rows}))"
)
ROWS = {"INSERT": ["NEW"], "UPDATE": ["OLD", "NEW"], "DELETE": ["OLD"]}


def triggers():
    for verb, rows in ROWS.items():
        condition = FINAL.format(rows=", ".join(f"{row}.item_id" for row in rows))
        yield f"{TABLE}_kept_{verb.lower()}", verb, condition


def postgresql(name, verb, condition):
    result = "OLD" if verb == "DELETE" else "NEW"
    yield (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {condition} THEN RAISE EXCEPTION '{MESSAGE}'; END IF; RETURN {result}; END $$"
    )
    yield f"CREATE TRIGGER {name} BEFORE {verb} ON {TABLE} FOR EACH ROW EXECUTE FUNCTION {name}()"


def sqlite(name, verb, condition):
    yield (
        f"CREATE TRIGGER {name} BEFORE {verb} ON {TABLE} WHEN {condition} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    )


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
    dependencies = [("minutes", "0003_final_minutes_keep_their_sources"), ("meetings", "0002_recusals")]
    operations = [migrations.RunPython(create, drop)]
