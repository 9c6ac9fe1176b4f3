from celery import shared_task

from portal.mail import sender


@shared_task(ignore_result=True)
def sweep() -> None:
    """Send what is due; running it twice sends nothing twice."""
    sender.sweep()
