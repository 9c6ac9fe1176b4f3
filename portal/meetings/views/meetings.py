"""Meetings: the list, the page of one, and how one is planned and held."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate, localtime, now
from django.views.decorators.http import require_http_methods, require_safe

from portal.audit.versions import Stale
from portal.meetings import rules
from portal.meetings.actions import changes, proof
from portal.meetings.actions import schedule as actions
from portal.meetings.actions.seats import can_pass_on
from portal.meetings.actions.sight import Barred, barred_in, sight_of
from portal.meetings.forms.meetings import CopyForm, MeetingForm, TimeForm
from portal.meetings.models import Attendance, Delivery, Meeting, Revision, Seat, seats_of
from portal.meetings.views.fristen import deadlines_for
from portal.meetings.views.planning import point_out_day
from portal.meetings.views.programme import only_group, programme
from portal.members.models import Organization, Person
from portal.members.rules import groups_where_office, is_clerk, is_lead, is_member

State = Meeting.State
PER_PAGE = 20
FORM_METHODS = ["GET", "HEAD", "POST"]


@require_safe
def meeting_list(request: HttpRequest) -> HttpResponse:
    """What lies ahead, what is being prepared, and what has been."""
    visible = _with_own_answer(Meeting.objects.visible_to(request.user), request.user)
    ahead = Q(state=State.RUNNING) | Q(state__in=[State.INVITED, State.CANCELLED], end__gt=now())
    context = {
        "ahead": visible.filter(ahead).order_by("start"),
        "drafts": visible.filter(state=State.DRAFT).order_by("start"),
        "page": Paginator(visible.past(), PER_PAGE).get_page(request.GET.get("page")),
        "only_group": only_group(request.user),
        "may_schedule": bool(groups_where_office(request.user)),
    }
    return render(request, "meetings/list.html", context)


def _with_own_answer(meetings: QuerySet[Meeting], person: Person) -> QuerySet[Meeting]:
    own = Attendance.objects.filter(meeting=OuterRef("pk"), person=person, invited_at__isnull=False)
    meetings = meetings.annotate(own_answer=Subquery(own.values("answer")[:1]))
    return meetings.select_related("organization", "location")


@require_safe
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One meeting: when, where, what about, who comes, and what comes next."""
    meetings = Meeting.objects.visible_to(request.user).select_related("organization", "location")
    meeting = get_object_or_404(meetings, pk=pk)
    member = is_member(request.user, meeting.organization_id)
    is_invited = member or Meeting.objects.with_guest(request.user).filter(pk=pk).exists()
    attendances = _attendances(meeting, None if member else request.user) if is_invited else []
    own = next((row for row in attendances if row.person_id == request.user.pk), None)
    seats = {seat.fraktion.pk: seat for seat in seats_of(attendances)} if member else {}
    seat = seats.get(own.on_behalf_of_id) if own else None
    if own and own.is_unread and request.method == "GET":
        proof.note_opening(meeting, request.user)
    minutes, barred = _minutes(meeting, request.user), barred_in(meeting)
    context = {
        "meeting": meeting,
        **programme(meeting, request.user, barred),
        "attendance": own,
        "seat": seat,
        "can_pass_on": can_pass_on(request.user, seat) if seat and seat.delegate is own else False,
        "attendances": _seated(attendances, seats) if rules.may_read_attendance(request.user, meeting) else [],
        "is_invited": is_invited,
        "may_answer": own is not None and rules.may_answer(request.user, own),
        "names_group": meeting.organization_id != only_group(request.user),
        "minutes_record": minutes,
        "revisions": _revisions(meeting, request.user, barred),
        "may": _may(meeting, request.user),
        "deadlines": deadlines_for(request.user, meeting, minutes),
        "has_news": _has_news(meeting, request.user),
        "is_due": localtime(meeting.start).date() <= localdate(),
    }
    return render(request, "meetings/detail.html", context)


