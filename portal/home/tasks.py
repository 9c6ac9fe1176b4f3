"""What runs by the timetable."""

from celery import shared_task
from django.utils import timezone

from portal.home import digest


@shared_task(ignore_result=True)
def tell_the_news() -> None:
    """Once a day, what is new, to those who wish it collected."""
    now = timezone.now()
    for pk in digest.due(now):
        digest.tell(pk, now)
