"""Wakes the sender, so that a mail leaves at once and not with the next sweep."""

import logging
import time
from functools import cache

from celery import Celery
from django.conf import settings

QUIET_SECONDS = 30  # after a failure nobody waits for the broker again so soon
BOUNDS = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5, "max_retries": 0, "retry_on_timeout": False}

logger = logging.getLogger(__name__)


class Publisher:
    """A Celery app of its own: the time limits of a page would silently stop a worker that shared them."""

    def __init__(self, broker: str) -> None:
        self.quiet_until = 0.0
        self.app = Celery("kick", broker=broker, set_as_current=False)
        self.app.conf.update(
            task_ignore_result=True,
            task_publish_retry=False,
            broker_transport_options={**settings.CELERY_BROKER_TRANSPORT_OPTIONS, **BOUNDS},
        )

    def ask_for(self, task: str) -> bool:
        """Put the task into the queue; false if there is no broker to be reached."""
        if time.monotonic() < self.quiet_until:
            return False
        try:
            self.app.send_task(task, queue="mail", retry=False, expires=25)
        except Exception as error:  # whatever is wrong with the broker, the page goes on
            self.quiet_until = time.monotonic() + QUIET_SECONDS
            logger.warning("No broker, so %s waits for the timetable: %s", task, error)
            return False
        return True

    def is_there(self) -> bool:
        """Ask the broker for an answer, whatever it did before."""
        try:
            with self.app.connection_for_write() as connection:
                connection.ensure_connection(max_retries=1, interval_start=0, timeout=1)
        except Exception as error:  # what can go wrong depends on the kind of broker
            logger.info("No broker: %s", error)
            return False
        return True


_publisher = cache(Publisher)


def kick() -> None:
    """Ask for a sweep; never raises and never hangs, since the row is written and beat sweeps every five seconds."""
    ask_for("portal.mail.tasks.sweep")


def ask_for(task: str) -> bool:
    """Have a task of the timetable run now; false if nobody can be asked."""
    return _publisher(settings.CELERY_BROKER_URL).ask_for(task)


def is_there() -> bool:
    """Whether the broker answers."""
    return _publisher(settings.CELERY_BROKER_URL).is_there()
