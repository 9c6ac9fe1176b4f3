import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("meetings", "0003_one_deputy_a_seat"),
        ("members", "0002_deputies_by_house_rule"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SeatStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("declined", "sagt ab"),
                            ("passed_on", "bittet um Vertretung"),
                            ("asked", "ist angefragt"),
                            ("skipped", "ist nicht zu fragen"),
                            ("accepted", "sagt zu"),
                            ("silent", "hat nicht geantwortet"),
                            ("released", "wird nicht mehr gebraucht"),
                            ("taken_back", "nimmt selbst teil"),
                            ("left", "ist keine Stellvertretung mehr"),
                            ("moved", "Sitzung verlegt, alle werden neu gefragt"),
                            ("vacant", "niemand mehr zu fragen, der Sitz bleibt leer"),
                        ],
                        max_length=12,
                        verbose_name="Schritt",
                    ),
                ),
                ("rank", models.PositiveSmallIntegerField(null=True, verbose_name="Rang der Vertretung")),
                ("answer_by", models.DateTimeField(null=True, verbose_name="Antwort bis")),
                (
                    "at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="Zeitpunkt"),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="veranlasst von",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="seat_steps",
                        to="meetings.meeting",
                        verbose_name="Sitzung",
                    ),
                ),
                (
                    "on_behalf_of",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.organization",
                        verbose_name="Fraktion",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Person",
                    ),
                ),
            ],
            options={
                "verbose_name": "Schritt eines Sitzes",
                "verbose_name_plural": "Verlauf der Sitze",
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "declined",
                                    "passed_on",
                                    "asked",
                                    "skipped",
                                    "accepted",
                                    "silent",
                                    "released",
                                    "taken_back",
                                    "left",
                                    "moved",
                                    "vacant",
                                ],
                            )
                        ),
                        name="seat_step_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer_by__isnull", False), ("kind", "asked")),
                            models.Q(models.Q(("kind", "asked"), _negated=True), ("answer_by", None)),
                            _connector="OR",
                        ),
                        name="seat_step_question_has_its_end",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind__in", ["moved", "vacant"]), ("person", None)),
                            models.Q(
                                models.Q(("kind__in", ["moved", "vacant"]), _negated=True), ("person__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="seat_step_names_its_person",
                    ),
                ],
            },
        ),
    ]
