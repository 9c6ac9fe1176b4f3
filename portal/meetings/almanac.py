"""Which days are holidays, and which days a rule gives. Public and school holidays come from the library `holidays`."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import groupby

from dateutil.rrule import MONTHLY, rrule, weekday
from holidays import country_holidays

LAND = "NW"
LAND_NAME = "Nordrhein-Westfalen"
FIRST_YEAR = 2015  # earlier ones the library does not know
DAY = timedelta(days=1)
SATURDAY, SUNDAY = 5, 6
BREAKS = {"Oster-/Frühjahrsferien": "Osterferien", "Himmelfahrts-/Pfingstferien": "Pfingstferien"}  # as NRW says


@dataclass(frozen=True)
class Break:
    """School holidays, both days included."""

    name: str
    first: date
    last: date

    def __str__(self) -> str:
        begin = "" if self.first == self.last else f"{self.first:%d.%m.} bis "
        return f"{self.name} ({begin}{self.last:%d.%m.%Y})"


@dataclass(frozen=True)
class Rhythm:
    """A weekday (0 is Monday) of every so many months: the `nth` one, or with -1 the last."""

    nth: int
    weekday: int
    months: int


def days_of(rhythm: Rhythm, first: date, last: date) -> list[date]:
    """The days of a rhythm from the first to the last, both included."""
    day_of_month = weekday(rhythm.weekday)(rhythm.nth)
    found = rrule(MONTHLY, interval=rhythm.months, byweekday=day_of_month, dtstart=first, until=last)
    return [moment.date() for moment in found]


@cache
def holidays_of(year: int) -> dict[date, str]:
    """The public holidays of a year."""
    return dict(sorted(country_holidays("DE", subdiv=LAND, years=year, language="de").items()))


def breaks_of(year: int) -> list[Break]:
    """All school holidays that reach into a year; empty for years that nobody has published."""
    return [found for found in _breaks() if found.first.year <= year <= found.last.year]


def public_holiday(day: date) -> str:
    return holidays_of(day.year).get(day, "")


def school_break(day: date) -> Break | None:
    return next((found for found in _breaks() if found.first <= day <= found.last), None)


def known_until() -> date:
    """The last day whose school holidays are published."""
    return max((found.last for found in _breaks()), default=date.min)


def notes_on(day: date) -> list[str]:
    """What speaks against a meeting on that day, in sentences; empty for an ordinary day."""
    return list(_notes_on(day))


def _notes_on(day: date) -> Iterator[str]:
    if name := public_holiday(day):
        yield f"Der {day:%d.%m.%Y} ist ein gesetzlicher Feiertag: {name}."
    elif day.weekday() in {SATURDAY, SUNDAY}:
        yield f"Der {day:%d.%m.%Y} ist ein {'Samstag' if day.weekday() == SATURDAY else 'Sonntag'}."
    if found := school_break(day):
        yield f"Der {day:%d.%m.%Y} liegt in den Schulferien: {found}."
    elif day > known_until():
        yield f"Die Schulferien sind im Portal erst bis zum {known_until():%d.%m.%Y} bekannt."


@cache
def _breaks() -> list[Break]:
    """As far as they are published."""
    year = FIRST_YEAR
    days: dict[date, str] = {}
    while found := _school(year):
        days |= found
        year += 1
    runs = groupby(enumerate(sorted(days.items())), lambda row: (row[1][1], row[1][0] - row[0] * DAY))
    return [_break(name, [day for _, (day, _) in run]) for (name, _), run in runs]


def _break(name: str, days: list[date]) -> Break:
    return Break(BREAKS.get(name, name), days[0], days[-1])


def _school(year: int) -> dict[date, str]:
    return dict(country_holidays("DE", subdiv=LAND, years=year, language="de", categories=("school",)).items())
