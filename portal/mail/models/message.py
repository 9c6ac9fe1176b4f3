from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Attachment(models.Model):
    """A file that goes out with mails, kept once however many mails carry it."""

    sha256 = models.CharField("Prüfsumme", max_length=64, unique=True)
    name = models.CharField("Dateiname", max_length=120)
    content_type = models.CharField("Art", max_length=80)
    content = models.BinaryField("Inhalt")

    class Meta:
        verbose_name = "Anhang"
        verbose_name_plural = "Anhänge"

    def __str__(self) -> str:
        return self.name


class MessageQuerySet(models.QuerySet["Message"]):
    def due(self, now: datetime) -> "MessageQuerySet":
        """What the sender may take: waiting and ripe, or taken by a sender that has not been heard of since."""
        ripe = Q(status=Message.Status.QUEUED, not_before__lte=now)
        return self.filter(ripe | Q(status=Message.Status.SENDING, lease_until__lt=now))

    def of_groups(self, groups: Iterable[UUID]) -> "MessageQuerySet":
        """What the offices of these working groups may read: never a mail with a code or a link to an account."""
        return self.filter(group__in=groups, secret=False)

    def dead(self) -> "MessageQuerySet":
        """What the sender has given up."""
        return self.filter(status=Message.Status.FAILED)


class Message(models.Model):
    """One mail to one person: this row is the truth, whatever happens to broker, sender or mail server."""

    class Status(models.TextChoices):
        QUEUED = "queued", "wartet"
        SENDING = "sending", "wird übergeben"
        SENT = "sent", "übergeben"
        FAILED = "failed", "nicht zustellbar"

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    key = models.CharField("Schlüssel", max_length=200, unique=True)
    kind = models.CharField("Art", max_length=40)
    to = models.CharField("Adresse", max_length=254)
    to_name = models.CharField("Name", max_length=200, blank=True)
    subject = models.CharField("Betreff", max_length=250)
    text = models.TextField("Text", blank=True)
    html = models.TextField("HTML", blank=True)
    reply_to = models.CharField("Antwort an", max_length=254, blank=True)
    unsubscribe = models.CharField("Adresse zum Abbestellen", max_length=300, blank=True)
    calendar_method = models.CharField("Kalendervorgang", max_length=10, blank=True)
    calendar = models.TextField("Kalendereintrag", blank=True)
    attachments = models.ManyToManyField(Attachment, related_name="messages", blank=True, verbose_name="Anhänge")
    thread = models.CharField("Gesprächsfaden", max_length=100, blank=True)
    group = models.UUIDField("Arbeitskreis", null=True, blank=True, db_index=True)
    about = models.UUIDField("Gegenstand", null=True, blank=True, db_index=True)
    person = models.UUIDField("Person", null=True, blank=True, db_index=True)
    priority = models.BooleanField("eilig", default=False)
    secret = models.BooleanField("geheim", default=False)

    status = models.CharField("Zustand", max_length=10, choices=Status, default=Status.QUEUED)
    not_before = models.DateTimeField("frühestens", default=timezone.now)
    not_after = models.DateTimeField("spätestens", null=True, blank=True)
    lease_until = models.DateTimeField("vergeben bis", null=True, blank=True)
    claim = models.CharField("vergeben an", max_length=32, blank=True)
    attempts = models.PositiveIntegerField("Versuche", default=0)
    give_up_at = models.DateTimeField("letzter Versuch", null=True, blank=True)
    last_error = models.CharField("Grund", max_length=500, blank=True)
    created_at = models.DateTimeField("geschrieben", auto_now_add=True)
    sent_at = models.DateTimeField("übergeben am", null=True, blank=True)
    returned_at = models.DateTimeField("zurückgekommen am", null=True, blank=True)
    return_reason = models.CharField("Grund der Rücksendung", max_length=500, blank=True)
    server_answer = models.CharField("Antwort des Mailservers", max_length=300, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = "Nachricht"
        verbose_name_plural = "Nachrichten"
        ordering = ["-pk"]
        indexes = [
            models.Index(
                name="message_open",
                fields=["-priority", "not_before", "id"],
                condition=Q(status__in=["queued", "sending"]),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="message_status_is_known", condition=Q(status__in=["queued", "sending", "sent", "failed"])
            ),
            models.CheckConstraint(
                name="message_sending_is_leased",
                condition=Q(status="sending", lease_until__isnull=False) & ~Q(claim="")
                | ~Q(status="sending") & Q(lease_until=None, claim=""),
            ),
            models.CheckConstraint(
                name="message_sent_has_its_time",
                condition=Q(status="sent", sent_at__isnull=False) | ~Q(status="sent") & Q(sent_at=None),
            ),
            models.CheckConstraint(
                name="message_calendar_has_its_method",
                condition=Q(calendar_method="", calendar="")
                | Q(calendar_method__in=["REQUEST", "CANCEL"]) & ~Q(calendar=""),
            ),
            models.CheckConstraint(
                name="message_secret_is_erased",
                condition=Q(secret=False) | Q(status__in=["queued", "sending"]) | Q(text="", html=""),
            ),
            models.CheckConstraint(name="message_has_an_address", condition=~Q(to="")),
        ]

    def __str__(self) -> str:
        """Without subject and address: it stands in logs and in the Systemverwaltung."""
        return f"{self.kind}, Nachricht {self.pk}"

    @property
    def message_id(self) -> str:
        """The Message-ID of the mail, the same however often it is handed over."""
        return f"<{self.uuid}@{urlsplit(settings.BASE_URL).hostname}>"

    @property
    def thread_id(self) -> str:
        """The Message-ID that nobody ever sent and to which all mails of the thread refer; empty without thread."""
        return f"<{self.thread}@{urlsplit(settings.BASE_URL).hostname}>" if self.thread else ""
