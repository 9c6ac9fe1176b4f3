"""What is said of one column that points to a person."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from django.apps import apps
from django.db.models import Model, QuerySet

from portal.members.models import Person

RECORD = (
    "Wer im Gremium mitgewirkt hat, gehört zum Vorgang. Der Name ist danach überall durch eine Bezeichnung ersetzt."
)


class Fate(StrEnum):
    """What becomes of the rows when the person is erased."""

    DELETED = "gelöscht"
    EMPTIED = "geleert"  # the row stays where others refer to it, what the person wrote goes
    REPLACED = "durch eine Bezeichnung ersetzt"
    UNTIED = "danach niemandem zugeordnet"
    NAMELESS = "ohne Namen"
    NAMED = "mit Namen"


@dataclass(frozen=True, kw_only=True)
class Trace:
    """One such column: what the export tells of its rows, and what erasure does with them and why."""

    model: str
    column: str
    file: str
    label: str
    shown: tuple[str, ...]
    fate: Fate
    why: str = ""
    is_own: bool = False  # the row is about the person alone, so what happened to it is the person's business
    inside: Callable[[Model], dict[str, object]] | None = None

    @cached_property
    def source(self) -> type[Model]:
        return apps.get_model(self.model)

    def rows(self, person: Person) -> "QuerySet[Model]":
        return self.source._default_manager.filter(**{self.column: person}).order_by("pk")


def label_of(person: Person) -> str:
    """What stands in the place of an erased name."""
    return "Ehemaliges Mitglied" if person.memberships.exists() else "Ehemaliger Gast"
