from uuid import uuid4

from django.db import models
from django.db.models import Prefetch, Q
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


BARRED = "Nichtöffentlich, für Sie wegen Befangenheit gesperrt"


class AgendaItemQuerySet(models.QuerySet["AgendaItem"]):
    def public(self) -> "AgendaItemQuerySet":
        """Public items of published meetings."""
        return self.filter(visibility=Visibility.PUBLIC, meeting__invited_at__isnull=False)

    def with_guest(self, person: Person) -> "AgendaItemQuerySet":
        """What a guest was invited for: named items, or all that are not confidential, until seven days after."""
        guests = person.guest_at.filter(
            meeting__end__gt=timezone.now() - GUEST_READS_FOR, meeting__invited_at__isnull=False
        )
        whole = guests.filter(whole_meeting=True).values("meeting")
        return self.filter(
            Q(pk__in=guests.values("items")) | Q(meeting__in=whole) & ~Q(visibility=Visibility.CONFIDENTIAL)
        )

    def with_outcomes(self, person: Reader) -> "AgendaItemQuerySet":
        """Each with its meeting, and as `final_entry` what final minutes say to it, if the person may read that."""
        entries = AgendaItem._meta.get_field("entry").related_model.objects.visible_to(person).with_minutes()
        final = entries.filter(minutes__state="final").prefetch_related("outcomes")
        return self.select_related("meeting").prefetch_related(Prefetch("entry", queryset=final, to_attr="final_entry"))

    def visible_to(self, person: Reader) -> "AgendaItemQuerySet":
        """The one read filter for items: the group's and a guest's but for recusals, and what is public."""
        if not isinstance(person, Person):
            return self.public()
        public = Q(pk__in=AgendaItem.objects.public().values("pk"))
        return self.filter(public | (_inside(person) & ~Q(recusals__person=person)))

    def barred_to(self, person: Reader) -> "AgendaItemQuerySet":
        """What the person would read but for a recusal: of these they learn the number, see `AgendaItem.barred`."""
        if not isinstance(person, Person):
            return self.none()
        return self.filter(_inside(person), recusals__person=person).exclude(pk__in=self.model.objects.public())


def _inside(person: Person) -> Q:
    """What is not for the public, but for this person: as a member, or as a guest."""
    read = Meeting.objects.read_by(person).values("pk")
    return Q(meeting__in=read) | Q(pk__in=AgendaItem.objects.with_guest(person).values("pk"))


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
    is_barred = False  # whether this is what `barred` leaves of an item

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

    def barred(self) -> "AgendaItem":
        """What is left of the item for somebody whose Befangenheit is recorded: its place, and the reason."""
        kept = {name: getattr(self, name) for name in ("pk", "meeting_id", "position", "number", "visibility")}
        rest = AgendaItem(**kept, title=BARRED, purpose="", minutes_planned=None)
        rest.is_barred = True
        rest._prefetched_objects_cache = {"recusals": self.recusals.all()}
        return rest

    @property
    def is_confidential(self) -> bool:
        return self.visibility == Visibility.CONFIDENTIAL

    @property
    def open_title(self) -> str:
        """The title as mail, calendar and the mailed PDF may carry it."""
        return f"TOP {self.number} (vertraulich)" if self.is_confidential else self.title
