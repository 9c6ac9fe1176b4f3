from dataclasses import dataclass


@dataclass(frozen=True)
class Duty:
    """Something to do: what, why now, and the button that leads there, or does it at once (`acts`)."""

    title: str
    detail: str
    badge: str
    kind: str
    url: str
    button: str
    group: str = ""
    acts: bool = False
