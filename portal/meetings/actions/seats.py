"""Passing a seat on: by its delegate, by lead and clerk, by the timetable; and taking it back."""

from collections.abc import Iterable
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from portal.meetings import rules
from portal.meetings.actions import chain
from portal.meetings.emails import seats as mails
from portal.meetings.models import Attendance, Meeting, Seat, SeatStep
from portal.members.models import Person, Role

Kind = SeatStep.Kind
Answer = Attendance.Answer
TOO_LATE = "Das geht nicht mehr: Inzwischen steht fest, wer den Sitz einnimmt, oder die Sitzung beginnt gleich."
NOT_REACHED = "{} ist nicht per E-Mail zu erreichen oder nimmt schon anders an der Sitzung teil."


class Represented(Exception):
    """The delegate comes after all, but a deputy has said yes: whoever answers has to know that first."""

    def __init__(self, deputy: Attendance) -> None:
        super().__init__(f"the seat is taken by {deputy.pk}")
        self.deputy = deputy


@transaction.atomic
def pass_on(seat: Seat, *, by: Person) -> Seat:
    """Have the deputies of a Fraktion asked, one after the other; whoever clicks twice asks once."""
    meeting, seat = _locked(seat, by)
    if not seat.called_in:
        if not rules.may_pass_on(by, seat):
            raise ValidationError(TOO_LATE)
        _begin(meeting, seat, by)
    return seat


@transaction.atomic
def ask(seat: Seat, *, deputy: UUID, by: Person) -> Seat:
    """Ask this deputy and no other, out of turn or once more; one who is still silent is released."""
    meeting, seat = _locked(seat, by)
    if seat.called_in and seat.called_in.person_id == deputy:
        return seat
    chosen = chain.deputies_of(meeting, seat.fraktion.pk).filter(person=deputy).first()
    if chosen is None or not rules.may_ask(by, seat):
        raise ValidationError(TOO_LATE)
    if not chain.can_be_asked(meeting, chosen):
        raise ValidationError(NOT_REACHED.format(chosen.person))
    chain.close(meeting, seat, Kind.RELEASED, by=by)
    others = [other for other in chain.to_ask(meeting, seat) if other.pk != chosen.pk]
    chain.call_in(meeting, seat, chosen, waiting=1 + len(others), by=by)
    return seat


def mind_the_deputy(delegate: Attendance, release: UUID | None) -> None:
    """Stop a delegate who takes the seat back without knowing that a deputy has said yes."""
    seat = seat_of(delegate)
    if seat and seat.substitute and seat.substitute.person_id != release:
        raise Represented(seat.substitute)


def follow(meeting: Meeting, answered: Attendance, *, passes_on: bool, is_new: bool) -> None:
    """What an answer means for the seat; the meeting is locked, the answer is saved."""
    seat = chain.seat(meeting, answered.on_behalf_of_id)
    if seat is None:
        return
    if answered.role == Role.DEPUTY:
        if is_new:
            _follow_deputy(meeting, seat, answered)
        return
    if is_new:
        _follow_delegate(meeting, seat, answered.person)
    if passes_on and rules.may_pass_on(answered.person, seat):
        _begin(meeting, seat, answered.person)


@transaction.atomic
def tend(pk: UUID) -> None:
    """Go on with the seats of a meeting that time or the office has changed."""
    meeting = chain.lock(pk)
    if rules.is_coming_up(meeting):
        settle(meeting)


def settle(meeting: Meeting) -> None:
    """Ask the next one where a deputy was silent too long, or is no deputy any more; the meeting is locked."""
    now = timezone.now()
    for seat in chain.seats(meeting):
        row = seat.called_in
        if row and not _speaks_for(row):
            chain.close(meeting, seat, Kind.LEFT)
            chain.ask_next(meeting, seat)
        elif row and not row.answer and row.answer_by and row.answer_by <= now:
            chain.close(meeting, seat, Kind.SILENT)
            chain.ask_next(meeting, seat)


def _speaks_for(row: Attendance) -> bool:
    """Whether the person is the Fraktion's deputy still, or its delegate by now, on the day of the meeting."""
    seats = row.person.memberships.on(row.meeting.day).filter(organization=row.meeting.organization_id)
    return seats.filter(on_behalf_of=row.on_behalf_of_id).exists()


def start_over(meeting: Meeting) -> None:
    """The meeting is moved to another time: every seat is its delegate's again, and no answer counts any more."""
    for seat in chain.seats(meeting):
        if seat.steps:
            chain.note(meeting, seat, SeatStep(kind=Kind.MOVED))
            chain.close(meeting, seat, Kind.RELEASED, why=Kind.MOVED)
    meeting.attendances.filter(role=Role.DEPUTY).update(answer=Answer.NONE, answered_at=None, note="")


def seat_of(attendance: Attendance) -> Seat | None:
    """The seat that this person's answer is about."""
    if attendance.role not in Role.of_fraktion():
        return None
    return chain.seat(attendance.meeting, attendance.on_behalf_of_id)


def can_pass_on(person: Person, seat: Seat | None) -> bool:
    """Whether a delegate is offered a deputy: somebody is there to be asked, and in time."""
    if seat is None or not rules.may_pass_on(person, seat):
        return False
    return bool(chain.to_ask(seat.delegate.meeting, seat))


def empty_seats(person: Person, meetings: Iterable[Meeting]) -> list[Seat]:
    """The seats for which lead and clerk can still find somebody."""
    mine = [meeting for meeting in meetings if rules.may_send(person, meeting) and rules.is_time_to_ask(meeting)]
    return [seat for seat in chain.seats(*mine) if seat.is_empty] if mine else []


def _locked(seen: Seat, by: Person) -> tuple[Meeting, Seat]:
    """The seat as it is now, for lead and clerk, who alone act for others; nothing else happens to it meanwhile."""
    meeting = chain.lock(seen.delegate.meeting_id)
    seat = chain.seat(meeting, seen.fraktion.pk)
    if seat is None or not rules.may_send(by, meeting):
        raise PermissionDenied
    return meeting, seat


def _begin(meeting: Meeting, seat: Seat, by: Person) -> None:
    """Ask the first deputy; where all were asked already, nothing happens."""
    if seat.was_in_vain and not chain.to_ask(meeting, seat):
        return
    chain.note(meeting, seat, SeatStep(kind=Kind.PASSED_ON, person=seat.delegate.person, by=by))
    chain.ask_next(meeting, seat)


def _follow_delegate(meeting: Meeting, seat: Seat, delegate: Person) -> None:
    if seat.delegate.answer == Answer.DECLINED:
        chain.note(meeting, seat, SeatStep(kind=Kind.DECLINED, person=delegate, by=delegate))
    elif seat.steps:
        chain.close(meeting, seat, Kind.RELEASED, by=delegate, why=Kind.TAKEN_BACK)
        chain.note(meeting, seat, SeatStep(kind=Kind.TAKEN_BACK, person=delegate, by=delegate))


def _follow_deputy(meeting: Meeting, seat: Seat, answered: Attendance) -> None:
    if answered.answer == Answer.DECLINED:
        seat.called_in = answered
        chain.close(meeting, seat, Kind.DECLINED, by=answered.person)
        chain.ask_next(meeting, seat)
        return
    step = SeatStep(kind=Kind.ACCEPTED, person=answered.person, rank=answered.rank, by=answered.person)
    chain.note(meeting, seat, step)
    answered.in_place_of, answered.answer_by = seat.delegate.person, None
    answered.save(update_fields=["in_place_of", "answer_by", "modified"])
    mails.taken(seat.delegate, step)
