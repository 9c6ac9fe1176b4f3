"""When somebody hears of what is new: at once, once a day, or of invitations only."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("members", "0002_deputies_by_house_rule")]
    operations = [
        migrations.AddField(
            "person",
            "notify",
            models.CharField(
                choices=[
                    ("at_once", "Sofort, jede Neuigkeit als eigene E-Mail"),
                    ("daily", "Täglich gesammelt in einer E-Mail am Morgen"),
                    ("invitations", "Nur Einladungen, sonst keine E-Mails"),
                ],
                default="at_once",
                help_text="Einladungen, Änderungen und Absagen erhalten Sie in jedem Fall sofort.",
                max_length=12,
                verbose_name="Neues im Arbeitskreis",
            ),
        ),
        migrations.AddField(
            "person",
            "news_until",
            models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="Neues gesammelt bis"),
        ),
        migrations.AddConstraint(
            "person",
            models.CheckConstraint(
                condition=models.Q(("notify__in", ["at_once", "daily", "invitations"])), name="person_notify_is_known"
            ),
        ),
    ]
