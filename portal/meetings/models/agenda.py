from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from portal.meetings.models.meeting import GUEST_READS_FOR, Meeting
from portal.members.models import Person
from portal.members.rules import Reader
from portal.topics.models import Topic


class Visibility(models.TextChoices):
    PUBLIC = "public", "Öffentlich"
    INTERNAL = "internal", "Intern"
    CONFIDENTIAL = "confidential", "Vertraulich"


class Purpose(models.TextChoices):
    INFORMATION = "information", "Information"
    CONSULTATION = "consultation", "Beratung"
    RECOMMENDATION = "recommendation", "Empfehlung"


class AgendaItemQuerySet(models.QuerySet["AgendaItem"]):
    def public(self) -> "AgendaItemQuerySet":
        """Public items of published meetings."""
        return self.filter(visibility=Visibility.PUBLIC, meeting__invited_at__isnull=False)

    def with_guest(self, person: Person) -> "AgendaItemQuerySet":
        """What a guest was invited for: the named items, or all of the meeting, until seven days after it."""
        guests = person.guest_at.filter(
            meeting__end__gt=timezone.now() - GUEST_READS_FOR, meeting__invited_at__isnull=False
        )
        return self.filter(Q(guests__in=guests) | Q(meeting__in=guests.filter(items=None).values("meeting")))

    def with_outcomes(self) -> "AgendaItemQuerySet":
        """Each with its meeting and what the minutes say to it, without their PDF."""
        items = self.select_related("meeting", "entry__minutes").defer("entry__minutes__pdf")
        return items.prefetch_related("entry__outcomes")

    def visible_to(self, person: Reader) -> "AgendaItemQuerySet":
        """The one read filter for items: the group's and a guest's but for recusals, and what is public."""
        if not isinstance(person, Person):
            return self.public()
        inside = Q(meeting__in=Meeting.objects.read_by(person).values("pk"))
        inside |= Q(pk__in=AgendaItem.objects.with_guest(person).values("pk"))
        public = Q(pk__in=AgendaItem.objects.public().values("pk"))
        return self.filter(public | (inside & ~Q(recusals__person=person)))


class AgendaItem(models.Model):
    """A Tagesordnungspunkt (TOP). Public items come first; the numbers follow from the order."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="items", verbose_name="Sitzung")
    position = models.PositiveSmallIntegerField(editable=False)
    number = models.PositiveSmallIntegerField("TOP", editable=False)
    title = models.CharField("Titel", max_length=300)
    text = models.TextField("Erläuterung", blank=True, max_length=50_000, help_text="Sie können Markdown verwenden.")
    topic = models.ForeignKey(Topic, models.PROTECT, null=True, blank=True, related_name="items", verbose_name="Thema")
    presenter = models.CharField("Vortrag", max_length=120, blank=True)
    minutes_planned = models.PositiveSmallIntegerField("Dauer in Minuten", default=10)
    purpose = models.CharField("Gewünscht ist", max_length=20, choices=Purpose, default=Purpose.INFORMATION)
    visibility = models.CharField("Sichtbarkeit", max_length=20, choices=Visibility, default=Visibility.INTERNAL)
    is_supplement = models.BooleanField("Nachtrag", default=False, editable=False)
    discussion_closed_at = models.DateTimeField("Diskussion geschlossen am", null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created = models.DateTimeField(auto_now_add=True)
    modified = models.DateTimeField(auto_now=True)

    objects = AgendaItemQuerySet.as_manager()

    class Meta:
        verbose_name = "Tagesordnungspunkt"
        verbose_name_plural = "Tagesordnungspunkte"
        ordering = ["meeting", "number"]
        constraints = [
            models.CheckConstraint(
                name="item_visibility_is_known", condition=Q(visibility__in=["public", "internal", "confidential"])
            ),
            models.CheckConstraint(
                name="item_purpose_is_known",
                condition=Q(purpose__in=["information", "consultation", "recommendation"]),
            ),
        ]

    def __str__(self) -> str:
        return f"TOP {self.number}: {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("meetings:agenda_item", args=[self.pk])

    @property
    def is_confidential(self) -> bool:
        return self.visibility == Visibility.CONFIDENTIAL

    @property
    def open_title(self) -> str:
        """The title as mail, calendar and the mailed PDF may carry it."""
        return f"TOP {self.number} (vertraulich)" if self.is_confidential else self.title
