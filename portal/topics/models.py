from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.urls import reverse

from portal.members.models import Membership, Organization, Person
from portal.members.rules import Reader


class TopicQuerySet(models.QuerySet["Topic"]):
    def visible_to(self, person: Reader) -> "TopicQuerySet":
        """Topics of the working groups in which the person sits today."""
        if not isinstance(person, Person):
            return self.none()
        return self.filter(organization__in=Membership.objects.current().filter(person=person).values("organization"))


class Topic(models.Model):
    """A matter that the working group follows over many meetings."""

    class State(models.TextChoices):
        OPEN = "open", "In Beratung"
        PAUSED = "paused", "Ruht"
        DONE = "done", "Abgeschlossen"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="topics", verbose_name="Arbeitskreis")
    title = models.CharField("Titel", max_length=120)
    summary = models.CharField("Worum es geht, in einem Satz", max_length=300, blank=True)
    text = models.TextField("Beschreibung", blank=True, max_length=50_000, help_text="Sie können Markdown verwenden.")
    state = models.CharField("Stand", max_length=10, choices=State, default=State.OPEN)
    responsible = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="topics", verbose_name="Zuständig"
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    created = models.DateTimeField(auto_now_add=True)
    modified = models.DateTimeField(auto_now=True)

    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = "Thema"
        verbose_name_plural = "Themen"
        ordering = ["created"]
        constraints = [
            models.UniqueConstraint(
                name="topic_title_once_a_group",
                fields=["organization", "title"],
                violation_error_message="Ein Thema mit diesem Titel gibt es schon.",
            ),
            models.CheckConstraint(name="topic_state_is_known", condition=Q(state__in=["open", "paused", "done"])),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("home:topic", args=[self.pk])
