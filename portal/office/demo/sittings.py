"""The demo's meetings: a year behind, one running, some ahead, in every state."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from itertools import count, filterfalse, islice
from random import Random

from dateutil.relativedelta import TU, relativedelta
from django.db.models import F
from django.utils import timezone

from portal.meetings import almanac, pdf
from portal.meetings.actions import changes, comments, invitation, replies
from portal.meetings.models import (
    AgendaItem,
    Attendance,
    Comment,
    Guest,
    Location,
    Meeting,
    Recusal,
    Revision,
    Turn,
    Visibility,
)
from portal.members.models import Person, Role
from portal.office.demo.ids import new_id
from portal.office.demo.letters import deliver
from portal.office.demo.people import Cast
from portal.office.demo.records import write_minutes
from portal.office.demo.texts import (
    AGENDAS,
    AHEAD,
    CLOSING,
    CONTINUED,
    NAMES_SOMEBODY,
    NEWS,
    OPENING,
    WHY_HIDDEN,
    Matter,
)
from portal.topics.models import Topic

State = Meeting.State
Answer = Attendance.Answer
PAST_MONTHS = (11, 9, 8, 6, 3, 1)  # one for each of AGENDAS; the meeting four months ago was cancelled
CANCELLED_MONTH = 4
PLANNED = 3  # drafts that a series has left
ANSWER_PREFIX = "@ "  # such a comment of texts.py is an answer of the Verwaltung to the one before


class Calendar:
    """Writes the demo's meetings in order of time."""

    def __init__(self, rng: Random, cast: Cast, topics: list[Topic]) -> None:
        self.rng, self.cast, self.topics = rng, cast, topics
        self.numbers: dict[int, int] = {}
        town_hall = {"id": new_id(rng), "street": "Marktstraße 12", "postal_code": "40899", "city": "Neuenfels"}
        self.location, _ = Location.objects.get_or_create(
            name="Rathaus Neuenfels", room="Sitzungsraum 2.14", defaults=town_hall
        )

    def fill(self) -> None:
        """The whole calendar."""
        past = dict(zip(PAST_MONTHS, AGENDAS, strict=True))
        for months in sorted({*PAST_MONTHS, CANCELLED_MONTH}, reverse=True):
            start = second_tuesday(months_away=-months)
            if months == CANCELLED_MONTH:
                self._cancelled(start)
            else:
                self._past(start, past[months], is_last=months == PAST_MONTHS[-1])
        self._running()
        self._invited()
        self._drafts()

    def _past(self, start: datetime, matters: tuple[Matter, ...], *, is_last: bool) -> None:
        meeting = self._meeting(start, State.FINISHED, matters, invited_before=14)
        self._freeze(meeting)
        self._attend(meeting, took_part=True)
        write_minutes(
            self.rng, meeting, _agenda(matters), clerk=self.cast.clerk, chair=self.cast.lead, final=not is_last
        )

    def _cancelled(self, start: datetime) -> None:
        reason = "Wegen der Sommerpause haben sieben Mitglieder abgesagt."
        meeting = self._meeting(
            start,
            State.CANCELLED,
            CONTINUED[:1],
            invited_before=21,
            cancelled_at=start - timedelta(days=6),
            cancel_reason=reason,
        )
        self._freeze(meeting)
        self._attend(meeting, took_part=False)

    def _running(self) -> None:
        now = timezone.now().replace(second=0, microsecond=0)
        start = now - timedelta(minutes=15 + now.minute % 15)
        meeting = self._meeting(start, State.RUNNING, AGENDAS[5][:1], invited_before=15, title="Sondersitzung")
        self._freeze(meeting)
        self._attend(meeting, took_part=False)
        meeting.attendances.filter(answer=Answer.ACCEPTED).update(presence=Attendance.Presence.PRESENT)
        first, second = meeting.items.all()[:2]
        changed = start + timedelta(minutes=8)
        Turn.objects.create(id=new_id(self.rng), meeting=meeting, item=first, started_at=start, ended_at=changed)
        Turn.objects.create(id=new_id(self.rng), meeting=meeting, item=second, started_at=changed)

    def _invited(self) -> None:
        start = second_tuesday(months_away=0)
        while start < timezone.now() + timedelta(days=13):
            start = second_tuesday(months_away=1, base=start.date())
        meeting = self._meeting(start, State.DRAFT, AHEAD)
        guest = Guest.objects.create(id=new_id(self.rng), meeting=meeting, person=self.cast.guest)
        guest.items.set(meeting.items.filter(title=AHEAD[1].title))
        invitation.invite(meeting, by=self.cast.lead, version=meeting.version)
        for attendance in meeting.attendances.exclude(role=Role.LEAD).order_by("person__sort_key")[::2]:
            attendance.answer = self.rng.choice([Answer.ACCEPTED, Answer.ACCEPTED, Answer.DECLINED])
            attendance.answered_at = timezone.now()
            attendance.save(update_fields=["answer", "answered_at"])
        self._pass_on(meeting)
        comments.hide_comment(Comment.objects.get(text=NAMES_SOMEBODY), by=self.cast.lead, reason=WHY_HIDDEN)
        offer = meeting.items.get(title=AHEAD[1].title)
        Recusal.objects.create(
            id=new_id(self.rng), item=offer, person=self.cast.delegates[4], recorded_by=self.cast.clerk
        )

    def _pass_on(self, meeting: Meeting) -> None:
        """One delegate waits for a deputy's answer; for another the second deputy takes the seat, after a no."""
        waiting, replaced = self.cast.delegates[1:3]
        first, second = self.cast.deputies[4:6]
        for person in (waiting, replaced):
            self._says(meeting, person, Answer.DECLINED, pass_on=True)
        self._says(meeting, first, Answer.DECLINED)
        self._says(meeting, second, Answer.ACCEPTED)

    def _says(self, meeting: Meeting, person: Person, answer: str, *, pass_on: bool = False) -> None:
        replies.answer(meeting.attendances.get(person=person), by=person, answer=answer, pass_on=pass_on)

    def _drafts(self) -> None:
        last = Meeting.objects.filter(state=State.INVITED).latest("start")
        for months, matters in ((1, CONTINUED), (3, CONTINUED[1:])):
            self._meeting(second_tuesday(months_away=months, base=last.start.date()), State.DRAFT, matters)

    def add_supplement(self, meeting: Meeting, matter: Matter) -> None:
        """A further item before the last one, as the lead would add it after the invitation."""
        last = meeting.items.latest("number")
        meeting.items.filter(pk=last.pk).update(position=F("position") + 1, number=F("number") + 1)
        self._item(meeting, last.number, matter, is_supplement=True)

    def plan_ahead(self) -> None:
        """The next days of the rhythm as drafts with the standing items, none in the school holidays."""
        last = Meeting.objects.filter(organization=self.cast.group, state=State.DRAFT).latest("start")
        base = timezone.localdate(last.start)
        days = (second_tuesday(months_away=months, base=base) for months in count(1))
        for start in islice(filterfalse(_is_free_of_school, days), PLANNED):
            self._meeting(start, State.DRAFT, ())

    def _meeting(
        self, start: datetime, state: str, matters: Iterable[Matter], *, invited_before: int = 0, **fields
    ) -> Meeting:
        year = timezone.localtime(start).year
        self.numbers[year] = self.numbers.get(year, 0) + 1
        meeting = Meeting.objects.create(
            id=new_id(self.rng),
            organization=self.cast.group,
            year=year,
            number=self.numbers[year],
            start=start,
            end=start + timedelta(hours=2),
            location=self.location,
            state=state,
            revision=int(state != State.DRAFT),
            invited_at=start - timedelta(days=invited_before) if invited_before else None,
            **fields,
        )
        for number, matter in enumerate(_agenda(matters), 1):
            self._comments(meeting, self._item(meeting, number, matter), matter)
        return meeting

    def _item(self, meeting: Meeting, number: int, matter: Matter, *, is_supplement: bool = False) -> AgendaItem:
        return AgendaItem.objects.create(
            id=new_id(self.rng),
            meeting=meeting,
            position=number,
            number=number,
            title=matter.title,
            text=matter.text,
            topic=None if matter.topic is None else self.topics[matter.topic],
            presenter=self.rng.choice([self.cast.lead, self.cast.staff]).get_full_name(),
            minutes_planned=matter.minutes,
            purpose=matter.purpose,
            visibility=matter.visibility,
            is_supplement=is_supplement,
        )

    def _comments(self, meeting: Meeting, item: AgendaItem, matter: Matter) -> None:
        at = min(meeting.start, timezone.now()) - timedelta(days=4)
        authors = self.rng.sample(self.cast.delegates, len(self.cast.delegates))
        first = None
        for text in matter.comments:
            at += timedelta(minutes=self.rng.randint(30, 600))
            is_answer = text.startswith(ANSWER_PREFIX)
            author: Person = self.cast.staff if is_answer else authors.pop()
            comment = Comment.objects.create(
                id=new_id(self.rng),
                item=item,
                author=author,
                parent=first if is_answer else None,
                text=text.removeprefix(ANSWER_PREFIX),
                created_at=at,
            )
            first = first if is_answer else comment

    def _freeze(self, meeting: Meeting) -> None:
        """What inviting leaves behind, dated back."""
        items = list(meeting.items.all())
        issued = meeting.invited_at or meeting.start
        Revision.objects.create(
            id=new_id(self.rng),
            meeting=meeting,
            number=1,
            created_at=issued,
            created_by=self.cast.lead,
            snapshot=changes.snapshot(meeting),
            invitation_pdf=pdf.invitation(meeting, items, by=self.cast.lead, issued=issued).pdf,
        )

    def _attend(self, meeting: Meeting, *, took_part: bool) -> None:
        """Answers, and for a meeting of the past who came; for a delegate who did not, the first deputy, if any."""
        day = timezone.localdate(meeting.start)
        for seat in self.cast.group.memberships.on(day).exclude(role=Role.DEPUTY):
            declined = seat.role == Role.DELEGATE and self.rng.random() < 0.2
            self._row(meeting, seat, took_part, declined=declined)
            deputies = self.cast.group.memberships.on(day).filter(role=Role.DEPUTY, on_behalf_of=seat.on_behalf_of)
            if declined and took_part and (deputy := deputies.order_by("rank").first()):
                self._row(meeting, deputy, took_part, in_place_of=seat.person)
        deliver(self.rng, meeting, noted_by=self.cast.staff)

    def _row(self, meeting, seat, took_part, *, declined=False, in_place_of=None) -> None:
        presence = ""
        if took_part:
            presence = Attendance.Presence.EXCUSED if declined else Attendance.Presence.PRESENT
        Attendance.objects.create(
            id=new_id(self.rng),
            meeting=meeting,
            person=seat.person,
            on_behalf_of=seat.on_behalf_of,
            role=seat.role,
            rank=seat.rank,
            invited_at=meeting.invited_at,
            answer=Answer.DECLINED if declined else Answer.ACCEPTED,
            answered_at=(meeting.invited_at or meeting.start) + timedelta(days=1),
            presence=presence,
            in_place_of=in_place_of,
        )


def second_tuesday(*, months_away: int, base: date | None = None) -> datetime:
    """17:00 in Berlin on the second Tuesday of the month that lies so many months from `base` (today without)."""
    day = (base or timezone.localdate()) + relativedelta(months=months_away, day=1, weekday=TU(2))
    return timezone.make_aware(datetime.combine(day, time(17)))


def _is_free_of_school(start: datetime) -> bool:
    day = timezone.localdate(start)
    return bool(almanac.public_holiday(day) or almanac.school_break(day))


def _agenda(matters: Iterable[Matter]) -> list[Matter]:
    """Standing items around the matters; the public part first."""
    all_of_them = [OPENING, *matters, NEWS, CLOSING]
    return sorted(all_of_them, key=lambda matter: matter.visibility != Visibility.PUBLIC)
