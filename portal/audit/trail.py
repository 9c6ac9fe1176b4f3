"""The face of the trail."""

from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Model

from portal.audit.models import Line


def record(
    *,
    actor: AbstractBaseUser | None,
    verb: str,
    thing: Model,
    organization: UUID | None = None,
    **detail: str | int | bool | None,
) -> None:
    """Write one line in the caller's transaction; `detail` names what changed, never a text of somebody."""
    Line.objects.create(
        actor=actor,
        verb=verb,
        thing_type=thing._meta.label_lower,
        thing_id=str(thing.pk),
        organization_id=organization,
        detail=detail,
    )
