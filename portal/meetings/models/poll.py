"""Finding a date: what is offered to whom, who can come when, and which date it became."""

from datetime import datetime
from uuid import uuid4

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from portal.meetings.models.meeting import Location, Meeting
from portal.members.models import Membership, Organization, Person, Role
from portal.members.rules import Reader

FEWEST_DATES, MOST_DATES = 2, 12


def voices() -> "models.QuerySet[Membership]":
    """Who says today when a working group can meet: whoever is invited to meetings; for a seat without a delegate
    its first deputy."""
    current = Membership.objects.current()
    seat = current.filter(organization=OuterRef("organization"), on_behalf_of=OuterRef("on_behalf_of"))
    delegate = seat.filter(role=Role.DELEGATE)
    earlier = seat.filter(role=Role.DEPUTY, rank__lt=OuterRef("rank"))
    return current.filter(~Q(role=Role.DEPUTY) | (~Exists(delegate) & ~Exists(earlier)))


class DatePollQuerySet(models.QuerySet["DatePoll"]):
    def open(self) -> "DatePollQuerySet":
        """Not decided, not called off, and at least one date still ahead."""
        ahead = DateOption.objects.filter(poll=OuterRef("pk"), start__gt=timezone.now())
        return self.filter(Exists(ahead), state=DatePoll.State.OPEN)

    def visible_to(self, person: Reader) -> "DatePollQuerySet":
        """The polls of the person's working groups, with names and answers; nothing for anybody else."""
        if not isinstance(person, Person):
            return self.none()
        own = Membership.objects.current().filter(person=person)
        return self.filter(organization__in=own.values("organization"))

    def with_answers_missing(self) -> "DatePollQuerySet":
        """`is_waiting`: whether somebody who could answer has not."""
        return self.annotate(is_waiting=Exists(DateVoice.objects.belonging().silent().filter(poll=OuterRef("pk"))))

    def with_question_to(self, person: Person) -> "DatePollQuerySet":
        """`asks_reader`: whether the person is asked and has not answered."""
        own = DateVoice.objects.belonging().silent().filter(poll=OuterRef("pk"), person=person)
        return self.annotate(asks_reader=Exists(own))


