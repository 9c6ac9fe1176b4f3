from django.db import models


class Heartbeat(models.Model):
    """When a part of the portal was last seen at work, and what is in its way."""

    name = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField()
    trouble = models.CharField("Störung", max_length=300, blank=True)

    class Meta:
        verbose_name = "Lebenszeichen"
        verbose_name_plural = "Lebenszeichen"

    def __str__(self) -> str:
        return f"{self.name}: {self.at:%Y-%m-%d %H:%M:%S}"


class Job(models.Model):
    """A task of the timetable: when it ran last, how that went, and whether it is switched on."""

    name = models.CharField("Aufgabe", max_length=100, unique=True)
    is_on = models.BooleanField("eingeschaltet", default=True)
    ran_at = models.DateTimeField("zuletzt gelaufen", null=True, blank=True)
    seconds = models.FloatField("Dauer in Sekunden", default=0)
    last_error = models.CharField("Fehler", max_length=100, blank=True)

    class Meta:
        verbose_name = "Aufgabe im Zeitplan"
        verbose_name_plural = "Aufgaben im Zeitplan"

    def __str__(self) -> str:
        return self.name


class Pause(models.Model):
    """While this one row is there, nothing leaves the outbox."""

    since = models.DateTimeField("angehalten", auto_now_add=True)
    by = models.UUIDField("angehalten von")
    reason = models.CharField("Grund", max_length=200)

    class Meta:
        verbose_name = "Pause des Versands"
        verbose_name_plural = "Pausen des Versands"
        constraints = [models.CheckConstraint(name="pause_is_one_row", condition=models.Q(pk=1))]

    def __str__(self) -> str:
        return f"angehalten seit {self.since:%Y-%m-%d %H:%M}"
