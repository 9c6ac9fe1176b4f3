"""What waits for a person: each duty with the one button that does it."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate, localtime

from portal.home.duty import Duty
from portal.home.mail_duties import mail_duties
from portal.meetings import deadlines, rules
from portal.meetings.actions.seats import empty_seats
from portal.meetings.deadlines import Deadline, Kind, Light
from portal.meetings.models import Attendance, DatePoll, Meeting, Seat
from portal.members.models import Person, RulesOfProcedure
from portal.members.rules import groups_where_office, is_clerk, is_lead
from portal.minutes.rules import may_open_minutes, may_write
from portal.ui.templatetags.ui import clock, day

KINDS = ("danger", "warning", "info", "success", "neutral")  # what burns comes first
PLANNED = timedelta(days=100)  # a draft farther ahead is planned; nobody has to act
State = Meeting.State


def duties(person: Person, ahead: Iterable[Meeting], answers: Iterable[Attendance]) -> list[Duty]:
    """All that waits for the person, what burns first."""
    found = [_answer(answer) for answer in answers if not answer.answer and rules.may_answer(person, answer)]
    found += _of_polls(person)
    if groups := groups_where_office(person):
        found += _of_office(person, ahead, groups)
    return sorted(found, key=lambda duty: KINDS.index(duty.kind))


def _answer(attendance: Attendance) -> Duty:
    meeting = attendance.meeting
    if attendance.answer_by:
        until = localtime(attendance.answer_by)
        return Duty(
            title=f"{meeting.label}: Können Sie vertreten?",
            detail=f"{day(localtime(meeting.start))}. Bitte antworten Sie bis {day(until)}, {clock(until)} Uhr.",
            badge="Vertretung",
            kind="warning",
            url=meeting.get_absolute_url(),
            button="Antworten",
            group=meeting.organization.short_name,
        )
    return Duty(
        title=f"{meeting.label}: Ihre Antwort fehlt noch",
        detail=f"{day(localtime(meeting.start))}. Bitte sagen Sie zu oder ab.",
        badge="Antwort offen",
        kind="info",
        url=meeting.get_absolute_url(),
        button="Antworten",
        group=meeting.organization.short_name,
    )


def _of_polls(person: Person) -> list[Duty]:
    """Date polls to answer, and for the lead those that are ripe: all have answered, or the time is over."""
    polls = DatePoll.objects.visible_to(person).open().with_question_to(person).with_answers_missing()
    found = []
    for poll in polls.select_related("organization").order_by("answer_by"):
        if poll.asks_reader:
            found.append(_answer_poll(poll))
        if is_lead(person, poll.organization_id) and (poll.is_time_over or not poll.is_waiting):
            found.append(_decide(poll))
    return found


def _answer_poll(poll: DatePoll) -> Duty:
    return Duty(
        title=f"Terminumfrage beantworten: {poll.title}",
        detail=f"Bitte sagen Sie bis {day(poll.answer_by)}, wann Sie können.",
        badge="Frist verstrichen" if poll.is_time_over else "Antwort offen",
        kind="warning" if poll.is_time_over else "info",
        url=poll.get_absolute_url(),
        button="Antworten",
        group=poll.organization.short_name,
    )


def _decide(poll: DatePoll) -> Duty:
    return Duty(
        title=f"Termin festlegen: {poll.title}",
        detail="Die Zeit für Antworten ist um." if poll.is_waiting else "Alle, die gefragt sind, haben geantwortet.",
        badge="Termin offen",
        kind="warning",
        url=poll.get_absolute_url(),
        button="Termin festlegen",
        group=poll.organization.short_name,
    )


def _of_office(person: Person, ahead: Iterable[Meeting], groups: list[UUID]) -> list[Duty]:
    found = mail_duties(groups)
    history = _histories(groups)
    for meeting in _in_the_works(person, groups):
        if meeting.state == State.DRAFT:
            found.append(_invite(person, meeting, history[meeting.organization_id]))
        else:
            found += _close_and_write(person, meeting, history[meeting.organization_id])
    found += [_empty_seat(seat) for seat in empty_seats(person, ahead)]
    return found + [_silence(m) for m in ahead if m.silent and m.state == State.INVITED and m.organization_id in groups]


def _empty_seat(seat: Seat) -> Duty:
    meeting = seat.delegate.meeting
    in_vain = " Niemand von den Stellvertretungen kann." if seat.was_in_vain else ""
    return Duty(
        title=f"{meeting.label}: Sitz {seat.fraktion.short_name} ist unbesetzt",
        detail=f"{seat.delegate.person.get_full_name()} hat abgesagt.{in_vain}",
        badge="Sitz unbesetzt",
        kind="warning",
        url=reverse("meetings:seat", args=[seat.delegate.pk]),
        button="Vertretung regeln",
        group=meeting.organization.short_name,
    )


def _in_the_works(person: Person, groups: list[UUID]) -> QuerySet[Meeting]:
    """Drafts of the next weeks, meetings over but not closed, and for the clerk those without final minutes."""
    works = Q(state=State.DRAFT, start__lt=timezone.now() + PLANNED) | Q(
        state__in=[State.INVITED, State.RUNNING], end__lte=timezone.now()
    )
    written_by = [group for group in groups if is_clerk(person, group)]
    works |= Q(organization__in=written_by, state__in=[State.RUNNING, State.FINISHED]) & ~Q(minutes__state="final")
    meetings = Meeting.objects.visible_to(person).filter(works, organization__in=groups).order_by("start")
    return meetings.select_related("organization", "minutes").defer("minutes__pdf")


def _histories(groups: list[UUID]) -> dict[UUID, list[RulesOfProcedure]]:
    """The rules of each working group, the oldest first."""
    found: dict[UUID, list[RulesOfProcedure]] = {group: [] for group in groups}
    for rules_of_group in RulesOfProcedure.objects.filter(organization__in=groups).order_by("valid_from"):
        found[rules_of_group.organization_id].append(rules_of_group)
    return found


def _invite(person: Person, meeting: Meeting, history: list[RulesOfProcedure]) -> Duty:
    deadline = deadlines.invitation(meeting, history, localdate())
    detail = (
        f"Einladen bis {day(deadline.last_day)}, damit die Ladungsfrist von {deadline.days} vollen Tagen gewahrt ist."
    )
    if deadline.is_over:
        detail = f"Der letzte Tag der Ladungsfrist war {day(deadline.last_day)}."
    may_invite = rules.may_invite(person, meeting)
    return Duty(
        title=f"{meeting.label}: noch nicht eingeladen",
        detail=f"Sitzung am {day(localtime(meeting.start))}. {detail}",
        badge=deadline.badge,
        kind=deadline.look,
        url=reverse("meetings:invite", args=[meeting.pk]) if may_invite else meeting.get_absolute_url(),
        button="Einladung prüfen" if may_invite else "Entwurf ansehen",
        group=meeting.organization.short_name,
    )


def _close_and_write(person: Person, meeting: Meeting, history: list[RulesOfProcedure]) -> list[Duty]:
    found = []
    due = deadlines.after(Kind.MINUTES, meeting.day, history, localdate())
    if meeting.is_open and meeting.end <= timezone.now() and rules.may_send(person, meeting):
        found.append(_close(meeting))
    minutes = getattr(meeting, "minutes", None)
    if minutes is None and may_open_minutes(person, meeting):
        found.append(
            _minutes(meeting, due, reverse("minutes:create", args=[meeting.pk]), "Niederschrift beginnen", acts=True)
        )
    elif minutes and may_write(person, minutes):
        found.append(_minutes(meeting, due, minutes.get_absolute_url(), "Weiterschreiben"))
    return found


def _close(meeting: Meeting) -> Duty:
    return Duty(
        title=f"{meeting.label}: nicht beendet",
        detail=f"Die Sitzung vom {day(localtime(meeting.start))} ist vorbei, steht aber noch als "
        f"„{meeting.get_state_display()}“.",
        badge="Überfällig",
        kind="warning",
        url=meeting.get_absolute_url(),
        button="Zur Sitzung",
        group=meeting.organization.short_name,
    )


def _minutes(meeting: Meeting, due: Deadline, url: str, button: str, *, acts: bool = False) -> Duty:
    is_pressing = due.light != Light.KEPT
    return Duty(
        title=f"{meeting.label}: Niederschrift {'fehlt' if acts else 'ist ein Entwurf'}",
        detail=f"Sitzung vom {day(localtime(meeting.start))}. Abzuschließen bis {day(due.last_day)}.",
        badge=due.badge if is_pressing else "Offen" if acts else "Entwurf",
        kind=due.look if is_pressing else "info",
        url=url,
        button=button,
        group=meeting.organization.short_name,
        acts=acts,
    )


def _silence(meeting: Meeting) -> Duty:
    return Duty(
        title=f"{meeting.label}: Antworten fehlen",
        detail=f"{meeting.silent} von {meeting.invited} Eingeladenen haben noch nicht geantwortet.",
        badge=f"{meeting.silent} offen",
        kind="neutral",
        url=meeting.get_absolute_url(),
        button="Antworten ansehen",
        group=meeting.organization.short_name,
    )
