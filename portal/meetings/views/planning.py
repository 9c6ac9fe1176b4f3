"""What speaks against a day, while it is chosen and after."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from portal.meetings import almanac
from portal.meetings.models import Meeting


@require_safe
def day_notes(request: HttpRequest) -> HttpResponse:
    """The part of a form that says whether the chosen day is a holiday; a warning, never a refusal."""
    try:
        day = parse_date(request.GET.get("day", ""))
    except ValueError:
        day = None
    return render(request, "meetings/_day_notes.html", {"notes": almanac.notes_on(day) if day else []})


def point_out_day(request: HttpRequest, meeting: Meeting) -> None:
    """Say once more what speaks against the day of a meeting that was saved."""
    for note in almanac.notes_on(meeting.day):
        messages.warning(request, note)