def _attendances(meeting: Meeting, only: Person | None) -> list[Attendance]:
    """Who was asked; for a guest only they themselves. Each with whether a letter waits to be noted as opened."""
    unopened = Delivery.objects.unopened().filter(meeting=meeting, person=OuterRef("person"))
    rows = meeting.attendances.filter(invited_at__isnull=False).annotate(is_unread=Exists(unopened))
    rows = rows.select_related("person", "on_behalf_of", "in_place_of")
    rows = list(rows.filter(person=only) if only else rows)
    for row in rows:
        row.meeting = meeting
    return rows


def _seated(attendances: list[Attendance], seats: dict[UUID | None, Seat]) -> list[Attendance]:
    """Each with the seat that it is about."""
    for row in attendances:
        row.seat = seats.get(row.on_behalf_of_id)
    return attendances


def _minutes(meeting: Meeting, person: Person) -> object | None:
    """The Niederschrift if there can be one and the person may read it, without its file."""
    if meeting.state not in {State.RUNNING, State.FINISHED}:
        return None
    minutes = Meeting._meta.get_field("minutes").related_model
    return minutes.objects.visible_to(person).defer("pdf").filter(meeting=meeting).first()


def _revisions(meeting: Meeting, person: Person, barred: Barred) -> list[Revision]:
    inside = rules.may_read_inside(person, meeting)
    return changes.history(meeting, sight_of(meeting, person, barred)) if inside else []


def _may(meeting: Meeting, person: Person) -> dict[str, bool]:
    """The verbs that the page offers."""
    begun = meeting.state in {State.RUNNING, State.FINISHED}
    return {
        "edit": rules.may_edit_meeting(person, meeting),
        "invite": rules.may_invite(person, meeting),
        "update": rules.may_update_invitation(person, meeting),
        "move": rules.may_move(person, meeting),
        "cancel": rules.may_cancel(person, meeting),
        "start": rules.may_start(person, meeting),
        "finish": rules.may_finish(person, meeting),
        "copy": rules.may_schedule(person, meeting.organization_id),
        "seats": rules.may_send(person, meeting),
        "see_proof": rules.may_read_proof(person, meeting) and meeting.invited_at is not None,
        "see_guests": rules.may_remove_guests(person, meeting),
        "write_minutes": begun and is_clerk(person, meeting.organization_id),
    }


def _has_news(meeting: Meeting, person: Person) -> bool:
    """Whether something has changed since everybody was told; asked for those who can tell them."""
    if not rules.may_update_invitation(person, meeting):
        return False
    sent = changes.last_sent(meeting)
    return sent is not None and sent != changes.snapshot(meeting)


@require_http_methods(FORM_METHODS)
def create(request: HttpRequest) -> HttpResponse:
    """Plan a meeting; it starts as a draft with the standing items."""
    groups = list(Organization.objects.filter(pk__in=groups_where_office(request.user)))
    if not groups:
        raise PermissionDenied
    posted = request.POST if request.method == "POST" else None
    form = MeetingForm(posted, initial=_as_last_time(groups[0]) if len(groups) == 1 else None, groups=groups)
    if not form.is_bound or not form.is_valid():
        return render(request, "meetings/form.html", {"form": form}, status=422 if form.is_bound else 200)
    try:
        group = form.cleaned_data.get("organization") or groups[0]
        meeting = actions.schedule_meeting(group, by=request.user, **form.plan)
    except ValidationError as refused:
        form.add_error(None, refused)
        return render(request, "meetings/form.html", {"form": form}, status=409)
    messages.success(request, f"Die {meeting.label} ist als Entwurf angelegt. Eingeladen ist noch niemand.")
    point_out_day(request, meeting)
    return redirect(meeting)


def _as_last_time(group: Organization) -> dict[str, object]:
    """What the form proposes: the hours and the place of the last meeting."""
    last = Meeting.objects.filter(organization=group).exclude(state=State.CANCELLED).order_by("-start").first()
    if last is None:
        return {}
    hours = TimeForm.initial_of(last) | {"day": None}
    return hours | {"format": last.format, "location": last.location_id, "video_url": last.video_url}


