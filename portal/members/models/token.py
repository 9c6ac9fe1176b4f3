"""Secrets that open something without a sign-in: shown or mailed once, kept as a hash."""

from hashlib import sha256
from secrets import token_urlsafe


def new_token() -> tuple[str, str]:
    """A fresh token of 256 bits, and its hash for the table."""
    token = token_urlsafe(32)
    return token, hash_of(token)


def hash_of(token: str) -> str:
    return sha256(token.encode()).hexdigest()
