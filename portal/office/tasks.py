"""What runs by the timetable."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from portal.mail import mailbox, signs
from portal.office import post
from portal.office.privacy import retention


@shared_task(ignore_result=True)
def keep_the_periods() -> None:
    """Delete what has been kept long enough; running it twice deletes nothing twice."""
    retention.keep(timezone.now())


@shared_task(ignore_result=True)
def collect_mail() -> None:
    """Read the mailbox, if there is one; a mail that was brought twice is kept once."""
    if not settings.INBOUND_URL:
        return
    try:
        mailbox.collect(post.receive)
    except mailbox.Unreachable as trouble:
        signs.beat(signs.MAILBOX, str(trouble))
    else:
        signs.beat(signs.MAILBOX)
