"""Who is there while the meeting runs."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.http import require_POST, require_safe

from portal.meetings import rules
from portal.meetings.actions import presence as actions
from portal.meetings.forms.presence import MarkForm
from portal.meetings.models import Attendance, Mark, Meeting


@require_safe
def presence(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Everybody who was asked, with a button for each way to take part."""
    return _page(request, _meeting(request, pk), MarkForm())


@require_POST
def mark(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Note how one person takes part, now or at the time that was typed."""
    row = get_object_or_404(Attendance.objects.select_related("person"), pk=pk)
    meeting = _meeting(request, row.meeting_id)
    form = MarkForm(request.POST)
    if form.is_valid():
        at = form.cleaned_data["clock"] or localtime().time().replace(second=0, microsecond=0)
        try:
            actions.mark_presence(row, by=request.user, mark=Mark(form.cleaned_data["mark"]), at=at)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, f"Vermerkt: {row.person.get_full_name()}.")
            return redirect(reverse("meetings:presence", args=[meeting.pk]))
    return _page(request, meeting, form)


def _page(request: HttpRequest, meeting: Meeting, form: MarkForm) -> HttpResponse:
    rows = meeting.attendances.select_related("person", "on_behalf_of", "in_place_of")
    rows = sorted(rows, key=lambda row: (row.on_behalf_of is None, row.role == "guest", row.person.sort_key))
    context = {
        "meeting": meeting,
        "rows": rows,
        "there": sum(row.took_part and row.left is None for row in rows),
        "form": form,
        "may_mark": rules.may_mark_presence(request.user, meeting),
    }
    return render(request, "meetings/presence.html", context, status=422 if form.errors else 200)


def _meeting(request: HttpRequest, pk: UUID) -> Meeting:
    meeting = get_object_or_404(Meeting.objects.visible_to(request.user), pk=pk)
    if not rules.may_send(request.user, meeting):
        raise PermissionDenied
    return meeting
