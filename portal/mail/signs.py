"""Signs of life of the parts of the portal that work in the background."""

from django.utils import timezone

from portal.mail.models import Heartbeat

SENDER = "mail"
MAILBOX = "mailbox"


def beat(name: str, trouble: str = "") -> None:
    """Leave a sign of life, and what is in the way."""
    sign = Heartbeat(name=name, at=timezone.now(), trouble=trouble[:300])
    Heartbeat.objects.bulk_create(
        [sign], update_conflicts=True, unique_fields=["name"], update_fields=["at", "trouble"]
    )


def of(name: str) -> Heartbeat | None:
    """The last sign of this part."""
    return Heartbeat.objects.filter(name=name).first()
