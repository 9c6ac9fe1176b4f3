"""How every task runs: through the door of the timetable, with a note of when and how it went."""

from functools import partial
from typing import Any

from celery import Task

from portal.audit import origin
from portal.audit.origin import Door


class TimetableTask(Task):  # type: ignore[misc]  # Celery has no types
    """The base of all tasks; those that are switched off do nothing."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run it."""
        from portal.mail import jobs  # noqa: PLC0415 - Celery makes its tasks before Django has its models

        with origin.coming_from(Door.TASK):
            return jobs.run(self.name, partial(super().__call__, *args, **kwargs))
