"""Lines of the time before the chain: sealed as they are today."""

from uuid import uuid4

from django.db import migrations

from portal.audit.seal import seal, writing_key


def seal_all(apps, schema_editor):
    line_model = apps.get_model("audit", "Line")
    for line in line_model.objects.filter(uuid=None).iterator():
        line.uuid = uuid4()
        line.door = "portal"
        line.seal = seal(line, writing_key())
        line.save(update_fields=["uuid", "door", "seal"])


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_where_from_and_chain")]
    operations = [migrations.RunPython(seal_all, migrations.RunPython.noop)]
