"""The file that lists the demo's accounts, for whoever tries the portal."""

import json
from pathlib import Path

from django.conf import settings

FILE = "demo-accounts.json"


def write(path: Path, people: list[dict[str, str]]) -> None:
    """For the owner's eyes only: it holds the password."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(people, ensure_ascii=False, indent=2) + "\n")
    path.chmod(0o600)


def forget(address: str) -> None:
    """Leave somebody out who has been erased; most installations have no such file."""
    path = Path(settings.VAR_DIR, FILE)
    if path.exists():
        people = json.loads(path.read_text())
        write(path, [one for one in people if one["email"] != address])