@require_http_methods(FORM_METHODS)
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change a draft; what somebody else has saved meanwhile is shown beside what was typed."""
    meeting = _meeting(request, pk, rules.may_edit_meeting)
    posted = request.POST if request.method == "POST" else None
    context = {"meeting": meeting, "deadlines": deadlines_for(request.user, meeting)}
    form = MeetingForm(posted, instance=meeting, initial=MeetingForm.initial_of(meeting))
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            saved = actions.edit_meeting(
                meeting, by=request.user, version=form.cleaned_data["version"] or 0, **form.plan
            )
        except Stale as stale:
            context["differences"] = form.build_on(stale.current)
            status = 409
        except ValidationError as refused:
            form.add_error(None, refused)
            status = 409
        else:
            messages.success(request, "Die Sitzung ist gespeichert.")
            point_out_day(request, saved)
            return redirect(saved)
    return render(request, "meetings/form.html", {"form": form, **context}, status=status)


@require_http_methods(FORM_METHODS)
def copy(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A new draft with the agenda of this meeting, on another day."""
    meeting = _meeting(request, pk, lambda person, source: rules.may_schedule(person, source.organization_id))
    posted = request.POST if request.method == "POST" else None
    has_public = meeting.items.filter(visibility="public").exists()
    may_publish = has_public and is_lead(request.user, meeting.organization_id)
    form = CopyForm(posted, initial=TimeForm.initial_of(meeting) | {"day": _next_day(meeting)}, may_publish=may_publish)
    if form.is_bound and form.is_valid():
        try:
            new = actions.copy_meeting(
                meeting, by=request.user, **form.times, keep_public=form.cleaned_data.get("keep_public", False)
            )
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, f"Die {new.label} ist als Entwurf angelegt. Bitte prüfen Sie die Tagesordnung.")
            point_out_day(request, new)
            return redirect(new)
    context = {"form": form, "meeting": meeting, "has_public": has_public}
    return render(request, "meetings/copy.html", context, status=422 if form.is_bound else 200)


def _next_day(meeting: Meeting) -> date:
    """Four weeks later, on the same day of the week, and not in the past."""
    day = localtime(meeting.start).date()
    while day <= localdate() or day == localtime(meeting.start).date():
        day += timedelta(weeks=4)
    return day


@require_http_methods(FORM_METHODS)
def start(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Open the meeting, after asking."""
    meeting = _meeting(request, pk, rules.may_send)
    if request.method == "POST":
        return _advance(request, meeting, actions.start_meeting, "Die Sitzung läuft.")
    context = {
        "is_today": localtime(meeting.start).date() == localdate(),
        "may": rules.may_start(request.user, meeting),
    }
    return _ask(request, meeting, "meetings/start.html", **context)


@require_http_methods(FORM_METHODS)
def finish(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Close the meeting, after saying what that ends."""
    meeting = _meeting(request, pk, rules.may_send)
    if request.method == "POST":
        return _advance(request, meeting, actions.finish_meeting, "Die Sitzung ist beendet.")
    return _ask(request, meeting, "meetings/finish.html", may=rules.may_finish(request.user, meeting))


def _advance(request: HttpRequest, meeting: Meeting, act: Callable[..., bool], success: str) -> HttpResponse:
    try:
        act(meeting, by=request.user)
    except ValidationError as refused:
        messages.error(request, refused.messages[0])
    else:
        messages.success(request, success)
    return redirect(meeting)


def _ask(request: HttpRequest, meeting: Meeting, template: str, *, may: bool, **context: object) -> HttpResponse:
    """The page that asks before the step, or the meeting if it is not the time for it."""
    if not may:
        messages.info(request, f"Das geht nicht: Die Sitzung steht auf „{meeting.get_state_display()}“.")
        return redirect(meeting)
    return render(request, template, {"meeting": meeting, "cancel_url": meeting.get_absolute_url(), **context})


def _meeting(request: HttpRequest, pk: UUID, may: Callable[[Person, Meeting], bool]) -> Meeting:
    meeting = get_object_or_404(Meeting.objects.visible_to(request.user).select_related("organization"), pk=pk)
    if not may(request.user, meeting):
        raise PermissionDenied
    return meeting
