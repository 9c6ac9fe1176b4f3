"""What runs by the timetable."""

from celery import shared_task
from django.utils import timezone

from portal.office.privacy import retention


@shared_task(ignore_result=True)
def keep_the_periods() -> None:
    """Delete what has been kept long enough; running it twice deletes nothing twice."""
    retention.keep(timezone.now())
