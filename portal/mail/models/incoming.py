from collections.abc import Iterable
from uuid import UUID

from django.db import models
from django.db.models import Q


class IncomingQuerySet(models.QuerySet["Incoming"]):
    def of_groups(self, groups: Iterable[UUID]) -> "IncomingQuerySet":
        """What the offices of these working groups may read: their own, and what belongs to no group."""
        return self.filter(Q(group__in=groups) | Q(group=None))

    def to_look_at(self) -> "IncomingQuerySet":
        """What a person has to read, and nobody has yet."""
        return self.filter(outcome__in=Incoming.FOR_PEOPLE, done_at=None)


class Incoming(models.Model):
    """One mail that came in, and what became of it."""

    class Outcome(models.TextChoices):
        TAKEN = "taken", "Antwort übernommen"
        STALE = "stale", "Antwort auf einen früheren Termin"
        OUTDATED = "outdated", "von einer späteren Antwort überholt"
        UNDECIDED = "undecided", "weder Zusage noch Absage"
        REPRESENTED = "represented", "Sitz ist vertreten, im Portal zu entscheiden"
        CLOSED = "closed", "Antwort nicht mehr möglich"
        STRANGER = "stranger", "Absender passt nicht zur eingeladenen Person"
        UNKNOWN = "unknown", "Antwort ohne zugehörige Einladung"
        OUTLOOK = "outlook", "Antwort im Outlook-Format, nicht lesbar"
        RETURNED = "returned", "E-Mail zurückgekommen"
        DELAYED = "delayed", "Zustellung verzögert"
        AUTOMATIC = "automatic", "automatische Antwort"
        LETTER = "letter", "Nachricht"
        BROKEN = "broken", "nicht lesbar"

    FOR_PEOPLE = (
        Outcome.STRANGER,
        Outcome.UNKNOWN,
        Outcome.OUTLOOK,
        Outcome.LETTER,
        Outcome.BROKEN,
    )

    key = models.CharField("Schlüssel", max_length=64, unique=True)
    outcome = models.CharField("Ergebnis", max_length=12, choices=Outcome, default=Outcome.LETTER)
    sender = models.CharField("Absender", max_length=254, blank=True)
    sender_name = models.CharField("Name", max_length=200, blank=True)
    subject = models.CharField("Betreff", max_length=250, blank=True)
    text = models.TextField("Text", blank=True)
    group = models.UUIDField("Arbeitskreis", null=True, db_index=True)
    about = models.UUIDField("Gegenstand", null=True)
    person = models.UUIDField("Person", null=True, db_index=True)
    message = models.UUIDField("zurückgekommene E-Mail", null=True)
    said_at = models.DateTimeField("im Kalender beantwortet", null=True)
    settled_at = models.DateTimeField("übernommen", null=True)
    received_at = models.DateTimeField("eingegangen", auto_now_add=True)
    done_at = models.DateTimeField("erledigt", null=True)
    done_by = models.UUIDField("erledigt von", null=True)

    objects = IncomingQuerySet.as_manager()

    class Meta:
        verbose_name = "eingegangene E-Mail"
        verbose_name_plural = "eingegangene E-Mails"
        ordering = ["-pk"]
        indexes = [models.Index(name="incoming_open", fields=["outcome"], condition=Q(done_at=None))]
        constraints = [
            models.CheckConstraint(
                name="incoming_done_by_somebody",
                condition=Q(done_at=None, done_by=None) | Q(done_at__isnull=False, done_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        """Without subject and address: it stands in logs."""
        return f"{self.get_outcome_display()}, Eingang {self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to read it."""
        return self.outcome in self.FOR_PEOPLE and self.done_at is None


class UnreachableAddressManager(models.Manager["UnreachableAddress"]):
    def among(self, addresses: Iterable[str]) -> set[str]:
        """Those of these addresses that send mail back, in small letters."""
        return set(self.filter(address__in={one.lower() for one in addresses}).values_list("address", flat=True))


class UnreachableAddress(models.Model):
    """An address from which mail came back for good; it ends with the address, or when somebody says so."""

    address = models.CharField("Adresse", max_length=254, unique=True)
    reason = models.CharField("Grund", max_length=500)
    since = models.DateTimeField("seit", auto_now_add=True)

    objects = UnreachableAddressManager()

    class Meta:
        verbose_name = "nicht erreichbare Adresse"
        verbose_name_plural = "nicht erreichbare Adressen"

    def __str__(self) -> str:
        return f"nicht erreichbar, Eintrag {self.pk}"
