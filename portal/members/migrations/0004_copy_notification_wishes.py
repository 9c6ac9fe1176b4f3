"""Whoever had switched off comment mails gets invitations only."""

from django.db import migrations


def forwards(apps, schema_editor):
    apps.get_model("members", "Person").objects.filter(wants_comment_mail=False).update(notify="invitations")


def backwards(apps, schema_editor):
    apps.get_model("members", "Person").objects.exclude(notify="at_once").update(wants_comment_mail=False)


class Migration(migrations.Migration):
    dependencies = [("members", "0003_notification_wishes")]
    operations = [migrations.RunPython(forwards, backwards)]
