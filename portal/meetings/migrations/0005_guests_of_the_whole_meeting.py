"""Whether somebody is a guest of the whole meeting is said, no longer concluded from naming no item."""

from django.db import migrations, models


def say_it(apps, schema_editor):
    apps.get_model("meetings", "Guest").objects.filter(items=None).update(whole_meeting=True)


class Migration(migrations.Migration):
    dependencies = [("meetings", "0004_story_of_a_seat")]
    operations = [
        migrations.AddField(
            model_name="guest",
            name="whole_meeting",
            field=models.BooleanField(default=False, verbose_name="zur ganzen Sitzung, ohne vertrauliche Punkte"),
        ),
        migrations.AlterField(
            model_name="guest",
            name="items",
            field=models.ManyToManyField(
                blank=True, related_name="guests", to="meetings.agendaitem", verbose_name="zu diesen Punkten"
            ),
        ),
        migrations.RunPython(say_it, migrations.RunPython.noop),
    ]
