"""The one seat of a Fraktion at a meeting: whose it is, who takes it, and how that came about."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import time
from itertools import combinations
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils import timezone

from portal.meetings.models.meeting import Meeting
from portal.meetings.models.people import Attendance
from portal.members.models import Organization, Person, Role


class SeatStep(models.Model):
    """One step in the story of a seat; written once, never changed."""

    class Kind(models.TextChoices):
        DECLINED = "declined", "sagt ab"
        PASSED_ON = "passed_on", "bittet um Vertretung"
        ASKED = "asked", "ist angefragt"
        SKIPPED = "skipped", "ist nicht zu fragen"
        ACCEPTED = "accepted", "sagt zu"
        SILENT = "silent", "hat nicht geantwortet"
        RELEASED = "released", "wird nicht mehr gebraucht"
        TAKEN_BACK = "taken_back", "nimmt selbst teil"
        LEFT = "left", "ist keine Stellvertretung mehr"
        MOVED = "moved", "Sitzung verlegt, alle werden neu gefragt"
        VACANT = "vacant", "niemand mehr zu fragen, der Sitz bleibt leer"

    ENDS_ROUND = (Kind.TAKEN_BACK, Kind.MOVED)

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="seat_steps", verbose_name="Sitzung")
    on_behalf_of = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="Fraktion")
    kind = models.CharField("Schritt", max_length=12, choices=Kind)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="Person")
    rank = models.PositiveSmallIntegerField("Rang der Vertretung", null=True)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="veranlasst von")
    answer_by = models.DateTimeField("Antwort bis", null=True)
    at = models.DateTimeField("Zeitpunkt", default=timezone.now, editable=False)

    class Meta:
        verbose_name = "Schritt eines Sitzes"
        verbose_name_plural = "Verlauf der Sitze"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="seat_step_kind_is_known",
                condition=Q(
                    kind__in=[
                        *("declined", "passed_on", "asked", "skipped", "accepted", "silent"),
                        *("released", "taken_back", "left", "moved", "vacant"),
                    ]
                ),
            ),
            models.CheckConstraint(
                name="seat_step_question_has_its_end",
                condition=Q(kind="asked", answer_by__isnull=False) | (~Q(kind="asked") & Q(answer_by=None)),
            ),
            models.CheckConstraint(
                name="seat_step_names_its_person",
                condition=Q(kind__in=["moved", "vacant"], person=None)
                | (~Q(kind__in=["moved", "vacant"]) & Q(person__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return " ".join(str(part) for part in (self.person, self.get_kind_display()) if part)

    @property
    def is_by_another(self) -> bool:
        """Whether somebody did this for the person it is about."""
        return self.by_id is not None and self.by_id != self.person_id


@dataclass
class Seat:
    """What attendances and steps say about one seat; nothing is stored here."""

    fraktion: Organization
    delegate: Attendance
    called_in: Attendance | None = None
    steps: list[SeatStep] = field(default_factory=list)

    @property
    def question(self) -> Attendance | None:
        """The deputy who is asked and has not answered."""
        return self.called_in if self.called_in and not self.called_in.answer else None

    @property
    def substitute(self) -> Attendance | None:
        """The deputy who takes the seat."""
        return self.called_in if self.called_in and self.called_in.holds_seat else None

    @property
    def is_free(self) -> bool:
        """Whether a deputy may be asked: nobody is, and the delegate does not come."""
        return self.called_in is None and self.delegate.answer != Attendance.Answer.ACCEPTED

    @property
    def is_empty(self) -> bool:
        """Whether by now nobody would sit here."""
        return self.is_free and self.delegate.answer == Attendance.Answer.DECLINED

    @property
    def round(self) -> list[SeatStep]:
        """What happened since the delegate last wanted the seat, or since the meeting was moved."""
        ends = [place for place, step in enumerate(self.steps, 1) if step.kind in SeatStep.ENDS_ROUND]
        return self.steps[ends[-1] if ends else 0 :]

    @property
    def tried(self) -> set[UUID | None]:
        """Who was asked in this round, or could not be."""
        return {step.person_id for step in self.round if step.kind in {SeatStep.Kind.ASKED, SeatStep.Kind.SKIPPED}}

    @property
    def was_in_vain(self) -> bool:
        """Whether in this round there once was nobody left to ask."""
        return any(step.kind == SeatStep.Kind.VACANT for step in self.round)


def seats_of(rows: Iterable[Attendance]) -> list[Seat]:
    """The seats that these invited attendances are about, at one meeting or several; reads their steps."""
    rows, seats = list(rows), dict[tuple[UUID, UUID | None], Seat]()
    called_in = {_place(row): row for row in rows if row.is_called_in}
    for row in rows:
        if row.role == Role.DELEGATE and row.on_behalf_of:
            seats[_place(row)] = Seat(row.on_behalf_of, row, called_in.get(_place(row)))
    if seats:
        steps = SeatStep.objects.filter(meeting__in={meeting for meeting, _ in seats})
        for step in steps.select_related("person", "by"):
            if _place(step) in seats:
                seats[_place(step)].steps.append(step)
    return list(seats.values())


def _place(row: Attendance | SeatStep) -> tuple[UUID, UUID | None]:
    return row.meeting_id, row.on_behalf_of_id


def seats_taken_twice(rows: Iterable[Attendance]) -> list[tuple[Attendance, Attendance]]:
    """Who would hold the one seat of a Fraktion at the same time: its delegate, or deputies in the delegate's place."""
    holders = [row for row in rows if row.took_part and (row.role == Role.DELEGATE or row.in_place_of_id)]
    return [
        (one, other)
        for one, other in combinations(holders, 2)
        if one.on_behalf_of_id == other.on_behalf_of_id and _overlap(one, other)
    ]


def _overlap(one: Attendance, other: Attendance) -> bool:
    """Whether both were there at some moment; no time means from the beginning, or to the end."""
    starts = max(one.arrived or time.min, other.arrived or time.min)
    return starts < min(one.left or time.max, other.left or time.max)
