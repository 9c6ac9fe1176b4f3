"""Begin, read, frame and close the minutes, and hand out the PDF."""

from csp.constants import NONE
from csp.decorators import csp
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.timezone import localdate
from django.views.decorators.http import require_POST

from portal.audit import trail
from portal.audit.models import Kind
from portal.audit.versions import Stale
from portal.meetings import deadlines
from portal.meetings.deadlines import Deadline
from portal.meetings.models import Meeting
from portal.minutes import actions, rules
from portal.minutes import pdf as paper
from portal.minutes.forms.minutes import FinaliseForm, FrameForm
from portal.minutes.models import Minutes, Roll
from portal.minutes.views.access import draft_of, mind_the_end, retyped
from portal.pdf.engine import PdfError

CHANGED = "Die Niederschrift wurde geändert, seit Sie diese Seite geöffnet haben. Bitte sehen Sie sie noch einmal an."


@require_POST
def create(request: HttpRequest, pk: str) -> HttpResponse:
    """Begin the minutes of a meeting, or take over what has joined its agenda since."""
    meeting = get_object_or_404(Meeting.objects.visible_to(request.user), pk=pk)
    return redirect(actions.open_minutes(meeting, by=request.user))


def detail(request: HttpRequest, pk: str) -> HttpResponse:
    """The whole Niederschrift; the clerk of a draft finds the ways into it here."""
    minutes = get_object_or_404(Minutes.objects.visible_to(request.user).for_pages(), pk=pk)
    entries, roll = minutes.entries.read_by(request.user), Roll(minutes.meeting)
    context = {"minutes": minutes, "meeting": minutes.meeting, "entries": entries, "roll": roll}
    context["deadlines"] = _deadlines(minutes)
    if not rules.may_write(request.user, minutes):
        return render(request, "minutes/detail.html", context)
    context |= {
        "gaps": rules.gaps(minutes, entries, roll),
        "new_items": minutes.meeting.items.filter(entry=None),
        "may_finalise": rules.may_finalise(request.user, minutes),
    }
    return render(request, "minutes/editor.html", context)


def _deadlines(minutes: Minutes) -> list[Deadline]:
    """When the minutes are or were due, and until when they may be objected to."""
    history = minutes.meeting.organization.rules_history
    final_on = localdate(minutes.finalised_at) if minutes.finalised_at else None
    return deadlines.after_meeting(minutes.meeting, history, localdate(), minutes_on=final_on)


@mind_the_end
def frame(request: HttpRequest, pk: str) -> HttpResponse:
    """Times, chair, clerk and remarks."""
    minutes = draft_of(request, pk)
    form, stored, status = FrameForm(instance=minutes), None, 200
    if request.method == "POST":
        form, status = FrameForm(request.POST, instance=minutes), 422
        if form.is_valid():
            try:
                actions.save_frame(minutes, by=request.user, **form.cleaned_data)
            except Stale as stale:
                stored, status = stale.current, 409
                form = FrameForm(retyped(request.POST, seen=stored.frame_stamp), instance=minutes)
            else:
                messages.success(request, "Die Angaben sind gespeichert.")
                return redirect(minutes)
    context = {"minutes": minutes, "meeting": minutes.meeting, "form": form, "stored": stored}
    return render(request, "minutes/frame.html", context, status=status)


@mind_the_end
def finalise(request: HttpRequest, pk: str) -> HttpResponse:
    """Say what closing means and what is missing, then close."""
    minutes = draft_of(request, pk)
    if not rules.may_finalise(request.user, minutes):
        raise PermissionDenied
    replaced, status = (), 200
    if request.method == "POST":
        try:
            return _close(request, minutes)
        except Stale:
            messages.warning(request, CHANGED)
            status, minutes = 409, draft_of(request, pk)
        except actions.Unprintable as unprintable:
            replaced, status = unprintable.characters, 422
        except PdfError as error:
            messages.error(request, str(error))
            status = 422
    entries, roll = minutes.entries.read_by(request.user), Roll(minutes.meeting)
    context = {
        "minutes": minutes,
        "meeting": minutes.meeting,
        "gaps": rules.gaps(minutes, entries, roll),
        "replaced": replaced,
    }
    return render(request, "minutes/finalise.html", context, status=status)


def _close(request: HttpRequest, minutes: Minutes) -> HttpResponse:
    form = FinaliseForm(request.POST)
    if not form.is_valid():
        raise Stale(minutes)
    actions.finalise(minutes, by=request.user, **form.cleaned_data)
    messages.success(request, "Die Niederschrift ist abgeschlossen. Die Mitglieder erhalten eine E-Mail.")
    return redirect(minutes)


@csp({"default-src": [NONE], "sandbox": True, "frame-ancestors": [NONE]})
def pdf(request: HttpRequest, pk: str) -> HttpResponse:
    """The file of final minutes as the reader may read it, or a draft set on request for the Verwaltung."""
    minutes = get_object_or_404(Minutes.objects.visible_to(request.user).for_pages(), pk=pk)
    try:
        content = paper.edition_for(minutes, request.user)
    except PdfError as error:
        messages.error(request, str(error))
        return redirect(minutes)
    group = minutes.meeting.organization_id
    trail.record_as(Kind.ACCESS, actor=request.user, verb="Niederschrift abgerufen", thing=minutes, organization=group)
    headers = {
        "Content-Disposition": content_disposition_header(True, paper.filename(minutes)),
        "Cache-Control": "no-store",
    }
    return HttpResponse(content, content_type="application/pdf", headers=headers)
