from uuid import uuid4

from django.db import models

from portal.members.models.person import Person


class CalendarFeed(models.Model):
    """The address at which a calendar program reads one person's meetings. Only a hash of its token is kept."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.OneToOneField(Person, models.CASCADE, related_name="calendar_feed", verbose_name="Person")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField("eingerichtet am", auto_now_add=True)

    class Meta:
        verbose_name = "Kalenderabo"
        verbose_name_plural = "Kalenderabos"

    def __str__(self) -> str:
        return f"Kalenderabo von {self.person}"
