"""The face of the trail."""

from datetime import datetime
from secrets import token_hex
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Model

from portal.audit import origin
from portal.audit.models import Kind, Line
from portal.audit.seal import commit_to, seal, writing_key

Fact = str | int | bool | None


def record(
    *, actor: AbstractBaseUser | None, verb: str, thing: Model | None, organization: UUID | None = None, **detail: Fact
) -> None:
    """Write one line in the caller's transaction; `detail` holds ids and plain facts, never names or texts."""
    record_as(Kind.CHANGE, actor=actor, verb=verb, thing=thing, organization=organization, **detail)


def record_as(
    kind: Kind,
    /,
    *,
    actor: AbstractBaseUser | None,
    verb: str,
    thing: Model | None,
    organization: UUID | None = None,
    **detail: Fact,
) -> None:
    """The same for sign-ins, downloads and exports."""
    write(
        Line(
            kind=kind,
            actor=actor,
            verb=verb,
            thing_type=thing._meta.label_lower if thing else "",
            thing_id=str(thing.pk) if thing else "",
            organization_id=organization,
            detail=detail,
        )
    )


def write(line: Line) -> None:
    """Say from where it comes, seal it, save it."""
    here = origin.current()
    line.door = here.door
    if here.address:
        line.address, line.address_salt = here.address, token_hex(16)
        line.address_digest = commit_to(line.address, line.address_salt)
    line.seal = seal(line, writing_key())
    line.save(force_insert=True)


def forget_addresses(*, before: datetime | None = None, of: AbstractBaseUser | None = None) -> int:
    """Erase IP addresses, by age or of one person; the chain stays whole. Returns how many lines had one."""
    lines = Line.objects.exclude(address="")
    if before is not None:
        lines = lines.filter(at__lt=before)
    if of is not None:
        lines = lines.filter(actor=of)
    return lines.update(address="", address_salt="")
