"""The running meeting: what everybody sees, and how the chair moves on."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from portal.meetings import rules
from portal.meetings.actions import live as actions
from portal.meetings.models import AgendaItem
from portal.meetings.views.sitting import Sitting, sitting


@require_safe
def live(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The item that is open, what follows, and the time; for htmx only what has changed since `stand`, or 204."""
    seen = sitting(pk, request.user)
    if not request.htmx:
        return _page(request, seen)
    stamp = request.GET.get("stand", "")
    if stamp == seen.stamp:
        return HttpResponse(status=204)
    return _part(request, seen, is_new=stamp.partition("-")[0] != seen.key)


@require_POST
def call_up(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Go to the item of the button that was pressed, unless somebody else has moved on meanwhile."""
    seen = sitting(pk, request.user)
    if not rules.may_send(request.user, seen.meeting):
        raise PermissionDenied
    notice = ""
    try:
        actions.call_up(seen.meeting, by=request.user, item=_uuid(request, "item"), seen=_uuid(request, "seen"))
    except actions.AlreadyMoved as moved:
        notice = f"Es ist schon TOP {moved.turn.item.number} dran." if moved.turn else "Der TOP ist schon beendet."
    except AgendaItem.DoesNotExist:
        notice = "Diesen TOP gibt es nicht mehr. Bitte wählen Sie einen anderen."
    except ValidationError as refused:
        notice = refused.messages[0]
    if request.htmx:
        return _part(request, sitting(pk, request.user), is_new=not notice, notice=notice)
    if notice:
        messages.info(request, notice)
    return redirect("meetings:live", pk)


def _uuid(request: HttpRequest, name: str) -> UUID | None:
    """What the form says; nothing is a value too, so only what is no UUID does not exist."""
    try:
        return UUID(request.POST[name]) if request.POST.get(name) else None
    except ValueError as wrong:
        raise Http404 from wrong


def _page(request: HttpRequest, seen: Sitting) -> HttpResponse:
    return render(request, "meetings/live.html", _context(request, seen))


def _part(request: HttpRequest, seen: Sitting, *, is_new: bool, notice: str = "") -> HttpResponse:
    """The part that changes; `is_new` has it read aloud."""
    context = _context(request, seen) | {"is_new": is_new, "notice": notice, "is_part": True}
    return render(request, "meetings/_live.html", context)


def _context(request: HttpRequest, seen: Sitting) -> dict[str, object]:
    seen.read_times()
    return {
        "sitting": seen,
        "meeting": seen.meeting,
        "is_member": rules.may_read_inside(request.user, seen.meeting),
        "may_record_recusal": seen.may_call_up and seen.current is not None and not seen.current.is_barred,
    }
