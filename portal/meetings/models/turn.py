from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from portal.meetings.models.agenda import AgendaItem
from portal.meetings.models.meeting import Meeting


class TurnQuerySet(models.QuerySet["Turn"]):
    def open(self) -> "TurnQuerySet":
        """What running meetings are about now."""
        return self.filter(ended_at=None)


class Turn(models.Model):
    """An item is called up while the meeting runs, until the next one is; an item may have several turns."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="turns", verbose_name="Sitzung")
    item = models.ForeignKey(AgendaItem, models.CASCADE, related_name="turns", verbose_name="Tagesordnungspunkt")
    started_at = models.DateTimeField("aufgerufen um", default=timezone.now)
    ended_at = models.DateTimeField("beendet um", null=True)

    objects = TurnQuerySet.as_manager()

    class Meta:
        verbose_name = "Aufruf"
        verbose_name_plural = "Aufrufe"
        ordering = ["meeting", "started_at"]
        constraints = [
            models.UniqueConstraint(
                name="turn_one_at_a_time",
                fields=["meeting"],
                condition=Q(ended_at=None),
                violation_error_message="In dieser Sitzung ist schon ein TOP aufgerufen.",
            ),
            models.CheckConstraint(
                name="turn_ends_after_start", condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"Aufruf von {self.item}"
