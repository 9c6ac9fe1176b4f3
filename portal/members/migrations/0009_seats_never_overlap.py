"""No two delegates of a Fraktion on one day, whoever asks at once (security.md, P24): PostgreSQL holds it over dates.

SQLite keeps the unique constraints on seats without an end; the check in the action does the rest there.
"""

from django.db import migrations

# constraint: which seats may not meet on one day
SEATS = {
    "delegate_seat_once_a_day": "organization_id WITH =, on_behalf_of_id WITH =, {days} WITH &&) WHERE (role = 'delegate'",
    "deputy_rank_once_a_day": (
        "organization_id WITH =, on_behalf_of_id WITH =, rank WITH =, {days} WITH &&) WHERE (role = 'deputy'"
    ),
    "role_once_a_day": "organization_id WITH =, person_id WITH =, role WITH =, {days} WITH &&",
}
DAYS = "daterange(start_date, end_date, '[)')"


def create(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    for name, seats in SEATS.items():
        schema_editor.execute(
            f"ALTER TABLE members_membership ADD CONSTRAINT {name}"
            f" EXCLUDE USING gist ({seats.format(days=DAYS)}) DEFERRABLE INITIALLY IMMEDIATE"
        )


def drop(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for name in SEATS:
        schema_editor.execute(f"ALTER TABLE members_membership DROP CONSTRAINT {name}")


class Migration(migrations.Migration):
    dependencies = [("members", "0008_erased_persons")]
    operations = [migrations.RunPython(create, drop)]
