"""Work in the background: what the timetable asks for, what ran last and how it went, what is switched off."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from celery import current_app
from celery.schedules import crontab, maybe_schedule
from django.utils import timezone

from portal.mail.models import Job

GRACE = timedelta(minutes=2)


@dataclass(frozen=True)
class Entry:
    """One line of the timetable with what is known of it."""

    title: str
    task: str
    schedule: Any
    job: Job

    @property
    def is_late(self) -> bool:
        """Whether it should have run again by now."""
        ran = self.job.ran_at
        return ran is not None and maybe_schedule(self.schedule).remaining_estimate(ran) < -GRACE

    @property
    def state(self) -> str:
        """One word for the page: off, failed, late, new or good."""
        if not self.job.is_on:
            return "off"
        if self.job.last_error:
            return "failed"
        if self.is_late:
            return "late"
        return "good" if self.job.ran_at else "new"

    @property
    def rhythm(self) -> str:
        """When it runs, in German."""
        if not isinstance(self.schedule, crontab):
            return f"alle {maybe_schedule(self.schedule).run_every.seconds} Sekunden"
        minute, hour = str(self.schedule._orig_minute), str(self.schedule._orig_hour)
        if hour.isdecimal():
            return f"täglich um {hour:0>2}:{minute:0>2} Uhr"
        if minute.isdecimal():
            return f"stündlich zur Minute {minute}"
        return f"alle {minute.removeprefix('*/')} Minuten" if "/" in minute else "jede Minute"


def timetable() -> list[Entry]:
    """Every line, by its title."""
    known = Job.objects.in_bulk(field_name="name")
    return [
        Entry(title, line["task"], line["schedule"], known.get(line["task"]) or Job(name=line["task"]))
        for title, line in sorted(current_app.conf.beat_schedule.items())
    ]


def run(name: str, work: Callable[[], Any]) -> Any:
    """Do the work unless it is switched off, and keep when it ran and how it went."""
    if Job.objects.filter(name=name, is_on=False).exists():
        return None
    began = time.monotonic()
    try:
        result = work()
    except Exception as error:
        _note(name, began, type(error).__name__)
        raise
    _note(name, began)
    return result


def switch(name: str, *, is_on: bool) -> bool:
    """Switch a task off or on; false if it was so already."""
    job, _ = Job.objects.get_or_create(name=name)
    return bool(Job.objects.filter(pk=job.pk, is_on=not is_on).update(is_on=is_on))


def _note(name: str, began: float, error: str = "") -> None:
    """The kind of error only: its words may hold addresses, and stand in the log."""
    Job.objects.bulk_create(
        [Job(name=name, ran_at=timezone.now(), seconds=time.monotonic() - began, last_error=error)],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["ran_at", "seconds", "last_error"],
    )
