import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_seal_earlier_lines")]
    operations = [
        migrations.AlterField("line", "uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True))
    ]
