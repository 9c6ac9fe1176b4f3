from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0011_fristen_of_the_rules"),
    ]

    operations = [
        migrations.AddField(
            model_name="organization",
            name="has_public_calendar",
            field=models.BooleanField(default=False, editable=False, verbose_name="öffentlicher Kalender"),
        ),
    ]
