"""Refusals for the trail: written after the answer is known, outside whatever transaction has failed."""

from datetime import timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone

from portal.audit import origin, trail
from portal.audit.models import Kind, Line

QUIET = timedelta(minutes=1)  # the same refusal again is no news: a robot must not fill the table
VERBS = {429: "Zu viele Versuche"}


def note(*, actor: AbstractBaseUser | None, page: str, thing_id: str, status: int, method: str) -> None:
    """Write down who was refused which page of which thing; the same again only after a minute."""
    line = Line(
        kind=Kind.REFUSAL,
        actor=actor,
        verb=VERBS.get(status, "Zugriff abgewiesen"),
        thing_type="page",
        thing_id=thing_id,
        detail={"page": page, "status": status, "method": method},
    )
    if not _is_known(line):
        trail.write(line)


def _is_known(line: Line) -> bool:
    same = Line.objects.filter(
        at__gte=timezone.now() - QUIET,
        kind=line.kind,
        actor=line.actor,
        verb=line.verb,
        thing_id=line.thing_id,
        detail__page=line.detail["page"],
    )
    if line.actor is None:
        same = same.filter(address=origin.current().address)
    return same.exists()
