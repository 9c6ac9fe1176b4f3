"""The database itself refuses to change or delete a line, apart from chaining it once and erasing its IP address."""

from django.db import migrations

MESSAGE = "Eine Zeile im Verlauf wird nicht mehr geändert."

SAID = [
    "id", "uuid", "at", "kind", "actor_id", "verb", "thing_type", "thing_id", "organization_id", "detail", "door",
    "address_digest", "seal",
]  # fmt: skip
CHAIN = ["sequence", "digest"]


def refused(differs):
    """When an update is wrong: what was said, a second chaining, an address other than none."""
    said = " OR ".join(differs.format(name) for name in SAID)
    again = " OR ".join(differs.format(name) for name in CHAIN)
    address = f"({differs.format('address')} OR {differs.format('address_salt')}) AND (NEW.address <> '' OR NEW.address_salt <> '')"
    return f"{said} OR (OLD.sequence IS NOT NULL AND ({again})) OR ({address})"


def postgresql():
    condition = refused("OLD.{0} IS DISTINCT FROM NEW.{0}")
    yield (
        "CREATE FUNCTION audit_line_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF TG_OP <> 'UPDATE' THEN RAISE EXCEPTION '{MESSAGE}'; END IF;"
        f" IF {condition} THEN RAISE EXCEPTION '{MESSAGE}'; END IF; RETURN NEW; END $$"
    )
    yield (
        "CREATE TRIGGER audit_line_stays BEFORE UPDATE OR DELETE ON audit_line"
        " FOR EACH ROW EXECUTE FUNCTION audit_line_stays()"
    )
    yield (
        "CREATE TRIGGER audit_line_not_emptied BEFORE TRUNCATE ON audit_line"
        " FOR EACH STATEMENT EXECUTE FUNCTION audit_line_stays()"
    )


def sqlite():
    condition = refused("OLD.{0} IS NOT NEW.{0}")
    abort = f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    yield f"CREATE TRIGGER audit_line_stays BEFORE UPDATE ON audit_line WHEN {condition} {abort}"
    yield f"CREATE TRIGGER audit_line_not_emptied BEFORE DELETE ON audit_line {abort}"


def create(apps, schema_editor):
    for statement in postgresql() if schema_editor.connection.vendor == "postgresql" else sqlite():
        schema_editor.execute(statement, params=None)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION IF EXISTS audit_line_stays() CASCADE")
    else:
        schema_editor.execute("DROP TRIGGER IF EXISTS audit_line_stays")
        schema_editor.execute("DROP TRIGGER IF EXISTS audit_line_not_emptied")


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_every_line_has_its_uuid")]
    operations = [migrations.RunPython(create, drop)]
