"""Somebody who was erased has neither address nor access."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("members", "0006_calendar_feeds")]
    operations = [
        migrations.AddField(
            "person", "erased_at", models.DateTimeField(editable=False, null=True, verbose_name="gelöscht am")
        ),
        migrations.AddConstraint(
            "person",
            models.CheckConstraint(
                condition=models.Q(
                    ("erased_at", None), models.Q(("email", None), ("is_active", False)), _connector="OR"
                ),
                name="person_erased_has_no_account",
            ),
        ),
    ]
