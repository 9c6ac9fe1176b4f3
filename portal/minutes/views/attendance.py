"""Who took part: one sheet, one save."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from portal.audit.versions import Stale
from portal.minutes import actions
from portal.minutes.forms.attendance import AttendanceSheet, with_answers
from portal.minutes.models import Minutes, Roll
from portal.minutes.views.access import draft_of, mind_the_end, retyped


@mind_the_end
def attendance(request: HttpRequest, pk: str) -> HttpResponse:
    """Tick who was there; the answers to the invitation can be taken over first."""
    minutes = draft_of(request, pk)
    roll = Roll(minutes.meeting)
    if request.method != "POST":
        return _page(request, minutes, AttendanceSheet(None, roll=roll))
    if "answers" in request.POST:
        messages.info(request, "Die Zusagen und Absagen sind eingetragen, aber noch nicht gespeichert.")
        return _page(request, minutes, AttendanceSheet(with_answers(request.POST, roll), roll=roll), proposal=True)
    sheet = AttendanceSheet(request.POST, roll=roll)
    if not sheet.is_valid():
        return _page(request, minutes, sheet, status=422)
    try:
        actions.record_attendance(minutes, by=request.user, seen=sheet.seen, rows=sheet.rows)
    except Stale:
        fresh = AttendanceSheet(retyped(request.POST, seen=roll.stamp), roll=roll)
        return _page(request, minutes, fresh, conflict=True, status=409)
    messages.success(request, "Die Anwesenheit ist gespeichert.")
    return redirect(minutes)


def _page(
    request: HttpRequest,
    minutes: Minutes,
    sheet: AttendanceSheet,
    *,
    conflict: bool = False,
    proposal: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = {
        "minutes": minutes,
        "meeting": minutes.meeting,
        "sheet": sheet,
        "conflict": conflict,
        "proposal": proposal,
        "answered": any(row.answer and not row.presence for row in sheet.roll.rows),
    }
    return render(request, "minutes/attendance.html", context, status=status)
