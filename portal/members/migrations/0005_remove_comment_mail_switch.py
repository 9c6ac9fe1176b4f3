"""The wish has taken its place."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("members", "0004_copy_notification_wishes")]
    operations = [migrations.RemoveField("person", "wants_comment_mail")]
