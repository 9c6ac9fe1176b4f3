"""Addresses of the portal's own mailbox that name one thing: whoever knows such an address has got it by mail."""

import base64
from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

ID, SIGNATURE = 16, 10  # bytes; with the letter 43 characters, so that the part before the @ stays below 64
SALT = "portal.mail.addresses"


class Token(NamedTuple):
    """What an address names: a letter for the kind of thing, and its id."""

    kind: str
    pk: UUID


def give(kind: str, pk: UUID) -> str:
    """The address that names this thing; empty as long as there is no mailbox to receive."""
    if not settings.INBOUND_ADDRESS:
        return ""
    local, _, host = settings.INBOUND_ADDRESS.partition("@")
    return f"{local}+{kind}{_code(kind, pk, settings.SECRET_KEY)}@{host}"


def read(recipients: Iterable[str]) -> Token | None:
    """The first of these addresses that carries a token of ours; case does not matter."""
    return next((token for address in recipients if (token := _read(address))), None)


def _read(address: str) -> Token | None:
    local, _, token = address.partition("@")[0].partition("+")
    own = settings.INBOUND_ADDRESS.partition("@")[0]
    if not token or local.lower() != own.lower():
        return None
    kind, code = token[0].lower(), token[1:].upper()
    try:
        pk = UUID(bytes=base64.b32decode(code + "=" * (-len(code) % 8))[:ID])
    except ValueError:  # not base 32, or too short for an id
        return None
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    is_ours = any(constant_time_compare(code.lower(), _code(kind, pk, key)) for key in keys)
    return Token(kind, pk) if is_ours else None


def _code(kind: str, pk: UUID, key: str) -> str:
    """Id and signature in 42 letters and digits. The last has two bits to spare: only one of its spellings is ours."""
    signature = salted_hmac(SALT, f"{kind}{pk.hex}", secret=key, algorithm="sha256").digest()[:SIGNATURE]
    return base64.b32encode(pk.bytes + signature).decode().rstrip("=").lower()
