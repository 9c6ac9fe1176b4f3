from uuid import uuid4

from django.db import models
from django.db.models import Q

from portal.meetings.models.agenda import AgendaItem
from portal.meetings.models.meeting import Meeting
from portal.members.models import Organization, Person, Role


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    def called_in(self) -> "AttendanceQuerySet":
        """Deputies who are asked to take a seat, or take it."""
        return self.filter(role=Role.DEPUTY, invited_at__isnull=False, answer__in=["", "accepted"])


class Attendance(models.Model):
    """One person at one meeting: invited, answered, and how they took part."""

    class Answer(models.TextChoices):
        NONE = "", "Keine Antwort"
        ACCEPTED = "accepted", "Zugesagt"
        DECLINED = "declined", "Abgesagt"

    class Presence(models.TextChoices):
        UNKNOWN = "", "Nicht erfasst"
        PRESENT = "present", "Anwesend"
        REMOTE = "remote", "Zugeschaltet"
        EXCUSED = "excused", "Entschuldigt"
        ABSENT = "absent", "Nicht anwesend"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendances", verbose_name="Sitzung")
    person = models.ForeignKey(Person, models.PROTECT, related_name="attendances", verbose_name="Person")
    on_behalf_of = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="Fraktion"
    )
    role = models.CharField("Funktion", max_length=20, choices=[*Role.choices, ("guest", "Gast")])
    rank = models.PositiveSmallIntegerField("Rang der Vertretung", null=True, blank=True)
    invited_at = models.DateTimeField("eingeladen am", null=True)
    answer = models.CharField("Antwort", max_length=10, choices=Answer, blank=True, default=Answer.NONE)
    answered_at = models.DateTimeField("geantwortet am", null=True)
    answer_by = models.DateTimeField("Antwort bis", null=True)
    note = models.CharField("Bemerkung", max_length=200, blank=True)
    presence = models.CharField("Teilnahme", max_length=10, choices=Presence, blank=True, default=Presence.UNKNOWN)
    arrived = models.TimeField("von", null=True, blank=True)
    left = models.TimeField("bis", null=True, blank=True)
    in_place_of = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="in Vertretung für"
    )
    created = models.DateTimeField(auto_now_add=True)
    modified = models.DateTimeField(auto_now=True)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = "Teilnahme"
        verbose_name_plural = "Teilnahmen"
        ordering = ["meeting", "role", "person__sort_key"]
        constraints = [
            models.UniqueConstraint(name="attendance_once_a_person", fields=["meeting", "person"]),
            models.UniqueConstraint(
                name="attendance_one_deputy_a_seat",
                fields=["meeting", "on_behalf_of"],
                condition=Q(role="deputy", invited_at__isnull=False, answer__in=["", "accepted"]),
                violation_error_message="Für diesen Sitz ist schon eine Stellvertretung gefragt.",
            ),
            models.CheckConstraint(
                name="attendance_answer_has_time",
                condition=Q(answer="", answered_at=None) | (~Q(answer="") & Q(answered_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="attendance_answer_is_known", condition=Q(answer__in=["", "accepted", "declined"])
            ),
            models.CheckConstraint(
                name="attendance_presence_is_known",
                condition=Q(presence__in=["", "present", "remote", "excused", "absent"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.meeting}"

    @property
    def label(self) -> str:
        """What stands behind the name, as it was on the day of the meeting."""
        if self.role == Role.DEPUTY and self.on_behalf_of:
            return f"{self.on_behalf_of.short_name}, {self.rank}. Stellvertretung"
        return self.on_behalf_of.short_name if self.on_behalf_of else self.get_role_display()

    @property
    def is_called_in(self) -> bool:
        """Whether this is a deputy who is asked to take the seat, or takes it."""
        return self.role == Role.DEPUTY and self.invited_at is not None and self.answer != self.Answer.DECLINED

    @property
    def holds_seat(self) -> bool:
        """Whether this is a deputy who has said yes and takes the seat."""
        return self.is_called_in and self.answer == self.Answer.ACCEPTED

    @property
    def took_part(self) -> bool:
        return self.presence in {self.Presence.PRESENT, self.Presence.REMOTE}


class Mark(models.TextChoices):
    """What is noted of a person while the meeting runs; `ARRIVES` and `LEAVES` have a time."""

    HERE = "here", "Ist da"
    REMOTE = "remote", "Zugeschaltet"
    ARRIVES = "arrives", "Kommt später dazu"
    LEAVES = "leaves", "Geht"
    CLEAR = "clear", "Zurücknehmen"


class Recusal(models.Model):
    """Recorded Befangenheit: from now on the person reads of this item what is public, and nothing else."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="recusals", verbose_name="Tagesordnungspunkt")
    person = models.ForeignKey(Person, models.PROTECT, related_name="recusals", verbose_name="Person")
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="erfasst von")
    created = models.DateTimeField("erfasst am", auto_now_add=True)

    class Meta:
        verbose_name = "Befangenheit"
        verbose_name_plural = "Befangenheiten"
        ordering = ["item", "created"]
        constraints = [
            models.UniqueConstraint(
                name="recusal_once_a_person",
                fields=["item", "person"],
                violation_error_message="Die Befangenheit dieser Person ist schon erfasst.",
            )
        ]

    def __str__(self) -> str:
        return f"Befangenheit von {self.person} zu {self.item}"


class Guest(models.Model):
    """A guest of one meeting: for the named items, or for the whole; a confidential item has to be named."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="guests", verbose_name="Sitzung")
    person = models.ForeignKey(Person, models.PROTECT, related_name="guest_at", verbose_name="Person")
    whole_meeting = models.BooleanField("zur ganzen Sitzung, ohne vertrauliche Punkte", default=False)
    items = models.ManyToManyField(AgendaItem, blank=True, related_name="guests", verbose_name="zu diesen Punkten")
    created = models.DateTimeField(auto_now_add=True)
    modified = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "Gast"
        verbose_name_plural = "Gäste"
        constraints = [models.UniqueConstraint(name="guest_once_a_meeting", fields=["meeting", "person"])]

    def __str__(self) -> str:
        return f"{self.person}, Gast der {self.meeting}"
