from hashlib import sha256
from uuid import uuid4

from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.urls import reverse

from portal.meetings.models import AgendaItem, Meeting, Recusal, Visibility
from portal.members.models import Membership, Person, Role
from portal.members.rules import Reader


def stamp(*values: object) -> str:
    """A short fingerprint of what somebody saw on a page: if it still fits, nobody has changed it since."""
    return sha256(repr(values).encode()).hexdigest()[:16]


class MinutesQuerySet(models.QuerySet["Minutes"]):
    def for_pages(self) -> "MinutesQuerySet":
        """With what every page names, without the file, which is large."""
        people = ("clerk", "chair", "finalised_by")
        return self.defer("pdf").select_related("meeting__organization", "meeting__location", *people)

    def final(self) -> "MinutesQuerySet":
        return self.filter(state=Minutes.State.FINAL)

    def visible_to(self, person: Reader) -> "MinutesQuerySet":
        """Final minutes for those who read the non-public part of the meeting; drafts for the Verwaltung."""
        if not isinstance(person, Person):
            return self.none()
        office = Membership.objects.current().filter(person=person, role__in=Role.of_office())
        return self.filter(
            Q(meeting__organization__in=office.values("organization"))
            | Q(meeting__in=Meeting.objects.read_by(person).values("pk"), state=Minutes.State.FINAL)
        )


class Minutes(models.Model):
    """The Niederschrift of one meeting: a draft of the clerk, then final with its PDF and never changed again."""

    class State(models.TextChoices):
        DRAFT = "draft", "Entwurf"
        FINAL = "final", "Abgeschlossen"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    meeting = models.OneToOneField(Meeting, models.PROTECT, related_name="minutes", verbose_name="Sitzung")
    state = models.CharField("Stand", max_length=10, choices=State, default=State.DRAFT, editable=False)
    clerk = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="Schriftführung")
    chair = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="Sitzungsleitung")
    started_at = models.TimeField("Beginn", null=True, blank=True)
    ended_at = models.TimeField("Ende", null=True, blank=True)
    remarks = models.TextField(
        "Bemerkungen zu Beginn", blank=True, max_length=20_000, help_text="Sie können Markdown verwenden."
    )
    finalised_at = models.DateTimeField("abgeschlossen am", null=True, editable=False)
    finalised_by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", editable=False, verbose_name="abgeschlossen von"
    )
    pdf = models.BinaryField("Niederschrift", null=True)
    sha256 = models.CharField("Prüfsumme (SHA-256)", max_length=64, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created = models.DateTimeField(auto_now_add=True)
    modified = models.DateTimeField(auto_now=True)

    objects = MinutesQuerySet.as_manager()

    class Meta:
        verbose_name = "Niederschrift"
        verbose_name_plural = "Niederschriften"
        ordering = ["-meeting__start"]
        constraints = [
            models.CheckConstraint(
                name="minutes_final_with_time_person_file_hash",
                condition=Q(state="draft", finalised_at=None, finalised_by=None, pdf=None, sha256="")
                | (
                    Q(state="final", finalised_at__isnull=False, finalised_by__isnull=False, pdf__isnull=False)
                    & ~Q(sha256="")
                ),
            )
        ]

    def __str__(self) -> str:
        return f"Niederschrift der {self.meeting}"

    def get_absolute_url(self) -> str:
        return reverse("minutes:detail", args=[self.pk])

    @property
    def is_final(self) -> bool:
        return self.state == self.State.FINAL

    @property
    def frame_stamp(self) -> str:
        """Fingerprint of times, people and remarks."""
        return stamp(self.started_at, self.ended_at, self.chair_id, self.clerk_id, self.remarks)


class EntryQuerySet(models.QuerySet["Entry"]):
    def visible_to(self, person: Reader) -> "EntryQuerySet":
        """Whoever may read the minutes reads what they say, but for recusals: these bar entries to public items too."""
        if not isinstance(person, Person):
            return self.none()
        return self.filter(minutes__in=Minutes.objects.visible_to(person).values("pk")).exclude(
            item__recusals__person=person
        )

    def for_pages(self) -> "EntryQuerySet":
        rows = self.select_related("item__topic", "modified_by")
        return rows.prefetch_related("outcomes", Prefetch("item__recusals", Recusal.objects.select_related("person")))

    def read_by(self, person: Reader) -> "list[Entry]":
        """All of one Niederschrift in their order; where the person may not read one, what `barred` leaves of it."""
        visible = Entry.objects.visible_to(person).filter(pk=OuterRef("pk"))
        rows = self.for_pages().annotate(is_visible=Exists(visible))
        return [entry if entry.is_visible else entry.barred() for entry in rows]

    def with_minutes(self) -> "EntryQuerySet":
        return self.select_related("minutes__meeting__organization").defer("minutes__pdf")


class Entry(models.Model):
    """What the minutes say to one agenda item."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    minutes = models.ForeignKey(Minutes, models.CASCADE, related_name="entries", verbose_name="Niederschrift")
    item = models.OneToOneField(AgendaItem, models.PROTECT, related_name="entry", verbose_name="Tagesordnungspunkt")
    text = models.TextField(
        "Niederschrift zu diesem Punkt", blank=True, max_length=50_000, help_text="Sie können Markdown verwenden."
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    modified = models.DateTimeField(auto_now=True)
    modified_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", editable=False)

    objects = EntryQuerySet.as_manager()
    is_barred = False  # whether this is what `barred` leaves of an entry

    class Meta:
        verbose_name = "Eintrag"
        verbose_name_plural = "Einträge"
        ordering = ["minutes", "item__number"]

    def __str__(self) -> str:
        return f"Eintrag zu {self.item}"

    def get_absolute_url(self) -> str:
        return reverse("minutes:entry", args=[self.pk])

    def barred(self) -> "Entry":
        """What is left of the entry for somebody whose Befangenheit is recorded: its place, and a public title."""
        item = self.item if self.item.visibility == Visibility.PUBLIC else self.item.barred()
        rest = Entry(pk=self.pk, minutes_id=self.minutes_id, item=item)
        rest.is_barred = True
        rest._prefetched_objects_cache = {"outcomes": Outcome.objects.none()}
        return rest

    @property
    def mark(self) -> str:
        """How far the clerk is with this item: nothing yet, a text, or a result."""
        if self.outcomes.all():
            return "outcome"
        return "text" if self.text else ""


class Outcome(models.Model):
    """What came of an item. Never a Beschluss: the working group recommends, the Ausschuss decides."""

    class Kind(models.TextChoices):
        RECOMMENDATION = "recommendation", "Empfehlung"
        INQUIRY = "inquiry", "Prüfauftrag"
        NOTED = "noted", "Kenntnisnahme"
        DISSENT = "dissent", "Dissens"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    entry = models.ForeignKey(Entry, models.CASCADE, related_name="outcomes", verbose_name="Eintrag")
    kind = models.CharField("Art des Ergebnisses", max_length=20, choices=Kind)
    text = models.TextField("Wortlaut", max_length=10_000)
    position = models.PositiveSmallIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = "Ergebnis"
        verbose_name_plural = "Ergebnisse"
        ordering = ["entry", "position"]
        constraints = [
            models.CheckConstraint(
                name="outcome_kind_is_known", condition=Q(kind__in=["recommendation", "inquiry", "noted", "dissent"])
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.text[:60]}"
