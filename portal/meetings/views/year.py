"""A year on one page: meetings, holidays, school holidays."""

from calendar import Calendar
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate, make_aware
from django.views.decorators.http import require_safe

from portal.meetings import almanac
from portal.meetings.almanac import Break
from portal.meetings.models import Meeting
from portal.meetings.views.programme import only_group
from portal.members.rules import groups_where_office

YEARS = range(2000, 2100)
BACK, AHEAD = 10, 3  # how many years from today the buttons lead
Meetings = Mapping[date, list[Meeting]]


@dataclass(frozen=True)
class Day:
    """One cell of a month."""

    day: date
    meetings: list[Meeting] = field(default_factory=list)
    holiday: str = ""
    is_in_break: bool = False


@dataclass(frozen=True)
class Month:
    """A month as weeks of days, and as the list of what is in it."""

    first: date
    weeks: list[list[Day | None]]
    breaks: list[Break]

    @property
    def eventful(self) -> list[Day]:
        """The days with a meeting or a holiday."""
        return [day for week in self.weeks for day in week if day and (day.meetings or day.holiday)]


@require_safe
def year(request: HttpRequest, year: int) -> HttpResponse:
    """Twelve months with the meetings that the reader may see."""
    if year not in YEARS:
        raise Http404
    begin, end = (make_aware(datetime(number, 1, 1)) for number in (year, year + 1))  # noqa: DTZ001 - made aware
    found = Meeting.objects.visible_to(request.user).filter(start__gte=begin, start__lt=end)
    meetings = defaultdict(list)
    for meeting in found.select_related("organization").order_by("start"):
        meetings[meeting.day].append(meeting)
    today = localdate()
    context = {
        "year": year,
        "months": [_month(year, number, meetings) for number in range(1, 13)],
        "count": sum(map(len, meetings.values())),
        "before": year - 1 if year > today.year - BACK else None,
        "after": year + 1 if year < today.year + AHEAD else None,
        "today": today,
        "known_until": almanac.known_until() if date(year, 12, 31) > almanac.known_until() else None,
        "only_group": only_group(request.user),
        "calendars": request.user.public_calendars,
        "may_schedule": bool(groups_where_office(request.user)),
    }
    return render(request, "meetings/year.html", context)


def _month(year: int, month: int, meetings: Meetings) -> Month:
    holidays, breaks = almanac.holidays_of(year), almanac.breaks_of(year)
    weeks = [
        [
            Day(day, meetings.get(day, []), holidays.get(day, ""), any(b.first <= day <= b.last for b in breaks))
            if day.month == month
            else None
            for day in week
        ]
        for week in Calendar().monthdatescalendar(year, month)
    ]
    days = [day.day for week in weeks for day in week if day]
    return Month(days[0], weeks, [found for found in breaks if found.first <= days[-1] and found.last >= days[0]])
