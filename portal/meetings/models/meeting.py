from datetime import date, timedelta
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from portal.members.models import Membership, Organization, Person, Role
from portal.members.rules import Reader

GUEST_READS_FOR = timedelta(days=7)  # after the end of the meeting (security.md, section 2)


class Location(models.Model):
    """A place where meetings are held."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField("Gebäude", max_length=120)
    room = models.CharField("Raum", max_length=80, blank=True)
    street = models.CharField("Straße und Hausnummer", max_length=120, blank=True)
    postal_code = models.CharField("Postleitzahl", max_length=10, blank=True)
    city = models.CharField("Ort", max_length=80, blank=True)
    created = models.DateTimeField(auto_now_add=True)
    modified = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "Ort"
        verbose_name_plural = "Orte"
        ordering = ["name", "room"]

    def __str__(self) -> str:
        return ", ".join(part for part in (self.name, self.room) if part)

    @property
    def address(self) -> str:
        """One line with street and city, for letters and calendars."""
        city = f"{self.postal_code} {self.city}".strip()
        return ", ".join(part for part in (str(self), self.street, city) if part)


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def published(self) -> "MeetingQuerySet":
        """Invited once: neither drafts nor drafts that were cancelled."""
        return self.filter(invited_at__isnull=False)

    def upcoming(self) -> "MeetingQuerySet":
        """Running, or invited and not yet over; the next one first."""
        invited = Q(state=Meeting.State.INVITED, end__gt=timezone.now())
        return self.filter(Q(state=Meeting.State.RUNNING) | invited).order_by("start")

    def past(self) -> "MeetingQuerySet":
        """Finished, or over without that; the last one first."""
        over = Q(end__lte=timezone.now()) & ~Q(state__in=[Meeting.State.DRAFT, Meeting.State.RUNNING])
        return self.filter(over | Q(state=Meeting.State.FINISHED)).order_by("-start")

    def with_guest(self, person: Person) -> "MeetingQuerySet":
        """Published meetings to which the person is invited as a guest, until seven days after."""
        return self.published().filter(guests__person=person, end__gt=timezone.now() - GUEST_READS_FOR)

    def in_calendar_of(self, person: Person) -> "MeetingQuerySet":
        """What stands in the person's calendar: published meetings of their groups, and where they are a guest."""
        own = Membership.objects.current().filter(person=person)
        as_guest = Meeting.objects.with_guest(person)
        return self.published().filter(Q(organization__in=own.values("organization")) | Q(pk__in=as_guest.values("pk")))

    def public(self) -> "MeetingQuerySet":
        """Published meetings with at least one public item."""
        return self.published().filter(items__visibility="public").distinct()

    def calling_in(self, person: Person) -> "MeetingQuerySet":
        """Meetings at which the person is called in as the deputy of a delegate and has not refused, or sits in."""
        seats = Membership.objects.current().filter(person=person, role=Role.DEPUTY)
        is_asked = Q(attendances__invited_at__isnull=False, attendances__answer__in=["", "accepted"])
        sits_in = Q(attendances__in_place_of__isnull=False, attendances__presence__in=["present", "remote"])
        return self.published().filter(
            is_asked | sits_in,
            organization__in=seats.values("organization"),
            attendances__person=person,
            attendances__role=Role.DEPUTY,
            attendances__on_behalf_of__in=seats.values("on_behalf_of"),
        )

    def read_by(self, person: Person) -> "MeetingQuerySet":
        """Meetings whose non-public part the person reads: as a member; drafts as the Verwaltung; or called in."""
        own = Membership.objects.current().filter(person=person)
        office = own.filter(role__in=Role.of_office())
        return self.filter(
            Q(organization__in=office.values("organization"))
            | Q(organization__in=own.reading().values("organization"), invited_at__isnull=False)
            | Q(pk__in=Meeting.objects.calling_in(person).values("pk"))
        )

    def visible_to(self, person: Reader) -> "MeetingQuerySet":
        """The group's published meetings, drafts for the Verwaltung, a guest's meeting, and what is public."""
        if not isinstance(person, Person):
            return self.public()
        own = Membership.objects.current().filter(person=person)
        office = own.filter(role__in=Role.of_office())
        return self.filter(
            Q(organization__in=office.values("organization"))
            | Q(organization__in=own.values("organization"), invited_at__isnull=False)
            | Q(pk__in=Meeting.objects.with_guest(person).values("pk"))
            | Q(pk__in=Meeting.objects.public().values("pk"))
        )


