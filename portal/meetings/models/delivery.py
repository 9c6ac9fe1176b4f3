"""The Zustellnachweis: what went to whom, and what is known of its arrival."""

from uuid import uuid4

from django.db import models
from django.db.models import Exists, OuterRef, Q

from portal.mail.models import Message
from portal.meetings.models.meeting import Meeting
from portal.members.models import Person


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def unopened(self) -> "DeliveryQuerySet":
        """What the person has not opened signed in; the link of a mail alone may have been opened by a machine."""
        return self.filter(Q(opened_at=None) | Q(opened_by_link=True))

    def unreached(self) -> "DeliveryQuerySet":
        """Letters that came back, to people who gave no other sign, were not told, and were not written to again."""
        returned = Message.objects.exclude(returned_at=None).values("uuid")
        later = Delivery.objects.filter(meeting=OuterRef("meeting"), person=OuterRef("person"))
        written_again = later.filter(repeats__isnull=False, written_at__gt=OuterRef("written_at"))
        silent = self.filter(message__in=returned, way="", opened_at=None, answered_at=None)
        return silent.exclude(Exists(written_again))


class Delivery(models.Model):
    """One letter to one person about a meeting: written once; what becomes of it is added, nothing is taken away.

    Handover and return stand in the row of the outbox as long as that is kept, and are copied here before it goes.
    """

    class Way(models.TextChoices):
        LETTER = "letter", "per Brief"
        PHONE = "phone", "telefonisch"
        HAND = "hand", "persönlich übergeben"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    key = models.CharField("Schlüssel", max_length=200, unique=True)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="deliveries", verbose_name="Sitzung")
    person = models.ForeignKey(Person, models.PROTECT, related_name="deliveries", verbose_name="Person")
    kind = models.CharField("Art", max_length=40)
    repeats = models.OneToOneField(
        "self", models.CASCADE, null=True, related_name="repetition", verbose_name="wiederholt das Schreiben"
    )
    revision = models.PositiveSmallIntegerField("Fassung")
    sequence = models.PositiveSmallIntegerField("Stand des Termins")
    start = models.DateTimeField("Beginn der Sitzung, wie mitgeteilt")
    written_at = models.DateTimeField("geschrieben", auto_now_add=True)
    message = models.UUIDField("E-Mail", null=True, db_index=True)
    address = models.CharField("Adresse", max_length=254, blank=True)

    handed_at = models.DateTimeField("übergeben", null=True)
    server_answer = models.CharField("Antwort des Mailservers", max_length=300, blank=True)
    failure = models.CharField("Grund", max_length=500, blank=True)
    returned_at = models.DateTimeField("zurückgekommen", null=True)
    return_reason = models.CharField("Grund der Rücksendung", max_length=500, blank=True)

    opened_at = models.DateTimeField("im Portal geöffnet", null=True)
    opened_by_link = models.BooleanField("über den Link der E-Mail geöffnet", default=False)
    answered_at = models.DateTimeField("beantwortet", null=True)
    answer = models.CharField("Antwort", max_length=10, blank=True)

    way = models.CharField("anderer Weg", max_length=10, choices=Way, blank=True)
    told_at = models.DateTimeField("mitgeteilt", null=True)
    noted_at = models.DateTimeField("vermerkt", null=True)
    noted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="vermerkt von")
    remark = models.CharField("Bemerkung", max_length=200, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = "Zustellung"
        verbose_name_plural = "Zustellungen"
        ordering = ["meeting", "-revision", "person__sort_key"]
        indexes = [models.Index(name="delivery_to_whom", fields=["meeting", "person"])]
        constraints = [
            models.CheckConstraint(
                name="delivery_other_way_has_time_and_person",
                condition=Q(way="", told_at=None, noted_at=None, noted_by=None, remark="")
                | Q(
                    way__in=["letter", "phone", "hand"],
                    told_at__isnull=False,
                    noted_at__isnull=False,
                    noted_by__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="delivery_answer_has_its_time",
                condition=Q(answer="", answered_at=None) | (~Q(answer="") & Q(answered_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="delivery_link_is_a_way_to_open", condition=Q(opened_by_link=False) | Q(opened_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} an {self.person}, {self.meeting}"

    @property
    def title(self) -> str:
        """What kind of letter it was, and whether it went out once more."""
        return f"{self.kind}, erneut" if self.repeats_id else self.kind
