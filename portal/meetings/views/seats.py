"""The seat of a Fraktion at a meeting, for lead and clerk: its story, and who is asked next."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from portal.meetings import rules
from portal.meetings.actions import chain
from portal.meetings.actions import seats as actions
from portal.meetings.forms.replies import SeatForm
from portal.meetings.models import Meeting, Seat
from portal.members.models import RulesOfProcedure


@require_http_methods(["GET", "HEAD", "POST"])
def seat(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who sits here and how that came about; asks the next deputy, or the one who is chosen."""
    found = _seat(request, pk)
    if request.method == "POST":
        _ask(request, found)
        return redirect("meetings:seat", pk)
    return render(request, "meetings/seat.html", _context(request, found))


def _seat(request: HttpRequest, pk: UUID) -> Seat:
    """The seat by the invitation of its delegate; whoever may not read who comes does not find it."""
    meetings = Meeting.objects.visible_to(request.user).select_related("organization", "location")
    meeting = get_object_or_404(meetings, attendances__pk=pk)
    seats = chain.seats(meeting) if rules.may_read_attendance(request.user, meeting) else ()
    found = next((seat for seat in seats if seat.delegate.pk == pk), None)
    if found is None:
        raise Http404
    if not rules.may_send(request.user, meeting):
        raise PermissionDenied
    return found


def _ask(request: HttpRequest, seat: Seat) -> None:
    form = SeatForm(request.POST)
    chosen = form.cleaned_data["deputy"] if form.is_valid() else None
    try:
        asked = actions.ask(seat, deputy=chosen, by=request.user) if chosen else actions.pass_on(seat, by=request.user)
    except ValidationError as refused:
        messages.error(request, refused.messages[0])
        return
    if asked.question:
        messages.success(request, f"{asked.question.person} ist um Vertretung gebeten und erhält eine E-Mail.")
    elif not asked.called_in:
        messages.warning(request, "Es ist niemand mehr da, der gefragt werden kann.")


def _context(request: HttpRequest, seat: Seat) -> dict[str, object]:
    meeting = seat.delegate.meeting
    deputies = list(chain.deputies_of(meeting, seat.fraktion.pk))
    told = {step.person_id: step for step in seat.round if step.rank}
    for deputy in deputies:
        deputy.last_step = told.get(deputy.person_id)
        deputy.is_called_in = seat.called_in is not None and seat.called_in.person_id == deputy.person_id
    return {
        "meeting": meeting,
        "seat": seat,
        "deputies": deputies,
        "may_pass_on": rules.may_pass_on(request.user, seat) and bool(chain.to_ask(meeting, seat)),
        "may_ask": rules.may_ask(request.user, seat),
        "hours": RulesOfProcedure.objects.on(meeting.organization).deputy_answer_hours,
    }
