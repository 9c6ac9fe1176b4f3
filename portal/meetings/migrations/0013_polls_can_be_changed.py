from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("meetings", "0012_letters_sent_again"),
    ]

    operations = [
        migrations.AddField(
            model_name="datepoll",
            name="version",
            field=models.PositiveIntegerField(default=1, editable=False),
        ),
    ]