class Meeting(models.Model):
    """A Sitzung of a working group, from the draft to the end."""

    class State(models.TextChoices):
        DRAFT = "draft", "Entwurf"
        INVITED = "invited", "Eingeladen"
        RUNNING = "running", "Läuft"
        FINISHED = "finished", "Beendet"
        CANCELLED = "cancelled", "Abgesagt"

    class Format(models.TextChoices):
        PRESENCE = "praesenz", "In Präsenz"
        HYBRID = "hybrid", "Hybrid"
        DIGITAL = "digital", "Digital"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="meetings", verbose_name="Arbeitskreis")
    year = models.PositiveSmallIntegerField("Jahr", editable=False)
    number = models.PositiveSmallIntegerField("Nummer im Jahr", editable=False)
    title = models.CharField("Zusatz zum Titel", max_length=120, blank=True)
    start = models.DateTimeField("Beginn")
    end = models.DateTimeField("Ende (voraussichtlich)")
    format = models.CharField("Form", max_length=10, choices=Format, default=Format.PRESENCE)
    location = models.ForeignKey(
        Location, models.PROTECT, null=True, blank=True, related_name="meetings", verbose_name="Ort"
    )
    video_url = models.URLField("Adresse der Videokonferenz", blank=True)
    intro = models.TextField(
        "Hinweis in der Einladung", blank=True, max_length=10_000, help_text="Sie können Markdown verwenden."
    )
    state = models.CharField("Stand", max_length=10, choices=State, default=State.DRAFT, editable=False)
    revision = models.PositiveSmallIntegerField("Fassung der Einladung", default=0, editable=False)
    sequence = models.PositiveSmallIntegerField(default=0, editable=False)
    invited_at = models.DateTimeField("eingeladen am", null=True, editable=False)
    late_reason = models.TextField("Grund für die verkürzte Ladungsfrist", blank=True, max_length=2_000)
    cancelled_at = models.DateTimeField("abgesagt am", null=True, editable=False)
    cancel_reason = models.TextField("Grund der Absage", blank=True, max_length=2_000)
    version = models.PositiveIntegerField(default=1, editable=False)
    created = models.DateTimeField(auto_now_add=True)
    modified = models.DateTimeField(auto_now=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = "Sitzung"
        verbose_name_plural = "Sitzungen"
        ordering = ["-start"]
        constraints = [
            models.UniqueConstraint(name="meeting_number_once_a_year", fields=["organization", "year", "number"]),
            models.CheckConstraint(
                name="meeting_ends_after_start",
                condition=Q(end__gt=F("start")),
                violation_error_message="Das Ende muss nach dem Beginn liegen.",
            ),
            models.CheckConstraint(
                name="meeting_state_is_known",
                condition=Q(state__in=["draft", "invited", "running", "finished", "cancelled"]),
            ),
            models.CheckConstraint(
                name="meeting_invited_when_published",
                condition=Q(state="draft", invited_at=None)
                | (~Q(state="draft") & Q(invited_at__isnull=False))
                | Q(state="cancelled"),
            ),
            models.CheckConstraint(
                name="meeting_cancelled_when_cancelled",
                condition=Q(state="cancelled", cancelled_at__isnull=False)
                | (~Q(state="cancelled") & Q(cancelled_at=None)),
            ),
        ]
        indexes = [models.Index(name="meeting_group_start", fields=["organization", "start"])]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return reverse("meetings:detail", args=[self.pk])

    @property
    def label(self) -> str:
        return f"{self.number}. Sitzung {self.year}"

    @property
    def day(self) -> date:
        """The day of the meeting in Berlin; seats are counted by days."""
        return timezone.localdate(self.start)

    @property
    def is_open(self) -> bool:
        """Draft, invited or running: the agenda can still change."""
        return self.state in {self.State.DRAFT, self.State.INVITED, self.State.RUNNING}

    @property
    def place(self) -> str:
        """Where it happens in one line: the room, or that it is a video conference."""
        if self.format == self.Format.DIGITAL:
            return "Videokonferenz"
        return str(self.location) if self.location else "Ort wird noch bekannt gegeben"

    @property
    def address(self) -> str:
        """The place with street and city, for letters, mails and calendars."""
        return self.location.address if self.location and self.format != self.Format.DIGITAL else self.place


class Revision(models.Model):
    """One state of the agenda as it was sent: frozen items, and the Einladung as PDF."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="revisions", verbose_name="Sitzung")
    number = models.PositiveSmallIntegerField("Fassung")
    created_at = models.DateTimeField("verschickt am", default=timezone.now, editable=False)
    created_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="verschickt von")
    note = models.TextField("Was sich geändert hat", blank=True)
    late_reason = models.TextField("Grund für die verkürzte Ladungsfrist", blank=True, max_length=2_000)
    supplement_reason = models.TextField("Grund für den späten Nachtrag", blank=True, max_length=2_000)
    snapshot = models.JSONField("Tagesordnung")
    invitation_pdf = models.BinaryField("Einladung")

    class Meta:
        verbose_name = "Fassung der Einladung"
        verbose_name_plural = "Fassungen der Einladung"
        ordering = ["meeting", "number"]
        constraints = [models.UniqueConstraint(name="revision_number_once", fields=["meeting", "number"])]

    def __str__(self) -> str:
        return f"{self.meeting}, Fassung {self.number}"
