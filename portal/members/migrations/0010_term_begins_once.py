from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("members", "0009_seats_never_overlap")]
    operations = [
        migrations.AddConstraint(
            model_name="legislativeterm",
            constraint=models.UniqueConstraint(
                fields=("start_date",),
                name="term_begins_once",
                violation_error_message="An diesem Tag beginnt schon eine Wahlperiode.",
            ),
        )
    ]
