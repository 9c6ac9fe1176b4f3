from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("meetings", "0002_recusals"),
    ]

    operations = [
        migrations.AddField(
            model_name="attendance",
            name="answer_by",
            field=models.DateTimeField(null=True, verbose_name="Antwort bis"),
        ),
        migrations.AddConstraint(
            model_name="attendance",
            constraint=models.UniqueConstraint(
                condition=models.Q(("answer__in", ["", "accepted"]), ("invited_at__isnull", False), ("role", "deputy")),
                fields=("meeting", "on_behalf_of"),
                name="attendance_one_deputy_a_seat",
                violation_error_message="Für diesen Sitz ist schon eine Stellvertretung gefragt.",
            ),
        ),
    ]
