from collections.abc import Iterable
from uuid import UUID, uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from portal.audit.origin import Door


class Kind(models.TextChoices):
    """What the reader of the trail can choose from."""

    CHANGE = "change", "Vorgang"
    ACCOUNT = "account", "Anmeldung und Zugang"
    ACCESS = "access", "Abruf von Unterlagen"
    EXPORT = "export", "Export"
    REFUSAL = "refusal", "Abgewiesener Zugriff"


class LineQuerySet(models.QuerySet["Line"]):
    def of_groups(self, groups: Iterable[UUID], people: Iterable[UUID]) -> "LineQuerySet":
        """What concerns these working groups, and what these people did or met outside of any group."""
        people = list(people)
        theirs = Q(actor__in=people) | Q(thing_type="members.person", thing_id__in=[str(pk) for pk in people])
        return self.filter(Q(organization_id__in=groups) | Q(organization_id=None) & theirs)


class Line(models.Model):
    """One line of the trail: who did what to which thing, when and from where. Written once, never changed."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    at = models.DateTimeField("Zeitpunkt", default=timezone.now)
    kind = models.CharField("Art", max_length=10, choices=Kind, default=Kind.CHANGE)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name="Person", related_name="+"
    )
    verb = models.CharField("Vorgang", max_length=60)
    thing_type = models.CharField("Art des Gegenstands", max_length=60, blank=True)
    thing_id = models.CharField("Gegenstand", max_length=40, blank=True)
    organization_id = models.UUIDField("Arbeitskreis", null=True)
    detail = models.JSONField("Einzelheiten", default=dict)
    door = models.CharField("Weg", max_length=10, choices=Door, default=Door.COMMAND)

    address = models.CharField("IP-Adresse", max_length=45, blank=True)
    address_salt = models.CharField(max_length=32, blank=True)
    address_digest = models.CharField(max_length=64, blank=True)

    seal = models.CharField("Siegel", max_length=64)
    sequence = models.BigIntegerField("Laufende Nummer", null=True, unique=True)
    digest = models.CharField("Prüfsumme der Kette", max_length=64, blank=True)

    objects = LineQuerySet.as_manager()

    class Meta:
        verbose_name = "Zeile im Verlauf"
        verbose_name_plural = "Verlauf"
        ordering = ["pk"]
        indexes = [
            models.Index(name="audit_line_thing", fields=["thing_type", "thing_id"]),
            models.Index(name="audit_line_at", fields=["at"]),
            models.Index(name="audit_line_group", fields=["organization_id", "-id"]),
            models.Index(name="audit_line_loose", fields=["id"], condition=Q(sequence=None)),
            models.Index(name="audit_line_address", fields=["at"], condition=~Q(address="")),
        ]
        constraints = [
            models.CheckConstraint(name="audit_line_kind_is_known", condition=Q(kind__in=Kind.values)),
            models.CheckConstraint(name="audit_line_door_is_known", condition=Q(door__in=Door.values)),
            models.CheckConstraint(
                name="audit_line_chained_has_both",
                condition=Q(sequence=None, digest="") | Q(sequence__gte=1) & ~Q(digest=""),
            ),
            models.CheckConstraint(
                name="audit_line_address_has_its_salt",
                condition=Q(address="", address_salt="") | ~Q(address="") & ~Q(address_salt="") & ~Q(address_digest=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb} {self.thing_type} {self.thing_id}"


class Head(models.Model):
    """The end of the chain, one row; whoever chains lines holds its lock."""

    sequence = models.BigIntegerField("Laufende Nummer", default=0)
    digest = models.CharField("Prüfsumme der Kette", max_length=64, blank=True)
    at = models.DateTimeField("Stand", default=timezone.now)

    class Meta:
        verbose_name = "Ende der Kette"
        verbose_name_plural = "Enden der Kette"
        constraints = [models.CheckConstraint(name="audit_head_is_one_row", condition=Q(pk=1))]

    def __str__(self) -> str:
        return f"{self.sequence}:{self.digest}"


class Inspection(models.Model):
    """What the last examination of the whole trail has found, one row."""

    at = models.DateTimeField("geprüft am", default=timezone.now)
    lines = models.BigIntegerField("geprüfte Zeilen", default=0)
    findings = models.PositiveIntegerField("Befunde", default=0)
    first_finding = models.CharField("erster Befund", max_length=300, blank=True)

    class Meta:
        verbose_name = "Prüfung des Verlaufs"
        verbose_name_plural = "Prüfungen des Verlaufs"
        constraints = [models.CheckConstraint(name="audit_inspection_is_one_row", condition=Q(pk=1))]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}: {self.lines} Zeilen, {self.findings} Befunde"

    @property
    def report(self) -> str:
        """What the reader is told."""
        when = f"Zuletzt geprüft am {timezone.localtime(self.at):%d.%m.%Y um %H:%M} Uhr, {self.lines} Zeilen"
        if not self.findings:
            return f"{when}."
        return f"{when}, {self.findings} Befunde. {self.first_finding} Bitte verständigen Sie die Systemverwaltung."
