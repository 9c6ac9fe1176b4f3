"""What makes a line unforgeable: keyed digests that nobody can compute who has the database alone."""

import hashlib
import hmac
import json
from datetime import UTC
from functools import cache

from django.conf import settings

from portal.audit.models import Line


def commit_to(address: str, salt: str) -> str:
    """Proves the address as long as address and salt are kept, and tells nothing about it once they are erased."""
    return hashlib.sha256(f"{salt}:{address}".encode()).hexdigest()


def seal(line: Line, key: bytes) -> str:
    """The digest of what the line says, made when it is written."""
    says = [
        str(line.uuid),
        line.at.astimezone(UTC).isoformat(),
        line.kind,
        line.actor_id and str(line.actor_id),
        line.verb,
        line.thing_type,
        line.thing_id,
        line.organization_id and str(line.organization_id),
        line.detail,
        line.door,
        line.address_digest,
    ]
    return _digest(key, json.dumps(says, sort_keys=True, ensure_ascii=False))


def link(line: Line, *, sequence: int, previous: str, key: bytes) -> str:
    """The digest that ties the line to its number and to all lines before it."""
    return _digest(key, f"{sequence}:{previous}:{line.pk}:{line.seal}")


def writing_key() -> bytes:
    return _derived(settings.AUDIT_KEYS[0])


def known_keys() -> list[bytes]:
    """The key in use, then those that sealed older lines."""
    return [_derived(secret) for secret in settings.AUDIT_KEYS]


@cache
def _derived(secret: str) -> bytes:
    """A key for the trail alone: the secret itself signs sessions and links."""
    return hmac.digest(secret.encode(), b"portal.audit", "sha256")


def _digest(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode(), "sha256").hexdigest()
