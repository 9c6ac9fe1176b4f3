"""Somebody who was erased has neither address nor access."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("members", "0007_link_belongs_to_a_seat")]
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
