"""Ties the lines written since the last time to the chain, and keeps its end outside the database."""

import json
import logging
import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import get_ident

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from portal.audit.models import Head, Line
from portal.audit.seal import link, writing_key

BATCH = 1000

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Anchor:
    """The end of the chain as it was once: number and digest of its last line."""

    sequence: int
    digest: str

    def __str__(self) -> str:
        return f"{self.sequence}:{self.digest}"


def extend() -> int:
    """Chain all loose lines and anchor the end; zero if another process is at it. Returns the number of lines."""
    Head.objects.get_or_create(pk=1)
    total = 0
    while (number := _chain_batch()) == BATCH:
        total += number
    anchor()
    return total + number


@transaction.atomic
def _chain_batch() -> int:
    head = _lock_head()
    if head is None:
        return 0
    lines = list(Line.objects.filter(sequence=None).order_by("pk")[:BATCH])
    key = writing_key()
    for line in lines:
        line.sequence = head.sequence + 1
        line.digest = link(line, sequence=line.sequence, previous=head.digest, key=key)
        head.sequence, head.digest = line.sequence, line.digest
    if lines:
        Line.objects.bulk_update(lines, ["sequence", "digest"], batch_size=200)
        head.at = timezone.now()
        head.save()
    return len(lines)


def _lock_head() -> Head | None:
    """The one row, locked for this transaction; None while somebody else holds it."""
    heads = Head.objects.filter(pk=1)
    if connection.features.has_select_for_update_skip_locked:
        heads = heads.select_for_update(skip_locked=True)
    return heads.first()


def anchor() -> None:
    """Write the end of the chain into the file of the day, unless the chain has lost what the files prove."""
    head = Head.objects.filter(pk=1).first()
    if head is None or not head.sequence:
        return
    anchors = kept_anchors()
    newest = max(anchors, key=lambda known: known.sequence, default=None)
    if newest and not holds(newest):
        logger.error("The trail has lost its line %s: run `manage.py audit verify`.", newest.sequence)
    elif newest is None or newest.sequence < head.sequence:
        _keep(Anchor(head.sequence, head.digest))


def holds(known: Anchor) -> bool:
    """Whether the chain still has the line that once was its end."""
    return Line.objects.filter(sequence=known.sequence, digest=known.digest).exists()


def kept_anchors() -> list[Anchor]:
    """What the files say, one a day."""
    files = sorted(folder().glob("*.json"))
    return [Anchor(**{name: kept[name] for name in ("sequence", "digest")}) for kept in map(_read, files)]


def folder() -> Path:
    return settings.VAR_DIR / "audit"


def _read(file: Path) -> dict[str, str]:
    return json.loads(file.read_text())


def _keep(end: Anchor) -> None:
    """Replace the file of today at one stroke, so that nobody ever reads half of it."""
    today: date = timezone.localdate()
    folder().mkdir(parents=True, exist_ok=True)
    draft = folder() / f".{today}.{os.getpid()}.{get_ident()}"
    draft.write_text(
        json.dumps({"sequence": end.sequence, "digest": end.digest, "at": timezone.now().isoformat()}) + "\n"
    )
    draft.replace(folder() / f"{today}.json")
