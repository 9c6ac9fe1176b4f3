"""Who is there while the meeting runs."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.http import require_POST, require_safe

from portal.meetings import rules
from portal.meetings.actions import presence as actions
from portal.meetings.forms.presence import MarkForm
from portal.meetings.models import Attendance, Mark, Meeting
from portal.members.models import Person, Role


@require_safe
def presence(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Everybody who belongs to the meeting, with a button for each way to take part."""
    return _page(request, _meeting(request, pk), MarkForm())


@require_POST
def mark(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Note how one person takes part, now or at the time that was typed."""
    row = get_object_or_404(Attendance.objects.select_related("person"), pk=pk)
    meeting = _meeting(request, row.meeting_id)
    return _note(request, meeting, row.person, partial(actions.mark_presence, row))


@require_POST
def mark_member(request: HttpRequest, pk: UUID, person: UUID) -> HttpResponse:
    """The same for somebody of the working group who was not asked and has come."""
    meeting = _meeting(request, pk)
    found = next((row.person for row in actions.expected(meeting) if row.person_id == person), None)
    if found is None:
        raise Http404
    return _note(request, meeting, found, partial(actions.mark_member, meeting, person))


def _note(request: HttpRequest, meeting: Meeting, person: Person, action: Callable[..., bool]) -> HttpResponse:
    form = MarkForm(request.POST)
    if form.is_valid():
        at = form.cleaned_data["clock"] or localtime().time().replace(second=0, microsecond=0)
        try:
            action(by=request.user, mark=Mark(form.cleaned_data["mark"]), at=at)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, f"Vermerkt: {person.get_full_name()}.")
            return redirect(reverse("meetings:presence", args=[meeting.pk]))
    return _page(request, meeting, form)


def _page(request: HttpRequest, meeting: Meeting, form: MarkForm) -> HttpResponse:
    rows = list(meeting.attendances.select_related("person", "on_behalf_of", "in_place_of"))
    known = {row.person_id for row in rows}
    rows += [row for row in actions.expected(meeting) if row.person_id not in known]
    rows.sort(key=lambda row: (row.on_behalf_of is None, row.role == "guest", row.person.sort_key))
    for row in rows:
        row.action = _action(row)
    context = {
        "meeting": meeting,
        "rows": [row for row in rows if not _is_unasked(row)],
        "unasked": [row for row in rows if _is_unasked(row)],
        "there": sum(row.took_part and row.left is None for row in rows),
        "form": form,
        "may_mark": rules.may_mark_presence(request.user, meeting),
    }
    return render(request, "meetings/presence.html", context, status=422 if form.errors else 200)


def _action(row: Attendance) -> str:
    """Where the buttons of the row lead; whoever was not asked may have no row yet."""
    if row._state.adding:
        return reverse("meetings:mark_member", args=[row.meeting_id, row.person_id])
    return reverse("meetings:mark_presence", args=[row.pk])


def _is_unasked(row: Attendance) -> bool:
    """Whether this is a deputy whom nobody has asked, and who is not there."""
    return row.role == Role.DEPUTY and not row.is_called_in and not row.presence


def _meeting(request: HttpRequest, pk: UUID) -> Meeting:
    meeting = get_object_or_404(Meeting.objects.visible_to(request.user), pk=pk)
    if not rules.may_send(request.user, meeting):
        raise PermissionDenied
    return meeting
