"""Answers that come by mail have a door of their own."""

from importlib import import_module

from django.db import migrations, models

DOORS = {
    "portal": "Portal",
    "link": "Link aus einer E-Mail",
    "mail": "Antwort per E-Mail",
    "admin": "Systemverwaltung",
    "task": "Zeitplan",
    "command": "Befehl auf dem Server",
}
triggers = import_module("portal.audit.migrations.0005_lines_never_change")


def set_again(apps, schema_editor):
    """SQLite makes the table anew for another constraint, and loses its triggers."""
    if schema_editor.connection.vendor == "sqlite":
        triggers.drop(apps, schema_editor)
        triggers.create(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [("audit", "0005_lines_never_change")]
    operations = [
        migrations.RunPython(migrations.RunPython.noop, set_again),
        migrations.RemoveConstraint("line", "audit_line_door_is_known"),
        migrations.AlterField(
            "line", "door", models.CharField("Weg", max_length=10, choices=list(DOORS.items()), default="command")
        ),
        migrations.AddConstraint(
            "line",
            models.CheckConstraint(name="audit_line_door_is_known", condition=models.Q(door__in=list(DOORS))),
        ),
        migrations.RunPython(set_again, migrations.RunPython.noop),
    ]
