from django.conf import settings
from django.db import models


class Line(models.Model):
    """One line of the trail: who did what to which thing. Written once, never changed."""

    at = models.DateTimeField("Zeitpunkt", auto_now_add=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name="Person", related_name="+"
    )
    verb = models.CharField("Vorgang", max_length=60)
    thing_type = models.CharField("Art des Gegenstands", max_length=60)
    thing_id = models.CharField("Gegenstand", max_length=40)
    organization_id = models.UUIDField("Arbeitskreis", null=True)
    detail = models.JSONField("Einzelheiten", default=dict)

    class Meta:
        verbose_name = "Zeile der Spur"
        verbose_name_plural = "Spur"
        ordering = ["pk"]
        indexes = [models.Index(name="audit_line_thing", fields=["thing_type", "thing_id"])]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb} {self.thing_type} {self.thing_id}"