class DatePoll(models.Model):
    """A Terminumfrage: some dates are offered once, one of them becomes the meeting."""

    class State(models.TextChoices):
        OPEN = "open", "Läuft"
        DECIDED = "decided", "Termin festgelegt"
        CANCELLED = "cancelled", "Ohne Termin beendet"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="date_polls", verbose_name="Arbeitskreis"
    )
    title = models.CharField("Titel", max_length=120)
    location = models.ForeignKey(Location, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="Ort")
    answer_by = models.DateField("Antwort bis")
    state = models.CharField("Stand", max_length=10, choices=State, default=State.OPEN, editable=False)
    created_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="verschickt von")
    chosen = models.ForeignKey(
        "DateOption", models.RESTRICT, null=True, editable=False, related_name="+", verbose_name="festgelegter Termin"
    )
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, null=True, editable=False, related_name="date_polls", verbose_name="Sitzung"
    )
    closed_at = models.DateTimeField("beendet am", null=True, editable=False)
    cancel_reason = models.TextField("Grund", blank=True, max_length=2_000)
    version = models.PositiveIntegerField(default=1, editable=False)
    created = models.DateTimeField("verschickt am", auto_now_add=True)
    modified = models.DateTimeField(auto_now=True)

    objects = DatePollQuerySet.as_manager()

    class Meta:
        verbose_name = "Terminumfrage"
        verbose_name_plural = "Terminumfragen"
        ordering = ["-created"]
        constraints = [
            models.CheckConstraint(
                name="date_poll_state_is_known", condition=Q(state__in=["open", "decided", "cancelled"])
            ),
            models.CheckConstraint(
                name="date_poll_decided_with_meeting",
                condition=Q(state="decided", chosen__isnull=False, meeting__isnull=False)
                | (~Q(state="decided") & Q(chosen=None, meeting=None)),
            ),
            models.CheckConstraint(
                name="date_poll_closed_unless_open",
                condition=Q(state="open", closed_at=None) | (~Q(state="open") & Q(closed_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="date_poll_cancelled_with_reason", condition=~Q(state="cancelled") | ~Q(cancel_reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"Terminumfrage „{self.title}“"

    def get_absolute_url(self) -> str:
        return reverse("meetings:poll", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """Not decided, not called off, and at least one date still ahead."""
        return self.state == self.State.OPEN and any(option.is_ahead for option in self.options.all())

    @property
    def last_start(self) -> datetime:
        """When the last of its dates begins."""
        return max(option.start for option in self.options.all())

    @property
    def place(self) -> str:
        return str(self.location) if self.location else "Ort wird noch bekannt gegeben"

    @property
    def is_time_over(self) -> bool:
        """Whether the last day for answers has passed; they are still taken until it is decided."""
        return timezone.localdate() > self.answer_by


class DateOption(models.Model):
    """One of the dates that are offered."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    poll = models.ForeignKey(DatePoll, models.CASCADE, related_name="options", verbose_name="Terminumfrage")
    start = models.DateTimeField("Beginn")
    end = models.DateTimeField("Ende (voraussichtlich)")

    class Meta:
        verbose_name = "Terminvorschlag"
        verbose_name_plural = "Terminvorschläge"
        ordering = ["start"]
        constraints = [
            models.UniqueConstraint(
                name="date_option_once_a_poll",
                fields=["poll", "start"],
                violation_error_message="Diesen Termin bieten Sie schon an.",
            ),
            models.CheckConstraint(
                name="date_option_ends_after_start",
                condition=Q(end__gt=F("start")),
                violation_error_message="Das Ende muss nach dem Beginn liegen.",
            ),
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.start):%d.%m.%Y, %H:%M} Uhr"

    @property
    def is_ahead(self) -> bool:
        return self.start > timezone.now()


class DateVoiceQuerySet(models.QuerySet["DateVoice"]):
    def belonging(self) -> "DateVoiceQuerySet":
        """Of those who were asked, the ones who still speak for the group today."""
        seat = voices().filter(organization=OuterRef("poll__organization"), person=OuterRef("person"))
        return self.filter(Exists(seat))

    def silent(self) -> "DateVoiceQuerySet":
        """Those who could answer, and have not since they were asked last."""
        waiting = Q(answered_at=None) | Q(answered_at__lt=F("asked_at"))
        return self.filter(waiting, person__is_active=True, person__email__isnull=False)


class DateVoice(models.Model):
    """One person who is asked, with the place for which they speak; a poll that is over keeps who was counted."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    poll = models.ForeignKey(DatePoll, models.CASCADE, related_name="voices", verbose_name="Terminumfrage")
    person = models.ForeignKey(Person, models.PROTECT, related_name="date_voices", verbose_name="Person")
    on_behalf_of = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+", verbose_name="Fraktion")
    role = models.CharField("Funktion", max_length=20, choices=Role)
    asked_at = models.DateTimeField("gefragt am", default=timezone.now, editable=False)
    answered_at = models.DateTimeField("geantwortet am", null=True, editable=False)

    objects = DateVoiceQuerySet.as_manager()

    class Meta:
        verbose_name = "Antwort auf eine Terminumfrage"
        verbose_name_plural = "Antworten auf Terminumfragen"
        ordering = ["poll", "person__sort_key"]
        constraints = [models.UniqueConstraint(name="date_voice_once_a_person", fields=["poll", "person"])]

    def __str__(self) -> str:
        return f"{self.person}, {self.poll}"

    @property
    def has_answered(self) -> bool:
        """Since they were asked last; a date that is added asks everybody again."""
        return self.answered_at is not None and self.answered_at >= self.asked_at

    @property
    def label(self) -> str:
        """What stands behind the name."""
        if self.role == Role.DEPUTY and self.on_behalf_of:
            return f"{self.on_behalf_of.short_name}, Stellvertretung"
        return self.on_behalf_of.short_name if self.on_behalf_of else self.get_role_display()


class DateAnswer(models.Model):
    """What one person says to one date; where there is no row, it is open."""

    class Choice(models.TextChoices):
        YES = "yes", "Ja"
        MAYBE = "maybe", "Wenn nötig"
        NO = "no", "Nein"

    option = models.ForeignKey(DateOption, models.CASCADE, related_name="answers", verbose_name="Terminvorschlag")
    voice = models.ForeignKey(DateVoice, models.CASCADE, related_name="answers", verbose_name="Person")
    choice = models.CharField("Antwort", max_length=10, choices=Choice)

    class Meta:
        verbose_name = "Antwort zu einem Terminvorschlag"
        verbose_name_plural = "Antworten zu Terminvorschlägen"
        constraints = [
            models.UniqueConstraint(name="date_answer_once_an_option", fields=["option", "voice"]),
            models.CheckConstraint(name="date_answer_is_known", condition=Q(choice__in=["yes", "maybe", "no"])),
        ]

    def __str__(self) -> str:
        return f"{self.option}: {self.get_choice_display()}"
