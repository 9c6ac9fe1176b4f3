"""Two people at once: whoever saves on top of a version that has gone is told so, and loses nothing."""

from collections.abc import Mapping
from typing import TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

T = TypeVar("T", bound=Model)


class Stale(Exception):
    """Somebody else has changed the row since it was read; `current` is the row as it is now."""

    def __init__(self, current: Model) -> None:
        super().__init__(f"{current._meta.label} {current.pk} has changed")
        self.current = current


def lock(queryset: "QuerySet[T]", pk: UUID, version: int) -> T:
    """Lock the row for this transaction and return it, if it still is at `version`; else raise Stale."""
    row = queryset.select_for_update(of=("self",)).get(pk=pk)
    if row.version != version:
        raise Stale(row)
    return row


def changed(row: Model, wanted: Mapping[str, object]) -> list[str]:
    """The fields in which the row differs from what is wanted; none after a second click."""
    return [name for name, value in wanted.items() if getattr(row, name) != value]
