from uuid import uuid4

from django.db import models
from django.db.models import F, Prefetch, Q
from django.urls import reverse
from django.utils import timezone

from portal.meetings.models.agenda import AgendaItem
from portal.meetings.models.meeting import Meeting
from portal.members.models import Person
from portal.members.rules import Reader


class CommentQuerySet(models.QuerySet["Comment"]):
    def threads(self) -> "CommentQuerySet":
        """First comments, oldest first, each with author and replies loaded."""
        replies = Comment.objects.select_related("author").order_by("created_at")
        return (
            self.filter(parent=None)
            .select_related("author")
            .prefetch_related(Prefetch("replies", queryset=replies))
            .order_by("created_at")
        )

    def standing(self) -> "CommentQuerySet":
        """Neither withdrawn by their authors nor hidden by the lead: what counts, and what is new."""
        return self.filter(withdrawn_at=None, hidden_at=None)

    def visible_to(self, person: Reader) -> "CommentQuerySet":
        """Comments are for those who read the non-public part of the meeting, and not for the recused."""
        if not isinstance(person, Person):
            return self.none()
        return self.filter(item__meeting__in=Meeting.objects.read_by(person).values("pk")).not_barred_to(person)

    def not_barred_to(self, person: Person) -> "CommentQuerySet":
        """What Befangenheit does not close to the person."""
        return self.exclude(item__recusals__person=person)


class Comment(models.Model):
    """What somebody says to an agenda item; a reply stands one level below, never deeper."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="comments", verbose_name="Tagesordnungspunkt")
    author = models.ForeignKey(Person, models.PROTECT, related_name="comments", verbose_name="Von")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="replies", verbose_name="Antwort auf"
    )
    text = models.TextField("Kommentar", max_length=10_000)
    created_at = models.DateTimeField("geschrieben am", default=timezone.now, editable=False)
    edited_at = models.DateTimeField("geändert am", null=True, editable=False)
    withdrawn_at = models.DateTimeField("zurückgezogen am", null=True, editable=False)
    hidden_at = models.DateTimeField("ausgeblendet am", null=True, editable=False)
    hidden_by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", editable=False, verbose_name="ausgeblendet von"
    )
    hidden_reason = models.CharField("Grund", max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = "Kommentar"
        verbose_name_plural = "Kommentare"
        ordering = ["created_at"]
        indexes = [models.Index(name="comment_item_time", fields=["item", "created_at"])]
        constraints = [
            models.CheckConstraint(name="comment_is_not_its_own_reply", condition=~Q(parent=F("id"))),
            models.CheckConstraint(
                name="comment_hidden_with_person_and_reason",
                condition=Q(hidden_at=None, hidden_by=None, hidden_reason="")
                | Q(hidden_at__isnull=False, hidden_by__isnull=False) & ~Q(hidden_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"Kommentar von {self.author} zu {self.item}"

    def get_absolute_url(self) -> str:
        return f"{reverse('meetings:agenda_item', args=[self.item_id])}#kommentar-{self.pk}"


class CommentVersion(models.Model):
    """What a comment said before it was changed or withdrawn."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="versions", verbose_name="Kommentar")
    text = models.TextField("Text")
    created_at = models.DateTimeField("abgelöst am", auto_now_add=True)

    class Meta:
        verbose_name = "Frühere Fassung"
        verbose_name_plural = "Frühere Fassungen"
        ordering = ["comment", "pk"]

    def __str__(self) -> str:
        return f"Frühere Fassung von: {self.comment}"
