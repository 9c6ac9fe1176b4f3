"""From where somebody acts: set once per request or task, so that no action has to pass it on."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

from django.db import models


class Door(models.TextChoices):
    """The ways into the portal."""

    PORTAL = "portal", "Portal"
    LINK = "link", "Link aus einer E-Mail"
    MAIL = "mail", "Antwort per E-Mail"
    ADMIN = "admin", "Systemverwaltung"
    TASK = "task", "Zeitplan"
    COMMAND = "command", "Befehl auf dem Server"


@dataclass(frozen=True)
class Origin:
    """A door, and the address of the device before it; tasks and commands have none."""

    door: Door = Door.COMMAND
    address: str = ""


_origin: ContextVar[Origin] = ContextVar("origin", default=Origin())  # noqa: B039 - frozen


def current() -> Origin:
    """From where the code that runs now was called."""
    return _origin.get()


@contextmanager
def coming_from(door: Door, address: str = "") -> Iterator[None]:
    """Everything that is recorded inside comes through this door."""
    token = _origin.set(Origin(door, address))
    try:
        yield
    finally:
        _origin.reset(token)


def through(door: Door) -> None:
    """Name the door once it is known; it holds as long as the `coming_from` around it."""
    _origin.set(replace(current(), door=door))
