from datetime import date
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import localdate


class BodyManager(models.Manager["Body"]):
    def get_solo(self) -> "Body":
        """The one Kommune of this installation; an unsaved, nameless one before it is founded."""
        return self.first() or self.model(name="Arbeitskreis-Portal")


class Body(models.Model):
    """The Kommune that runs this portal: its name, letterhead and legal texts."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField("Name der Kommune", max_length=120, help_text="Zum Beispiel „Stadt Musterhausen“.")
    department = models.CharField("Amt oder Fachbereich", max_length=120, blank=True)
    street = models.CharField("Straße und Hausnummer", max_length=120, blank=True)
    postal_code = models.CharField("Postleitzahl", max_length=10, blank=True)
    city = models.CharField("Ort", max_length=80, blank=True)
    telephone = models.CharField("Telefon", max_length=40, blank=True)
    email = models.EmailField("E-Mail-Adresse", blank=True)
    website = models.URLField("Internetseite", blank=True)
    imprint = models.TextField("Impressum", blank=True, help_text="Sie können Markdown verwenden.")
    privacy = models.TextField("Datenschutzerklärung", blank=True, help_text="Sie können Markdown verwenden.")
    accessibility = models.TextField(
        "Erklärung zur Barrierefreiheit", blank=True, help_text="Sie können Markdown verwenden."
    )
    only = models.BooleanField(default=True, editable=False, unique=True)
    created = models.DateTimeField(auto_now_add=True)
    modified = models.DateTimeField(auto_now=True)

    objects = BodyManager()

    class Meta:
        verbose_name = "Kommune"
        verbose_name_plural = "Kommunen"
        constraints = [models.CheckConstraint(name="body_is_the_only_one", condition=Q(only=True))]

    def __str__(self) -> str:
        return self.name


class LegislativeTerm(models.Model):
    """A Wahlperiode of the Rat."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField("Wahlperiode", max_length=60)
    start_date = models.DateField("Beginn")
    end_date = models.DateField("Ende", null=True, blank=True, help_text="Erster Tag nach der Wahlperiode.")
    created = models.DateTimeField(auto_now_add=True)
    modified = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "Wahlperiode"
        verbose_name_plural = "Wahlperioden"
        ordering = ["-start_date"]
        constraints = [
            models.UniqueConstraint(
                name="term_begins_once",
                fields=["start_date"],
                violation_error_message="An diesem Tag beginnt schon eine Wahlperiode.",
            ),
            models.CheckConstraint(
                name="term_ends_after_start", condition=Q(end_date=None) | Q(end_date__gt=F("start_date"))
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Organization(models.Model):
    """A Gremium: the working group, its Ausschuss, or a Fraktion."""

    class Kind(models.TextChoices):
        WORKING_GROUP = "working_group", "Arbeitskreis"
        COMMITTEE = "committee", "Ausschuss"
        FRAKTION = "fraktion", "Fraktion"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField("Name", max_length=120)
    short_name = models.CharField("Kurzname", max_length=30)
    kind = models.CharField("Art", max_length=20, choices=Kind)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="gehört zu"
    )
    term = models.ForeignKey(
        LegislativeTerm, models.PROTECT, null=True, blank=True, related_name="organizations", verbose_name="Wahlperiode"
    )
    start_date = models.DateField("besteht seit", null=True, blank=True)
    end_date = models.DateField("besteht bis", null=True, blank=True)
    has_public_calendar = models.BooleanField("öffentlicher Kalender", default=False, editable=False)
    created = models.DateTimeField(auto_now_add=True)
    modified = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "Gremium"
        verbose_name_plural = "Gremien"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                name="organization_name_once_a_kind",
                fields=["kind", "name"],
                condition=Q(end_date=None),
                violation_error_message="Diesen Namen gibt es schon.",
            ),
            models.CheckConstraint(
                name="organization_kind_is_known",
                condition=Q(kind__in=["working_group", "committee", "fraktion"]),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def public_calendar_address(self) -> str:
        """Where anybody subscribes to the public meetings, as long as the lead has opened that calendar."""
        return settings.BASE_URL + reverse("meetings:public_feed", args=[self.pk])

    @cached_property
    def rules_history(self) -> "list[RulesOfProcedure]":
        """All rules that this working group had, has and will have, the oldest first."""
        return list(self.rules_of_procedure.order_by("valid_from"))


class RulesQuerySet(models.QuerySet["RulesOfProcedure"]):
    def on(self, organization: Organization, day: date | None = None) -> "RulesOfProcedure":
        """The rules of this working group on that day; the usual ones where it has none of its own."""
        valid = self.filter(organization=organization, valid_from__lte=day or localdate()).order_by("-valid_from")
        return valid.first() or RulesOfProcedure(organization=organization)


class RulesOfProcedure(models.Model):
    """The Geschäftsordnung as far as the portal keeps it: Fristen in full days, valid from a day on."""

    class DeputyAccess(models.TextChoices):
        ALWAYS = "always", "Immer"
        WHEN_CALLED_IN = "when_called_in", "Nur im Vertretungsfall"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="rules_of_procedure", verbose_name="Arbeitskreis"
    )
    valid_from = models.DateField("gilt ab", default=localdate)
    invitation_days = models.PositiveSmallIntegerField("Ladungsfrist in vollen Tagen", default=10)
    supplement_days = models.PositiveSmallIntegerField("Frist für einen Nachtrag in vollen Tagen", default=3)
    proposal_days = models.PositiveSmallIntegerField("Frist für Vorschläge in vollen Tagen", default=14)
    comment_days = models.PositiveSmallIntegerField("Frist für Kommentare in vollen Tagen", null=True, blank=True)
    minutes_days = models.PositiveSmallIntegerField("Frist für die Niederschrift in vollen Tagen", default=21)
    objection_days = models.PositiveSmallIntegerField("Frist für Einwendungen in vollen Tagen", default=14)
    remind_silent_days = models.PositiveSmallIntegerField("Erinnerung ohne Antwort, Tage vorher", default=7)
    remind_coming_days = models.PositiveSmallIntegerField("Erinnerung bei Zusage, Tage vorher", default=1)
    deputy_access = models.CharField(
        "Stellvertretungen lesen nichtöffentliche Punkte", max_length=20, choices=DeputyAccess, default="always"
    )
    deputy_answer_hours = models.PositiveSmallIntegerField("Antwortfrist einer Stellvertretung in Stunden", default=48)
    created = models.DateTimeField(auto_now_add=True)
    modified = models.DateTimeField(auto_now=True)

    objects = RulesQuerySet.as_manager()

    class Meta:
        verbose_name = "Geschäftsordnung"
        verbose_name_plural = "Geschäftsordnungen"
        ordering = ["organization", "-valid_from"]
        constraints = [
            models.UniqueConstraint(name="rules_once_a_day", fields=["organization", "valid_from"]),
            models.CheckConstraint(
                name="rules_deputy_access_is_known", condition=Q(deputy_access__in=["always", "when_called_in"])
            ),
        ]

    def __str__(self) -> str:
        return f"Geschäftsordnung {self.organization} ab {self.valid_from:%d.%m.%Y}"
