"""The chain of deputies behind one seat: who is asked next, until when, and what is told. The meeting is locked."""

from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from portal.audit import trail
from portal.meetings import emails, rules
from portal.meetings.actions import changes, ics
from portal.meetings.actions.sight import WHOLE, sight_of
from portal.meetings.emails import seats as mails
from portal.meetings.models import Attendance, Meeting, Seat, SeatStep, seats_of
from portal.members.models import Membership, Person, Role, RulesOfProcedure

Kind = SeatStep.Kind
BY_THEMSELVES = {Kind.DECLINED, Kind.ACCEPTED}  # the answer has its own line on the trail


def lock(pk: UUID) -> Meeting:
    """Whoever answers, passes on or takes back waits for this, and so do moves and the timetable."""
    meetings = Meeting.objects.select_related("organization", "location").select_for_update(of=("self",))
    return meetings.get(pk=pk)


def seats(*meetings: Meeting) -> list[Seat]:
    """All seats of these meetings as they are now."""
    about = {meeting.pk: meeting for meeting in meetings}
    asked = Attendance.objects.filter(meeting__in=about, invited_at__isnull=False, role__in=Role.of_fraktion())
    rows = list(asked.select_related("person", "on_behalf_of", "in_place_of"))
    for row in rows:
        row.meeting = about[row.meeting_id]
    return seats_of(rows)


def seat(meeting: Meeting, fraktion: UUID | None) -> Seat | None:
    """The seat of one Fraktion, if it has a delegate at the meeting."""
    return next((one for one in seats(meeting) if one.fraktion.pk == fraktion), None)


def note(meeting: Meeting, seat: Seat, step: SeatStep) -> SeatStep:
    """Write a step into the story of the seat, and on the trail."""
    step.meeting, step.on_behalf_of = meeting, seat.fraktion
    step.save(force_insert=True)
    seat.steps.append(step)
    if step.kind not in BY_THEMSELVES:
        trail.record(
            actor=step.by,
            verb=f"Sitz: {step.get_kind_display()}",
            thing=meeting,
            organization=meeting.organization_id,
            fraktion=seat.fraktion.short_name,
            person=str(step.person_id) if step.person_id else None,
        )
    return step


def ask_next(meeting: Meeting, seat: Seat) -> None:
    """Ask the first deputy who was not asked yet; where there is none, the seat stays empty and is told so."""
    waiting = to_ask(meeting, seat) if rules.is_time_to_ask(meeting) else []
    for place, deputy in enumerate(waiting):
        if can_be_asked(meeting, deputy):
            call_in(meeting, seat, deputy, waiting=len(waiting) - place)
            return
        note(meeting, seat, SeatStep(kind=Kind.SKIPPED, person=deputy.person, rank=deputy.rank))
    _leave_empty(meeting, seat)


def to_ask(meeting: Meeting, seat: Seat) -> list[Membership]:
    """The deputies in their order who have neither been asked nor said no."""
    declined = meeting.attendances.filter(role=Role.DEPUTY, answer=Attendance.Answer.DECLINED)
    deputies = deputies_of(meeting, seat.fraktion.pk).exclude(person__in=declined.values("person"))
    return [deputy for deputy in deputies if deputy.person_id not in seat.tried]


def deputies_of(meeting: Meeting, fraktion: UUID | None) -> QuerySet[Membership]:
    """The deputies whom a Fraktion has today and on the day of the meeting, in their order."""
    deputies = Membership.objects.current().on(meeting.day)
    deputies = deputies.filter(organization=meeting.organization_id, role=Role.DEPUTY)
    return deputies.filter(on_behalf_of=fraktion).select_related("person").order_by("rank")


def can_be_asked(meeting: Meeting, deputy: Membership) -> bool:
    """Mail reaches them, and they do not come as somebody else."""
    other = meeting.attendances.filter(person=deputy.person_id, invited_at__isnull=False)
    return emails.is_reachable(deputy.person) and not other.exists()


def call_in(meeting: Meeting, seat: Seat, deputy: Membership, *, waiting: int, by: Person | None = None) -> None:
    """Ask one deputy, with the invitation as it was sent last."""
    now = timezone.now()
    hours = RulesOfProcedure.objects.on(meeting.organization).deputy_answer_hours
    fresh = {
        "role": Role.DEPUTY,
        "on_behalf_of": seat.fraktion,
        "rank": deputy.rank,
        "invited_at": now,
        "answer": Attendance.Answer.NONE,
        "answered_at": None,
        "answer_by": rules.answer_by(meeting, now, hours=hours, waiting=waiting),
        "note": "",
        "in_place_of": None,
    }
    _count_up(meeting)
    row, _ = meeting.attendances.update_or_create(person=deputy.person, defaults=fresh)
    row.meeting, seat.called_in = meeting, row
    step = SeatStep(kind=Kind.ASKED, person=row.person, rank=row.rank, by=by, answer_by=row.answer_by)
    _send_question(meeting, row, note(meeting, seat, step), seat.delegate.person)


def _send_question(meeting: Meeting, row: Attendance, step: SeatStep, delegate: Person) -> None:
    sight = sight_of(meeting, row.person)
    sent = meeting.revisions.order_by("-number").first()
    items = changes.items_of(sent.snapshot if sent else changes.snapshot(meeting), sight)
    pdf = bytes(sent.invitation_pdf) if sent and sight == WHOLE else None
    mails.asked(row, step, delegate=delegate, items=items, calendar=ics.request(row, items), pdf=pdf)


def close(meeting: Meeting, seat: Seat, kind: SeatStep.Kind, *, by: Person | None = None, why: str = "") -> None:
    """The deputy who was called in is out of it: by a no, by silence, or since nobody is needed; they hear why."""
    row = seat.called_in
    if row is None:
        return
    step = note(meeting, seat, SeatStep(kind=kind, person=row.person, rank=row.rank, by=by))
    row.invited_at = row.answer_by = row.in_place_of = None
    if kind != Kind.DECLINED:
        row.answer, row.answered_at, row.note = Attendance.Answer.NONE, None, ""
    row.save(update_fields=["invited_at", "answer_by", "in_place_of", "answer", "answered_at", "note", "modified"])
    seat.called_in = None
    _count_up(meeting)
    calendar = ics.cancellation(row, sequence=meeting.sequence)
    mails.left(row, step, why=why or kind, delegate=seat.delegate.person, calendar=calendar)


def _count_up(meeting: Meeting) -> None:
    """Somebody comes or goes: whoever is asked once more outbids the cancellation that they got."""
    meeting.sequence += 1
    meeting.save(update_fields=["sequence", "modified"])


def _leave_empty(meeting: Meeting, seat: Seat) -> None:
    step = note(meeting, seat, SeatStep(kind=Kind.VACANT))
    office = Membership.objects.current().filter(organization=meeting.organization_id, role__in=[Role.LEAD, Role.CLERK])
    readers = {seat.person: Role(seat.role) for seat in office.select_related("person")}
    for person, role in readers.items():
        mails.vacant(Attendance(meeting=meeting, person=person, role=role), step, delegate=seat.delegate.person)
    mails.vacant(seat.delegate, step, delegate=seat.delegate.person)
